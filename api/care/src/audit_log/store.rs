//! The audit log in the database.

use super::{request::Filter, rules::Part};
use chrono::TimeDelta;
use contract::{AuditId, CentreId, ParticipantId, time::Instant};
use db::{Result, Statement, Tx, piece};
use kernel::{first_id::first_id_at, page::Paging};
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
    let page = Page { filter, done_by, centre, is_found: about.is_some(), paging };
    let statement = match about {
        Some(about) => page.about(Asked { about, at: centre }),
        None => {
            let lines = piece!(
                "SELECT audit.*, staff.role FROM audit LEFT JOIN staff ON staff.id = audit.actor_id WHERE"
            );
            page.of(Statement::new(lines), piece!(" audit.id < ?"))
        }
    };
    tx.query_built(statement).all().await
}

/// The one whom the lines are about, if they are of this centre.
#[derive(Clone, Copy)]
struct Asked {
    about: Uuid,
    at: Option<Uuid>,
}

impl Asked {
    fn then(self, statement: Statement<'static>) -> Statement<'static> {
        match self.at {
            // Nothing is found about somebody of another centre, however much there is.
            Some(centre) => statement
                .then(piece!(
                    "(SELECT own.id FROM participant AS own WHERE own.id = ? AND own.centre_id = ?)"
                ))
                .bind(self.about)
                .bind(centre),
            None => statement.then(piece!("?")).bind(self.about),
        }
    }
}

/// What every way of finding the page has to respect.
struct Page<'f> {
    filter: &'f Filter,
    done_by: Option<Uuid>,
    centre: Option<Uuid>,
    /// Whether an index has found the lines already. The plus signs keep SQLite from looking for another one.
    is_found: bool,
    paging: Paging<Uuid>,
}

impl Page<'_> {
    /// The lines about one person: those that name them, and those of what a phone was told about several people, which do not.
    fn about(&self, asked: Asked) -> Statement<'static> {
        let named = asked.then(Statement::new(piece!(
            "SELECT * FROM (SELECT * FROM (
                 SELECT audit.id, audit.at, audit.centre_id, audit.actor_kind, audit.actor_id, audit.action, audit.subject_kind,
                        audit.subject_id, audit.participant_id, audit.details, staff.role
                 FROM audit LEFT JOIN staff ON staff.id = audit.actor_id WHERE audit.participant_id = "
        )));
        let told = self.of(named, piece!(" AND audit.id < ?")).then(piece!(
            ") AS named UNION ALL SELECT * FROM (
                 SELECT audit.id, audit.at, audit.centre_id, audit.actor_kind, audit.actor_id, audit.action, audit.subject_kind,
                        audit.subject_id, seen.participant_id, audit.details, staff.role
                 FROM sync_seen AS seen ",
            lite "CROSS ",
            "JOIN audit ON audit.id = seen.line_id LEFT JOIN staff ON staff.id = audit.actor_id WHERE seen.participant_id = "
        ));
        self.of(asked.then(told), piece!(" AND seen.line_id < ?"))
            .then(piece!(") AS told) AS lines ORDER BY id DESC"))
            .limit(self.paging.rows())
    }

    /// The rest of the conditions, and the order. `before` is the end of the page.
    fn of(&self, statement: Statement<'static>, before: db::Piece) -> Statement<'static> {
        let filter = self.filter;
        let end = filter.to.map(|to| first_id_at(to.saturating_add(LONGEST_DEED)));
        let end = end.into_iter().chain(self.paging.after).min().unwrap_or(Uuid::max());
        let mut statement = statement
            .then(before)
            .bind(end)
            .when(filter.from.map(first_id_at), piece!(" AND audit.id >= ?"))
            .when(filter.from, piece!(" AND audit.at >= ?"))
            .when(filter.to, piece!(" AND audit.at < ?"));
        statement = if self.is_found {
            statement.when(self.done_by, piece!(" AND ", lite "+", "audit.actor_id = ?"))
        } else {
            statement.when(self.done_by, piece!(" AND audit.actor_id = ?"))
        };
        statement = if self.is_found || self.done_by.is_some() {
            statement.when(self.centre, piece!(" AND ", lite "+", "audit.centre_id = ?"))
        } else {
            statement.when(self.centre, piece!(" AND audit.centre_id = ?"))
        };
        statement.then(piece!(" ORDER BY audit.id DESC")).limit(self.paging.rows())
    }
}
