//! Consents in the database.

use super::{
    age::{self, Age},
    rules::{self, Entry as Said},
    things::CONSENT,
    words::{ConsentId, ConsentPurpose, ConsentRecorder, ConsentState, ConsentVoice},
};
use crate::accompanied::{CLOCK_AHEAD, Since};
use contract::{
    CentreId, Language, ParticipantId, StaffId,
    time::{Instant, ZoneName},
};
use db::{Change, Result, Statement, Tx, id_list, piece, sql};
use kernel::{
    Kernel,
    access::Scope,
    legible::{ById, Entry},
    page::Paging,
    protect::seal::{Sealed, WrappedKey},
    scoped,
};
use uuid::Uuid;

/// How a consent stands.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: ConsentId,
    /// The participant's centre.
    pub centre_id: CentreId,
    /// Whose.
    pub participant_id: ParticipantId,
    /// What for.
    pub purpose: ConsentPurpose,
    /// What exactly it is for; nil where the purpose says it all.
    pub subject_id: Uuid,
    /// Whom it names.
    pub whom_sealed: Option<Sealed>,
    /// How it stood after its last entry.
    pub state: ConsentState,
    /// Since when.
    pub since: Instant,
    /// Which wording was agreed to.
    pub wording_version: Option<String>,
    /// In which language.
    pub language: Option<Language>,
    /// Until when.
    pub expires_at: Option<Instant>,
    /// How it stood after what their guardian said last; none if they said nothing.
    pub guardian_state: Option<ConsentState>,
    /// Since when.
    pub guardian_since: Option<Instant>,
    /// Until when the guardian agreed.
    pub guardian_expires_at: Option<Instant>,
    /// Counts the entries.
    pub version: i64,
    /// The participant's data key, wrapped.
    pub data_key: WrappedKey,
    /// The last day on which they are under age.
    pub minor_until: Option<String>,
    /// Where they live.
    pub zone: ZoneName,
}

impl Row {
    /// That it is new or different, for the change feed.
    pub const fn changed(&self) -> Change {
        CONSENT.changed(self.centre_id.0, Some(self.participant_id.0), self.id.0)
    }

    /// How it stands now.
    pub fn state_at(&self, now: Instant) -> ConsentState {
        rules::stands(self.state, self.expires_at, now)
    }

    /// How it stands now by what their guardian said.
    pub fn guardian_state_at(&self, now: Instant) -> Option<ConsentState> {
        self.guardian_state.map(|state| rules::stands(state, self.guardian_expires_at, now))
    }

    /// What their age depends on.
    pub fn age(&self) -> Age {
        let (minor_until, zone) = (self.minor_until.clone(), self.zone.clone());
        Age { minor_until, zone, guardian_name_sealed: None }
    }

    /// Whether it is in force now: both agree if they are under age, else they do.
    pub fn is_in_force(&self, kernel: &Kernel, now: Instant) -> kernel::Result<bool> {
        let is_under_age = self.age().is_under_age(kernel, now)?;
        Ok(age::is_in_force(self.state_at(now), self.guardian_state_at(now), is_under_age))
    }

    /// Since when it stands like that.
    pub fn since_at(&self, now: Instant) -> Instant {
        match self.expires_at {
            Some(expired) if self.state_at(now) != self.state => expired,
            _ => self.since,
        }
    }
}

/// A line of the ledger.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct EntryRow {
    /// Its place.
    pub number: i64,
    /// What was said.
    pub act: ConsentState,
    /// When the service learnt of it.
    pub recorded_at: Instant,
    /// When it was said.
    pub said_at: Instant,
    /// Who wrote it.
    pub recorded_by_kind: ConsentRecorder,
    /// Which person.
    pub recorded_by: Option<Uuid>,
    /// Which wording.
    pub wording_version: Option<String>,
    /// In which language.
    pub language: Option<Language>,
    /// Who witnessed it.
    pub witness_sealed: Option<Sealed>,
    /// Whose word it is.
    pub given_by: ConsentVoice,
    /// Who the guardian was.
    pub guardian_sealed: Option<Sealed>,
    /// Until when.
    pub expires_at: Option<Instant>,
}

/// Whose consent it is.
#[derive(Debug, sqlx::FromRow)]
pub struct Whose {
    /// Who.
    pub id: ParticipantId,
    /// Their centre.
    pub centre_id: CentreId,
    /// Their data key, wrapped.
    pub data_key: WrappedKey,
}

/// One consent of one participant, as everybody asks for it.
#[derive(Debug, Clone, Copy)]
pub struct Which {
    /// Whose.
    pub participant: ParticipantId,
    /// What for.
    pub purpose: ConsentPurpose,
    /// What exactly for; nil where the purpose says it all.
    pub subject: Uuid,
}

