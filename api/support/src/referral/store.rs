//! Referrals in the database.

use super::{
    things::REFERRAL,
    words::{
        PartnerId, ReferralAnswerWay, ReferralEnd, ReferralId, ReferralOutcome, ReferralRefusal,
        ReferralState,
    },
};
use contract::{CentreId, ParticipantId, StaffId, time::Instant};
use db::{Change, Result, Statement, Tx, id_list, piece, sql};
use kernel::{
    access::Scope,
    legible::{ById, Entry},
    page::Paging,
    protect::seal::{Sealed, WrappedKey},
    scoped,
};
use uuid::Uuid;

/// A referral.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: ReferralId,
    /// The participant's centre.
    pub centre_id: CentreId,
    /// For whom.
    pub participant_id: ParticipantId,
    /// Of whom it is asked.
    pub partner_id: PartnerId,
    /// What the partner is called.
    pub partner_name: String,
    /// Who asked.
    pub asked_by: StaffId,
    /// Where it stands.
    pub state: ReferralState,
    /// By which name the partner is told of the participant.
    pub given_name_sealed: Sealed,
    /// What is asked.
    pub request_sealed: Sealed,
    /// Why without consent.
    pub override_reason_sealed: Option<Sealed>,
    /// When it was asked for.
    pub asked_at: Instant,
    /// When the last link was made.
    pub sent_at: Option<Instant>,
    /// Until when that can be used.
    pub link_expires_at: Option<Instant>,
    /// When the partner answered.
    pub answered_at: Option<Instant>,
    /// How.
    pub answered_through: Option<ReferralAnswerWay>,
    /// Why they refused.
    pub refusal: Option<ReferralRefusal>,
    /// On which day they met.
    pub met_on: Option<String>,
    /// What came of it.
    pub outcome: Option<ReferralOutcome>,
    /// When it was closed or revoked.
    pub ended_at: Option<Instant>,
    /// Why it was revoked.
    pub ended_because: Option<ReferralEnd>,
    /// Counts the changes.
    pub version: i64,
    /// The participant's data key, wrapped.
    pub data_key: WrappedKey,
}

impl Row {
    /// That it is new or different, for the change feed.
    pub const fn changed(&self) -> Change {
        REFERRAL.changed(self.centre_id.0, Some(self.participant_id.0), self.id.0)
    }
}

/// For whom something is asked.
#[derive(Debug, sqlx::FromRow)]
pub struct Whom {
    /// Their centre.
    pub centre_id: CentreId,
    /// Whether they are accompanied.
    pub active: bool,
    /// Their data key, wrapped.
    pub data_key: WrappedKey,
}

/// The participant, if in scope, held until the transaction ends: their centre stays theirs, and their file open.
pub async fn whom(tx: &mut Tx, scope: Scope, participant: ParticipantId) -> Result<Option<Whom>> {
    let statement = scope.sql(&scoped!(
        "SELECT p.centre_id, p.active, p.data_key FROM participant AS p WHERE ",
        participant p,
        " AND p.id = $2",
        pg " FOR SHARE OF p"
    ));
    tx.query(statement).bind(scope.id()).bind(participant).optional().await
}

/// Keeps a referral.
pub async fn insert(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO referral (id, centre_id, participant_id, partner_id, asked_by, state, given_name_sealed, request_sealed,
                               override_reason_sealed, asked_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    ))
    .bind(row.id)
    .bind(row.centre_id)
    .bind(row.participant_id)
    .bind(row.partner_id)
    .bind(row.asked_by)
    .bind(row.state)
    .bind(&row.given_name_sealed)
    .bind(&row.request_sealed)
    .bind(row.override_reason_sealed.as_ref())
    .bind(row.asked_at)
    .bind(row.version)
    .execute()
    .await
    .map(drop)
}

