//! Postings in the database.

use super::{PostingId, request::Filter, rules::Sight, things::POSTING};
use crate::opening_hours::{calendar::CalendarDate, term::Term};
use contract::{
    CentreId, StaffId, StaffRole,
    time::{Instant, ZoneName},
};
use db::{Result, Statement, Tx, piece, sql};
use kernel::{
    access::Actor,
    error::Error,
    legible::{ById, Entry},
    page::Paging,
    protect::seal::{Sealed, WrappedKey},
};
use uuid::Uuid;

/// A posting with what tells who the staff member is.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: PostingId,
    /// Who is posted.
    pub staff_id: StaffId,
    /// Their own centre.
    pub home_id: CentreId,
    /// The centre to which they are.
    pub centre_id: CentreId,
    /// The first day.
    pub from_day: String,
    /// The last day.
    pub until_day: Option<String>,
    /// When the first day begins, derived.
    pub starts_at: Instant,
    /// When the last day is over, derived.
    pub ends_at: Option<Instant>,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// Counts the changes.
    pub version: i64,
    /// Their role today.
    pub role: StaffRole,
    /// Their data key, wrapped.
    pub data_key: WrappedKey,
    /// Their name, sealed.
    pub name_sealed: Sealed,
}

impl Row {
    /// Whether it has not ended at `now`.
    pub fn lasts(&self, now: Instant) -> bool {
        self.ended_at.is_none() && self.ends_at.is_none_or(|ends| now < ends)
    }

    /// Whether they work there at `now`.
    pub fn is_running(&self, now: Instant) -> bool {
        self.starts_at <= now && self.lasts(now)
    }

    /// That it is new or different, for the feeds of both centres.
    pub fn tell(&self, tx: &mut Tx) {
        for centre in [self.home_id, self.centre_id] {
            tx.changed(POSTING.changed(centre.0, None, self.id.0));
        }
    }
}

/// The days of a posting that has not ended.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Lasting {
    /// To which centre.
    pub centre_id: CentreId,
    /// The first day.
    pub from_day: String,
    /// The last day.
    pub until_day: Option<String>,
}

impl Lasting {
    /// Its days.
    pub fn days(&self) -> kernel::Result<(CalendarDate, Option<CalendarDate>)> {
        let day = |text: &str| text.parse::<CalendarDate>().map_err(Error::internal);
        Ok((day(&self.from_day)?, self.until_day.as_deref().map(day).transpose()?))
    }
}

/// The zone of a centre, held so that it is not changed before what is made from it is seen.
pub async fn zone_of(tx: &mut Tx, centre: CentreId) -> Result<Option<ZoneName>> {
    tx.query(sql!("SELECT zone FROM centre WHERE id = $1", pg " FOR SHARE"))
        .bind(centre)
        .optional_scalar()
        .await
}

/// The postings of somebody who is held, as far as they have not ended.
pub async fn lasting(tx: &mut Tx, staff: StaffId, now: Instant) -> Result<Vec<Lasting>> {
    tx.query(sql!(
        "SELECT centre_id, from_day, until_day FROM posting
         WHERE staff_id = $1 AND ended_at IS NULL AND (ends_at IS NULL OR ends_at > $2)"
    ))
    .bind(staff)
    .bind(now)
    .all()
    .await
}

/// Adds a posting.
pub async fn insert(tx: &mut Tx, row: &Row, created_by: Uuid, now: Instant) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO posting (id, staff_id, centre_id, from_day, until_day, starts_at, ends_at, created_by, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    ))
    .bind(row.id)
    .bind(row.staff_id)
    .bind(row.centre_id)
    .bind(row.from_day.clone())
    .bind(row.until_day.clone())
    .bind(row.starts_at)
    .bind(row.ends_at)
    .bind(created_by)
    .bind(now)
    .bind(row.version)
    .execute()
    .await
    .map(drop)
}

