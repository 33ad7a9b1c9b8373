//! What can be done with a work item, by whom, and whose it is. Pure.

use super::words::{WorkItemCommand as Command, WorkItemState as State};
use chrono::TimeDelta;
use contract::{StaffId, time::Instant};

/// For so long closing something can be undone.
pub const UNDONE_WITHIN: TimeDelta = TimeDelta::minutes(10);

/// Where an item stands, as far as that decides what can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Its state.
    pub state: State,
    /// Who took it, if they still have the participant.
    pub taken_by: Option<StaffId>,
    /// Whom somebody asks to take it over.
    pub asked: Option<StaffId>,
    /// Who asks that.
    pub asked_by: Option<StaffId>,
    /// Who closed it, and when.
    pub closed: Option<(StaffId, Instant)>,
    /// Whether its cause is gone, so that it is not opened again.
    pub is_cause_gone: bool,
    /// The longest that it may be put out of sight, in days.
    pub longest_snooze: u32,
    /// Whether it is closed by an answer that is given elsewhere, and by nothing else.
    pub is_for_an_answer: bool,
}

/// Who does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct By {
    /// Who.
    pub staff: StaffId,
    /// Whether they are a manager of the participant's centre.
    pub is_manager: bool,
}

/// What they may do with it now, in the order of the contract.
pub fn possible(standing: &Standing, by: By, now: Instant) -> Vec<Command> {
    Command::ALL.iter().copied().filter(|command| may(standing, *command, by, now)).collect()
}

/// Whether they may do this with it now.
pub fn may(standing: &Standing, command: Command, by: By, now: Instant) -> bool {
    if standing.is_for_an_answer {
        return false;
    }
    let is_open = standing.state.is_open();
    let is_takers = standing.taken_by.is_none_or(|taker| taker == by.staff) || by.is_manager;
    match command {
        Command::Take => is_open && standing.taken_by != Some(by.staff) && is_takers,
        Command::Release => is_open && standing.taken_by.is_some() && is_takers,
        Command::HandOver => is_open && standing.asked.is_none() && is_takers,
        Command::Accept | Command::Refuse => is_open && standing.asked == Some(by.staff),
        Command::WithdrawHandOver => {
            is_open && standing.asked.is_some() && (standing.asked_by == Some(by.staff) || by.is_manager)
        }
        // Whoever sees that something is done says so, whosever it was: nobody is called twice for form's sake.
        Command::Finish | Command::Dismiss => is_open,
        Command::Snooze => is_open && standing.longest_snooze > 0,
        Command::Undo => {
            let is_theirs = |(closer, at): (StaffId, Instant)| {
                closer == by.staff && now < at.saturating_add(UNDONE_WITHIN)
            };
            !is_open && standing.closed.is_some_and(is_theirs) && !standing.is_cause_gone
        }
    }
}

/// Whose an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Responsible {
    /// This staff member's.
    Staff(StaffId),
    /// The managers' of the centre: nobody else is there.
    Managers,
}

/// Who an item can be of. Only those who have the participant in their caseload are named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Candidates {
    /// Who took it.
    pub taken_by: Option<StaffId>,
    /// For whom it is meant.
    pub meant_for: Option<StaffId>,
    /// Who leads.
    pub lead: Option<StaffId>,
}

