//! Absences in the database.

use super::{AbsenceId, request::Filter, rules::Sight, things::ABSENCE};
use crate::opening_hours::{calendar::CalendarDate, term::Term};
use contract::{
    CentreId, ParticipantId, StaffId,
    time::{Instant, ZoneName},
};
use db::{Result, Statement, Tx, piece, sql};
use kernel::{
    error::Error,
    legible::{ById, Entry},
    page::Paging,
    protect::seal::{Sealed, WrappedKey},
};
use uuid::Uuid;

/// An absence with what tells who is away.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: AbsenceId,
    /// Who is away.
    pub staff_id: StaffId,
    /// Their centre.
    pub centre_id: CentreId,
    /// Who stands in.
    pub stand_in_id: Option<StaffId>,
    /// Who said it.
    pub created_by: Uuid,
    /// The first day.
    pub from_day: String,
    /// The last day.
    pub until_day: String,
    /// When the first day begins, derived.
    pub starts_at: Instant,
    /// When the last day is over, derived.
    pub ends_at: Instant,
    /// When the stand-in took over.
    pub began_at: Option<Instant>,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// Counts the changes.
    pub version: i64,
    /// The data key of who is away, wrapped.
    pub data_key: WrappedKey,
    /// Their name, sealed.
    pub name_sealed: Sealed,
}

impl Row {
    /// That it is new or different, for the feed.
    pub fn tell(&self, tx: &mut Tx) {
        tx.changed(ABSENCE.changed(self.centre_id.0, None, self.id.0));
    }

    /// Its days.
    pub fn term(&self) -> kernel::Result<Term> {
        let days = Lasting { from_day: self.from_day.clone(), until_day: self.until_day.clone() };
        let (from, until) = days.days()?;
        Ok(Term { from, until: Some(until) })
    }
}

/// The days of an absence that has not ended.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Lasting {
    /// The first day.
    pub from_day: String,
    /// The last day.
    pub until_day: String,
}

impl Lasting {
    /// Its days.
    pub fn days(&self) -> kernel::Result<(CalendarDate, CalendarDate)> {
        let day = |text: &str| text.parse::<CalendarDate>().map_err(Error::internal);
        Ok((day(&self.from_day)?, day(&self.until_day)?))
    }
}

/// Whoever is away, held so that two absences of theirs are said one after the other.
#[derive(Debug, sqlx::FromRow)]
pub struct Member {
    /// Their centre.
    pub centre_id: CentreId,
    /// Whether they are an active mentor or counsellor.
    pub accompanies: bool,
    /// The zone of their centre.
    pub zone: ZoneName,
    /// Their data key, wrapped.
    pub data_key: WrappedKey,
    /// Their name, sealed.
    pub name_sealed: Sealed,
}

/// This staff member.
pub async fn member(tx: &mut Tx, staff: StaffId) -> Result<Option<Member>> {
    tx.query(sql!(
        "SELECT staff.centre_id, staff.data_key, staff.name_sealed, centre.zone,
                staff.active AND staff.role IN ('mentor', 'counsellor') AS accompanies
         FROM staff JOIN centre ON centre.id = staff.centre_id WHERE staff.id = $1",
        pg " FOR UPDATE OF staff FOR SHARE OF centre"
    ))
    .bind(staff)
    .optional()
    .await
}

/// The absences of somebody that have not ended.
pub async fn lasting(tx: &mut Tx, staff: StaffId, now: Instant) -> Result<Vec<Lasting>> {
    tx.query(sql!(
        "SELECT from_day, until_day FROM absence WHERE staff_id = $1 AND ended_at IS NULL AND ends_at > $2"
    ))
    .bind(staff)
    .bind(now)
    .all()
    .await
}

/// Adds an absence.
pub async fn insert(tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO absence (id, staff_id, centre_id, stand_in_id, from_day, until_day, starts_at, ends_at, created_by, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    ))
    .bind(row.id)
    .bind(row.staff_id)
    .bind(row.centre_id)
    .bind(row.stand_in_id)
    .bind(row.from_day.clone())
    .bind(row.until_day.clone())
    .bind(row.starts_at)
    .bind(row.ends_at)
    .bind(row.created_by)
    .bind(now)
    .bind(row.version)
    .execute()
    .await
    .map(drop)
}

