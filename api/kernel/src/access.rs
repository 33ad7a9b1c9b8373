//! Who may see what. Deny by default: a statement over people's data needs a [`Scope`], only an [`Actor`] can make one, and
//! the scope becomes part of the SQL, so that nothing out of scope is ever read, let alone filtered afterwards.
//!
//! What is out of scope and what does not exist answer the same 404. Only an operation that a role has no use of at all,
//! whatever the data, answers 403.

use crate::error::{Error, Result};
use contract::{CentreId, ParticipantId, PersonKind, ProblemCode, SessionId, StaffId, StaffRole};
use db::{Sql, Statement, piece};
use uuid::Uuid;

/// Who is calling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A participant, on their own phone.
    Participant {
        /// Who.
        id: ParticipantId,
        /// Their centre.
        centre: CentreId,
        /// The phone's session. `None` if they use the button of a notification: its token proves who they are, and works
        /// without anybody being signed in.
        session: Option<SessionId>,
    },
    /// A staff member.
    Staff {
        /// Who.
        id: StaffId,
        /// What they may do.
        role: StaffRole,
        /// Their centre.
        centre: CentreId,
        /// Their session. `None` if they use the button of a notification.
        session: Option<SessionId>,
        /// Whether they are posted to other centres as well: few are, and nobody else need be asked to which.
        is_posted: bool,
    },
}

impl Actor {
    /// Whether this is a participant or staff.
    pub const fn kind(&self) -> PersonKind {
        match self {
            Self::Participant { .. } => PersonKind::Participant,
            Self::Staff { .. } => PersonKind::Staff,
        }
    }

    /// The person's id.
    pub const fn person(&self) -> Uuid {
        match self {
            Self::Participant { id, .. } => id.0,
            Self::Staff { id, .. } => id.0,
        }
    }

    /// The person's centre.
    pub const fn centre(&self) -> CentreId {
        match self {
            Self::Participant { centre, .. } | Self::Staff { centre, .. } => *centre,
        }
    }

    /// The session through which they call, if any.
    pub const fn session(&self) -> Option<SessionId> {
        match self {
            Self::Participant { session, .. } | Self::Staff { session, .. } => *session,
        }
    }

    /// Whether this is somebody who works at other centres as well.
    pub const fn is_posted(&self) -> bool {
        matches!(self, Self::Staff { is_posted: true, .. })
    }

    /// The staff role, if any.
    pub const fn role(&self) -> Option<StaffRole> {
        match self {
            Self::Participant { .. } => None,
            Self::Staff { role, .. } => Some(*role),
        }
    }

    /// The caseload that this person may read: a participant's own items, the participants assigned to a mentor or
    /// counsellor, a manager's centre.
    pub fn caseload(&self) -> Result<Scope> {
        match self {
            Self::Participant { id, .. } => Ok(Scope { kind: ScopeKind::Own, id: id.0 }),
            Self::Staff { id, role: StaffRole::Mentor | StaffRole::Counsellor, .. } => {
                Ok(Scope { kind: ScopeKind::Assigned, id: id.0 })
            }
            Self::Staff { role: StaffRole::Manager, centre, .. } => {
                Ok(Scope { kind: ScopeKind::Centre, id: centre.0 })
            }
            Self::Staff { role: StaffRole::Administrator | StaffRole::Observer, .. } => {
                Err(not_for_this_role())
            }
        }
    }

    /// The caseload in which a file lies that was merged into one that this person may read, which is to be known: it is the same person's, so
    /// a participant reads their own there as well.
    pub fn caseload_of_merged(&self, merged: ParticipantId) -> Result<Scope> {
        match self {
            Self::Participant { .. } => Ok(Scope { kind: ScopeKind::Own, id: merged.0 }),
            Self::Staff { .. } => self.caseload(),
        }
    }

    /// The caseload that this person may write to as staff: as [`Actor::caseload`], without participants.
    pub fn staff_caseload(&self) -> Result<Scope> {
        match self {
            Self::Participant { .. } => Err(not_for_this_role()),
            Self::Staff { .. } => self.caseload(),
        }
    }

    /// The staff member, for operations of any of these roles.
    pub fn staff(&self, roles: &[StaffRole]) -> Result<(StaffId, StaffRole, CentreId)> {
        match self {
            Self::Staff { id, role, centre, .. } if roles.contains(role) => Ok((*id, *role, *centre)),
            _ => Err(not_for_this_role()),
        }
    }

    /// The participant, for operations that only they have.
    pub fn participant(&self) -> Result<ParticipantId> {
        match self {
            Self::Participant { id, .. } => Ok(*id),
            Self::Staff { .. } => Err(not_for_this_role()),
        }
    }
}

/// This role has no use of the operation.
pub fn not_for_this_role() -> Error {
    Error::new(ProblemCode::NotForThisRole)
}

/// The part of the caseload that a statement may touch. Only an [`Actor`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    kind: ScopeKind,
    id: Uuid,
}

