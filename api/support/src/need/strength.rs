//! What somebody is good at or can lean on, in the database and for callers: recorded, read with the picture, withdrawn if it was entered by
//! mistake.

use super::{
    facts::{open_area, seal_area},
    request::NewStrength,
    store::picture_changed,
    things::STRENGTH,
    words::{NeedArea, StrengthId},
};
use crate::{App, accompanied::Met};
use contract::{CentreId, ParticipantId, StaffId, time::Instant};
use db::{Tx, id_list, sql};
use kernel::{
    Kernel,
    access::Scope,
    audit::Audit,
    error::{Error, Result},
    extract::fields::new_id,
    protect::{
        privacy::{Note, expose_in_answer, expose_in_answer_if_any},
        seal::{DataKey, Field, Sealed, WrappedKey},
    },
    scoped,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// How many of one person are in the picture at most.
const MOST: i64 = 100;

/// A strength.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: StrengthId,
    /// The participant's centre.
    pub centre_id: CentreId,
    /// Whose it is.
    pub participant_id: ParticipantId,
    area_sealed: Sealed,
    what_sealed: Sealed,
    author_id: StaffId,
    noted_at: Option<Instant>,
    recorded_at: Instant,
    withdrawn_at: Option<Instant>,
    withdrawal_sealed: Option<Sealed>,
    /// Counts the changes.
    pub version: i64,
    data_key: WrappedKey,
}

/// Something that somebody is good at or can lean on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Strength {
    /// Its id.
    pub id: StrengthId,
    /// Whose it is.
    pub participant_id: ParticipantId,
    /// Of which area of life it is.
    pub area: NeedArea,
    /// What it is.
    #[serde(serialize_with = "expose_in_answer")]
    pub what: Note,
    /// Who recorded it; for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<StaffId>,
    /// When the service learnt of it.
    pub recorded_at: Instant,
    /// When its author's phone recorded it, by its own clock; absent if it was not sent through `pushMutations`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noted_at: Option<Instant>,
    /// When it was withdrawn as entered by mistake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Instant>,
    /// Why; for staff.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub withdrawal_reason: Option<Note>,
    /// Counts its changes; the same as its ETag.
    pub version: i64,
}

const fn field(column: &'static str, id: StrengthId) -> Field {
    Field::new("strength", column, id.0)
}

impl Strength {
    /// A row with its texts opened, for staff.
    pub fn of(kernel: &Kernel, row: &Row) -> Result<Self> {
        let key = kernel.keys.participants.key(row.participant_id.0, &row.data_key)?;
        Self::opened(&key, row, true)
    }

    /// A row with its texts opened, for staff or for the participant.
    pub fn opened(key: &DataKey, row: &Row, is_for_staff: bool) -> Result<Self> {
        let reason = row.withdrawal_sealed.as_ref().filter(|_| is_for_staff);
        let withdrawal_reason =
            reason.map(|sealed| key.open_text(field("withdrawal_sealed", row.id), sealed)).transpose()?;
        Ok(Self {
            id: row.id,
            participant_id: row.participant_id,
            area: open_area(key, field("area_sealed", row.id), &row.area_sealed)?,
            what: key.open_text(field("what_sealed", row.id), &row.what_sealed)?,
            author_id: is_for_staff.then_some(row.author_id),
            recorded_at: row.recorded_at,
            noted_at: row.noted_at,
            withdrawn_at: row.withdrawn_at,
            withdrawal_reason,
            version: row.version,
        })
    }
}

/// Those of these people.
pub async fn of_people(tx: &mut Tx, ids: &[Uuid]) -> db::Result<Vec<Row>> {
    tx.query(sql!(
        "SELECT s.*, p.data_key FROM ",
        lite "json_each($1) AS asked CROSS JOIN strength AS s ON s.participant_id = unhex(asked.value) CROSS ",
        pg "strength AS s ",
        "JOIN participant AS p ON p.id = s.participant_id WHERE ",
        pg "s.participant_id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json))) AND ",
        "s.withdrawn_at IS NULL"
    ))
    .bind(id_list(ids))
    .all()
    .await
}

