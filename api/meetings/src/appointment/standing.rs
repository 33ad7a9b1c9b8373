//! Where an appointment stands, as it lies in its row. The first release knows other words for how a meeting ended than the contract has now,
//! and may run beside this one: the column `state` keeps its words, and newer columns say the rest. They count only if they were written with
//! the version that the row has; else a node of that release has corrected the outcome since, and its word is all that is known.

use super::{
    ending::Ending,
    words::{OutcomeAttempt, OutcomeCause, OutcomeSide},
};
use contract::{AppointmentOutcome, AppointmentState, UnknownWord};
use notifications::subjects::appointment::StoredState;

/// Where an appointment stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    state: AppointmentState,
    ending: Option<Ending>,
}

impl Standing {
    /// In this state. How a meeting ended is said by [`Self::ended`]; of a state that says so without more, only the least is known.
    pub fn of(state: AppointmentState) -> Self {
        let ending = match state {
            AppointmentState::TookPlace => Some(Ending::plain(AppointmentOutcome::TookPlace, None)),
            AppointmentState::DidNotCome => {
                Some(Ending::plain(AppointmentOutcome::DidNotCome, Some(OutcomeSide::Unknown)))
            }
            AppointmentState::DidNotTakePlace => {
                Some(Ending::plain(AppointmentOutcome::DidNotTakePlace, None))
            }
            AppointmentState::Proposed
            | AppointmentState::Scheduled
            | AppointmentState::Confirmed
            | AppointmentState::Declined
            | AppointmentState::ChangeRequested
            | AppointmentState::Cancelled => None,
        };
        Self { state, ending }
    }

    /// Ended like this.
    pub fn ended(ending: Ending) -> Self {
        Self { state: ending.state(), ending: Some(ending) }
    }

    /// The state.
    pub const fn state(&self) -> AppointmentState {
        self.state
    }

    /// How the meeting ended, once that is said.
    pub const fn ending(&self) -> Option<&Ending> {
        self.ending.as_ref()
    }

    /// Whether it counts against the participant's attendance.
    pub fn counts(&self) -> bool {
        self.ending.as_ref().is_some_and(Ending::counts)
    }

    /// The word of the column `state`.
    pub fn stored(&self) -> StoredState {
        StoredState::of(self.state, self.counts())
    }
}

/// The words of one ending as they lie beside each other in a row. All are read as text: a later version may have written others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EndingWords {
    /// How.
    pub outcome: Option<String>,
    /// On whose side.
    pub side: Option<String>,
    /// Why.
    pub cause: Option<String>,
    /// Whether the participant came late.
    pub late: Option<bool>,
    /// What was tried, as a JSON list.
    pub tried: Option<String>,
}

impl EndingWords {
    /// Those of an ending, perhaps none.
    pub fn of(ending: Option<&Ending>) -> Self {
        let Some(ending) = ending else { return Self::default() };
        let tried: Vec<&str> = ending.tried.iter().map(|attempt| attempt.as_str()).collect();
        Self {
            outcome: Some(ending.outcome.as_str().to_owned()),
            side: ending.side.map(|side| side.as_str().to_owned()),
            cause: ending.cause.map(|cause| cause.as_str().to_owned()),
            late: Some(ending.is_late),
            tried: Some(serde_json::json!(tried).to_string()),
        }
    }

    /// The ending that they say, beside this word of the first release.
    pub fn read(self, stored: StoredState) -> Result<Standing, UnknownWord> {
        let Some(outcome) = self.outcome else { return Ok(before(stored)) };
        let unknown = UnknownWord { vocabulary: "OutcomeAttempt" };
        let tried: Vec<String> =
            self.tried.map_or(Ok(Vec::new()), |text| serde_json::from_str(&text)).map_err(|_| unknown)?;
        Ok(Standing::ended(Ending {
            outcome: outcome.parse()?,
            side: self.side.map(|side| side.parse::<OutcomeSide>()).transpose()?,
            cause: self.cause.map(|cause| cause.parse::<OutcomeCause>()).transpose()?,
            is_accepted: stored == StoredState::Excused && outcome == AppointmentOutcome::DidNotCome.as_str(),
            is_late: self.late == Some(true),
            tried: tried.iter().map(|word| word.parse::<OutcomeAttempt>()).collect::<Result<_, _>>()?,
        }))
    }
}

