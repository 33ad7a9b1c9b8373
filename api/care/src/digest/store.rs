//! Digests in the database.

use super::{things::DIGEST, words::DigestId};
use chrono::NaiveDate;
use contract::{
    CentreId, ParticipantId, StaffId,
    time::{Instant, LocalDateTime, ZoneName},
};
use db::{Change, Result, Statement, Tx, id_list, piece, sql};
use kernel::{
    page::Paging,
    protect::seal::{Sealed, WrappedKey},
};
use std::collections::HashMap;
use uuid::Uuid;

/// It comes behind every Monday as that is written.
const AFTER_EVERY_WEEK: &str = "A";

/// A digest.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: DigestId,
    /// Whose it is.
    pub centre_id: CentreId,
    /// The Monday of the week in which it was made.
    pub week: String,
    /// Whose wall.
    pub zone: ZoneName,
    /// When it was made, on the wall.
    pub local_made: LocalDateTime,
    /// When that was.
    pub made_at: Instant,
    /// From when on what came and went is counted.
    pub counted_from: Instant,
    /// Until when.
    pub counted_until: Instant,
    /// The figures, as JSON.
    pub figures: String,
}

impl Row {
    /// The Monday of its week. The service wrote it; what somebody else wrote there stands behind all weeks.
    pub fn monday(&self) -> NaiveDate {
        self.week.parse().unwrap_or(NaiveDate::MIN)
    }
}

impl Row {
    /// That it is new, for the change feed.
    pub const fn changed(&self) -> Change {
        DIGEST.changed(self.centre_id.0, None, self.id.0)
    }
}

/// A centre, as far as that decides when its week begins.
#[derive(Debug, sqlx::FromRow)]
pub struct Place {
    /// Where it is.
    pub zone: ZoneName,
    /// When it is open, as JSON.
    pub calendar: String,
    /// What it says about reminders.
    pub reminder_policy: Option<String>,
    /// When it was registered.
    pub created_at: Instant,
}

/// The centre, held so that it is not changed before what is made from it is seen.
pub async fn place(tx: &mut Tx, centre: CentreId) -> Result<Option<Place>> {
    tx.query(
        sql!("SELECT zone, calendar, reminder_policy, created_at FROM centre WHERE id = $1", pg " FOR SHARE"),
    )
    .bind(centre)
    .optional()
    .await
}

/// Whether the digest of this week was made.
pub async fn is_made(tx: &mut Tx, centre: CentreId, week: &str) -> Result<bool> {
    tx.query(sql!("SELECT EXISTS (SELECT 1 FROM digest WHERE centre_id = $1 AND week = $2)"))
        .bind(centre)
        .bind(week)
        .scalar()
        .await
}

/// Keeps it, unless another node made one of that week meanwhile; whether it did not.
pub async fn insert(tx: &mut Tx, row: &Row) -> Result<bool> {
    let inserted = tx
        .query(sql!(
            "INSERT INTO digest (id, centre_id, week, zone, local_made, made_at, counted_from, counted_until, figures)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (centre_id, week) DO NOTHING"
        ))
        .bind(row.id)
        .bind(row.centre_id)
        .bind(&row.week)
        .bind(row.zone.clone())
        .bind(row.local_made)
        .bind(row.made_at)
        .bind(row.counted_from)
        .bind(row.counted_until)
        .bind(&row.figures)
        .execute()
        .await?;
    Ok(inserted > 0)
}

/// The digests of this centre, the latest week first, with one more than the page holds.
pub async fn list(tx: &mut Tx, centre: CentreId, paging: &Paging<NaiveDate>) -> Result<Vec<Row>> {
    let before = paging.after.map_or_else(|| AFTER_EVERY_WEEK.to_owned(), |monday| monday.to_string());
    let statement =
        Statement::new(piece!("SELECT * FROM digest WHERE centre_id = ? AND week < ? ORDER BY week DESC"))
            .bind(centre)
            .bind(before)
            .limit(paging.rows());
    tx.query_built(statement).all().await
}

/// A digest of this centre.
pub async fn load(tx: &mut Tx, centre: CentreId, id: DigestId) -> Result<Option<Row>> {
    tx.query(sql!("SELECT * FROM digest WHERE id = $1 AND centre_id = $2"))
        .bind(id)
        .bind(centre)
        .optional()
        .await
}

/// Those of these digests that are of this centre, in no order.
pub async fn named(tx: &mut Tx, centre: CentreId, ids: &[Uuid]) -> Result<Vec<Row>> {
    tx.query(sql!(
        "SELECT * FROM digest WHERE id ",
        lite "IN (SELECT unhex(value) FROM json_each($1))",
        pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)))",
        " AND ",
        lite "+",
        "centre_id = $2"
    ))
    .bind(id_list(ids))
    .bind(centre)
    .all()
    .await
}

