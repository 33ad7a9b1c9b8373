//! What a centre wants its people to be reminded of, as data: how long before an appointment, what is told at once, when
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

use std::collections::BTreeMap;

use contract::AppointmentKind;
use serde::{Deserialize, Serialize};

pub use crate::subjects::appointment::{
    AppointmentOverride, AppointmentPolicy, Escalation, LeadTime, Notices,
};
pub use check::PolicyError;
pub(crate) use check::{fault, within};
pub use quiet_hours::QuietHours;

/// Everything a centre decides about reminders. [`ReminderPolicy::parse`] only gives out policies that make sense.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReminderPolicy {
    /// What holds for every kind of appointment.
    pub appointments: AppointmentPolicy,
    /// What one kind does differently.
    pub kinds: BTreeMap<AppointmentKind, AppointmentOverride>,
    /// When the recipient's phone stays silent, on the clock where the recipient lives; `None` (JSON `null`) for never.
    pub quiet_hours: Option<QuietHours>,
    /// How many days a message that comes after the appointment has begun stays worth sending (1 to 30): that it was missed,
    /// or called off late. Every other message ends with the appointment's start at the latest.
    pub after_start_days: u32,
}

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

impl Default for ReminderPolicy {
    fn default() -> Self {
        Self {
            appointments: AppointmentPolicy::default(),
            kinds: BTreeMap::new(),
            quiet_hours: Some(QuietHours::default()),
            after_start_days: 3,
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

    /// When the participant is reminded of an appointment of this kind.
    pub fn lead_times(&self, kind: AppointmentKind) -> &[LeadTime] {
        self.kinds.get(&kind).and_then(|own| own.lead_times.as_ref()).unwrap_or(&self.appointments.lead_times)
    }

    /// What the participant is told at once about an appointment of this kind.
    pub fn notices(&self, kind: AppointmentKind) -> Notices {
        self.kinds.get(&kind).and_then(|own| own.notices).unwrap_or(self.appointments.notices)
    }

    /// What the host is told about an appointment of this kind.
    pub fn escalation(&self, kind: AppointmentKind) -> Escalation {
        self.kinds.get(&kind).and_then(|own| own.escalation).unwrap_or(self.appointments.escalation)
    }
}
