//! When a milestone falls due, and what becomes of it as time passes, when the placement ends and when its start was recorded wrongly. Pure.

use super::words::{EndReason, Milestone, MilestoneClosing, MilestoneState};
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use contract::time::{ImpreciseDate, Instant, LocalDateTime};

/// For so long it is asked whether a milestone was held; then it is missed, until somebody knows better.
pub const GRACE: TimeDelta = TimeDelta::days(14);
/// When on its day: in the morning.
const HOUR: u32 = 9;

/// How many civil days.
pub const fn days(milestone: Milestone) -> u32 {
    match milestone {
        Milestone::Days30 => 30,
        Milestone::Days90 => 90,
        Milestone::Days180 => 180,
        Milestone::Days365 => 365,
    }
}

/// Its day. A start that is not known to the day counts from the last day that it can have been: nobody is asked before it can be known.
pub fn day(start: ImpreciseDate, milestone: Milestone) -> NaiveDate {
    after(start.latest(), milestone)
}

/// The first day on which it can have been held for so long: what was over before was surely not, and what is known of an earlier day proves
/// nothing.
pub fn earliest_day(start: ImpreciseDate, milestone: Milestone) -> NaiveDate {
    after(start.earliest(), milestone)
}

fn after(from: NaiveDate, milestone: Milestone) -> NaiveDate {
    from.checked_add_days(Days::new(days(milestone).into())).unwrap_or(from)
}

/// When it falls due, on the wall of the centre.
pub fn local_due(start: ImpreciseDate, milestone: Milestone) -> LocalDateTime {
    let time = NaiveTime::from_hms_opt(HOUR, 0, 0).unwrap_or(NaiveTime::MIN);
    LocalDateTime::new(day(start, milestone), time).unwrap_or(LocalDateTime::MAX)
}

/// What of a milestone its course depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Course {
    /// Where it stands.
    pub state: MilestoneState,
    /// When it falls due.
    pub due_at: Instant,
    /// Since when somebody is asked.
    pub asked_at: Option<Instant>,
    /// Why it was closed.
    pub closed_for: Option<MilestoneClosing>,
}

/// What time made of a milestone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passed {
    /// Nothing new; it is to be looked at then, if ever.
    Nothing(Option<Instant>),
    /// It has fallen due: somebody is asked from now on.
    FellDue,
    /// Nobody said in time that it was held.
    Missed,
}

impl Course {
    /// One that was just reckoned.
    pub const fn pending(due_at: Instant) -> Self {
        Self { state: MilestoneState::Pending, due_at, asked_at: None, closed_for: None }
    }

    /// What becomes of it as time passes.
    pub fn passed(self, now: Instant) -> Passed {
        match (self.state, self.asked_at) {
            (MilestoneState::Pending, None) if self.due_at <= now => Passed::FellDue,
            (MilestoneState::Pending, None) => Passed::Nothing(Some(self.due_at)),
            (MilestoneState::Pending, Some(asked_at)) => {
                // From when it was asked: what was recorded late, or while nobody worked, is not missed at once.
                let until = asked_at.saturating_add(GRACE);
                if until <= now { Passed::Missed } else { Passed::Nothing(Some(until)) }
            }
            (MilestoneState::Achieved | MilestoneState::Missed | MilestoneState::Waived, _) => {
                Passed::Nothing(None)
            }
        }
    }

    /// What becomes of one that can have been reached from this day on when the placement ended on that one. What had been reached by then can
    /// still be verified; where an imprecise start or end leaves it open, a person decides.
    #[must_use]
    pub fn ended(self, earliest: NaiveDate, end: ImpreciseDate, reason: EndReason) -> Self {
        if self.state == MilestoneState::Achieved || earliest <= end.latest() {
            return self;
        }
        // Whoever went on to something better has lost nothing that could be counted against the placement.
        let state =
            if reason == EndReason::BetterJob { MilestoneState::Waived } else { MilestoneState::Missed };
        Self { state, closed_for: Some(MilestoneClosing::Ended), ..self }
    }

    /// What becomes of one when its placement was entered by mistake.
    #[must_use]
    pub fn withdrawn(self) -> Self {
        if self.state == MilestoneState::Achieved {
            return self;
        }
        Self { state: MilestoneState::Waived, closed_for: Some(MilestoneClosing::EnteredByMistake), ..self }
    }