/// Writes where it stands from now on.
pub async fn update(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "UPDATE referral SET state = $1, sent_at = $2, link_expires_at = $3, answered_at = $4, answered_through = $5, refusal = $6,
                             met_on = $7, outcome = $8, ended_at = $9, ended_because = $10, version = $11
         WHERE id = $12"
    ))
    .bind(row.state)
    .bind(row.sent_at)
    .bind(row.link_expires_at)
    .bind(row.answered_at)
    .bind(row.answered_through)
    .bind(row.refusal)
    .bind(row.met_on.as_deref())
    .bind(row.outcome)
    .bind(row.ended_at)
    .bind(row.ended_because)
    .bind(row.version)
    .bind(row.id)
    .execute()
    .await
    .map(drop)
}

/// A referral in scope.
pub async fn load(tx: &mut Tx, scope: Scope, id: ReferralId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT r.*, partner.name AS partner_name, p.data_key
         FROM referral AS r JOIN participant AS p ON p.id = r.participant_id JOIN partner ON partner.id = r.partner_id WHERE ",
        r,
        " AND r.id = $2"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// A referral in scope, held until the transaction ends.
pub async fn load_for_change(tx: &mut Tx, scope: Scope, id: ReferralId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT r.*, partner.name AS partner_name, p.data_key
         FROM referral AS r JOIN participant AS p ON p.id = r.participant_id JOIN partner ON partner.id = r.partner_id WHERE ",
        r,
        " AND r.id = $2",
        pg " FOR UPDATE OF r"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// A referral that something else than a caller's scope leads to: its link, its time, its participant's consent. Held until the transaction
/// ends.
pub async fn hold(tx: &mut Tx, id: ReferralId) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT r.*, partner.name AS partner_name, p.data_key
         FROM referral AS r JOIN participant AS p ON p.id = r.participant_id JOIN partner ON partner.id = r.partner_id WHERE r.id = $1",
        pg " FOR UPDATE OF r"
    ))
    .bind(id)
    .optional()
    .await
}

/// Holds every referral of a participant, in the order in which everybody does.
pub async fn hold_all_of(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<Row>> {
    tx.query(sql!(
        "SELECT r.*, partner.name AS partner_name, p.data_key
         FROM referral AS r JOIN participant AS p ON p.id = r.participant_id JOIN partner ON partner.id = r.partner_id
         WHERE r.participant_id = $1 ORDER BY r.id",
        pg " FOR UPDATE OF r"
    ))
    .bind(participant)
    .all()
    .await
}

/// The referrals of a participant, if in scope, the latest first, with one more than the page holds.
pub async fn list(
    tx: &mut Tx,
    scope: Scope,
    participant: ParticipantId,
    paging: Paging<Uuid>,
) -> Result<Vec<Entry<ById, Row>>> {
    let statement = Statement::new(piece!(
        "SELECT r.*, partner.name AS partner_name, p.data_key FROM referral AS r ",
        lite "CROSS ",
        "JOIN participant AS p ON p.id = r.participant_id ",
        lite "CROSS ",
        "JOIN partner ON partner.id = r.partner_id WHERE r.participant_id = "
    ));
    let statement = scope
        .asked(statement, participant.0)
        .then(piece!(" AND r.id < ? ORDER BY r.id DESC"))
        .bind(paging.after.unwrap_or(Uuid::max()))
        .limit(paging.rows());
    tx.query_built(statement).all().await
}

/// Those of the named referrals that are in scope, in no order.
pub async fn named(tx: &mut Tx, scope: Scope, ids: &[Uuid]) -> Result<Vec<Entry<ById, Row>>> {
    let statement = scope.sql(&scoped!(
        "SELECT r.*, partner.name AS partner_name, p.data_key
         FROM referral AS r JOIN participant AS p ON p.id = r.participant_id JOIN partner ON partner.id = r.partner_id WHERE ",
        r,
        " AND r.id ",
        lite "IN (SELECT unhex(value) FROM json_each($2))",
        pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($2::json)))"
    ));
    tx.query(statement).bind(scope.id()).bind(id_list(ids)).all().await
}

/// Lets the referrals of a participant be this centre's.
pub async fn set_centre(tx: &mut Tx, participant: ParticipantId, centre: CentreId) -> Result<()> {
    tx.query(sql!("UPDATE referral SET centre_id = $1 WHERE participant_id = $2"))
        .bind(centre)
        .bind(participant)
        .execute()
        .await
        .map(drop)
}
