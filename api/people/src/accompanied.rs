//! Whom something is recorded about that somebody saw or did in the field: a visit, an attempt at contact, a need. It is written by whoever
//! accompanies the participant; a phone may send it much later, when they no longer do, and nothing of it may be lost.

use crate::app::mutation::Applying;
use chrono::TimeDelta;
use contract::{
    CentreId, ParticipantId, StaffId, StaffRole,
    time::{Instant, ZoneName},
};
use db::{Result, Tx, sql};
use kernel::{
    access::{Actor, Scope, not_for_this_role},
    error::Error,
    protect::seal::WrappedKey,
    scoped,
};

/// Who records: whoever accompanies people.
const AUTHORS: &[StaffRole] = &[StaffRole::Mentor, StaffRole::Counsellor];

/// For so long after somebody was taken out of a caseload, what was recorded about them before is still taken: a phone may be without
/// network when that happens, and what was seen in the field must not be lost.
pub const TAKEN_AFTERWARDS: TimeDelta = TimeDelta::days(30);
/// By how much the clock of such a phone may be ahead.
pub const CLOCK_AHEAD: TimeDelta = TimeDelta::hours(2);
/// By how much a wall may be ahead of ours: many phones show the hour that Morocco no longer has, and none is to be refused for it.
const AHEAD: TimeDelta = TimeDelta::minutes(70);
/// How old something may be that is recorded: paper is entered late.
const YEARS: TimeDelta = TimeDelta::days(731);

/// Why a time cannot be right, in a word and a sentence for the field that holds it.
pub type Fault = (&'static str, &'static str);

/// Whether something that is recorded can have been then.
pub fn check_past(at: Instant, now: Instant) -> std::result::Result<(), Fault> {
    if at > now.saturating_add(AHEAD) {
        Err(("future", "is in the future: it is recorded when it has been"))
    } else if at < now.saturating_sub(YEARS) {
        Err(("too_old", "must be within the last two years"))
    } else {
        Ok(())
    }
}

/// Who records it, if their role does.
pub fn author(actor: &Actor) -> kernel::Result<(StaffId, StaffRole)> {
    actor.staff(AUTHORS).map(|(id, role, _)| (id, role))
}

/// Whom it is about, as far as it is needed to record it.
#[derive(Debug, sqlx::FromRow)]
pub struct Met {
    /// Their centre.
    pub centre_id: CentreId,
    /// The centre's zone.
    pub zone: ZoneName,
    /// Their data key, wrapped.
    pub data_key: WrappedKey,
}

/// Whom the caller is to record something of, held until the transaction ends: their centre stays theirs.
pub async fn met(tx: &mut Tx, scope: Scope, participant: ParticipantId) -> Result<Option<Met>> {
    let statement = scope.sql(&scoped!(
        "SELECT p.centre_id, p.data_key, centre.zone FROM participant AS p JOIN centre ON centre.id = p.centre_id WHERE ",
        participant p,
        " AND p.id = $2",
        pg " FOR SHARE OF p, centre"
    ));
    tx.query(statement).bind(scope.id()).bind(participant).optional().await
}

/// When a phone recorded something, and when an assignment may have ended at the earliest for it to be taken still.
pub type Since = (Instant, Instant);

/// The same of somebody whom this staff member accompanied when they recorded it, and no longer does since a while.
pub async fn formerly_met(
    tx: &mut Tx,
    staff: StaffId,
    participant: ParticipantId,
    (recorded_at, earliest_end): Since,
) -> Result<Option<Met>> {
    tx.query(sql!(
        "SELECT p.centre_id, p.data_key, centre.zone FROM participant AS p JOIN centre ON centre.id = p.centre_id
         WHERE p.id = $1
           AND EXISTS (SELECT 1 FROM assignment AS former
                       WHERE former.participant_id = p.id AND former.staff_id = $2
                         AND former.started_at <= $3 AND former.ended_at >= $5 AND former.ended_at >= $4)",
        pg " FOR SHARE OF p, centre"
    ))
    .bind(participant)
    .bind(staff)
    .bind(recorded_at)
    .bind(earliest_end)
    .bind(recorded_at.saturating_sub(CLOCK_AHEAD))
    .optional()
    .await
}

/// Who recorded something on a phone: staff, whatever their role is by now.
pub fn recorder(actor: &Actor) -> kernel::Result<StaffId> {
    match actor {
        Actor::Staff { id, .. } => Ok(*id),
        Actor::Participant { .. } => Err(not_for_this_role()),
    }
}

/// When a phone recorded it, and when an assignment may have ended at the earliest.
pub fn since(applying: &Applying<'_>) -> Since {
    (applying.recorded_at, applying.now.saturating_sub(TAKEN_AFTERWARDS))
}

/// Whom a phone recorded something of: somebody whom its owner accompanies, or did when they recorded it; whether they still do.
pub async fn met_when_recorded(
    applying: &mut Applying<'_>,
    participant: ParticipantId,
) -> kernel::Result<(Met, bool)> {
    let (staff, since) = (recorder(applying.actor)?, since(applying));
    if author(applying.actor).is_ok()
        && let Some(met) = met(applying.tx, applying.actor.caseload()?, participant).await?
    {
        return Ok((met, true));
    }
    let former = formerly_met(applying.tx, staff, participant, since).await?;
    former.map(|met| (met, false)).ok_or_else(Error::not_found)
}

/// Refuses what a phone left out, each with whether it did: what is made without network has its id and its zone from there.
pub fn said_by_the_phone(left_out: &[(&str, bool)]) -> kernel::Result<()> {
    match left_out.iter().find(|(_, is_missing)| *is_missing) {
        Some((field, _)) => {
            Err(Error::field(*field, "required", "the phone says it: it may be read much later"))
        }
        None => Ok(()),
    }
}

/// Who accompanies a participant now.
pub async fn companions(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<StaffId>> {
    tx.query(sql!(
        "SELECT staff_id FROM assignment WHERE participant_id = $1 AND ended_at IS NULL ORDER BY staff_id"
    ))
    .bind(participant)
    .scalars()
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_recorded_has_been_and_not_too_long_ago() {
        let at = |text: &str| text.parse::<Instant>().unwrap();
        let now = at("2026-11-27T10:00:00Z");
        for (then, fault) in [
            ("2026-11-27T10:00:00Z", None),
            ("2026-11-27T11:10:00Z", None),
            ("2026-11-27T11:10:01Z", Some("future")),
            ("2024-11-27T10:00:00Z", None),
            ("2024-11-25T10:00:00Z", Some("too_old")),
        ] {
            assert_eq!(check_past(at(then), now).err().map(|(word, _)| word), fault, "{then}");
        }
    }
}
