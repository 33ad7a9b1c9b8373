//! What each cause asks of the staff: how soon, within how many working days, for how long it may wait. Pure.

use super::words::{PartOfDay, WorkCause, WorkUrgency};
use crate::opening_hours::{calendar::Calendar, rules::closing_after};
use chrono::{NaiveTime, Timelike};
use contract::time::LocalDateTime;

/// For how many days something may be put out of sight.
pub const SNOOZES: &[u32] = &[1, 3, 7, 14];
/// Beyond so many days there has to be a reason.
pub const WITHOUT_REASON: u32 = 7;

/// What a cause asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    /// How soon.
    pub urgency: WorkUrgency,
    /// Until the closing of the centre so many working days later.
    pub working_days: u32,
    /// The longest that it may be put out of sight, in days; none if it may not.
    pub longest_snooze: u32,
    /// Whether it is less urgent where an appointment is booked already: they will be met.
    pub is_eased_by_appointment: bool,
}

const fn demand(urgency: WorkUrgency, working_days: u32, longest_snooze: u32) -> Demand {
    Demand { urgency, working_days, longest_snooze, is_eased_by_appointment: false }
}

impl Demand {
    const fn eased_by_appointment(self) -> Self {
        Self { is_eased_by_appointment: true, ..self }
    }

    /// How soon, if an appointment is booked or is not.
    pub const fn urgency(self, is_booked: bool) -> WorkUrgency {
        match (self.urgency, self.is_eased_by_appointment && is_booked) {
            (WorkUrgency::High, true) => WorkUrgency::Normal,
            (WorkUrgency::Normal, true) => WorkUrgency::Low,
            (urgency, _) => urgency,
        }
    }

    /// For how many days it may be put out of sight.
    pub fn snoozes(self) -> impl Iterator<Item = u32> {
        SNOOZES.iter().copied().filter(move |days| *days <= self.longest_snooze)
    }
}

impl WorkCause {
    /// What it asks.
    pub const fn demand(self) -> Demand {
        use WorkUrgency::{Alarm, High, Low, Normal};
        match self {
            Self::CheckInAlarm | Self::CallWanted => demand(Alarm, 0, 0),
            Self::PersonDied => demand(High, 0, 0),
            Self::AppointmentUnanswered => demand(High, 0, 1),
            Self::DidNotCome => demand(High, 1, 3).eased_by_appointment(),
            Self::JobLost => demand(High, 1, 7).eased_by_appointment(),
            Self::NoLead | Self::HelpTakenBack => demand(High, 1, 3),
            Self::CheckInMissed => demand(Normal, 2, 7).eased_by_appointment(),
            Self::OutcomeNotRecorded => demand(Normal, 2, 3),
            Self::AppointmentsOfPaused | Self::UndeliverableReminder => demand(Normal, 2, 7),
            // Somebody waits for the answer: it is not put out of sight.
            Self::HandOverAsked => demand(Normal, 2, 0),
            Self::EmployerConsentEnded => demand(Normal, 1, 3),
            Self::QuestionBack => demand(Normal, 3, 7),
            Self::SessionToArrange => demand(Normal, 3, 7).eased_by_appointment(),
            Self::ReferralUnanswered | Self::MilestoneMissed => demand(Normal, 3, 14),
            Self::NoContact => demand(Normal, 3, 7).eased_by_appointment(),
            Self::MilestoneDue | Self::PaperStuck | Self::NoDevice => demand(Low, 5, 14),
        }
    }
}

/// Until when somebody should have seen to it, on the wall of the centre: its closing so many working days after `from`.
pub fn due(demand: Demand, calendar: &Calendar, from: LocalDateTime) -> LocalDateTime {
    closing_after(calendar, from, demand.working_days)
}

/// In which part of the day that is.
pub fn part_of_day(local: LocalDateTime) -> PartOfDay {
    let minutes = |time: NaiveTime| time.hour() * 60 + time.minute();
    match minutes(local.time()) {
        // The end of a day is that of its evening.
        0 => PartOfDay::Evening,
        1..=750 => PartOfDay::Morning,
        751..=1080 => PartOfDay::Afternoon,
        _ => PartOfDay::Evening,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alarms_wait_for_nothing_and_nothing_eases_them() {
        for cause in WorkCause::ALL {
            let demand = cause.demand();
            if demand.urgency == WorkUrgency::Alarm {
                assert_eq!((demand.working_days, demand.snoozes().count()), (0, 0), "{cause}");
            }
            assert!(demand.urgency(true) >= demand.urgency, "{cause}: less urgent or the same");
            assert_eq!(demand.urgency(false), demand.urgency);
            assert!(demand.longest_snooze == 0 || SNOOZES.contains(&demand.longest_snooze), "{cause}");
        }
        assert_eq!(WorkCause::JobLost.demand().urgency(true), WorkUrgency::Normal);
        assert_eq!(WorkCause::CheckInAlarm.demand().urgency(true), WorkUrgency::Alarm);
    }

    #[test]
    fn it_is_due_when_the_centre_closes_some_working_days_later() {
        let usual = Calendar::default();
        let until =
            |cause: WorkCause, from: &str| due(cause.demand(), &usual, from.parse().unwrap()).to_string();
        // A Thursday morning, a Thursday night, a Friday after closing.
        assert_eq!(until(WorkCause::CallWanted, "2026-11-26T09:00:00"), "2026-11-26T16:30:00");
        assert_eq!(until(WorkCause::CallWanted, "2026-11-26T22:00:00"), "2026-11-27T16:30:00");
        assert_eq!(until(WorkCause::CallWanted, "2026-11-27T16:30:00"), "2026-11-30T16:30:00");
        assert_eq!(until(WorkCause::JobLost, "2026-11-27T09:00:00"), "2026-11-30T16:30:00");
        assert_eq!(until(WorkCause::NoContact, "2026-11-26T09:00:00"), "2026-12-01T16:30:00");
    }

    #[test]
    fn the_end_is_said_by_the_part_of_the_day() {
        for (time, part) in [
            ("12:00:00", PartOfDay::Morning),
            ("12:31:00", PartOfDay::Afternoon),
            ("16:30:00", PartOfDay::Afternoon),
            ("18:30:00", PartOfDay::Evening),
            ("00:00:00", PartOfDay::Evening),
        ] {
            assert_eq!(part_of_day(format!("2026-11-26T{time}").parse().unwrap()), part, "{time}");
        }
    }
}
