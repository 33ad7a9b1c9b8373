//! Where a check-in stands and what can be done with it. Pure.

use super::{
    window::Window,
    words::{CheckInState, Settled, Stage},
};
use chrono::TimeDelta;
use contract::{StaffId, StaffRole, time::Instant};
use kernel::access::Actor;
use std::fmt;

/// By how much a phone's clock may be ahead when it says that a check-in was open: many phones show the hour that Morocco no longer has.
pub const CLOCK_AHEAD: TimeDelta = TimeDelta::minutes(70);
/// For so long after somebody was taken out of a caseload, what they had heard before is still taken.
pub const TAKEN_AFTERWARDS: TimeDelta = TimeDelta::days(30);
/// How far ahead one is planned.
pub const AHEAD: TimeDelta = TimeDelta::days(731);
/// How many days a window may last.
pub const MAX_DAYS: u32 = 60;

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Keep answers that are not all yet.
    SaveAnswers,
    /// Give the answers.
    Submit,
    /// Say that the answers were seen.
    Review,
    /// Close a missed one with a reason.
    Excuse,
    /// Call it off.
    Cancel,
    /// Say that something else was meant.
    CorrectAnswers,
}

impl Command {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::SaveAnswers, Self::Submit, Self::Review, Self::Excuse, Self::Cancel, Self::CorrectAnswers];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SaveAnswers => "save_answers",
            Self::Submit => "submit",
            Self::Review => "review",
            Self::Excuse => "excuse",
            Self::Cancel => "cancel",
            Self::CorrectAnswers => "correct_answers",
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where it stands now. What time alone changes is never stored, so that no timer has to have run for it to be true.
pub fn state(settled: Settled, window: &Window, now: Instant) -> CheckInState {
    match settled {
        Settled::Unanswered => match window.stage(now) {
            Stage::Ahead | Stage::Near => CheckInState::Planned,
            Stage::Open => CheckInState::Open,
            Stage::Missed | Stage::Escalated => CheckInState::Missed,
        },
        Settled::Submitted => CheckInState::Submitted,
        Settled::Reviewed => CheckInState::Reviewed,
        Settled::Excused => CheckInState::Excused,
        Settled::Cancelled => CheckInState::Cancelled,
    }
}

/// What becomes of one in this state by this command; nothing if that is refused. Answers that come after a reason was noted are taken: nobody
/// who answers is too late. What was seen and is corrected then is to be seen again.
pub const fn after(state: CheckInState, command: Command) -> Option<Settled> {
    use CheckInState::{Excused, Missed, Open, Planned, Reviewed, Submitted};
    match (state, command) {
        (Open | Missed, Command::SaveAnswers) => Some(Settled::Unanswered),
        (Open | Missed | Excused, Command::Submit) | (Submitted | Reviewed, Command::CorrectAnswers) => {
            Some(Settled::Submitted)
        }
        (Submitted, Command::Review) => Some(Settled::Reviewed),
        (Missed, Command::Excuse) => Some(Settled::Excused),
        (Planned | Open | Missed, Command::Cancel) => Some(Settled::Cancelled),
        _ => None,
    }
}

/// Whether answers are taken though it was called off: they were given before.
pub fn was_answered_before(answered_at: Instant, cancelled_at: Option<Instant>) -> bool {
    cancelled_at.is_some_and(|cancelled_at| answered_at < cancelled_at)
}

/// When answers were given: as the device says, and never later than now.
pub fn answered_at(recorded_at: Instant, now: Instant) -> Instant {
    recorded_at.min(now)
}

/// Whether they were given too late.
pub fn is_late(answered_at: Instant, window: &Window) -> bool {
    answered_at >= window.closes_at
}

/// Whether this person may do that at all.
pub fn may(actor: &Actor, command: Command) -> bool {
    matches!(
        (actor.role(), command),
        (None | Some(StaffRole::Mentor | StaffRole::Counsellor), Command::SaveAnswers | Command::Submit)
            | (
                None | Some(StaffRole::Mentor | StaffRole::Counsellor | StaffRole::Manager),
                Command::CorrectAnswers,
            )
            | (
                Some(StaffRole::Mentor | StaffRole::Counsellor | StaffRole::Manager),
                Command::Review | Command::Excuse | Command::Cancel,
            )
    )
}

