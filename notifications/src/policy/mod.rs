//! What a centre wants its people to be reminded of, as data: how long before a start, what is told at once, when
//! phones stay silent, and what the host hears. A centre's own policy is JSON in `centre.reminder_policy`; what it leaves out
//! is as in [`ReminderPolicy::default`], so a centre writes down only where it differs:
//!
//! ```json
//! {
//!   "quiet_hours": { "from": "22:00", "until": "07:30" },
//!   "kinds": { "administrative": { "lead_times": [ { "before": { "days": 1 } } ] } }
//! }
//! ```

mod check;
mod quiet_hours;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use crate::subjects::ReminderPolicy;
pub use check::PolicyError;
pub(crate) use check::{fault, within};
pub use quiet_hours::QuietHours;

/// What a centre decides about one kind of subject: one field of [`ReminderPolicy`], named in the kind's line of `subjects!`. What a
/// centre leaves out is as in its default, so what was stored before there was this kind still reads.
pub(crate) trait PolicyPart: Default {
    /// The first fault, with a JSON pointer to it from `place` on.
    ///
    /// # Errors
    /// It makes no sense.
    fn check(&self, place: &str) -> Result<(), PolicyError>;

    /// Leaves out of a stored part what centres wrote there formerly and is not read any more.
    fn forget_former(_: &mut Value) {}

    /// Mends what was allowed formerly and is refused now.
    fn settle(&mut self) {}
}

/// Everything a centre decides, of the parts that the kinds of subjects have in it.
macro_rules! reminder_policy {
    ($($(#[doc = $about:literal])* $field:ident: $part:ty,)*) => {
        /// Everything a centre decides about reminders. [`ReminderPolicy::parse`] only gives out policies that make sense.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct ReminderPolicy {
            $($(#[doc = $about])* pub $field: $part,)*
            /// When the recipient's phone stays silent, on the clock where the recipient lives; `None` (JSON `null`) for never.
            pub quiet_hours: Option<$crate::policy::QuietHours>,
            /// How many days a message that comes after something has begun stays worth sending (1 to 30): that it was missed,
            /// or called off late. Every other message ends with the start at the latest.
            pub after_start_days: u32,
        }

        impl Default for ReminderPolicy {
            fn default() -> Self {
                Self {
                    $($field: Default::default(),)*
                    quiet_hours: Some($crate::policy::QuietHours::default()),
                    after_start_days: 3,
                }
            }
        }

        impl ReminderPolicy {
            pub(crate) fn check_parts(&self) -> Result<(), $crate::policy::PolicyError> {
                use $crate::policy::PolicyPart as _;
                $(self.$field.check(concat!("/", stringify!($field)))?;)*
                Ok(())
            }

            pub(crate) fn forget_former(document: &mut serde_json::Value) {
                use $crate::policy::PolicyPart as _;
                $(document.get_mut(stringify!($field)).map(<$part>::forget_former);)*
            }

            pub(crate) fn settle_parts(&mut self) {
                use $crate::policy::PolicyPart as _;
                $(self.$field.settle();)*
            }
        }
    };
}
pub(crate) use reminder_policy;

/// A time before the start of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Before {
    /// Calendar days (1 to 60): the same time of day on the wall, however many hours that is when clocks change.
    Days(u32),
    /// Hours that pass (1 to 72).
    Hours(u32),
}

impl Before {
    /// About how many hours it is: exact enough to put lead times in order.
    pub const fn nominal_hours(self) -> u32 {
        match self {
            Self::Days(days) => days.saturating_mul(24),
            Self::Hours(hours) => hours,
        }
    }
}

impl ReminderPolicy {
    /// Reads a centre's policy from JSON and checks that it makes sense.
    ///
    /// # Errors
    /// The first fault, with a JSON pointer (RFC 6901) to it.
    pub fn parse(json: &str) -> Result<Self, PolicyError> {
        let policy = check::read(json)?;
        policy.check()?;
        Ok(policy)
    }

    /// The policy of a centre: its own if it has one, else the service's. What centres were allowed to write formerly is understood.
    ///
    /// # Errors
    /// As [`ReminderPolicy::parse`].
    pub fn of_centre(json: Option<&str>) -> Result<Self, PolicyError> {
        let Some(json) = json else { return Ok(Self::default()) };
        Self::parse(json).or_else(|refusal| check::read_former(json).ok_or(refusal))
    }
}
