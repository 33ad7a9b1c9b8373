//! How far goals and steps come, and who does what with them. Pure.

use super::words::{GoalCommand, GoalResult, GoalState, GoalStepCommand};

/// How many goals somebody has open at most: whoever wants more sets one aside.
pub const MOST_OPEN: usize = 5;
/// How many steps a goal has at most.
pub const MOST_STEPS: usize = 7;
/// How many goals of one person are in the picture at most, the closed ones among them.
pub const MOST: usize = 100;

/// In which part somebody does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The participant themself.
    Participant,
    /// Whoever accompanies them.
    Companion,
    /// The manager of their centre.
    Manager,
}

/// Whether a goal or step is to be touched by this person at all, whatever its state: `is_own` says that the participant wrote it themself.
/// Staff does not put other words in the place of those that somebody wrote for themself, nor takes them away; and what staff entered by
/// mistake, staff withdraws.
pub const fn may(who: Who, command: GoalCommand, is_own: bool) -> bool {
    match (who, command) {
        (Who::Participant, GoalCommand::Withdraw) => is_own,
        (Who::Companion, GoalCommand::Correct) | (Who::Companion | Who::Manager, GoalCommand::Withdraw) => {
            !is_own
        }
        (Who::Participant | Who::Companion, _) => true,
        (Who::Manager, _) => false,
    }
}

/// The same of a step.
pub const fn may_step(who: Who, command: GoalStepCommand, is_own: bool) -> bool {
    match command {
        GoalStepCommand::Mark => !matches!(who, Who::Manager),
        GoalStepCommand::Correct => may(who, GoalCommand::Correct, is_own),
        GoalStepCommand::Withdraw => may(who, GoalCommand::Withdraw, is_own),
    }
}

/// Whether this person's part has any use of the command.
pub const fn has_use(who: Who, command: GoalCommand) -> bool {
    may(who, command, true) || may(who, command, false)
}

/// The same of a step.
pub const fn has_use_step(who: Who, command: GoalStepCommand) -> bool {
    may_step(who, command, true) || may_step(who, command, false)
}

impl From<GoalResult> for GoalState {
    fn from(result: GoalResult) -> Self {
        match result {
            GoalResult::Achieved => Self::Achieved,
            GoalResult::Partly => Self::Partly,
            GoalResult::Not => Self::Not,
            GoalResult::SetAside => Self::SetAside,
        }
    }
}

/// Something that changes how far a goal has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Nothing more is done for it.
    Close(GoalResult),
    /// It is to be reached after all.
    Reopen,
}

impl Turn {
    /// Its word in the vocabulary.
    pub const fn command(self) -> GoalCommand {
        match self {
            Self::Close(_) => GoalCommand::Close,
            Self::Reopen => GoalCommand::Reopen,
        }
    }
}

/// The state that it comes to; none if that is not possible.
pub fn decide(state: GoalState, turn: Turn) -> Option<GoalState> {
    match (turn, state) {
        (Turn::Close(result), GoalState::Open) => Some(result.into()),
        (Turn::Reopen, GoalState::Achieved | GoalState::Partly | GoalState::Not | GoalState::SetAside) => {
            Some(GoalState::Open)
        }
        _ => None,
    }
}

/// What a goal in this state can be asked for.
const fn allowed(state: GoalState) -> &'static [GoalCommand] {
    use GoalCommand::{AddStep, Close, Correct, OrderSteps, Reopen, Withdraw};
    match state {
        GoalState::Open => &[Close, AddStep, OrderSteps, Correct, Withdraw],
        GoalState::Achieved | GoalState::Partly | GoalState::Not | GoalState::SetAside => {
            &[Reopen, OrderSteps, Correct, Withdraw]
        }
    }
}

/// What this person can do with it now; nothing with what was withdrawn.
pub fn possible(who: Who, state: GoalState, is_own: bool, is_withdrawn: bool) -> Vec<GoalCommand> {
    let can = |command: &GoalCommand| !is_withdrawn && may(who, *command, is_own);
    allowed(state).iter().copied().filter(can).collect()
}