/// What a word of the first release says when nothing stands beside it.
fn before(stored: StoredState) -> Standing {
    if stored == StoredState::Excused {
        let ending = Ending::plain(AppointmentOutcome::DidNotCome, Some(OutcomeSide::Person));
        return Standing::ended(Ending { is_accepted: true, ..ending });
    }
    Standing::of(stored.state())
}

/// The columns of a row.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Stored {
    state: StoredState,
    outcome: Option<String>,
    outcome_side: Option<String>,
    outcome_cause: Option<String>,
    outcome_late: Option<bool>,
    outcome_tried: Option<String>,
    outcome_version: Option<i64>,
    version: i64,
}

impl TryFrom<Stored> for Standing {
    type Error = UnknownWord;

    fn try_from(stored: Stored) -> Result<Self, UnknownWord> {
        let words = EndingWords {
            outcome: stored.outcome,
            side: stored.outcome_side,
            cause: stored.outcome_cause,
            late: stored.outcome_late,
            tried: stored.outcome_tried,
        };
        let are_current = stored.outcome_version == Some(stored.version);
        (if are_current { words } else { EndingWords::default() }).read(stored.state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(state: StoredState, standing: Option<&Standing>, versions: (i64, i64)) -> Stored {
        let words = EndingWords::of(standing.and_then(Standing::ending));
        Stored {
            state,
            outcome: words.outcome,
            outcome_side: words.side,
            outcome_cause: words.cause,
            outcome_late: words.late,
            outcome_tried: words.tried,
            outcome_version: Some(versions.0),
            version: versions.1,
        }
    }

    fn every_ending() -> Vec<Ending> {
        let mut all = Vec::new();
        for outcome in AppointmentOutcome::ALL {
            for side in OutcomeSide::ALL.iter().copied().map(Some).chain([None]) {
                for cause in OutcomeCause::ALL.iter().copied().map(Some).chain([None]) {
                    for (is_accepted, is_late) in [(false, false), (true, false), (false, true)] {
                        for tried in [vec![], vec![OutcomeAttempt::Called, OutcomeAttempt::Waited]] {
                            let ending =
                                Ending { outcome: *outcome, side, cause, is_accepted, is_late, tried };
                            all.extend(ending.checked());
                        }
                    }
                }
            }
        }
        all
    }

    #[test]
    fn whatever_can_be_said_comes_back_from_its_row() {
        let all = every_ending();
        assert!(all.len() > 60, "{}", all.len());
        for ending in all {
            let standing = Standing::ended(ending);
            let read = Standing::try_from(row(standing.stored(), Some(&standing), (3, 3)));
            assert_eq!(read.as_ref(), Ok(&standing));
            // What the first release reads of it: whoever is counted as absent is absent, and nobody else.
            assert_eq!(standing.stored() == StoredState::NoShow, standing.counts(), "{standing:?}");
        }
    }

    #[test]
    fn the_words_of_the_first_release_are_read() {
        let read = |state| Standing::try_from(row(state, None, (0, 2))).unwrap();
        assert_eq!(
            read(StoredState::Attended).ending(),
            Some(&Ending::plain(AppointmentOutcome::TookPlace, None))
        );
        let absent = Ending::plain(AppointmentOutcome::DidNotCome, Some(OutcomeSide::Unknown));
        assert_eq!(read(StoredState::NoShow).ending(), Some(&absent));
        let excused = read(StoredState::Excused);
        assert_eq!((excused.state(), excused.counts()), (AppointmentState::DidNotCome, false));
        assert!(excused.ending().is_some_and(|ending| ending.is_accepted));
        for state in StoredState::ALL {
            assert_eq!(read(*state).stored(), *state);
        }
    }

    #[test]
    fn what_the_first_release_corrected_since_is_believed() {
        let said =
            Standing::ended(Ending::plain(AppointmentOutcome::DidNotTakePlace, Some(OutcomeSide::Host)));
        for (corrected, counts) in [(StoredState::NoShow, true), (StoredState::Attended, false)] {
            let read = Standing::try_from(row(corrected, Some(&said), (2, 3))).unwrap();
            assert_eq!((read.state(), read.counts()), (corrected.state(), counts));
        }
    }

    #[test]
    fn a_word_of_a_later_version_is_said_to_be_unknown() {
        let said =
            Standing::ended(Ending::plain(AppointmentOutcome::DidNotTakePlace, Some(OutcomeSide::Host)));
        let mut later = row(said.stored(), Some(&said), (1, 1));
        later.outcome_side = Some("moon".to_owned());
        assert_eq!(Standing::try_from(later), Err(UnknownWord { vocabulary: "OutcomeSide" }));
    }
}
