//! Who does something with goals, and when.

use super::rules::Who;
use contract::{StaffId, StaffRole, time::Instant};
use kernel::{
    access::{Actor, not_for_this_role},
    error::Result,
};

/// Who does it.
#[derive(Debug, Clone, Copy)]
pub struct By {
    /// In which part.
    pub who: Who,
    /// Which staff member; nobody if the participant does it themself.
    pub staff: Option<StaffId>,
}

impl By {
    /// Whoever calls.
    pub fn of(actor: &Actor) -> Result<Self> {
        match *actor {
            Actor::Participant { .. } => Ok(Self { who: Who::Participant, staff: None }),
            Actor::Staff { id, role: StaffRole::Mentor | StaffRole::Counsellor, .. } => {
                Ok(Self { who: Who::Companion, staff: Some(id) })
            }
            Actor::Staff { id, role: StaffRole::Manager, .. } => {
                Ok(Self { who: Who::Manager, staff: Some(id) })
            }
            Actor::Staff { role: StaffRole::Administrator | StaffRole::Observer, .. } => {
                Err(not_for_this_role())
            }
        }
    }

    /// Whoever accompanied somebody when they recorded it, whatever their role is by now.
    pub const fn companion(staff: StaffId) -> Self {
        Self { who: Who::Companion, staff: Some(staff) }
    }

    /// Whether staff does it.
    pub const fn is_staff(&self) -> bool {
        self.staff.is_some()
    }
}

/// When something was recorded: by the phone's clock, if it was sent later, and when the service learns of it.
#[derive(Debug, Clone, Copy)]
pub struct When {
    /// By the phone's.
    pub noted_at: Option<Instant>,
    /// Now.
    pub now: Instant,
}

impl When {
    /// When it was said. A phone's clock may be ahead.
    pub fn at(self) -> Instant {
        self.noted_at.map_or(self.now, |noted_at| noted_at.min(self.now))
    }
}