/// The postings in sight, the newest first, with one more than the page holds.
pub async fn list(
    tx: &mut Tx,
    sight: Sight,
    filter: &Filter,
    paging: Paging<Uuid>,
) -> Result<Vec<Entry<ById, Row>>> {
    let statement = Statement::new(piece!(
        "SELECT posting.*, staff.centre_id AS home_id, staff.role, staff.data_key, staff.name_sealed FROM posting ",
        lite "CROSS ",
        "JOIN staff ON staff.id = posting.staff_id WHERE posting.id < ?"
    ))
    .bind(paging.after.unwrap_or(Uuid::max()));
    let by_staff = match sight {
        Sight::Own(me) => Some(me),
        Sight::Everybody | Sight::Centre(_) => filter.staff_id,
    };
    let own = if let Sight::Centre(own) = sight { Some(own) } else { None };
    // Found by the person, else by the centre; what else is asked for narrows that down.
    let statement = match (by_staff, own) {
        (Some(staff), own) => statement
            .then(piece!(" AND posting.staff_id = ?"))
            .bind(staff)
            .only_if(own.is_some(), |statement| {
                statement
                    .then(piece!(" AND (posting.centre_id = ? OR staff.centre_id = ?)"))
                    .bind(own)
                    .bind(own)
            })
            .only_if(matches!(sight, Sight::Own(_)), |statement| {
                statement.when(filter.staff_id, piece!(" AND ", lite "+", "posting.staff_id = ?"))
            })
            .when(filter.centre_id, piece!(" AND ", lite "+", "posting.centre_id = ?")),
        (None, Some(own)) => statement
            .then(piece!(" AND posting.centre_id = ?"))
            .bind(own)
            .when(filter.centre_id, piece!(" AND ", lite "+", "posting.centre_id = ?")),
        (None, None) => statement.when(filter.centre_id, piece!(" AND posting.centre_id = ?")),
    };
    tx.query_built(statement.then(piece!(" ORDER BY posting.id DESC")).limit(paging.rows())).all().await
}

/// A posting to this centre or of its people (`None`: any), not held.
pub async fn load(tx: &mut Tx, only: Option<CentreId>, id: PostingId) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT posting.*, staff.centre_id AS home_id, staff.role, staff.data_key, staff.name_sealed
         FROM posting JOIN staff ON staff.id = posting.staff_id
         WHERE posting.id = $2 AND ($1 IS NULL OR posting.centre_id = $1 OR staff.centre_id = $1)"
    ))
    .bind(only)
    .bind(id)
    .optional()
    .await
}

/// The same, held until the transaction ends: nobody can be assigned or named as host by it meanwhile.
pub async fn load_for_change(tx: &mut Tx, only: Option<CentreId>, id: PostingId) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT posting.*, staff.centre_id AS home_id, staff.role, staff.data_key, staff.name_sealed
         FROM posting JOIN staff ON staff.id = posting.staff_id
         WHERE posting.id = $2 AND ($1 IS NULL OR posting.centre_id = $1 OR staff.centre_id = $1)",
        pg " FOR UPDATE OF posting"
    ))
    .bind(only)
    .bind(id)
    .optional()
    .await
}

/// Ends a posting.
pub async fn end(tx: &mut Tx, row: &Row, ended_by: Option<Uuid>) -> Result<()> {
    tx.query(sql!("UPDATE posting SET ended_at = $1, ended_by = $2, version = $3 WHERE id = $4"))
        .bind(row.ended_at)
        .bind(ended_by)
        .bind(row.version)
        .bind(row.id)
        .execute()
        .await
        .map(drop)
}

/// The postings of somebody that nobody has ended, held until the transaction ends; whoever assigns or names a host by one holds it before
/// the account.
pub async fn hold_of_staff(tx: &mut Tx, staff: StaffId) -> Result<Vec<Row>> {
    tx.query(sql!(
        "SELECT posting.*, staff.centre_id AS home_id, staff.role, staff.data_key, staff.name_sealed
         FROM posting JOIN staff ON staff.id = posting.staff_id
         WHERE posting.staff_id = $1 AND posting.ended_at IS NULL ORDER BY posting.id",
        pg " FOR UPDATE OF posting"
    ))
    .bind(staff)
    .all()
    .await
}