/// A strength in scope, held until the transaction ends.
pub async fn load_for_change(tx: &mut Tx, scope: Scope, id: StrengthId) -> db::Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT s.*, p.data_key FROM strength AS s JOIN participant AS p ON p.id = s.participant_id WHERE ",
        s,
        " AND s.id = $2",
        pg " FOR UPDATE OF s"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// Records a strength of somebody whom this author accompanies.
pub async fn record_deed(
    app: &App,
    tx: &mut Tx,
    author_id: StaffId,
    met: Met,
    new: NewStrength,
    (noted_at, now): (Option<Instant>, Instant),
) -> Result<(Row, Audit)> {
    let count: i64 = tx
        .query(sql!("SELECT count(*) FROM strength WHERE participant_id = $1 AND withdrawn_at IS NULL"))
        .bind(new.participant_id)
        .scalar()
        .await?;
    if count >= MOST {
        let why = "as many are recorded as can be: withdraw one that no longer holds";
        return Err(Error::command_refused(None, why, &[] as &[&str]));
    }
    let (id, random) = (StrengthId(new_id(new.id, &*app.ids)), &*app.random);
    let key = app.keys.participants.key(new.participant_id.0, &met.data_key)?;
    let row = Row {
        id,
        centre_id: met.centre_id,
        participant_id: new.participant_id,
        area_sealed: seal_area(&key, field("area_sealed", id), new.area, random)?,
        what_sealed: key.seal_text(field("what_sealed", id), &new.what, random)?,
        author_id,
        noted_at,
        recorded_at: now,
        withdrawn_at: None,
        withdrawal_sealed: None,
        version: 1,
        data_key: met.data_key,
    };
    tx.query(sql!(
        "INSERT INTO strength (id, centre_id, participant_id, area_sealed, what_sealed, author_id, noted_at, recorded_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    ))
    .bind(row.id)
    .bind(row.centre_id)
    .bind(row.participant_id)
    .bind(&row.area_sealed)
    .bind(&row.what_sealed)
    .bind(row.author_id)
    .bind(row.noted_at)
    .bind(row.recorded_at)
    .bind(row.version)
    .execute()
    .await?;
    tx.changed(picture_changed(row.centre_id, row.participant_id));
    let audit = audit(&row, "record");
    Ok((row, audit))
}

/// The line of the audit log of what is done to a strength.
pub fn audit(row: &Row, verb: &'static str) -> Audit {
    Audit::new(&STRENGTH, verb, row.id.0).about(row.participant_id).at(row.centre_id)
}

/// A strength in scope.
pub async fn load(tx: &mut Tx, scope: Scope, id: StrengthId) -> db::Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT s.*, p.data_key FROM strength AS s JOIN participant AS p ON p.id = s.participant_id WHERE ",
        s,
        " AND s.id = $2"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// Writes that it was withdrawn by this staff member, for this reason, and the line of the audit log that says so.
pub async fn withdraw_deed(
    app: &App,
    tx: &mut Tx,
    staff: StaffId,
    row: &mut Row,
    reason: &Note,
    now: Instant,
) -> Result<Audit> {
    if row.withdrawn_at.is_some() {
        return Err(Error::command_refused(None, "it was withdrawn already", &[] as &[&str]));
    }
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
    row.withdrawal_sealed = Some(key.seal_text(field("withdrawal_sealed", row.id), reason, &*app.random)?);
    row.withdrawn_at = Some(now);
    row.version += 1;
    tx.query(sql!(
        "UPDATE strength SET withdrawn_at = $1, withdrawn_by = $2, withdrawal_sealed = $3, version = $4 WHERE id = $5"
    ))
    .bind(row.withdrawn_at)
    .bind(staff)
    .bind(row.withdrawal_sealed.as_ref())
    .bind(row.version)
    .bind(row.id)
    .execute()
    .await?;
    tx.changed(picture_changed(row.centre_id, row.participant_id));
    Ok(audit(row, "withdraw"))
}
