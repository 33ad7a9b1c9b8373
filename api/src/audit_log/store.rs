//! The audit log in the database.

use super::{request::Filter, rules::Part};
use crate::page::Paging;
use contract::{AuditId, CentreId, ParticipantId, StaffRole, time::Instant};
use db::{Result, Sql, Tx, sql};
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
    /// The role they have today.
    pub role: Option<StaffRole>,
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

// One statement for each part, so that each is found by an index of its own.

/// For [`Part::All`].
const ALL: Sql = sql!(
    "SELECT audit.*, staff.role FROM audit LEFT JOIN staff ON staff.id = audit.actor_id
     WHERE $1 IS NULL AND audit.id < $2 AND audit.at >= $3 AND audit.at < $4
       AND (audit.participant_id = $5 OR $5 IS NULL) AND (audit.actor_id = $6 OR $6 IS NULL)
     ORDER BY audit.id DESC LIMIT $7"
);

/// For [`Part::Centre`].
const CENTRE: Sql = sql!(
    "SELECT audit.*, staff.role FROM audit LEFT JOIN staff ON staff.id = audit.actor_id
     WHERE audit.centre_id = $1 AND audit.id < $2 AND audit.at >= $3 AND audit.at < $4
       AND (audit.participant_id = $5 OR $5 IS NULL) AND (audit.actor_id = $6 OR $6 IS NULL)
     ORDER BY audit.id DESC LIMIT $7"
);

/// For [`Part::DoneBy`].
const DONE_BY: Sql = sql!(
    "SELECT audit.*, staff.role FROM audit LEFT JOIN staff ON staff.id = audit.actor_id
     WHERE audit.actor_id = $1 AND audit.id < $2 AND audit.at >= $3 AND audit.at < $4
       AND (audit.participant_id = $5 OR $5 IS NULL) AND (audit.actor_id = $6 OR $6 IS NULL)
     ORDER BY audit.id DESC LIMIT $7"
);

/// For [`Part::About`].
const ABOUT: Sql = sql!(
    "SELECT audit.*, staff.role FROM audit LEFT JOIN staff ON staff.id = audit.actor_id
     WHERE audit.participant_id = $1 AND audit.id < $2 AND audit.at >= $3 AND audit.at < $4
       AND (audit.participant_id = $5 OR $5 IS NULL) AND (audit.actor_id = $6 OR $6 IS NULL)
     ORDER BY audit.id DESC LIMIT $7"
);

/// The lines of this part, newest first, with one more than the page holds.
pub async fn list(tx: &mut Tx, part: Part, filter: &Filter, paging: Paging<Uuid>) -> Result<Vec<Row>> {
    let (statement, whose) = match part {
        Part::All => (ALL, None),
        Part::Centre(id) => (CENTRE, Some(id)),
        Part::DoneBy(id) => (DONE_BY, Some(id)),
        Part::About(id) => (ABOUT, Some(id)),
    };
    tx.query(statement)
        .bind(whose)
        .bind(paging.after.unwrap_or(Uuid::max()))
        .bind(filter.from.unwrap_or(Instant::MIN))
        .bind(filter.to.unwrap_or(Instant::MAX))
        .bind(filter.participant_id)
        .bind(filter.actor_id)
        .bind(paging.rows())
        .all()
        .await
}
