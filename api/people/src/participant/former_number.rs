//! Numbers that are never called again: another took their place, or they are somebody else's. They stay sealed, and nobody reads them; whoever writes
//! one down again that was reported as somebody else's is told.
//!
//! They stand with the participant's file, since the number in the file can be replaced there as well.

use super::row::Row;
use crate::App;
use contract::{ParticipantId, time::Instant};
use db::{Result, Tx, sql};
use kernel::{
    error::Error,
    protect::{
        privacy::Phone,
        seal::{DataKey, Field, Sealed},
    },
};
use uuid::Uuid;

/// How many of one person are compared at most: the latest.
const MOST: i64 = 50;

/// A number that is not called any more.
#[derive(Debug)]
pub struct FormerNumber<'a> {
    /// Whose file it is in.
    pub participant: ParticipantId,
    /// The way that it was; the participant's own id if it was the number in the file.
    pub way: Uuid,
    /// Whose it was, in a word.
    pub whose: &'a str,
    /// The number.
    pub number: &'a Phone,
    /// Why it is not called any more, in a word.
    pub why: &'static str,
}

/// The word for a number that is somebody else's.
pub const WRONG: &str = "wrong";

const fn field(id: Uuid) -> Field {
    Field::new("former_number", "number_sealed", id)
}

