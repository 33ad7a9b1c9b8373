//! Needs in the database.

use super::{
    things::NEEDS,
    words::{NeedId, NeedState},
};
use crate::accompanied::{CLOCK_AHEAD, Since};
use contract::{
    CentreId, ParticipantId, StaffId,
    time::{Instant, ZoneName},
};
use db::{Change, Result, Tx, sql};
use kernel::{
    access::Scope,
    protect::seal::{Sealed, WrappedKey},
    scoped,
};

/// A need.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: NeedId,
    /// The participant's centre.
    pub centre_id: CentreId,
    /// Who needs it.
    pub participant_id: ParticipantId,
    /// Of which area of life it is.
    pub area_sealed: Sealed,
    /// What it is.
    pub what_sealed: Sealed,
    /// How far it has come.
    pub state: NeedState,
    /// Who found it.
    pub found_by: StaffId,
    /// On which day.
    pub found_on: String,
    /// Who sees to it.
    pub in_hand_by: Option<StaffId>,
    /// Since which day.
    pub in_hand_on: Option<String>,
    /// Who closed it.
    pub closed_by: Option<StaffId>,
    /// On which day.
    pub closed_on: Option<String>,
    /// What helped.
    pub helped_sealed: Option<Sealed>,
    /// When the phone of whoever found it recorded it, if it was sent later.
    pub noted_at: Option<Instant>,
    /// When the service learnt of it.
    pub recorded_at: Instant,
    /// When it came to its state, by the clock of the phone that recorded it if it was sent later.
    pub changed_at: Instant,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Instant>,
    /// By whom.
    pub withdrawn_by: Option<StaffId>,
    /// Why.
    pub withdrawal_sealed: Option<Sealed>,
    /// Counts the changes.
    pub version: i64,
    /// The participant's data key, wrapped.
    pub data_key: WrappedKey,
    /// The centre's zone: whose days they are.
    pub zone: ZoneName,
}

impl Row {
    /// That what this person needs is different, for the change feed.
    pub const fn changed(&self) -> Change {
        picture_changed(self.centre_id, self.participant_id)
    }
}

/// That what this person needs is different, for the change feed.
pub const fn picture_changed(centre: CentreId, participant: ParticipantId) -> Change {
    NEEDS.changed(centre.0, Some(participant.0), participant.0)
}

/// Keeps a need.
pub async fn insert(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO need (id, centre_id, participant_id, area_sealed, what_sealed, state, found_by, found_on, noted_at, recorded_at,
                           changed_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    ))
    .bind(row.id)
    .bind(row.centre_id)
    .bind(row.participant_id)
    .bind(&row.area_sealed)
    .bind(&row.what_sealed)
    .bind(row.state)
    .bind(row.found_by)
    .bind(&row.found_on)
    .bind(row.noted_at)
    .bind(row.recorded_at)
    .bind(row.changed_at)
    .bind(row.version)
    .execute()
    .await
    .map(drop)
}

/// Writes how it stands from now on.
pub async fn update(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "UPDATE need SET area_sealed = $1, what_sealed = $2, state = $3, found_on = $4, in_hand_by = $5, in_hand_on = $6, closed_by = $7,
                         closed_on = $8, helped_sealed = $9, changed_at = $10, withdrawn_at = $11, withdrawn_by = $12,
                         withdrawal_sealed = $13, version = $14
         WHERE id = $15"
    ))
    .bind(&row.area_sealed)
    .bind(&row.what_sealed)
    .bind(row.state)
    .bind(&row.found_on)
    .bind(row.in_hand_by)
    .bind(row.in_hand_on.as_ref())
    .bind(row.closed_by)
    .bind(row.closed_on.as_ref())
    .bind(row.helped_sealed.as_ref())
    .bind(row.changed_at)
    .bind(row.withdrawn_at)
    .bind(row.withdrawn_by)
    .bind(row.withdrawal_sealed.as_ref())
    .bind(row.version)
    .bind(row.id)
    .execute()
    .await
    .map(drop)
}

/// How many needs of somebody are in the picture.
pub async fn count(tx: &mut Tx, participant: ParticipantId) -> Result<i64> {
    tx.query(sql!("SELECT count(*) FROM need WHERE participant_id = $1 AND withdrawn_at IS NULL"))
        .bind(participant)
        .scalar()
        .await
}

/// A need in scope.
pub async fn load(tx: &mut Tx, scope: Scope, id: NeedId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT n.*, p.data_key, centre.zone FROM need AS n JOIN participant AS p ON p.id = n.participant_id
         JOIN centre ON centre.id = n.centre_id WHERE ",
        n,
        " AND n.id = $2"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// The same, held until the transaction ends.
pub async fn load_for_change(tx: &mut Tx, scope: Scope, id: NeedId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT n.*, p.data_key, centre.zone FROM need AS n JOIN participant AS p ON p.id = n.participant_id
         JOIN centre ON centre.id = n.centre_id WHERE ",
        n,
        " AND n.id = $2",
        pg " FOR UPDATE OF n"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// A need that this staff member found, of somebody whom they accompanied when they recorded what is to be done with it, and no longer do since
/// a while; held until the transaction ends.
pub async fn load_former_for_change(
    tx: &mut Tx,
    staff: StaffId,
    id: NeedId,
    (recorded_at, earliest_end): Since,
) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT n.*, p.data_key, centre.zone FROM need AS n JOIN participant AS p ON p.id = n.participant_id
         JOIN centre ON centre.id = n.centre_id
         WHERE n.id = $1 AND n.found_by = $2
           AND EXISTS (SELECT 1 FROM assignment AS former
                       WHERE former.participant_id = p.id AND former.staff_id = $2
                         AND former.started_at <= $3 AND former.ended_at >= $5 AND former.ended_at >= $4)",
        pg " FOR UPDATE OF n"
    ))
    .bind(id)
    .bind(staff)
    .bind(recorded_at)
    .bind(earliest_end)
    .bind(recorded_at.saturating_sub(CLOCK_AHEAD))
    .optional()
    .await
}

/// Holds what somebody needs and can lean on, in the order in which everybody does. What they said of areas is held behind the file, by
/// everybody.
pub async fn hold_all_of(tx: &mut Tx, participant: ParticipantId) -> Result<()> {
    for statement in [
        sql!("SELECT id FROM need WHERE participant_id = $1 ORDER BY id", pg " FOR UPDATE"),
        sql!("SELECT id FROM strength WHERE participant_id = $1 ORDER BY id", pg " FOR UPDATE"),
    ] {
        let _: Vec<uuid::Uuid> = tx.query(statement).bind(participant).scalars().await?;
    }
    Ok(())
}

/// Lets everything about what somebody needs be this centre's.
pub async fn set_centre(tx: &mut Tx, participant: ParticipantId, centre: CentreId) -> Result<()> {
    for statement in [
        sql!("UPDATE need SET centre_id = $1 WHERE participant_id = $2"),
        sql!("UPDATE strength SET centre_id = $1 WHERE participant_id = $2"),
        sql!("UPDATE need_answers SET centre_id = $1 WHERE participant_id = $2"),
    ] {
        tx.query(statement).bind(centre).bind(participant).execute().await?;
    }
    Ok(())
}
