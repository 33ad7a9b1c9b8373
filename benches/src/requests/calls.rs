//! The calls that are measured, and what a contender has to be asked for each.

use std::collections::BTreeMap;

use crate::Failure;
use crate::store::Shape;

/// What people do all day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Call {
    /// A participant looks at their next twenty appointments.
    OwnList,
    /// A manager looks at the next twenty of the centre.
    StaffList,
    /// A participant opens one of theirs.
    OwnOne,
    /// A manager opens one.
    StaffOne,
    /// A manager makes one.
    Create,
    /// A mentor logs a visit with a next step.
    Visit,
    /// A phone sends one that was logged without network.
    Push,
    /// A participant answers a check-in.
    CheckIn,
}

impl Call {
    /// All, in the order in which they are measured: what changes the store comes last.
    pub const ALL: [Self; 8] = [
        Self::OwnList,
        Self::StaffList,
        Self::OwnOne,
        Self::StaffOne,
        Self::Create,
        Self::Visit,
        Self::Push,
        Self::CheckIn,
    ];

    /// Its name in the result.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OwnList => "own next 20",
            Self::StaffList => "manager's next 20",
            Self::OwnOne => "own appointment",
            Self::StaffOne => "appointment by staff",
            Self::Create => "POST appointment",
            Self::Visit => "POST visit",
            Self::Push => "POST sync, a visit",
            Self::CheckIn => "POST check-in's answers",
        }
    }

    /// Whether it changes something: then no request is asked twice.
    pub const fn writes(self) -> bool {
        matches!(self, Self::Create | Self::Visit | Self::Push | Self::CheckIn)
    }

    /// Whether each answer must leave a line in the audit log.
    pub const fn is_audited(self) -> bool {
        matches!(self, Self::StaffList | Self::StaffOne) || self.is_carried_out()
    }

    /// Whether each answer is of something that was carried out, which a line of the audit log proves: a phone is answered 200 whatever became
    /// of what it sent.
    pub const fn is_carried_out(self) -> bool {
        matches!(self, Self::Visit | Self::Push | Self::CheckIn)
    }
}

/// How many appointments or visits are asked to be made in one run; a service that makes more in that time was not foreseen.
pub const CREATED: usize = 250_000;
/// How many check-ins are answered in a second at most, for the same reason.
pub const ANSWERED: usize = 10_000;
/// How many different readings of one appointment there are.
const READINGS: usize = 100_000;
/// One request of so many asks for a time that is taken.
const COLLIDES: usize = 20;
/// The time that was asked for so many requests before.
const BEFORE: usize = 50;

/// One reading of an appointment by staff.
pub struct Reading {
    /// The appointment's number.
    pub meeting: usize,
    /// The manager's number.
    pub manager: usize,
}

/// Readings of which no two are alike: other appointments by the managers of their centre, and then again by others of them.
pub fn readings(shape: &Shape) -> impl Iterator<Item = Reading> {
    let (first, ahead) = (shape.first_ahead(), shape.meetings() - shape.first_ahead());
    let (centres, each) = (shape.centres, (shape.managers / shape.centres).max(1));
    (0..READINGS).map(move |number| {
        let meeting = first + number % ahead.max(1);
        Reading {
            meeting,
            manager: meeting % centres + centres * ((meeting / centres + number / ahead.max(1)) % each),
        }
    })
}

/// One appointment that is to be made.
pub struct Wanted {
    /// The mentor's number.
    pub mentor: usize,
    /// The participant's number.
    pub participant: usize,
    /// The manager's number who asks for it.
    pub manager: usize,
    /// How many minutes after midnight of the first day on which anything is made.
    pub minutes: i64,
}

/// Appointments to make; one in twenty is at a time that its host has given away.
pub fn wanted(shape: &Shape) -> impl Iterator<Item = Wanted> {
    let each = (shape.managers / shape.centres).max(1);
    (0..CREATED).map(move |number| {
        let is_taken = collides(number);
        let slot = if is_taken { number - BEFORE } else { number };
        let (mentor, round) = (slot % shape.mentors, slot / shape.mentors);
        Wanted {
            mentor,
            participant: shape.participant_of(mentor, round + usize::from(is_taken)),
            manager: shape.centre_of(mentor) + shape.centres * (number % each),
            minutes: minutes(round),
        }
    })
}

/// From two o'clock until ten at night, day after day: no centre is open over midnight.
fn minutes(round: usize) -> i64 {
    const IN_A_DAY: i64 = 40;
    let round = i64::try_from(round).unwrap_or(i64::MAX);
    (round / IN_A_DAY) * 24 * 60 + 120 + (round % IN_A_DAY) * 30
}

const fn collides(number: usize) -> bool {
    number >= BEFORE && number % COLLIDES == COLLIDES - 1
}

/// Refuses answers that were not to be expected: a run with one of them is no figure.
pub fn check(call: Call, asked: usize, statuses: &BTreeMap<u16, usize>) -> Result<(), Failure> {
    let refused =
        if call == Call::Create { (0..asked).filter(|number| collides(*number)).count() } else { 0 };
    let good = if matches!(call, Call::Create | Call::Visit) { 201 } else { 200 };
    let mut expected = BTreeMap::from([(good, asked - refused)]);
    if refused > 0 {
        expected.insert(409, refused);
    }
    if *statuses == expected {
        Ok(())
    } else {
        Err(format!("{}: answers by status {statuses:?}, expected {expected:?}", call.name()).into())
    }
}

#[cfg(test)]
mod tests {
    use super::{BEFORE, Call, check, collides, readings, wanted};
    use crate::store::Shape;
    use contract::time::{Clock, SystemClock};
    use std::collections::{BTreeMap, HashSet};

    #[test]
    fn one_request_in_twenty_asks_for_a_time_that_is_taken() {
        let shape = Shape::of_requests(SystemClock.now(), 2_000);
        let mut taken = HashSet::new();
        for (number, wanted) in wanted(&shape).enumerate().take(40_000) {
            assert_eq!(taken.insert((wanted.mentor, wanted.minutes)), !collides(number));
            assert_eq!(shape.centre_of(wanted.participant), shape.centre_of(wanted.manager));
        }
        assert!(!collides(BEFORE - 11) && collides(BEFORE + 9));
    }

    #[test]
    fn nobody_reads_the_same_appointment_twice() {
        let shape = Shape::of_requests(SystemClock.now(), 2_000);
        let mut read = HashSet::new();
        for reading in readings(&shape) {
            assert!(read.insert((reading.meeting, reading.manager)));
            assert_eq!(shape.centre_of(reading.meeting), shape.centre_of(reading.manager));
        }
    }

    #[test]
    fn an_unexpected_answer_is_no_figure() {
        let refused = (0..100).filter(|number| collides(*number)).count();
        assert!(refused > 0);
        let good = BTreeMap::from([(201, 100 - refused), (409, refused)]);
        check(Call::Create, 100, &good).expect("as expected");
        let more = BTreeMap::from([(201, 99 - refused), (409, refused + 1)]);
        assert!(check(Call::Create, 100, &more).is_err());
        assert!(check(Call::OwnList, 100, &BTreeMap::from([(200, 99), (503, 1)])).is_err());
        check(Call::Visit, 100, &BTreeMap::from([(201, 100)])).expect("as expected");
        check(Call::CheckIn, 100, &BTreeMap::from([(200, 100)])).expect("as expected");
    }
}
