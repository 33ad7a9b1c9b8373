//! Who may read and set what of a centre. Pure.

use contract::{CentreId, StaffRole};
use kernel::access::{Actor, not_for_this_role};

/// The caller's role, and the only centre that they reach; `None` for every centre.
pub fn reach(actor: &Actor) -> kernel::Result<(StaffRole, Option<CentreId>)> {
    match actor {
        Actor::Staff { role: StaffRole::Administrator, .. } => Ok((StaffRole::Administrator, None)),
        Actor::Staff {
            role: role @ (StaffRole::Manager | StaffRole::Mentor | StaffRole::Counsellor),
            centre,
            ..
        } => Ok((*role, Some(*centre))),
        Actor::Staff { role: StaffRole::Observer, .. } | Actor::Participant { .. } => {
            Err(not_for_this_role())
        }
    }
}

/// The fields that this role may set.
pub const fn may_set(role: StaffRole) -> &'static [&'static str] {
    match role {
        StaffRole::Administrator => {
            &["name", "zone", "calendar", "reminder_policy", "phone", "emergency_phones", "no_contact_days"]
        }
        StaffRole::Manager => {
            &["calendar", "reminder_policy", "phone", "emergency_phones", "no_contact_days"]
        }
        StaffRole::Mentor | StaffRole::Counsellor | StaffRole::Observer => &[],
    }
}

/// Whether this role sees how the centre reminds its people.
pub const fn may_read_policy(role: StaffRole) -> bool {
    matches!(role, StaffRole::Administrator | StaffRole::Manager)
}
