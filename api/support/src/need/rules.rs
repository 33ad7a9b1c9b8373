//! How far a need comes, and what is known of an area. Pure.

use super::words::{NeedAreaAnswer, NeedAreaState, NeedCommand, NeedResult, NeedState};
use contract::time::Instant;

/// A step of a need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Somebody sees to it.
    TakeInHand,
    /// Nothing more is done.
    Close(NeedResult),
    /// There is something to be done again.
    Reopen,
}

impl Step {
    /// Its word in the vocabulary.
    pub const fn command(self) -> NeedCommand {
        match self {
            Self::TakeInHand => NeedCommand::TakeInHand,
            Self::Close(_) => NeedCommand::Close,
            Self::Reopen => NeedCommand::Reopen,
        }
    }
}

impl From<NeedResult> for NeedState {
    fn from(result: NeedResult) -> Self {
        match result {
            NeedResult::Met => Self::Met,
            NeedResult::PartlyMet => Self::PartlyMet,
            NeedResult::Declined => Self::Declined,
            NeedResult::NotMet => Self::NotMet,
        }
    }
}

/// The state that it comes to; none if that is not possible.
pub fn decide(state: NeedState, step: Step) -> Option<NeedState> {
    match (step, state) {
        (Step::TakeInHand, NeedState::Found) => Some(NeedState::InHand),
        (Step::Close(result), NeedState::Found | NeedState::InHand) => Some(result.into()),
        (Step::Reopen, NeedState::Met | NeedState::PartlyMet | NeedState::Declined | NeedState::NotMet) => {
            Some(NeedState::Found)
        }
        _ => None,
    }
}

/// What can be done with it.
pub const fn possible(state: NeedState) -> &'static [NeedCommand] {
    use NeedCommand::{Close, Correct, Reopen, TakeInHand, Withdraw};
    match state {
        NeedState::Found => &[TakeInHand, Close, Correct, Withdraw],
        NeedState::InHand => &[Close, Correct, Withdraw],
        NeedState::Met | NeedState::PartlyMet | NeedState::Declined | NeedState::NotMet => {
            &[Reopen, Correct, Withdraw]
        }
    }
}

/// A need as far as it says something of its area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stands {
    /// How far it has come.
    pub state: NeedState,
    /// Since when.
    pub since: Instant,
}

/// What is known of an area: something is needed while anything is open, or was closed without being met; nothing if all was met, or
/// if they said so after that.
pub fn area(answer: Option<(NeedAreaAnswer, Instant)>, needs: &[Stands]) -> NeedAreaState {
    if needs.iter().any(|need| need.state.is_open()) {
        return NeedAreaState::Need;
    }
    let said = answer.filter(|(answer, _)| *answer == NeedAreaAnswer::NoNeed).map(|(_, at)| at);
    let last_unmet = needs.iter().filter(|need| need.state != NeedState::Met).map(|need| need.since).max();
    match (said, last_unmet) {
        (Some(said), Some(unmet)) if said >= unmet => NeedAreaState::NoNeed,
        (_, Some(_)) => NeedAreaState::Need,
        (Some(_), None) => NeedAreaState::NoNeed,
        (None, None) if needs.is_empty() => NeedAreaState::NotAsked,
        (None, None) => NeedAreaState::NoNeed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn steps() -> Vec<Step> {
        let closings = NeedResult::ALL.iter().map(|result| Step::Close(*result));
        [Step::TakeInHand, Step::Reopen].into_iter().chain(closings).collect()
    }

    #[test]
    fn every_step_in_every_state() {
        use NeedState::{Declined, Found, InHand, Met, NotMet, PartlyMet};
        let expected = |state: NeedState, step: Step| match (state, step) {
            (Found, Step::TakeInHand) => Some(InHand),
            (Found | InHand, Step::Close(NeedResult::Met)) => Some(Met),
            (Found | InHand, Step::Close(NeedResult::PartlyMet)) => Some(PartlyMet),
            (Found | InHand, Step::Close(NeedResult::Declined)) => Some(Declined),
            (Found | InHand, Step::Close(NeedResult::NotMet)) => Some(NotMet),
            (Met | PartlyMet | Declined | NotMet, Step::Reopen) => Some(Found),
            (InHand | Met | PartlyMet | Declined | NotMet, Step::TakeInHand)
            | (Found | InHand, Step::Reopen)
            | (Met | PartlyMet | Declined | NotMet, Step::Close(_)) => None,
        };
        for state in NeedState::ALL {
            for step in steps() {
                let next = decide(*state, step);
                assert_eq!(next, expected(*state, step), "{state} {step:?}");
                // What is offered can be done, and what can be done is offered.
                assert_eq!(next.is_some(), possible(*state).contains(&step.command()), "{state} {step:?}");
            }
            assert!(possible(*state).ends_with(&[NeedCommand::Correct, NeedCommand::Withdraw]));
        }
    }

    fn at(number: i64) -> Instant {
        "2026-01-01T00:00:00Z".parse::<Instant>().unwrap().saturating_add(chrono::TimeDelta::days(number))
    }

    fn needs(states: &[(NeedState, i64)]) -> Vec<Stands> {
        states.iter().map(|(state, since)| Stands { state: *state, since: at(*since) }).collect()
    }

    #[test]
    fn what_is_known_of_an_area() {
        use NeedAreaAnswer::{NoNeed, NotAsked};
        use NeedState::{Declined, Found, InHand, Met, NotMet, PartlyMet};
        for (answer, all, known) in [
            (None, &[][..], NeedAreaState::NotAsked),
            (Some((NoNeed, 5)), &[], NeedAreaState::NoNeed),
            (Some((NotAsked, 5)), &[], NeedAreaState::NotAsked),
            (None, &[(Found, 1)], NeedAreaState::Need),
            (None, &[(InHand, 1), (Met, 2)], NeedAreaState::Need),
            (Some((NoNeed, 5)), &[(Found, 1)], NeedAreaState::Need),
            (None, &[(Met, 1)], NeedAreaState::NoNeed),
            (Some((NotAsked, 5)), &[(Met, 1)], NeedAreaState::NoNeed),
            (None, &[(Met, 9), (NotMet, 1)], NeedAreaState::Need),
            (None, &[(PartlyMet, 1)], NeedAreaState::Need),
            (None, &[(Declined, 1)], NeedAreaState::Need),
            // They said so afterwards, or before.
            (Some((NoNeed, 5)), &[(NotMet, 4)], NeedAreaState::NoNeed),
            (Some((NoNeed, 5)), &[(NotMet, 6)], NeedAreaState::Need),
        ] {
            let answer = answer.map(|(answer, day)| (answer, at(day)));
            assert_eq!(area(answer, &needs(all)), known, "{answer:?} {all:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_done_a_need_is_open_or_can_be_opened(sequence in proptest::collection::vec(0_usize..6, 0..20)) {
            let mut state = NeedState::Found;
            for index in sequence {
                state = decide(state, steps()[index]).unwrap_or(state);
                prop_assert_ne!(state.is_open(), decide(state, Step::Reopen).is_some());
                prop_assert_eq!(area(None, &[Stands { state, since: at(0) }]) == NeedAreaState::NoNeed, state == NeedState::Met);
            }
        }
    }
}
