//! What a centre wants its people to be reminded of, as data: how long before an appointment, what is told at once, when
//! phones stay silent, and what the host hears. A centre's own policy is JSON in `centre.reminder_policy`; what it leaves out
//! is as in [`ReminderPolicy::default`], so a centre writes down only where it differs:
//!
//! ```json
//! {
//!   "quiet_hours": { "from": "22:00", "until": "07:30" },
//!   "kinds": { "administrative": { "lead_times": [ { "purpose": "appointment_tomorrow", "before": { "days": 1 } } ] } }
//! }
//! ```

mod check;
mod quiet_hours;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use contract::{AppointmentKind, ReminderPurpose};
use serde::{Deserialize, Serialize};

pub use check::PolicyError;
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

/// The reminders of one appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AppointmentPolicy {
    /// When the participant is reminded. Their order does not matter.
    pub lead_times: Vec<LeadTime>,
    /// What the participant is told at once.
    pub notices: Notices,
    /// What the host is told.
    pub escalation: Escalation,
}

/// Where one kind of appointment differs; what is absent is as for all kinds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AppointmentOverride {
    /// Replaces the whole list of lead times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_times: Option<Vec<LeadTime>>,
    /// Replaces all notices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notices: Option<Notices>,
    /// Replaces the whole escalation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalation: Option<Escalation>,
}

/// One reminder before an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeadTime {
    /// Which of the four reminders before an appointment this is; each may appear once.
    pub purpose: ReminderPurpose,
    /// How long before the start.
    pub before: Before,
    /// Whether it is still sent to somebody who has said that they will come.
    #[serde(default)]
    pub once_confirmed: bool,
}

/// A time before the start of an appointment.
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

/// What the participant is told at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Notices {
    /// That an appointment was made.
    pub scheduled: bool,
    /// That several times are offered to choose from.
    pub proposed: bool,
    /// That it is at another time or place.
    pub moved: bool,
    /// That it was called off.
    pub cancelled: bool,
}

impl Default for Notices {
    fn default() -> Self {
        Self { scheduled: true, proposed: true, moved: true, cancelled: true }
    }
}

/// What the host is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Escalation {
    /// How many hours before the start (the first, if several are offered) the host hears that nobody has confirmed or chosen
    /// (1 to 168); `None` for never.
    pub unconfirmed_hours: Option<u32>,
    /// Whether the host hears that the participant chose, confirmed, declined or asked to move.
    pub answered: bool,
    /// Whether the host hears that the participant did not come.
    pub missed: bool,
    /// Whether the host hears that all times that were offered have passed.
    pub lapsed: bool,
}

impl Default for Escalation {
    fn default() -> Self {
        Self { unconfirmed_hours: Some(24), answered: true, missed: true, lapsed: true }
    }
}

impl Default for AppointmentPolicy {
    fn default() -> Self {
        let lead = |purpose, before, once_confirmed| LeadTime { purpose, before, once_confirmed };
        Self {
            lead_times: vec![
                lead(ReminderPurpose::AppointmentInSevenDays, Before::Days(7), false),
                lead(ReminderPurpose::AppointmentInThreeDays, Before::Days(3), false),
                lead(ReminderPurpose::AppointmentTomorrow, Before::Days(1), true),
                lead(ReminderPurpose::AppointmentSoon, Before::Hours(2), true),
            ],
            notices: Notices::default(),
            escalation: Escalation::default(),
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

    /// The policy of a centre: its own if it has one, else the service's.
    ///
    /// # Errors
    /// As [`ReminderPolicy::parse`].
    pub fn of_centre(json: Option<&str>) -> Result<Self, PolicyError> {
        json.map_or_else(|| Ok(Self::default()), Self::parse)
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
