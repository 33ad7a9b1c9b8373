//! Whether a reading stands in the audit log already. An app that asks for the same thing every few seconds, or a caller who loops
//! on purpose, would make a table grow that nothing may shrink, and bury in it what matters. So equal readings of one subject by
//! one person within a minute are one line: what that line says, that this person saw this then, holds for all of them.

use crate::{access::Actor, audit::Audit, work::first_id_at};
use chrono::TimeDelta;
use contract::time::Instant;
use db::{Result, Tx, sql};

/// How far apart two readings are that are one line.
const ONE_READING: TimeDelta = TimeDelta::minutes(1);

/// Whether an equal line of the last minute stands already. Only readings may be asked about: two deeds are two deeds.
///
/// Equal are the person, what was read, and the details, since by which emergency access something was read is a matter of its
/// own. Lists have no subject, and each page of them is another reading; only the log's own is compared without its length.
pub async fn stands(tx: &mut Tx, actor: &Actor, reading: &Audit, now: Instant) -> Result<bool> {
    if !reading.is_of_one_subject() {
        return Ok(false);
    }
    let since = now.saturating_sub(ONE_READING);
    // The id narrows the person's index down to about the last minute; the time is exact.
    let said: Vec<String> = tx
        .query(sql!(
            "SELECT details FROM audit
             WHERE actor_id = $1 AND id >= $2 AND at > $3 AND action = $4
               AND (subject_id = $5 OR ($5 IS NULL AND subject_id IS NULL))
               AND (participant_id = $6 OR ($6 IS NULL AND participant_id IS NULL))"
        ))
        .bind(actor.person())
        .bind(first_id_at(since))
        .bind(since)
        .bind(reading.action())
        .bind(reading.subject())
        .bind(reading.participant())
        .scalars()
        .await?;
    Ok(said.iter().any(|details| reading.says_the_same_as(details)))
}