/// What this person can do with a step. How far it came is said whatever became of its goal: that it was done stays true.
pub fn possible_step(who: Who, is_own: bool, is_withdrawn: bool) -> Vec<GoalStepCommand> {
    let can = |command: &GoalStepCommand| !is_withdrawn && may_step(who, *command, is_own);
    GoalStepCommand::ALL.iter().copied().filter(can).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EVERYBODY: [Who; 3] = [Who::Participant, Who::Companion, Who::Manager];

    fn turns() -> Vec<Turn> {
        [Turn::Reopen].into_iter().chain(GoalResult::ALL.iter().map(|result| Turn::Close(*result))).collect()
    }

    #[test]
    fn every_turn_in_every_state() {
        use GoalState::{Achieved, Not, Open, Partly, SetAside};
        let expected = |state: GoalState, turn: Turn| match (state, turn) {
            (Open, Turn::Close(GoalResult::Achieved)) => Some(Achieved),
            (Open, Turn::Close(GoalResult::Partly)) => Some(Partly),
            (Open, Turn::Close(GoalResult::Not)) => Some(Not),
            (Open, Turn::Close(GoalResult::SetAside)) => Some(SetAside),
            (Achieved | Partly | Not | SetAside, Turn::Reopen) => Some(Open),
            (Open, Turn::Reopen) | (Achieved | Partly | Not | SetAside, Turn::Close(_)) => None,
        };
        for state in GoalState::ALL {
            for turn in turns() {
                let next = decide(*state, turn);
                assert_eq!(next, expected(*state, turn), "{state} {turn:?}");
                // What is offered can be done, and what can be done is offered.
                let offered = possible(Who::Participant, *state, true, false).contains(&turn.command());
                assert_eq!(next.is_some(), offered, "{state} {turn:?}");
            }
        }
    }

    #[test]
    fn who_does_what_with_whose_words() {
        use GoalCommand::{AddStep, Close, Correct, OrderSteps, Reopen, Withdraw};
        use GoalStepCommand::{Correct as CorrectStep, Mark, Withdraw as WithdrawStep};
        let all = |who, is_own| {
            let may = |command: &&GoalCommand| may(who, **command, is_own);
            GoalCommand::ALL.iter().filter(may).copied().collect::<Vec<_>>()
        };
        assert_eq!(all(Who::Participant, true), [Close, Reopen, AddStep, OrderSteps, Correct, Withdraw]);
        assert_eq!(all(Who::Participant, false), [Close, Reopen, AddStep, OrderSteps, Correct]);
        assert_eq!(all(Who::Companion, true), [Close, Reopen, AddStep, OrderSteps]);
        assert_eq!(all(Who::Companion, false), [Close, Reopen, AddStep, OrderSteps, Correct, Withdraw]);
        assert!(all(Who::Manager, true).is_empty());
        assert_eq!(all(Who::Manager, false), [Withdraw]);
        let steps = |who, is_own| possible_step(who, is_own, false);
        assert_eq!(steps(Who::Participant, true), [Mark, CorrectStep, WithdrawStep]);
        assert_eq!(steps(Who::Participant, false), [Mark, CorrectStep]);
        assert_eq!(steps(Who::Companion, true), [Mark]);
        assert_eq!(steps(Who::Companion, false), [Mark, CorrectStep, WithdrawStep]);
        assert!(steps(Who::Manager, true).is_empty());
        assert_eq!(steps(Who::Manager, false), [WithdrawStep]);
    }

    #[test]
    fn nothing_is_done_with_what_was_withdrawn() {
        for who in EVERYBODY {
            for is_own in [true, false] {
                for state in GoalState::ALL {
                    assert!(possible(who, *state, is_own, true).is_empty());
                }
                assert!(possible_step(who, is_own, true).is_empty());
            }
        }
    }

    proptest! {
        /// Whatever is done: a goal is either open or can be opened again, and nobody is offered what their part has no use of.
        #[test]
        fn a_goal_is_open_or_can_be_opened(sequence in proptest::collection::vec(0_usize..5, 0..20), is_own: bool) {
            let mut state = GoalState::Open;
            for index in sequence {
                state = decide(state, turns()[index]).unwrap_or(state);
                prop_assert_ne!(state == GoalState::Open, decide(state, Turn::Reopen).is_some());
                for who in EVERYBODY {
                    prop_assert!(possible(who, state, is_own, false).iter().all(|command| has_use(who, *command)));
                }
            }
        }
    }
}