/// Who accompanies people of a centre, and how many of them: its own mentors and counsellors, and those who are posted to it.
pub async fn companions(tx: &mut Tx, centre: CentreId) -> Result<Vec<(StaffId, i64)>> {
    tx.query(sql!(
        "SELECT s.id, (SELECT count(*) FROM assignment AS a JOIN participant AS p ON p.id = a.participant_id
                       WHERE a.staff_id = s.id AND a.ended_at IS NULL AND p.centre_id = $1 AND p.active)
         FROM staff AS s
         WHERE s.active AND s.role IN ('mentor', 'counsellor')
           AND s.id IN (SELECT home.id FROM staff AS home WHERE home.centre_id = $1
                        UNION SELECT posting.staff_id FROM posting WHERE posting.centre_id = $1 AND posting.ended_at IS NULL)"
    ))
    .bind(centre)
    .all()
    .await
}

/// How many people were registered at a centre in this time: who had two files that were found to be theirs counts once.
pub async fn registered(tx: &mut Tx, centre: CentreId, (from, until): (Instant, Instant)) -> Result<i64> {
    tx.query(sql!(
        "SELECT count(*) FROM participant
         WHERE centre_id = $1 AND created_at >= $2 AND created_at < $3 AND (merged_into IS NULL OR active)"
    ))
    .bind(centre)
    .bind(from)
    .bind(until)
    .scalar()
    .await
}

/// How many files of a centre were closed in this time, and how many that were closed were opened again.
pub async fn closed_and_reopened(
    tx: &mut Tx,
    centre: CentreId,
    (from, until): (Instant, Instant),
) -> Result<(i64, i64)> {
    tx.query(sql!(
        "SELECT COALESCE(sum(CASE WHEN c.to_status IN ('completed', 'withdrawn', 'transferred', 'deceased') THEN 1 ELSE 0 END), 0),
                COALESCE(sum(CASE WHEN c.from_status IN ('completed', 'withdrawn', 'transferred', 'deceased')
                                   AND c.to_status IN ('preparing', 'active', 'paused') THEN 1 ELSE 0 END), 0)
         FROM status_change AS c ",
        // Few files stand otherwise than a week ago, and many are a centre's.
        lite "CROSS ",
        "JOIN participant AS p ON p.id = c.participant_id WHERE c.at >= $2 AND c.at < $3 AND p.centre_id = $1"
    ))
    .bind(centre)
    .bind(from)
    .bind(until)
    .one()
    .await
}

/// Somebody who accompanies people.
#[derive(Debug, sqlx::FromRow)]
pub struct Companion {
    /// Who.
    pub id: StaffId,
    /// Their data key, wrapped.
    pub data_key: WrappedKey,
    /// Their name, sealed.
    pub name_sealed: Sealed,
}

/// These staff members, by their ids.
pub async fn companions_named(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, Companion>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<Companion> = tx
        .query(sql!(
            "SELECT id, data_key, name_sealed FROM staff WHERE id ",
            lite "IN (SELECT unhex(value) FROM json_each($1))",
            pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)))"
        ))
        .bind(id_list(ids))
        .all()
        .await?;
    Ok(found.into_iter().map(|one| (one.id.0, one)).collect())
}

/// Who runs a centre.
pub async fn managers(tx: &mut Tx, centre: CentreId) -> Result<Vec<StaffId>> {
    tx.query(sql!("SELECT id FROM staff WHERE centre_id = $1 AND role = 'manager' AND active ORDER BY id"))
        .bind(centre)
        .scalars()
        .await
}

/// Somebody of the centre. A reminder names a participant, so that it is told to those alone who may see them; one about a whole centre names
/// anybody whom its managers see.
pub async fn somebody(tx: &mut Tx, centre: CentreId) -> Result<Option<ParticipantId>> {
    tx.query(sql!("SELECT id FROM participant WHERE centre_id = $1 ORDER BY id LIMIT 1"))
        .bind(centre)
        .optional_scalar()
        .await
}

/// Somebody left the centre: what is told of its weeks names somebody else of it, if there is anybody.
pub async fn name_somebody_else(tx: &mut Tx, centre: CentreId, left: ParticipantId) -> Result<()> {
    let Some(other) = somebody(tx, centre).await? else { return Ok(()) };
    tx.query(sql!(
        "UPDATE reminder SET participant_id = $1
         WHERE subject_id IN (SELECT id FROM digest WHERE centre_id = $2) AND subject_kind = 'digest' AND participant_id = $3"
    ))
    .bind(other)
    .bind(centre)
    .bind(left)
    .execute()
    .await
    .map(drop)
}

/// Whether this manager was told, or is about to be, and has not looked yet.
pub async fn is_unseen(tx: &mut Tx, id: DigestId, reader: StaffId) -> Result<bool> {
    tx.query(sql!(
        "SELECT EXISTS (SELECT 1 FROM reminder WHERE subject_id = $1 AND recipient_id = $2 AND subject_kind = 'digest'
                          AND seen_at IS NULL AND state IN ('planned', 'sending', 'sent'))"
    ))
    .bind(id)
    .bind(reader)
    .scalar()
    .await
}