/// The participant, if in scope. Nobody is made to wait.
pub async fn whose(tx: &mut Tx, scope: Scope, id: ParticipantId) -> Result<Option<Whose>> {
    let statement = scope.sql(&scoped!(
        "SELECT p.id, p.centre_id, p.data_key FROM participant AS p WHERE ",
        participant p,
        " AND p.id = $2"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// The same of somebody whom this staff member accompanied when their phone recorded something, and no longer does since a while. Nobody is made
/// to wait here either: what rests on a consent is held before whose it is.
pub async fn whose_formerly(
    tx: &mut Tx,
    staff: StaffId,
    id: ParticipantId,
    (recorded_at, earliest_end): Since,
) -> Result<Option<Whose>> {
    tx.query(sql!(
        "SELECT p.id, p.centre_id, p.data_key FROM participant AS p
         WHERE p.id = $1
           AND EXISTS (SELECT 1 FROM assignment AS former
                       WHERE former.participant_id = p.id AND former.staff_id = $2
                         AND former.started_at <= $3 AND former.ended_at >= $5 AND former.ended_at >= $4)"
    ))
    .bind(id)
    .bind(staff)
    .bind(recorded_at)
    .bind(earliest_end)
    .bind(recorded_at.saturating_sub(CLOCK_AHEAD))
    .optional()
    .await
}

/// The participant's centre, which stays theirs until the transaction ends.
pub async fn hold_centre_of(tx: &mut Tx, id: ParticipantId) -> Result<CentreId> {
    tx.query(sql!("SELECT centre_id FROM participant WHERE id = $1", pg " FOR SHARE")).bind(id).scalar().await
}

/// How it stands, held until the transaction ends. `None` if nothing was ever said of it.
pub async fn hold(tx: &mut Tx, which: Which) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT c.*, p.data_key, p.minor_until, p.zone FROM consent AS c JOIN participant AS p ON p.id = c.participant_id
         WHERE c.participant_id = $1 AND c.purpose = $2 AND c.subject_id = $3",
        pg " FOR UPDATE OF c"
    ))
    .bind(which.participant)
    .bind(which.purpose)
    .bind(which.subject)
    .optional()
    .await
}

/// The consent of this id, held until the transaction ends.
pub async fn hold_by_id(tx: &mut Tx, id: ConsentId) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT c.*, p.data_key, p.minor_until, p.zone FROM consent AS c JOIN participant AS p ON p.id = c.participant_id WHERE c.id = $1",
        pg " FOR UPDATE OF c"
    ))
    .bind(id)
    .optional()
    .await
}

/// Which one it is.
pub async fn which(tx: &mut Tx, id: ConsentId) -> Result<Option<Which>> {
    let found: Option<(ParticipantId, ConsentPurpose, Uuid)> = tx
        .query(sql!("SELECT participant_id, purpose, subject_id FROM consent WHERE id = $1"))
        .bind(id)
        .optional()
        .await?;
    Ok(found.map(|(participant, purpose, subject)| Which { participant, purpose, subject }))
}

/// How it stands, for whoever acts on it.
pub async fn standing(tx: &mut Tx, which: Which) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT c.*, p.data_key, p.minor_until, p.zone FROM consent AS c JOIN participant AS p ON p.id = c.participant_id
         WHERE c.participant_id = $1 AND c.purpose = $2 AND c.subject_id = $3"
    ))
    .bind(which.participant)
    .bind(which.purpose)
    .bind(which.subject)
    .optional()
    .await
}

/// Keeps how a new one stands; whether nobody else did so at the same time.
pub async fn insert(tx: &mut Tx, row: &Row) -> Result<bool> {
    let inserted = tx
        .query(sql!(
            "INSERT INTO consent (id, centre_id, participant_id, purpose, subject_id, whom_sealed, state, since, wording_version, language,
                                  expires_at, version, guardian_state, guardian_since, guardian_expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (participant_id, purpose, subject_id) DO NOTHING"
        ))
        .bind(row.id)
        .bind(row.centre_id)
        .bind(row.participant_id)
        .bind(row.purpose)
        .bind(row.subject_id)
        .bind(row.whom_sealed.as_ref())
        .bind(row.state)
        .bind(row.since)
        .bind(row.wording_version.as_deref())
        .bind(row.language)
        .bind(row.expires_at)
        .bind(row.version)
        .bind(row.guardian_state)
        .bind(row.guardian_since)
        .bind(row.guardian_expires_at)
        .execute()
        .await?;
    Ok(inserted > 0)
}

/// Writes how it stands from now on.
pub async fn update(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "UPDATE consent SET state = $1, since = $2, wording_version = $3, language = $4, expires_at = $5, version = $6,
                            guardian_state = $7, guardian_since = $8, guardian_expires_at = $9
         WHERE id = $10"
    ))
    .bind(row.state)
    .bind(row.since)
    .bind(row.wording_version.as_deref())
    .bind(row.language)
    .bind(row.expires_at)
    .bind(row.version)
    .bind(row.guardian_state)
    .bind(row.guardian_since)
    .bind(row.guardian_expires_at)
    .bind(row.id)
    .execute()
    .await
    .map(drop)
}

