//! The audit log in the database.

use super::{request::Filter, rules::Part};
use crate::{page::Paging, work::first_id_at};
use chrono::TimeDelta;
use contract::{AuditId, CentreId, ParticipantId, time::Instant};
use db::{Result, Statement, Tx, piece};
use uuid::Uuid;

/// A line as it lies in the table, with the role of who did it.
#[derive(Debug, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: AuditId,
    /// When.
    pub at: Instant,
    /// The centre it concerns.
    pub centre_id: Option<CentreId>,
    /// Participant, staff or the service itself.
    pub actor_kind: String,
    /// Who did it.
    pub actor_id: Option<Uuid>,
    /// The role they have today. Read as text: no line is left out because a later version wrote a role that is unknown here.
    pub role: Option<String>,
    /// What was done.
    pub action: String,
    /// The kind of thing it was done to.
    pub subject_kind: String,
    /// The thing.
    pub subject_id: Option<Uuid>,
    /// Whose file it concerns.
    pub participant_id: Option<ParticipantId>,
    /// Fields and words, as JSON.
    pub details: String,
}

/// By how long the id of a line may be younger than what it tells: it is made when a deed ends, and the deed began before.
const LONGEST_DEED: TimeDelta = TimeDelta::minutes(10);

/// The lines of this part, newest first, with one more than the page holds. They are found by whoever they are about, else by
/// whoever did them, else by their centre, each time from the page's end on: their ids tell the time, too.
pub async fn list(tx: &mut Tx, part: Part, filter: &Filter, paging: Paging<Uuid>) -> Result<Vec<Row>> {
    let (mut about, mut done_by, mut centre) = (filter.participant_id.map(|id| id.0), filter.actor_id, None);
    match part {
        Part::All => {}
        Part::Centre(id) => centre = Some(id),
        Part::DoneBy(id) if done_by.is_some_and(|other| other != id) => return Ok(Vec::new()),
        Part::DoneBy(id) => done_by = Some(id),
        Part::About(id) if about.is_some_and(|other| other != id) => return Ok(Vec::new()),
        Part::About(id) => about = Some(id),
    }
    let before = filter.to.map(|to| first_id_at(to.saturating_add(LONGEST_DEED)));
    let before = before.into_iter().chain(paging.after).min().unwrap_or(Uuid::max());
    let mut statement = Statement::new(piece!(
        "SELECT audit.*, staff.role FROM audit LEFT JOIN staff ON staff.id = audit.actor_id WHERE audit.id < ?"
    ))
    .bind(before)
    .when(filter.from.map(first_id_at), piece!(" AND audit.id >= ?"))
    .when(filter.from, piece!(" AND audit.at >= ?"))
    .when(filter.to, piece!(" AND audit.at < ?"));
    statement = match (about, centre) {
        // Nothing is found about somebody of another centre, however much there is.
        (Some(about), Some(centre)) => statement
            .then(piece!(
                " AND audit.participant_id = (SELECT own.id FROM participant AS own WHERE own.id = ? AND own.centre_id = ?)"
            ))
            .bind(about)
            .bind(centre),
        _ => statement.when(about, piece!(" AND audit.participant_id = ?")),
    };
    statement = match about {
        None => statement.when(done_by, piece!(" AND audit.actor_id = ?")),
        Some(_) => statement.when(done_by, piece!(" AND ", lite "+", "audit.actor_id = ?")),
    };
    statement = match about.or(done_by) {
        None => statement.when(centre, piece!(" AND audit.centre_id = ?")),
        Some(_) => statement.when(centre, piece!(" AND ", lite "+", "audit.centre_id = ?")),
    };
    statement = statement.then(piece!(" ORDER BY audit.id DESC")).limit(paging.rows());
    tx.query_built(statement).all().await
}