/// Whose items a scope holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeKind {
    /// A participant's own.
    Own,
    /// Those of the participants assigned to a mentor or counsellor.
    Assigned,
    /// A manager's centre's.
    Centre,
}

impl Scope {
    /// The statement for this scope. Its `$1` is [`Scope::id`].
    pub const fn sql(&self, scoped: &ScopedSql) -> Sql {
        match self.kind {
            ScopeKind::Own => scoped.own,
            ScopeKind::Assigned => scoped.assigned,
            ScopeKind::Centre => scoped.centre,
        }
    }

    /// Whose items it holds, for a list that is put together differently for each; everything else uses [`scoped!`](crate::scoped).
    pub const fn kind(&self) -> ScopeKind {
        self.kind
    }

    /// What `$1` of a scoped statement is bound to.
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// Goes on with a value that is this participant's id if they are in scope and else NULL, which equals nothing: `… WHERE
    /// a.participant_id = ` and then this. Nothing of anybody out of scope is read, however much there is.
    pub fn asked(&self, statement: Statement<'static>, participant: Uuid) -> Statement<'static> {
        let in_scope = match self.kind {
            ScopeKind::Own => {
                piece!("(SELECT own.id FROM participant AS own WHERE own.id = ? AND own.id = ?)")
            }
            ScopeKind::Assigned => piece!(
                "(SELECT caseload.participant_id FROM assignment AS caseload
                  WHERE caseload.participant_id = ? AND caseload.staff_id = ? AND caseload.ended_at IS NULL)"
            ),
            ScopeKind::Centre => {
                piece!("(SELECT own.id FROM participant AS own WHERE own.id = ? AND own.centre_id = ?)")
            }
        };
        statement.then(in_scope).bind(participant).bind(self.id)
    }

    /// Goes on with whether the participant `p` of a row is in scope: `… JOIN participant AS p ON … WHERE v.id = ? AND ` and then this. None for
    /// participants: it is for what they do not read.
    pub fn staffs(&self, statement: Statement<'static>) -> Option<Statement<'static>> {
        let in_scope = match self.kind {
            ScopeKind::Own => return None,
            ScopeKind::Centre => piece!(lite "+", "p.centre_id = ?"),
            ScopeKind::Assigned => piece!(
                "EXISTS (SELECT 1 FROM assignment AS caseload
                         WHERE caseload.staff_id = ? AND caseload.ended_at IS NULL AND caseload.participant_id = p.id)"
            ),
        };
        Some(statement.then(in_scope).bind(self.id))
    }
}

/// One statement for each kind of scope. Made by [`scoped!`](crate::scoped).
#[derive(Debug, Clone, Copy)]
pub struct ScopedSql {
    /// For a participant.
    pub own: Sql,
    /// For a mentor or counsellor.
    pub assigned: Sql,
    /// For a manager.
    pub centre: Sql,
}

/// A statement with the caller's scope in it: `scoped!("SELECT … FROM appointment AS a WHERE ", a, " AND a.id = $2")`. The
/// table behind the alias has `participant_id` and `centre_id`; of the table `participant` itself write `participant p`.
/// `$1` belongs to the scope.
#[macro_export]
macro_rules! scoped {
    ($head:literal, participant $alias:ident, $($tail:tt)*) => {
        $crate::access::ScopedSql {
            own: db::sql!($head, concat_alias $alias ".id = $1", $($tail)*),
            assigned: db::sql!($head, "EXISTS (SELECT 1 FROM assignment AS caseload WHERE caseload.staff_id = $1 AND caseload.ended_at IS NULL AND caseload.participant_id = ", concat_alias $alias ".id)", $($tail)*),
            centre: db::sql!($head, concat_alias $alias ".centre_id = $1", $($tail)*),
        }
    };
    ($head:literal, $columns:ident!(), $more:literal, $alias:ident, $($tail:tt)*) => {
        $crate::access::ScopedSql {
            own: db::sql!($head, $columns!(), $more, concat_alias $alias ".participant_id = $1", $($tail)*),
            assigned: db::sql!($head, $columns!(), $more, "EXISTS (SELECT 1 FROM assignment AS caseload WHERE caseload.staff_id = $1 AND caseload.ended_at IS NULL AND caseload.participant_id = ", concat_alias $alias ".participant_id)", $($tail)*),
            centre: db::sql!($head, $columns!(), $more, concat_alias $alias ".centre_id = $1", $($tail)*),
        }
    };
    ($head:literal, $alias:ident, $($tail:tt)*) => {
        $crate::access::ScopedSql {
            own: db::sql!($head, concat_alias $alias ".participant_id = $1", $($tail)*),
            assigned: db::sql!($head, "EXISTS (SELECT 1 FROM assignment AS caseload WHERE caseload.staff_id = $1 AND caseload.ended_at IS NULL AND caseload.participant_id = ", concat_alias $alias ".participant_id)", $($tail)*),
            centre: db::sql!($head, concat_alias $alias ".centre_id = $1", $($tail)*),
        }
    };
}
