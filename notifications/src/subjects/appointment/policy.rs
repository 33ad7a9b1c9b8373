//! What a centre wants people to hear of their appointments, as data.

use std::collections::BTreeMap;

use contract::{AppointmentKind, ReminderPurpose};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::policy::{Before, PolicyError, PolicyPart, ReminderPolicy, fault, within};

const MOST_DAYS: u32 = 60;
const MOST_HOURS: u32 = 72;
const MOST_UNCONFIRMED_HOURS: u32 = 168;

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
    /// How long before the start.
    pub before: Before,
    /// Whether it is still sent to somebody who has said that they will come.
    #[serde(default)]
    pub once_confirmed: bool,
}

impl LeadTime {
    /// Which of the four reminders before an appointment it is. A centre says when, and what it is called follows.
    pub const fn purpose(&self) -> ReminderPurpose {
        match self.before.nominal_hours() {
            0..=11 => ReminderPurpose::AppointmentSoon,
            12..=47 => ReminderPurpose::AppointmentTomorrow,
            48..=119 => ReminderPurpose::AppointmentInThreeDays,
            _ => ReminderPurpose::AppointmentInSevenDays,
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
        let lead = |before, once_confirmed| LeadTime { before, once_confirmed };
        Self {
            lead_times: vec![
                lead(Before::Days(7), false),
                lead(Before::Days(3), false),
                lead(Before::Days(1), true),
                lead(Before::Hours(2), true),
            ],
            notices: Notices::default(),
            escalation: Escalation::default(),
        }
    }
}

impl PolicyPart for AppointmentPolicy {
    fn check(&self, place: &str) -> Result<(), PolicyError> {
        check_lead_times(place, &self.lead_times)?;
        check_escalation(place, self.escalation)
    }

    fn forget_former(part: &mut Value) {
        leave_purposes_out(part);
    }

    fn settle(&mut self) {
        settle(&mut self.lead_times);
    }
}

/// Where kinds of appointments differ.
pub type AppointmentOverrides = BTreeMap<AppointmentKind, AppointmentOverride>;

impl PolicyPart for AppointmentOverrides {
    fn check(&self, place: &str) -> Result<(), PolicyError> {
        for (kind, own) in self {
            let place = format!("{place}/{kind}");
            check_lead_times(&place, own.lead_times.as_deref().unwrap_or_default())?;
            own.escalation.map_or(Ok(()), |escalation| check_escalation(&place, escalation))?;
        }
        Ok(())
    }

    fn forget_former(part: &mut Value) {
        part.as_object_mut().into_iter().flat_map(|kinds| kinds.values_mut()).for_each(leave_purposes_out);
    }

    fn settle(&mut self) {
        self.values_mut().filter_map(|own| own.lead_times.as_mut()).for_each(settle);
    }
}

impl ReminderPolicy {
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

/// Each reminder before a start had a purpose of the centre's choice beside its time.
fn leave_purposes_out(part: &mut Value) {
    let lead_times = part.get_mut("lead_times").and_then(Value::as_array_mut);
    for lead in lead_times.into_iter().flatten().filter_map(Value::as_object_mut) {
        lead.remove("purpose");
    }
}

/// Leaves out what says the same as an earlier one. Centres could once call reminders what they liked.
fn settle(lead_times: &mut Vec<LeadTime>) {
    let mut kept: Vec<LeadTime> = Vec::with_capacity(lead_times.len());
    for lead in lead_times.drain(..) {
        if kept.iter().all(|other| other.purpose() != lead.purpose()) {
            kept.push(lead);
        }
    }
    *lead_times = kept;
}

fn check_lead_times(place: &str, lead_times: &[LeadTime]) -> Result<(), PolicyError> {
    for (index, lead) in lead_times.iter().enumerate() {
        let at = |field: &str| format!("{place}/lead_times/{index}/{field}");
        match lead.before {
            Before::Days(days) => within(days, MOST_DAYS, "days").map_err(|m| fault(at("before/days"), m))?,
            Before::Hours(hours) => {
                within(hours, MOST_HOURS, "hours").map_err(|m| fault(at("before/hours"), m))?
            }
        }
        if lead_times.iter().take(index).any(|other| other.purpose() == lead.purpose()) {
            return Err(fault(
                at("before"),
                "says the same as another reminder: there may be one less than 12 hours before, one less than 2 days, \
                 one less than 5 days, and one earlier",
            ));
        }
    }
    Ok(())
}

fn check_escalation(place: &str, escalation: Escalation) -> Result<(), PolicyError> {
    let Some(hours) = escalation.unconfirmed_hours else { return Ok(()) };
    within(hours, MOST_UNCONFIRMED_HOURS, "hours")
        .map_err(|message| fault(format!("{place}/escalation/unconfirmed_hours"), message))
}