/// Keeps it.
pub async fn keep(
    app: &App,
    tx: &mut Tx,
    key: &DataKey,
    former: FormerNumber<'_>,
    now: Instant,
) -> kernel::Result<()> {
    let id = app.ids.next();
    let sealed = key.seal_text(field(id), former.number, &*app.random)?;
    tx.query(sql!(
        "INSERT INTO former_number (id, participant_id, way_id, whose, number_sealed, why, ended_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    ))
    .bind(id)
    .bind(former.participant)
    .bind(former.way)
    .bind(former.whose)
    .bind(sealed)
    .bind(former.why)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// The latest that were reported as somebody else's, each with whose it was thought to be.
async fn wrong_ones(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<(Uuid, Sealed, String)>> {
    tx.query(sql!(
        "SELECT id, number_sealed, whose FROM former_number WHERE participant_id = $1 AND why = $2 ORDER BY ended_at DESC LIMIT ",
        lite "+",
        "$3"
    ))
    .bind(participant)
    .bind(WRONG)
    .bind(MOST)
    .all()
    .await
}

/// Whether this number was reported as somebody else's.
pub async fn is_wrong(
    tx: &mut Tx,
    key: &DataKey,
    participant: ParticipantId,
    number: &Phone,
) -> kernel::Result<bool> {
    for (id, sealed, _) in wrong_ones(tx, participant).await? {
        let wrong: Phone = key.open_text(field(id), &sealed)?;
        if wrong.expose() == number.expose() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What was reported as somebody else's in a file that is merged into this one is somebody else's here, too. Refused, by the name of its field, where
/// this file has such a number and nobody knew of it here; `is_taken`: it says now what the other one said, which knew.
pub async fn carry_over(
    app: &App,
    tx: &mut Tx,
    (from, to, is_taken): (&Row, &Row, bool),
    now: Instant,
) -> kernel::Result<()> {
    let keys = &app.keys.participants;
    let (theirs, ours) = (keys.key(from.id.0, &from.data_key)?, keys.key(to.id.0, &to.data_key)?);
    let in_use: Option<Phone> =
        to.phone_sealed.as_ref().map(|sealed| ours.open_text(in_file(to), sealed)).transpose()?;
    for (id, sealed, whose) in wrong_ones(tx, from.id).await? {
        let number: Phone = theirs.open_text(field(id), &sealed)?;
        if is_wrong(tx, &ours, to.id, &number).await? {
            continue;
        }
        if !is_taken && in_use.as_ref().is_some_and(|in_use| in_use.expose() == number.expose()) {
            let detail = "was reported as somebody else's in the other file: take it out of this one first";
            return Err(Error::field("/phone", "wrong_number", detail));
        }
        let former = FormerNumber { participant: to.id, way: id, whose: &whose, number: &number, why: WRONG };
        keep(app, tx, &ours, former, now).await?;
    }
    Ok(())
}

/// Refuses, by the name of its field, a number that was reported as somebody else's.
pub async fn require_not_wrong(
    tx: &mut Tx,
    key: &DataKey,
    participant: ParticipantId,
    (pointer, number): (&'static str, &Phone),
) -> kernel::Result<()> {
    if !is_wrong(tx, key, participant, number).await? {
        return Ok(());
    }
    let detail = "was reported as somebody else's; the ways to reach them take it with despite_wrong";
    Err(Error::field(pointer, "wrong_number", detail))
}

/// Whether the number in a file, as it is to be written, was reported as somebody else's.
pub async fn is_wrong_in_file(app: &App, tx: &mut Tx, row: &Row) -> kernel::Result<bool> {
    let Some(sealed) = &row.phone_sealed else { return Ok(false) };
    let key = app.keys.participants.key(row.id.0, &row.data_key)?;
    let number: Phone = key.open_text(in_file(row), sealed)?;
    is_wrong(tx, &key, row.id, &number).await
}

/// Of a change of the number in a file: refuses one that is somebody else's, and leaves the former one behind.
pub async fn replace_in_file(
    app: &App,
    tx: &mut Tx,
    row: &Row,
    former: Option<&Sealed>,
    now: Instant,
) -> kernel::Result<()> {
    let key = app.keys.participants.key(row.id.0, &row.data_key)?;
    let open = |sealed: Option<&Sealed>| {
        sealed.map(|sealed| key.open_text::<Phone>(in_file(row), sealed)).transpose()
    };
    let (before, after) = (open(former)?, open(row.phone_sealed.as_ref())?);
    if before.as_ref().map(Phone::expose) != after.as_ref().map(Phone::expose)
        && let Some(number) = &after
    {
        require_not_wrong(tx, &key, row.id, ("/phone", number)).await?;
    }
    leave_behind(app, tx, row, former, now).await
}

const fn in_file(row: &Row) -> Field {
    Field::new("participant", "phone_sealed", row.id.0)
}

/// Leaves the former number of a file behind, whatever the new one is. What was said of when to call there was said of that one.
pub async fn leave_behind(
    app: &App,
    tx: &mut Tx,
    row: &Row,
    former: Option<&Sealed>,
    now: Instant,
) -> kernel::Result<()> {
    let key = app.keys.participants.key(row.id.0, &row.data_key)?;
    let open = |sealed: Option<&Sealed>| {
        sealed.map(|sealed| key.open_text::<Phone>(in_file(row), sealed)).transpose()
    };
    let (before, after) = (open(former)?, open(row.phone_sealed.as_ref())?);
    if before.as_ref().map(Phone::expose) == after.as_ref().map(Phone::expose) {
        return Ok(());
    }
    if let Some(number) = &before {
        let why = if after.is_some() { "replaced" } else { "removed" };
        let former = FormerNumber { participant: row.id, way: row.id.0, whose: "own", number, why };
        keep(app, tx, &key, former, now).await?;
    }
    number_changes(tx, row).await?;
    Ok(())
}

/// What was said of the number in the file besides is said of it no more; and whoever saw the ways before has not seen this number.
async fn number_changes(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!("DELETE FROM contact_way WHERE participant_id = $1 AND id = $2"))
        .bind(row.id)
        .bind(row.id.0)
        .execute()
        .await?;
    tx.query(sql!(
        "INSERT INTO contact_preference (participant_id, centre_id, preference, first, version) VALUES ($1, $2, 'app,phone', 'app', 2)
         ON CONFLICT (participant_id) DO UPDATE SET version = contact_preference.version + 1"
    ))
    .bind(row.id)
    .bind(row.centre_id)
    .execute()
    .await
    .map(drop)
}