/// Whether this person may correct what was answered by this staff member for the participant, or by the participant themself if by none. Whoever
/// gave answers corrects them, and a manager all: a participant until they were seen, since somebody may have acted on them then.
pub fn may_correct(actor: &Actor, answered_by: Option<StaffId>, state: CheckInState) -> bool {
    match actor {
        Actor::Participant { .. } => answered_by.is_none() && state == CheckInState::Submitted,
        Actor::Staff { role: StaffRole::Manager, .. } => true,
        Actor::Staff { id, role: StaffRole::Mentor | StaffRole::Counsellor, .. } => answered_by == Some(*id),
        Actor::Staff { .. } => false,
    }
}

/// Whether this is the participant, for whom somebody else answered what stands: then what they answer themself takes its place, whichever came
/// first, and whether it was seen or not.
pub fn speaks_for_themself(actor: &Actor, state: CheckInState, answered_by: Option<StaffId>) -> bool {
    let is_answered = matches!(state, CheckInState::Submitted | CheckInState::Reviewed);
    matches!(actor, Actor::Participant { .. }) && is_answered && answered_by.is_some()
}

/// What this person can do now with a check-in that this staff member answered for the participant, or nobody did for them.
pub fn possible(actor: &Actor, state: CheckInState, answered_by: Option<StaffId>) -> Vec<Command> {
    let can = |command: &Command| match command {
        Command::Submit if speaks_for_themself(actor, state, answered_by) => true,
        Command::CorrectAnswers if !may_correct(actor, answered_by, state) => false,
        command => may(actor, *command) && after(state, *command).is_some(),
    };
    Command::ALL.into_iter().filter(can).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{CentreId, ParticipantId};
    use proptest::prelude::*;
    use uuid::Uuid;

    #[test]
    fn every_command_in_every_state() {
        use CheckInState::{Cancelled, Excused, Missed, Open, Planned, Reviewed, Submitted};
        let table = [
            (Planned, [None, None, None, None, Some(Settled::Cancelled), None]),
            (
                Open,
                [
                    Some(Settled::Unanswered),
                    Some(Settled::Submitted),
                    None,
                    None,
                    Some(Settled::Cancelled),
                    None,
                ],
            ),
            (
                Missed,
                [
                    Some(Settled::Unanswered),
                    Some(Settled::Submitted),
                    None,
                    Some(Settled::Excused),
                    Some(Settled::Cancelled),
                    None,
                ],
            ),
            (Submitted, [None, None, Some(Settled::Reviewed), None, None, Some(Settled::Submitted)]),
            (Reviewed, [None, None, None, None, None, Some(Settled::Submitted)]),
            (Excused, [None, Some(Settled::Submitted), None, None, None, None]),
            (Cancelled, [None; 6]),
        ];
        assert_eq!(table.map(|(state, _)| state).as_slice(), CheckInState::ALL);
        for (state, becomes) in table {
            assert_eq!(Command::ALL.map(|command| after(state, command)), becomes, "{state}");
        }
    }

    fn window() -> Window {
        let at = |text: &str| text.parse().unwrap();
        Window {
            opens_at: at("2026-12-01T09:00:00Z"),
            due_at: at("2026-12-03T20:00:00Z"),
            closes_at: at("2026-12-05T20:00:00Z"),
        }
    }

    #[test]
    fn time_alone_opens_and_misses_it_and_nothing_that_somebody_did_is_undone_by_it() {
        let (window, micro) = (window(), TimeDelta::microseconds(1));
        let seen = |settled, at| state(settled, &window, at);
        for (at, expected) in [
            (window.opens_at.saturating_sub(micro), CheckInState::Planned),
            (window.opens_at, CheckInState::Open),
            (window.closes_at.saturating_sub(micro), CheckInState::Open),
            (window.closes_at, CheckInState::Missed),
            (window.closes_at.saturating_add(TimeDelta::days(400)), CheckInState::Missed),
        ] {
            assert_eq!(seen(Settled::Unanswered, at), expected, "{at}");
            for (settled, state) in [
                (Settled::Submitted, CheckInState::Submitted),
                (Settled::Reviewed, CheckInState::Reviewed),
                (Settled::Excused, CheckInState::Excused),
                (Settled::Cancelled, CheckInState::Cancelled),
            ] {
                assert_eq!(seen(settled, at), state, "{at}");
            }
        }
        assert!(!is_late(window.closes_at.saturating_sub(micro), &window));
        assert!(is_late(window.closes_at, &window));
    }

    #[test]
    fn what_was_answered_before_it_was_called_off_is_taken() {
        let (cancelled, micro) = (window().opens_at, TimeDelta::microseconds(1));
        assert!(was_answered_before(cancelled.saturating_sub(micro), Some(cancelled)));
        assert!(!was_answered_before(cancelled, Some(cancelled)));
        assert!(!was_answered_before(cancelled, None));
        // A clock that is ahead does not answer in the future.
        assert_eq!(answered_at(cancelled.saturating_add(micro), cancelled), cancelled);
    }

    #[test]
    fn participants_answer_those_who_accompany_them_do_so_for_them_and_managers_see_to_the_rest() {
        let centre = CentreId(Uuid::nil());
        let staff =
            |role| Actor::Staff { id: StaffId(Uuid::nil()), role, centre, session: None, is_posted: false };
        let participant = Actor::Participant { id: ParticipantId(Uuid::nil()), centre, session: None };
        let may_all = |actor: &Actor| Command::ALL.map(|command| may(actor, command));
        assert_eq!(may_all(&participant), [true, true, false, false, false, true]);
        assert_eq!(may_all(&staff(StaffRole::Mentor)), [true; 6]);
        assert_eq!(may_all(&staff(StaffRole::Counsellor)), [true; 6]);
        assert_eq!(may_all(&staff(StaffRole::Manager)), [false, false, true, true, true, true]);
        for role in [StaffRole::Administrator, StaffRole::Observer] {
            assert_eq!(may_all(&staff(role)), [false; 6]);
        }
        let missed = possible(&staff(StaffRole::Manager), CheckInState::Missed, None);
        assert_eq!(missed, [Command::Excuse, Command::Cancel]);
    }

    #[test]
    fn whoever_gave_answers_corrects_them_and_a_manager_all() {
        use CheckInState::{Reviewed, Submitted};
        let (centre, own, other) = (CentreId(Uuid::nil()), StaffId(Uuid::nil()), StaffId(Uuid::from_u128(1)));
        let staff = |role| Actor::Staff { id: own, role, centre, session: None, is_posted: false };
        let participant = Actor::Participant { id: ParticipantId(Uuid::nil()), centre, session: None };
        for (actor, answered_by, in_states) in [
            (&participant, None, [true, false]),
            (&participant, Some(own), [false, false]),
            (&staff(StaffRole::Mentor), Some(own), [true, true]),
            (&staff(StaffRole::Counsellor), Some(other), [false, false]),
            (&staff(StaffRole::Mentor), None, [false, false]),
            (&staff(StaffRole::Manager), None, [true, true]),
            (&staff(StaffRole::Manager), Some(other), [true, true]),
            (&staff(StaffRole::Observer), Some(own), [false, false]),
        ] {
            for (state, may) in [Submitted, Reviewed].into_iter().zip(in_states) {
                assert_eq!(may_correct(actor, answered_by, state), may, "{state}");
                let offered = possible(actor, state, answered_by);
                assert_eq!(offered.contains(&Command::CorrectAnswers), may, "{state}");
                // What somebody else answered for them is answered anew by themself, and by nobody else.
                let own_word = matches!(actor, Actor::Participant { .. }) && answered_by.is_some();
                assert_eq!(offered.contains(&Command::Submit), own_word, "{state}");
            }
        }
    }

    proptest! {
        /// Whatever is done and however time passes between: what is closed was answered or missed before, what is seen stays so unless it is
        /// corrected, and what is called off stays so.
        #[test]
        fn any_sequence_of_commands_leaves_a_legal_state(
            steps in prop::collection::vec((0_i64..40, prop::sample::select(&Command::ALL[..])), 0..20),
        ) {
            let window = window();
            let mut now = window.opens_at.saturating_sub(TimeDelta::hours(30));
            let mut settled = Settled::Unanswered;
            let mut was_submitted = false;
            for (hours, command) in steps {
                now = now.saturating_add(TimeDelta::hours(hours));
                let before = state(settled, &window, now);
                let Some(next) = after(before, command) else { continue };
                prop_assert!(before != CheckInState::Cancelled);
                prop_assert!(before != CheckInState::Reviewed || command == Command::CorrectAnswers);
                was_submitted |= command == Command::Submit;
                settled = next;
                let is_closed = now >= window.closes_at;
                match state(settled, &window, now) {
                    CheckInState::Planned => prop_assert!(now < window.opens_at),
                    CheckInState::Open => prop_assert!(now >= window.opens_at && !is_closed),
                    CheckInState::Missed => prop_assert!(is_closed && !was_submitted),
                    CheckInState::Excused => prop_assert!(is_closed && !was_submitted),
                    CheckInState::Submitted | CheckInState::Reviewed => {
                        prop_assert!(was_submitted && now >= window.opens_at);
                    }
                    CheckInState::Cancelled => prop_assert!(!was_submitted),
                }
            }
        }
    }
}