/// The absences in sight, the newest first, with one more than the page holds.
pub async fn list(
    tx: &mut Tx,
    sight: Sight,
    filter: &Filter,
    paging: Paging<Uuid>,
) -> Result<Vec<Entry<ById, Row>>> {
    let statement = Statement::new(piece!(
        "SELECT absence.*, staff.data_key, staff.name_sealed FROM absence ",
        lite "CROSS ",
        "JOIN staff ON staff.id = absence.staff_id WHERE absence.id < ?"
    ))
    .bind(paging.after.unwrap_or(Uuid::max()));
    // Found by the person, else by whoever stands in, else by the centre; what else is asked for narrows that down.
    let statement = match (filter.staff_id, filter.stand_in_id) {
        (Some(staff), stand_in) => statement
            .then(piece!(" AND absence.staff_id = ?"))
            .bind(staff)
            .when(stand_in, piece!(" AND ", lite "+", "absence.stand_in_id = ?")),
        (None, Some(stand_in)) => statement.then(piece!(" AND absence.stand_in_id = ?")).bind(stand_in),
        (None, None) => match sight {
            Sight::Everybody => statement,
            Sight::Centre(centre) => statement.then(piece!(" AND absence.centre_id = ?")).bind(centre),
            Sight::Own(own) => statement.then(piece!(" AND absence.staff_id = ?")).bind(own),
        },
    };
    let is_by_person = filter.staff_id.is_some() || filter.stand_in_id.is_some();
    let statement = match sight {
        Sight::Centre(centre) if is_by_person => {
            statement.then(piece!(" AND ", lite "+", "absence.centre_id = ?")).bind(centre)
        }
        Sight::Own(own) if is_by_person => {
            let piece =
                piece!(" AND (", lite "+", "absence.staff_id = ? OR ", lite "+", "absence.stand_in_id = ?)");
            statement.then(piece).bind(own).bind(own)
        }
        _ => statement,
    };
    tx.query_built(statement.then(piece!(" ORDER BY absence.id DESC")).limit(paging.rows())).all().await
}

/// An absence as it stands, held by nobody.
pub async fn load(tx: &mut Tx, id: AbsenceId) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT absence.*, staff.data_key, staff.name_sealed FROM absence JOIN staff ON staff.id = absence.staff_id
         WHERE absence.id = $1"
    ))
    .bind(id)
    .optional()
    .await
}

/// The absence of this person that runs.
pub async fn running(tx: &mut Tx, staff: StaffId) -> Result<Option<AbsenceId>> {
    tx.query(sql!("SELECT id FROM absence WHERE staff_id = $1 AND began_at IS NOT NULL AND ended_at IS NULL"))
        .bind(staff)
        .optional_scalar()
        .await
}

/// An absence, held until the transaction ends.
pub async fn load_for_change(tx: &mut Tx, id: AbsenceId) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT absence.*, staff.data_key, staff.name_sealed FROM absence JOIN staff ON staff.id = absence.staff_id
         WHERE absence.id = $1",
        pg " FOR UPDATE OF absence"
    ))
    .bind(id)
    .optional()
    .await
}

/// The absences that have not ended: of this person or of this centre, or all. Held in an order that everybody keeps.
pub async fn hold_lasting(
    tx: &mut Tx,
    (staff, centre): (Option<StaffId>, Option<CentreId>),
) -> Result<Vec<Row>> {
    tx.query(sql!(
        "SELECT absence.*, staff.data_key, staff.name_sealed FROM absence JOIN staff ON staff.id = absence.staff_id
         WHERE absence.ended_at IS NULL AND (absence.staff_id = $1 OR $1 IS NULL) AND (absence.centre_id = $2 OR $2 IS NULL)
         ORDER BY absence.id",
        pg " FOR UPDATE OF absence"
    ))
    .bind(staff)
    .bind(centre)
    .all()
    .await
}

/// Writes what may change.
pub async fn update(tx: &mut Tx, row: &Row, ended_by: Option<Uuid>) -> Result<()> {
    tx.query(sql!(
        "UPDATE absence SET starts_at = $1, ends_at = $2, began_at = $3, ended_at = $4, ended_by = $5, version = $6 WHERE id = $7"
    ))
    .bind(row.starts_at)
    .bind(row.ends_at)
    .bind(row.began_at)
    .bind(row.ended_at)
    .bind(ended_by)
    .bind(row.version)
    .bind(row.id)
    .execute()
    .await
    .map(drop)
}

/// Whom this staff member leads at this centre, of those who are accompanied.
pub async fn led_by(tx: &mut Tx, staff: StaffId, centre: CentreId) -> Result<Vec<ParticipantId>> {
    tx.query(sql!(
        "SELECT p.id FROM assignment AS a JOIN participant AS p ON p.id = a.participant_id
         WHERE a.staff_id = $1 AND a.ended_at IS NULL AND p.centre_id = $2 AND p.active
           AND EXISTS (SELECT 1 FROM participant_lead AS lead WHERE lead.assignment_id = a.id)
         ORDER BY p.id"
    ))
    .bind(staff)
    .bind(centre)
    .scalars()
    .await
}