/// Whose it is: whoever took it, else for whom it is meant, else the lead's.
pub fn responsible(candidates: Candidates) -> Responsible {
    let Candidates { taken_by, meant_for, lead } = candidates;
    taken_by.or(meant_for).or(lead).map_or(Responsible::Managers, Responsible::Staff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    const NOW: Instant = match Instant::from_seconds(1_800_000_000) {
        Some(now) => now,
        None => panic!(),
    };

    fn staff(number: u128) -> StaffId {
        StaffId(Uuid::from_u128(number))
    }

    fn standing(state: State) -> Standing {
        Standing {
            state,
            taken_by: None,
            asked: None,
            asked_by: None,
            closed: None,
            is_cause_gone: false,
            longest_snooze: 7,
            is_for_an_answer: false,
        }
    }

    fn mentor(number: u128) -> By {
        By { staff: staff(number), is_manager: false }
    }

    fn commands(standing: &Standing, by: By) -> Vec<&'static str> {
        possible(standing, by, NOW).into_iter().map(Command::as_str).collect()
    }

    #[test]
    fn every_state_allows_what_the_table_says() {
        let manager = By { staff: staff(9), is_manager: true };
        let open = standing(State::Open);
        let taken = Standing { taken_by: Some(staff(1)), ..standing(State::Taken) };
        let asked = Standing { asked: Some(staff(2)), asked_by: Some(staff(1)), ..taken };
        let closed = Standing { closed: Some((staff(1), NOW)), ..standing(State::Done) };
        for (what, by, allowed) in [
            (open, mentor(1), "take hand_over finish dismiss snooze"),
            (Standing { longest_snooze: 0, ..open }, mentor(1), "take hand_over finish dismiss"),
            (taken, mentor(1), "release hand_over finish dismiss snooze"),
            (taken, mentor(2), "finish dismiss snooze"),
            (taken, manager, "take release hand_over finish dismiss snooze"),
            (asked, mentor(1), "release withdraw_hand_over finish dismiss snooze"),
            (asked, mentor(2), "accept refuse finish dismiss snooze"),
            (asked, mentor(3), "finish dismiss snooze"),
            (closed, mentor(1), "undo"),
            (closed, mentor(2), ""),
            (closed, manager, ""),
            (Standing { state: State::Dismissed, ..closed }, mentor(1), "undo"),
            (Standing { is_cause_gone: true, ..closed }, mentor(1), ""),
            (
                Standing { closed: Some((staff(1), NOW.saturating_sub(UNDONE_WITHIN))), ..closed },
                mentor(1),
                "",
            ),
            (standing(State::Resolved), mentor(1), ""),
            // What is asked is answered where it is asked.
            (Standing { is_for_an_answer: true, ..open }, mentor(1), ""),
            (Standing { is_for_an_answer: true, ..open }, manager, ""),
        ] {
            assert_eq!(commands(&what, by).join(" "), allowed, "{what:?} by {by:?}");
        }
    }

    #[test]
    fn it_is_of_whoever_took_it_then_of_whom_it_is_meant_for_then_the_leads() {
        let all = Candidates { taken_by: Some(staff(1)), meant_for: Some(staff(2)), lead: Some(staff(3)) };
        assert_eq!(responsible(all), Responsible::Staff(staff(1)));
        assert_eq!(responsible(Candidates { taken_by: None, ..all }), Responsible::Staff(staff(2)));
        let led = Candidates { lead: Some(staff(3)), ..Candidates::default() };
        assert_eq!(responsible(led), Responsible::Staff(staff(3)));
        assert_eq!(responsible(Candidates::default()), Responsible::Managers);
    }

    proptest! {
        #[test]
        fn somebody_can_always_close_what_is_open_and_nobody_else_reopens_it(
            state in prop::sample::select(State::ALL),
            taken in 0_u128..4, asked in 0_u128..4, by in 1_u128..4, is_manager: bool, is_cause_gone: bool,
        ) {
            let somebody = |number: u128| (number > 0).then(|| staff(number));
            let closed = (!state.is_open()).then_some((staff(1), NOW));
            let standing = Standing {
                taken_by: somebody(taken), asked: somebody(asked), asked_by: somebody(asked), closed, is_cause_gone,
                ..standing(state)
            };
            let allowed = possible(&standing, By { staff: staff(by), is_manager }, NOW);
            prop_assert_eq!(allowed.contains(&Command::Finish), state.is_open());
            prop_assert_eq!(allowed.contains(&Command::Dismiss), state.is_open());
            if !state.is_open() {
                prop_assert_eq!(allowed == [Command::Undo], by == 1 && !is_cause_gone);
            }
        }

        /// Whatever is done by whomever, and whether or not the cause goes or comes again between: one that is taken has a taker, nobody is
        /// asked about what is closed, what is closed can be opened by whoever closed it and for ten minutes alone, and never once its cause
        /// is gone.
        #[test]
        fn any_sequence_of_commands_leaves_a_legal_state(
            steps in prop::collection::vec((0..Command::ALL.len() + 1, 1_u128..4, 1_u128..4, 0_i64..8), 0..40),
        ) {
            let (mut here, mut now) = (standing(State::Open), NOW);
            for (step, by, other, minutes) in steps {
                now = now.saturating_add(TimeDelta::minutes(minutes));
                let by = By { staff: staff(by), is_manager: by == 3 };
                let Some(command) = Command::ALL.get(step) else {
                    here = cause_goes(here);
                    continue;
                };
                let was_closed = here.closed;
                if !may(&here, *command, by, now) {
                    continue;
                }
                here = done(here, *command, by, staff(other), now);
                prop_assert_eq!(here.state == State::Taken, here.state.is_open() && here.taken_by.is_some());
                prop_assert_eq!(here.asked.is_some(), here.asked_by.is_some());
                prop_assert!(here.state.is_open() || here.asked.is_none());
                prop_assert_eq!(here.closed.is_some(), matches!(here.state, State::Done | State::Dismissed));
                if let Some((closer, at)) = was_closed {
                    prop_assert!(*command == Command::Undo && closer == by.staff && now.since(at) < UNDONE_WITHIN);
                    prop_assert!(!here.is_cause_gone);
                }
            }
        }
    }

    /// What becomes of it by this command.
    fn done(here: Standing, command: Command, by: By, other: StaffId, now: Instant) -> Standing {
        let unasked = Standing { asked: None, asked_by: None, ..here };
        let closed = |state| Standing { state, closed: Some((by.staff, now)), ..unasked };
        match command {
            Command::Take | Command::Accept => {
                Standing { state: State::Taken, taken_by: Some(by.staff), ..unasked }
            }
            Command::Release => Standing { state: State::Open, taken_by: None, ..here },
            Command::HandOver => Standing { asked: Some(other), asked_by: Some(by.staff), ..here },
            Command::Refuse | Command::WithdrawHandOver => unasked,
            Command::Finish => closed(State::Done),
            Command::Dismiss => closed(State::Dismissed),
            Command::Snooze => here,
            Command::Undo => {
                let state = if here.taken_by.is_some() { State::Taken } else { State::Open };
                Standing { state, closed: None, ..here }
            }
        }
    }

    /// What becomes of it when its cause goes.
    fn cause_goes(here: Standing) -> Standing {
        if here.state.is_open() {
            return Standing { state: State::Resolved, asked: None, asked_by: None, ..here };
        }
        Standing { is_cause_gone: true, ..here }
    }
}