/// Whether this person is posted to this centre at `now`, and still will be at `until`. The posting is held: whoever ends it finds what is
/// made by it, or it is ended before.
pub async fn hold_running(
    tx: &mut Tx,
    centre: CentreId,
    staff: StaffId,
    (now, until): (Instant, Instant),
) -> Result<bool> {
    let held: Option<PostingId> = tx
        .query(sql!(
            "SELECT id FROM posting
             WHERE staff_id = $1 AND centre_id = $2 AND ended_at IS NULL AND starts_at <= $3
               AND (ends_at IS NULL OR (ends_at > $3 AND ends_at >= $4))",
            pg " FOR SHARE"
        ))
        .bind(staff)
        .bind(centre)
        .bind(now)
        .bind(until)
        .optional_scalar()
        .await?;
    Ok(held.is_some())
}

/// The centres to which this person is posted at `now`; asked only of somebody who is posted at all. One that has run out counts until it
/// has ended: only then does its feed tell them that the people there are theirs no more.
pub async fn centres_if_posted(tx: &mut Tx, actor: &Actor, now: Instant) -> Result<Vec<CentreId>> {
    if !actor.is_posted() {
        return Ok(Vec::new());
    }
    tx.query(sql!(
        "SELECT DISTINCT centre_id FROM posting WHERE staff_id = $1 AND ended_at IS NULL AND starts_at <= $2"
    ))
    .bind(actor.person())
    .bind(now)
    .scalars()
    .await
}

/// What the instants of a posting are derived from.
#[derive(Debug, sqlx::FromRow)]
pub struct Derivable {
    /// Its id.
    pub id: PostingId,
    /// Whose.
    pub staff_id: StaffId,
    /// Its centre.
    pub centre_id: CentreId,
    /// The first day.
    pub from_day: String,
    /// The last day.
    pub until_day: Option<String>,
    /// When it begins.
    pub starts_at: Instant,
    /// When it ends.
    pub ends_at: Option<Instant>,
    /// The zone of its centre.
    pub zone: ZoneName,
}

impl Derivable {
    /// Its days.
    pub fn term(&self) -> kernel::Result<Term> {
        let days = Lasting {
            centre_id: self.centre_id,
            from_day: self.from_day.clone(),
            until_day: self.until_day.clone(),
        };
        let (from, until) = days.days()?;
        Ok(Term { from, until })
    }
}

/// Every posting of this centre (`None`: of all) that has not ended, held in an order that everybody keeps.
pub async fn ahead(tx: &mut Tx, centre: Option<CentreId>, now: Instant) -> Result<Vec<Derivable>> {
    tx.query(sql!(
        "SELECT posting.id, posting.staff_id, posting.centre_id, posting.from_day, posting.until_day, posting.starts_at, posting.ends_at, centre.zone
         FROM posting JOIN centre ON centre.id = posting.centre_id
         WHERE posting.ended_at IS NULL AND (posting.centre_id = $1 OR $1 IS NULL)
           AND (posting.ends_at IS NULL OR posting.ends_at > $2) ORDER BY posting.id",
        pg " FOR UPDATE OF posting"
    ))
    .bind(centre)
    .bind(now)
    .all()
    .await
}

/// When the last of the times that this host has or offers at this centre is over. They are not held: whoever asks holds what lets the host
/// have them there.
pub async fn last_hosted_until(
    tx: &mut Tx,
    host: StaffId,
    centre: CentreId,
    now: Instant,
) -> Result<Option<Instant>> {
    tx.query(sql!(
        "SELECT MAX(COALESCE(
             (SELECT MAX(slot.ends_at) FROM appointment_slot AS slot WHERE slot.appointment_id = a.id AND slot.ends_at > a.ends_at),
             a.ends_at))
         FROM appointment AS a
         WHERE a.host_id = $1 AND a.state IN ('proposed', 'scheduled', 'confirmed', 'change_requested')
           AND (a.starts_at > $2 OR a.time_origin = 'offered') AND a.centre_id = $3"
    ))
    .bind(host)
    .bind(now)
    .bind(centre)
    .scalar()
    .await
}

/// Puts a posting at these instants. Its version stays: its days are as they were.
pub async fn set_instants(
    tx: &mut Tx,
    id: PostingId,
    (starts_at, ends_at): (Instant, Option<Instant>),
) -> Result<()> {
    tx.query(sql!("UPDATE posting SET starts_at = $2, ends_at = $3 WHERE id = $1"))
        .bind(id)
        .bind(starts_at)
        .bind(ends_at)
        .execute()
        .await
        .map(drop)
}
