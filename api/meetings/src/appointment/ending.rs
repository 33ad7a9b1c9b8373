//! How a meeting ended, and what that says of anybody. Pure. That somebody did not come and that there was nothing to come to are two
//! things: only the first can count against a person, and only if nobody accepted why.

use super::words::{OutcomeAttempt, OutcomeCause, OutcomeSide};
use contract::{AppointmentOutcome, AppointmentState};

/// How a meeting ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// How.
    pub outcome: AppointmentOutcome,
    /// On whose side it lay, if there was no meeting.
    pub side: Option<OutcomeSide>,
    /// Why, from the list of that side.
    pub cause: Option<OutcomeCause>,
    /// Whether what kept the participant away was accepted.
    pub is_accepted: bool,
    /// Whether the participant came late.
    pub is_late: bool,
    /// What was tried, in the order of the contract.
    pub tried: Vec<OutcomeAttempt>,
}

/// A fault of what was said of an ending: the field, a word and a sentence.
pub type Fault = (&'static str, &'static str, &'static str);

impl Ending {
    /// With nothing more to say than this.
    pub const fn plain(outcome: AppointmentOutcome, side: Option<OutcomeSide>) -> Self {
        Self { outcome, side, cause: None, is_accepted: false, is_late: false, tried: Vec::new() }
    }

    /// Where the appointment stands with it.
    pub fn state(&self) -> AppointmentState {
        self.outcome.into()
    }

    /// Whether it counts against anybody's attendance. Whoever counts, or tells, that somebody was absent asks this and nothing else.
    pub const fn counts(&self) -> bool {
        match self.outcome {
            AppointmentOutcome::TookPlace | AppointmentOutcome::DidNotTakePlace => false,
            AppointmentOutcome::DidNotCome => {
                !self.is_accepted
                    && matches!(self.side, None | Some(OutcomeSide::Person | OutcomeSide::Unknown))
            }
        }
    }

    /// Whether this can be said, with what was left out filled in.
    pub fn checked(mut self) -> Result<Self, Fault> {
        self.side = match (self.outcome, self.side) {
            (AppointmentOutcome::TookPlace, None) => None,
            (AppointmentOutcome::TookPlace, Some(_)) => {
                return Err(("side", "not_allowed", "is said of a meeting that was not"));
            }
            (AppointmentOutcome::DidNotCome, None) => Some(OutcomeSide::Unknown),
            (AppointmentOutcome::DidNotCome, side @ Some(OutcomeSide::Person | OutcomeSide::Unknown)) => side,
            (AppointmentOutcome::DidNotCome, Some(_)) => {
                return Err(("side", "not_allowed", "must be person or unknown: else it did not take place"));
            }
            (AppointmentOutcome::DidNotTakePlace, None) => {
                return Err(("side", "required", "must say on whose side it lay"));
            }
            (AppointmentOutcome::DidNotTakePlace, Some(OutcomeSide::Person | OutcomeSide::Unknown)) => {
                return Err((
                    "side",
                    "not_allowed",
                    "must be service, host, weather or place: else they did not come",
                ));
            }
            (AppointmentOutcome::DidNotTakePlace, side) => side,
        };
        if self.cause.is_some_and(|cause| !self.side.is_some_and(|side| cause.fits(side))) {
            return Err(("cause", "not_allowed", "is not one of the causes of this side"));
        }
        if self.is_accepted && self.side != Some(OutcomeSide::Person) {
            return Err((
                "accepted",
                "not_allowed",
                "is said of what kept the participant away: side person",
            ));
        }
        if self.is_late && self.outcome != AppointmentOutcome::TookPlace {
            return Err(("late", "not_allowed", "is said of a meeting that took place"));
        }
        if !self.tried.is_empty() && self.outcome == AppointmentOutcome::TookPlace {
            return Err(("tried", "not_allowed", "is said of a meeting that was not"));
        }
        self.tried.sort_unstable();
        self.tried.dedup();
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AppointmentOutcome::{DidNotCome, DidNotTakePlace, TookPlace};

    fn every_side() -> impl Iterator<Item = Option<OutcomeSide>> {
        OutcomeSide::ALL.iter().copied().map(Some).chain([None])
    }

    #[test]
    fn only_who_did_not_come_unexcused_is_counted_as_absent() {
        for outcome in AppointmentOutcome::ALL {
            for side in every_side() {
                for is_accepted in [false, true] {
                    let ending = Ending { is_accepted, ..Ending::plain(*outcome, side) };
                    let blamed = matches!(side, None | Some(OutcomeSide::Person | OutcomeSide::Unknown));
                    assert_eq!(
                        ending.counts(),
                        *outcome == DidNotCome && blamed && !is_accepted,
                        "{ending:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn each_outcome_has_its_sides() {
        use OutcomeSide::{Host, Person, Place, Service, Unknown, Weather};
        for (outcome, allowed) in [
            (TookPlace, vec![None]),
            (DidNotCome, vec![None, Some(Person), Some(Unknown)]),
            (DidNotTakePlace, vec![Some(Service), Some(Host), Some(Weather), Some(Place)]),
        ] {
            for side in every_side() {
                let said = Ending::plain(outcome, side).checked();
                assert_eq!(said.is_ok(), allowed.contains(&side), "{outcome} {side:?}");
                if let Err((field, ..)) = said {
                    assert_eq!(field, "side");
                }
            }
        }
        assert_eq!(Ending::plain(DidNotCome, None).checked().unwrap().side, Some(Unknown));
    }

    #[test]
    fn what_is_said_belongs_to_what_happened() {
        let person = Ending::plain(DidNotCome, Some(OutcomeSide::Person));
        let host = Ending::plain(DidNotTakePlace, Some(OutcomeSide::Host));
        let met = Ending::plain(TookPlace, None);
        let field = |ending: Ending| ending.checked().err().map(|(field, ..)| field);
        for (ending, fault) in [
            (Ending { is_accepted: true, ..person.clone() }, None),
            (Ending { is_accepted: true, ..host.clone() }, Some("accepted")),
            (Ending { is_accepted: true, ..met.clone() }, Some("accepted")),
            (Ending { is_late: true, ..met.clone() }, None),
            (Ending { is_late: true, ..person.clone() }, Some("late")),
            (Ending { is_late: true, ..host.clone() }, Some("late")),
            (Ending { tried: vec![OutcomeAttempt::Called], ..met }, Some("tried")),
            (Ending { tried: vec![OutcomeAttempt::SoughtStandIn], ..host.clone() }, None),
        ] {
            assert_eq!(field(ending.clone()), fault, "{ending:?}");
        }
        for cause in OutcomeCause::ALL {
            for side in every_side() {
                let outcome = match side {
                    None => TookPlace,
                    Some(OutcomeSide::Person | OutcomeSide::Unknown) => DidNotCome,
                    Some(_) => DidNotTakePlace,
                };
                let said = Ending { cause: Some(*cause), ..Ending::plain(outcome, side) };
                let fits = side.is_some_and(|side| cause.fits(side));
                assert_eq!(field(said), (!fits).then_some("cause"), "{cause} {side:?}");
            }
        }
        let twice = vec![OutcomeAttempt::Waited, OutcomeAttempt::Called, OutcomeAttempt::Waited];
        let said = Ending { tried: twice, ..person }.checked().unwrap();
        assert_eq!(said.tried, [OutcomeAttempt::Called, OutcomeAttempt::Waited]);
    }

    #[test]
    fn every_cause_lies_on_some_side() {
        for cause in OutcomeCause::ALL {
            assert!(OutcomeSide::ALL.iter().any(|side| cause.fits(*side)), "{cause}");
        }
    }
}
