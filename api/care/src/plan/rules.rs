//! Where a plan and its conversations stand and what can be done with them. Pure.

use super::words::{PlanCommand, PlanEndReason, PlanSessionCommand, PlanSessionState, PlanState};
use contract::StaffRole;

/// So many days ahead a plan is planned.
pub const HORIZON: u32 = 56;
/// So many days before its week begins, somebody is asked to arrange a conversation.
pub const ARRANGED_BEFORE: u32 = 7;
/// A plan begins at most so many days ago.
pub const STARTED_BEFORE: u32 = 731;
/// And at most so many days from now.
pub const STARTS_WITHIN: u32 = 366;

/// Who starts, changes and ends plans, and arranges what they ask for.
pub const PLANNERS: &[StaffRole] = &[StaffRole::Mentor, StaffRole::Counsellor, StaffRole::Manager];

/// Where a plan stands.
pub const fn state(is_ended: bool, is_resting: bool) -> PlanState {
    match (is_ended, is_resting) {
        (true, _) => PlanState::Ended,
        (false, true) => PlanState::Paused,
        (false, false) => PlanState::Running,
    }
}

/// Where a plan stands after a command; nothing if that is refused. What rests is not changed: what lies ahead of it is not known yet.
pub const fn after(state: PlanState, command: PlanCommand) -> Option<PlanState> {
    match (state, command) {
        (PlanState::Running, PlanCommand::Change) => Some(PlanState::Running),
        (PlanState::Running | PlanState::Paused, PlanCommand::End) => Some(PlanState::Ended),
        (PlanState::Paused, PlanCommand::Change) | (PlanState::Ended, _) => None,
    }
}

/// What can be done with a plan.
pub fn possible(state: PlanState) -> Vec<PlanCommand> {
    PlanCommand::ALL.iter().copied().filter(|command| after(state, *command).is_some()).collect()
}

/// Whether somebody may give this reason; the other is the service's own.
pub fn is_given(reason: PlanEndReason) -> bool {
    reason != PlanEndReason::FileClosed
}

/// What an appointment is for the conversation that is to be at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meeting {
    /// It is agreed on, or whoever was to come did not: that is told of the appointment.
    Stands,
    /// It took place.
    TookPlace,
    /// It will not be, or could not: another one is needed.
    Fell,
}

impl Meeting {
    /// By the words of its row. What only a later version knows is left alone.
    pub fn of(state: &str, outcome: Option<&str>) -> Self {
        match (state, outcome) {
            ("attended", _) => Self::TookPlace,
            ("declined" | "cancelled", _) | ("excused", Some("did_not_take_place")) => Self::Fell,
            _ => Self::Stands,
        }
    }
}

/// Where a conversation stands.
pub const fn session_state(
    is_dropped: bool,
    is_cancelled: bool,
    meeting: Option<Meeting>,
) -> PlanSessionState {
    match (is_dropped, is_cancelled, meeting) {
        // Whatever became of the plan, it was.
        (_, _, Some(Meeting::TookPlace)) => PlanSessionState::Held,
        (true, _, _) => PlanSessionState::Dropped,
        (false, true, _) => PlanSessionState::Cancelled,
        (false, false, Some(Meeting::Stands)) => PlanSessionState::Arranged,
        (false, false, Some(Meeting::Fell) | None) => PlanSessionState::ToArrange,
    }
}

/// Where a conversation stands after a command; nothing if that is refused.
pub const fn session_after(state: PlanSessionState, command: PlanSessionCommand) -> Option<PlanSessionState> {
    match (state, command) {
        (PlanSessionState::ToArrange | PlanSessionState::Cancelled, PlanSessionCommand::Link) => {
            Some(PlanSessionState::Arranged)
        }
        (PlanSessionState::ToArrange, PlanSessionCommand::Cancel) => Some(PlanSessionState::Cancelled),
        (
            PlanSessionState::Arranged | PlanSessionState::Held | PlanSessionState::Dropped,
            PlanSessionCommand::Link | PlanSessionCommand::Cancel,
        )
        | (PlanSessionState::Cancelled, PlanSessionCommand::Cancel) => None,
    }
}

/// What can be done with a conversation.
pub fn session_possible(state: PlanSessionState) -> Vec<PlanSessionCommand> {
    PlanSessionCommand::ALL
        .iter()
        .copied()
        .filter(|command| session_after(state, *command).is_some())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_plan_goes_one_way() {
        use PlanCommand::{Change, End};
        use PlanState::{Ended, Paused, Running};
        for (state_before, command, expected) in [
            (Running, Change, Some(Running)),
            (Running, End, Some(Ended)),
            (Paused, Change, None),
            (Paused, End, Some(Ended)),
            (Ended, Change, None),
            (Ended, End, None),
        ] {
            assert_eq!(after(state_before, command), expected, "{state_before} {command}");
            assert_eq!(possible(state_before).contains(&command), expected.is_some());
        }
        for (is_ended, is_resting, expected) in
            [(false, false, Running), (false, true, Paused), (true, false, Ended), (true, true, Ended)]
        {
            assert_eq!(state(is_ended, is_resting), expected);
        }
        for reason in PlanEndReason::ALL {
            assert_eq!(is_given(*reason), *reason != PlanEndReason::FileClosed);
        }
    }

    #[test]
    fn a_conversation_is_arranged_by_an_appointment_that_stands() {
        use PlanSessionState::{Arranged, Held, ToArrange};
        for (state, outcome, expected) in [
            ("proposed", None, Arranged),
            ("scheduled", None, Arranged),
            ("confirmed", None, Arranged),
            ("change_requested", None, Arranged),
            ("declined", None, ToArrange),
            ("cancelled", None, ToArrange),
            ("attended", Some("took_place"), Held),
            ("attended", None, Held),
            ("no_show", Some("did_not_come"), Arranged),
            ("excused", Some("did_not_come"), Arranged),
            ("excused", Some("did_not_take_place"), ToArrange),
            ("excused", None, Arranged),
            ("levitated", None, Arranged),
        ] {
            assert_eq!(session_state(false, false, Some(Meeting::of(state, outcome))), expected, "{state}");
        }
        assert_eq!(session_state(false, false, None), ToArrange);
    }

    #[test]
    fn what_is_over_is_not_arranged() {
        use PlanSessionCommand::{Cancel, Link};
        use PlanSessionState::{Arranged, Cancelled, Dropped, Held, ToArrange};
        for (state, link, cancel) in [
            (ToArrange, Some(Arranged), Some(Cancelled)),
            (Arranged, None, None),
            (Held, None, None),
            (Cancelled, Some(Arranged), None),
            (Dropped, None, None),
        ] {
            assert_eq!((session_after(state, Link), session_after(state, Cancel)), (link, cancel), "{state}");
        }
    }

    proptest! {
        /// Whatever is done in whatever order: the state is one that the table knows, and what has ended stays so.
        #[test]
        fn any_commands_leave_a_state(commands in proptest::collection::vec((any::<bool>(), any::<bool>()), 0..30)) {
            let (mut is_ended, mut has_been) = (false, false);
            for (is_resting, is_end) in commands {
                let before = state(is_ended, is_resting && !is_ended);
                let command = if is_end { PlanCommand::End } else { PlanCommand::Change };
                is_ended |= after(before, command) == Some(PlanState::Ended);
                prop_assert!(is_ended || !has_been);
                has_been = is_ended;
                prop_assert_eq!(possible(state(is_ended, is_resting)).is_empty(), is_ended);
            }
        }
    }
}