    /// What becomes of one that was verified by mistake, before the end is looked at again: as if nobody had said anything of it. Of whom nobody
    /// accompanies just now nobody is asked, and nothing is missed.
    #[must_use]
    pub fn unverified(self, is_accompanied: bool, now: Instant) -> Self {
        let open = Self { state: MilestoneState::Pending, closed_for: None, ..self };
        if !is_accompanied {
            return Self { asked_at: None, ..open };
        }
        match open.passed(now) {
            Passed::Nothing(_) => open,
            Passed::FellDue => Self { asked_at: Some(now), ..open },
            Passed::Missed => {
                let closed_for = Some(MilestoneClosing::NotVerified);
                Self { state: MilestoneState::Missed, closed_for, ..open }
            }
        }
    }

    /// What becomes of one that falls due at another time than was thought, before the end is looked at again.
    #[must_use]
    pub const fn reckoned_again(self, due_at: Instant) -> Self {
        if matches!(self.state, MilestoneState::Achieved) {
            Self { due_at, ..self }
        } else {
            Self::pending(due_at)
        }
    }
}

/// Whether a milestone that can have been reached from this day on can be verified as held, of a placement that ended then if it did.
pub fn can_be_held(state: MilestoneState, earliest: NaiveDate, end: Option<ImpreciseDate>) -> bool {
    let is_open = matches!(state, MilestoneState::Pending | MilestoneState::Missed);
    is_open && end.is_none_or(|end| earliest <= end.latest())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn date(text: &str) -> ImpreciseDate {
        text.parse().unwrap()
    }

    const STATES: [MilestoneState; 4] =
        [MilestoneState::Pending, MilestoneState::Achieved, MilestoneState::Missed, MilestoneState::Waived];

    #[test]
    fn civil_days_are_counted_from_the_last_day_that_the_start_can_have_been() {
        for (start, milestone, due) in [
            ("2026-11-16", Milestone::Days30, "2026-12-16T09:00:00"),
            ("2026-11", Milestone::Days30, "2026-12-30T09:00:00"),
            ("2026", Milestone::Days90, "2027-03-31T09:00:00"),
            ("2027-09-01", Milestone::Days180, "2028-02-28T09:00:00"),
            ("2027-03-01", Milestone::Days365, "2028-02-29T09:00:00"),
            ("2199", Milestone::Days365, "2200-12-31T09:00:00"),
        ] {
            assert_eq!(local_due(date(start), milestone).to_string(), due, "{start}");
        }
    }

    #[test]
    fn what_may_have_been_reached_counts_from_the_first_day_that_the_start_can_have_been() {
        for (start, milestone, earliest) in [
            ("2026-11-16", Milestone::Days30, "2026-12-16"),
            ("2026-11", Milestone::Days30, "2026-12-01"),
            ("2026", Milestone::Days365, "2027-01-01"),
        ] {
            assert_eq!(earliest_day(date(start), milestone).to_string(), earliest, "{start}");
        }
    }

    #[test]
    fn it_falls_due_is_asked_for_and_is_missed_after_the_grace() {
        let mut course = Course::pending(at("2026-12-16T09:00:00Z"));
        assert_eq!(course.passed(at("2026-12-16T08:59:59Z")), Passed::Nothing(Some(course.due_at)));
        assert_eq!(course.passed(course.due_at), Passed::FellDue);
        // A service that was down asks late, and waits as long.
        course.asked_at = Some(at("2026-12-20T09:00:00Z"));
        assert_eq!(
            course.passed(at("2027-01-03T08:59:59Z")),
            Passed::Nothing(Some(at("2027-01-03T09:00:00Z")))
        );
        assert_eq!(course.passed(at("2027-01-03T09:00:00Z")), Passed::Missed);
        for state in [MilestoneState::Achieved, MilestoneState::Missed, MilestoneState::Waived] {
            assert_eq!(Course { state, ..course }.passed(Instant::MAX), Passed::Nothing(None));
        }
    }

    #[test]
    fn an_end_closes_what_was_not_reached_by_then() {
        let day = NaiveDate::from_ymd_opt(2026, 12, 16).unwrap();
        for state in STATES {
            let course = Course { state, ..Course::pending(at("2026-12-16T09:00:00Z")) };
            for reason in EndReason::ALL {
                for reached in ["2026-12-16", "2026-12", "2027"] {
                    assert_eq!(course.ended(day, date(reached), *reason), course, "{state} {reached}");
                }
                let ended = course.ended(day, date("2026-12-15"), *reason);
                let expected = match (state, reason) {
                    (MilestoneState::Achieved, _) => MilestoneState::Achieved,
                    (_, EndReason::BetterJob) => MilestoneState::Waived,
                    _ => MilestoneState::Missed,
                };
                assert_eq!(ended.state, expected, "{state} {reason}");
            }
        }
        assert!(can_be_held(MilestoneState::Missed, day, Some(date("2026-12-16"))));
        assert!(!can_be_held(MilestoneState::Pending, day, Some(date("2026-12-15"))));
        assert!(can_be_held(MilestoneState::Pending, day, None));
        assert!(
            !can_be_held(MilestoneState::Achieved, day, None)
                && !can_be_held(MilestoneState::Waived, day, None)
        );
    }

    #[test]
    fn what_was_verified_by_mistake_stands_as_if_nobody_had_said_anything() {
        let due_at = at("2026-12-16T09:00:00Z");
        let (asked, missed) = (at("2026-12-20T09:00:00Z"), at("2027-01-03T09:00:00Z"));
        let held = Course { state: MilestoneState::Achieved, ..Course::pending(due_at) };
        let was_asked = Course { asked_at: Some(asked), ..held };
        let open = Course::pending(due_at);
        assert_eq!(held.unverified(true, at("2026-12-16T08:59:59Z")), open);
        // Nobody was asked while it was taken as known: they are from now on, and have as long as ever.
        assert_eq!(held.unverified(true, missed), Course { asked_at: Some(missed), ..open });
        let still_asked = Course { asked_at: Some(asked), ..open };
        assert_eq!(was_asked.unverified(true, at("2027-01-03T08:59:59Z")), still_asked);
        let (state, closed_for) = (MilestoneState::Missed, Some(MilestoneClosing::NotVerified));
        assert_eq!(was_asked.unverified(true, missed), Course { state, closed_for, ..still_asked });
        assert_eq!(was_asked.unverified(false, missed), open);
    }

    proptest! {
        /// Whatever happens in whatever order: one that nobody has said anything of is closed for no reason, one that was missed or given up
        /// is closed for one, and what was held stays so.
        #[test]
        fn any_sequence_of_events_leaves_a_legal_state(
            steps in prop::collection::vec((0_u8..5, 0_i64..60, prop::sample::select(EndReason::ALL)), 0..16),
        ) {
            let start = at("2026-01-01T09:00:00Z");
            let day = NaiveDate::from_ymd_opt(2026, 1, 31).unwrap();
            let mut course = Course::pending(start.saturating_add(TimeDelta::days(30)));
            let (mut now, mut was_held) = (start, false);
            for (step, days, reason) in steps {
                now = now.saturating_add(TimeDelta::days(days));
                course = match (step, course.passed(now)) {
                    (0, Passed::FellDue) => Course { asked_at: Some(now), ..course },
                    (0, Passed::Missed) => {
                        let closed_for = Some(MilestoneClosing::NotVerified);
                        Course { state: MilestoneState::Missed, closed_for, ..course }
                    }
                    (1, _) => course.ended(day, date("2026-01-15"), reason),
                    (2, _) => course.withdrawn(),
                    (3, _) => course.reckoned_again(now.saturating_add(TimeDelta::days(30))),
                    (4, _) if can_be_held(course.state, day, None) => {
                        Course { state: MilestoneState::Achieved, closed_for: None, ..course }
                    }
                    _ => course,
                };
                was_held |= course.state == MilestoneState::Achieved;
                prop_assert_eq!(course.state == MilestoneState::Achieved, was_held);
                let is_closed = matches!(course.state, MilestoneState::Missed | MilestoneState::Waived);
                prop_assert_eq!(course.closed_for.is_some(), is_closed);
                prop_assert_eq!(course.passed(now) == Passed::Nothing(None), is_closed || was_held);
            }
        }

        /// Whatever happens to it, what was held stays held.
        #[test]
        fn what_was_held_stays_held(steps in prop::collection::vec(0_u8..4, 0..12), days in prop::collection::vec(0_i64..400, 12)) {
            let start = at("2026-01-01T09:00:00Z");
            let mut course = Course { state: MilestoneState::Achieved, ..Course::pending(start) };
            let day = NaiveDate::from_ymd_opt(2026, 1, 31).unwrap();
            for (step, days) in steps.into_iter().zip(days) {
                course = match step {
                    0 => course.ended(day, date("2026-01-01"), EndReason::Dismissed),
                    1 => course.withdrawn(),
                    2 => course.reckoned_again(start.saturating_add(TimeDelta::days(days))),
                    _ => course,
                };
                prop_assert_eq!(course.state, MilestoneState::Achieved);
                prop_assert_eq!(course.passed(start.saturating_add(TimeDelta::days(days))), Passed::Nothing(None));
            }
        }
    }
}