/// Adds a line to the ledger.
pub async fn append(tx: &mut Tx, consent: ConsentId, entry: &EntryRow) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO consent_entry (consent_id, number, act, recorded_at, said_at, recorded_by_kind, recorded_by, wording_version,
                                    language, witness_sealed, expires_at, given_by, guardian_sealed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    ))
    .bind(consent)
    .bind(entry.number)
    .bind(entry.act)
    .bind(entry.recorded_at)
    .bind(entry.said_at)
    .bind(entry.recorded_by_kind)
    .bind(entry.recorded_by)
    .bind(entry.wording_version.as_deref())
    .bind(entry.language)
    .bind(entry.witness_sealed.as_ref())
    .bind(entry.expires_at)
    .bind(entry.given_by)
    .bind(entry.guardian_sealed.as_ref())
    .execute()
    .await
    .map(drop)
}

/// Everything that one of the two said, as far as it counts for what holds, in the order in which the service learnt of it.
pub async fn said(tx: &mut Tx, consent: ConsentId, voice: ConsentVoice) -> Result<Vec<Said>> {
    let entries: Vec<(ConsentState, Instant, Option<Instant>)> = tx
        .query(sql!(
            "SELECT act, said_at, expires_at FROM consent_entry WHERE consent_id = $1 AND given_by = $2 ORDER BY number"
        ))
        .bind(consent)
        .bind(voice)
        .all()
        .await?;
    let said = |(act, said_at, expires_at)| Said { act, said_at, expires_at };
    Ok(entries.into_iter().map(said).collect())
}

/// A consent in scope.
pub async fn load(tx: &mut Tx, scope: Scope, id: ConsentId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT c.*, p.data_key, p.minor_until, p.zone FROM consent AS c JOIN participant AS p ON p.id = c.participant_id WHERE ",
        c,
        " AND c.id = $2"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// The consents of a participant, if in scope, with one more than the page holds.
pub async fn list(
    tx: &mut Tx,
    scope: Scope,
    participant: ParticipantId,
    paging: Paging<Uuid>,
) -> Result<Vec<Entry<ById, Row>>> {
    let statement = Statement::new(piece!(
        "SELECT c.*, p.data_key, p.minor_until, p.zone FROM consent AS c ",
        lite "CROSS ",
        "JOIN participant AS p ON p.id = c.participant_id WHERE c.participant_id = "
    ));
    let statement = scope
        .asked(statement, participant.0)
        .then(piece!(" AND c.id > ? ORDER BY c.id"))
        .bind(paging.after.unwrap_or_default())
        .limit(paging.rows());
    tx.query_built(statement).all().await
}

/// Those of the named consents that are in scope, in no order.
pub async fn named(tx: &mut Tx, scope: Scope, ids: &[Uuid]) -> Result<Vec<Entry<ById, Row>>> {
    let statement = scope.sql(&scoped!(
        "SELECT c.*, p.data_key, p.minor_until, p.zone FROM consent AS c JOIN participant AS p ON p.id = c.participant_id WHERE ",
        c,
        " AND c.id ",
        lite "IN (SELECT unhex(value) FROM json_each($2))",
        pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($2::json)))"
    ));
    tx.query(statement).bind(scope.id()).bind(id_list(ids)).all().await
}

/// The key of the list of entries.
#[derive(Debug, sqlx::FromRow)]
pub struct ByNumber {
    /// The entry's place.
    pub number: i64,
}

/// What was said, the latest first, with one more than the page holds.
pub async fn entries(
    tx: &mut Tx,
    consent: ConsentId,
    paging: Paging<i64>,
) -> Result<Vec<Entry<ByNumber, EntryRow>>> {
    tx.query(sql!(
        "SELECT number, act, recorded_at, said_at, recorded_by_kind, recorded_by, wording_version, language, witness_sealed, expires_at,
                given_by, guardian_sealed
         FROM consent_entry WHERE consent_id = $1 AND number < $2 ORDER BY number DESC LIMIT ",
        lite "+",
        "$3"
    ))
    .bind(consent)
    .bind(paging.after.unwrap_or(i64::MAX))
    .bind(paging.rows())
    .all()
    .await
}

/// Holds every consent of a participant, in the order in which everybody does.
pub async fn hold_all_of(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<Uuid>> {
    tx.query(sql!("SELECT id FROM consent WHERE participant_id = $1 ORDER BY id", pg " FOR UPDATE"))
        .bind(participant)
        .scalars()
        .await
}

/// Every consent of a participant.
pub async fn all_of(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<Uuid>> {
    tx.query(sql!("SELECT id FROM consent WHERE participant_id = $1 ORDER BY id"))
        .bind(participant)
        .scalars()
        .await
}

/// Lets the consents of a participant be this centre's.
pub async fn set_centre(tx: &mut Tx, participant: ParticipantId, centre: CentreId) -> Result<()> {
    tx.query(sql!("UPDATE consent SET centre_id = $1 WHERE participant_id = $2"))
        .bind(centre)
        .bind(participant)
        .execute()
        .await
        .map(drop)
}
