//! Who is in a store for measurements and when they meet, worked out from numbers alone: whoever knows the shape knows every id,
//! so nothing has to be handed from the program that wrote the store to the one that asks it.
//!
//! Mentors and participants are numbered through; the centre of each is their number modulo the centres. A mentor accompanies
//! the participants that have the same number modulo the mentors. In each round every mentor meets one of theirs, and a round
//! follows the one before it after some hours.

use chrono::TimeDelta;
use contract::time::Instant;
use uuid::{Builder, Uuid};

/// How many, and when.
#[derive(Debug, Clone)]
pub struct Shape {
    /// When it was written.
    pub now: Instant,
    /// Centres.
    pub centres: usize,
    /// Managers in all.
    pub managers: usize,
    /// Administrators, and as many observers.
    pub overseers: usize,
    /// Mentors in all: a multiple of the centres.
    pub mentors: usize,
    /// Participants of each mentor.
    pub participants_each: usize,
    /// How often each mentor meets somebody.
    pub rounds: usize,
    /// How long before `now` the first round was.
    pub before: TimeDelta,
    /// From one round to the next.
    pub between: TimeDelta,
    /// Lines of the audit log.
    pub audit_lines: usize,
    /// What else has happened with each participant; with any of it, what stands around them is there as well: plans, goals, open work.
    pub history: History,
    /// How many check-ins of each participant are open.
    pub open_check_ins: usize,
    /// For how long nothing comes due after it was written. A store that is older would be busy by itself.
    pub quiet: TimeDelta,
}

/// How many things of each kind there are of each participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct History {
    /// Check-ins.
    pub check_ins: usize,
    /// Visits.
    pub visits: usize,
    /// Attempts to reach them that reached nobody.
    pub attempts: usize,
    /// Work items that are closed.
    pub work_items: usize,
}

impl History {
    /// Of a store of appointments alone.
    pub const NONE: Self = Self { check_ins: 0, visits: 0, attempts: 0, work_items: 0 };
}

/// What an id is of. It is part of the id, so that no two kinds share one.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub enum Kind {
    /// A centre.
    Centre = 1,
    /// A manager.
    Manager,
    /// A mentor.
    Mentor,
    /// A participant.
    Participant,
    /// An administrator.
    Administrator,
    /// An observer.
    Observer,
    /// The assignment of a participant to their mentor.
    Assignment,
    /// A manager's session.
    ManagerSession,
    /// A mentor's session.
    MentorSession,
    /// A participant's session.
    ParticipantSession,
    /// An administrator's session.
    AdministratorSession,
    /// An observer's session.
    ObserverSession,
    /// An appointment.
    Appointment,
    /// A reminder.
    Reminder,
    /// A line of the audit log.
    AuditLine,
    /// A template of plans.
    PlanTemplate,
    /// A plan.
    Plan,
    /// A visit.
    Visit,
    /// Something that a phone sends.
    Mutation,
    /// A check-in.
    CheckIn,
    /// An attempt to reach somebody.
    ContactAttempt,
    /// A work item.
    WorkItem,
    /// A conversation of a plan.
    PlanSession,
    /// A goal.
    Goal,
    /// A step towards one.
    GoalStep,
    /// A hand-over.
    HandOver,
    /// The week of a centre in figures.
    Digest,
    /// An outage.
    Outage,
}

/// One appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meeting {
    /// Its number.
    pub number: usize,
    /// The mentor's.
    pub mentor: usize,
    /// The participant's.
    pub participant: usize,
    /// When it starts.
    pub starts_at: Instant,
    /// When it was agreed on.
    pub created_at: Instant,
}

impl Shape {
    /// What requests are measured on: 100,000 appointments, of which a participant has some twenty ahead. There are many managers:
    /// a reading of one appointment that repeats another of the same person within a minute is no new line of the audit log.
    pub fn of_requests(now: Instant, managers: usize) -> Self {
        Self {
            now,
            centres: 50,
            managers,
            overseers: 1,
            mentors: 250,
            participants_each: 10,
            rounds: 400,
            before: TimeDelta::days(30),
            between: TimeDelta::hours(4),
            audit_lines: 0,
            history: History::NONE,
            open_check_ins: 0,
            quiet: TimeDelta::hours(1),
        }
    }

    /// What lists are measured on: few centres, each of them large, and ten appointments of everybody's, one of them ahead. With the audit log and
    /// what else has happened, five million rows of history.
    pub const fn of_lists(now: Instant) -> Self {
        Self {
            now,
            centres: 10,
            managers: 200,
            overseers: 20,
            mentors: 1_000,
            participants_each: 100,
            rounds: 1_000,
            before: TimeDelta::days(450),
            between: TimeDelta::hours(12),
            audit_lines: 500_000,
            history: History { check_ins: 15, visits: 10, attempts: 5, work_items: 5 },
            open_check_ins: 0,
            quiet: TimeDelta::days(20),
        }
    }

    /// How many participants there are.
    pub const fn participants(&self) -> usize {
        self.mentors * self.participants_each
    }

    /// How many appointments there are.
    pub const fn meetings(&self) -> usize {
        self.mentors * self.rounds
    }

    /// The centre of the person with this number.
    pub const fn centre_of(&self, person: usize) -> usize {
        person % self.centres
    }

    /// Whom this mentor meets in this round.
    pub const fn participant_of(&self, mentor: usize, round: usize) -> usize {
        mentor + self.mentors * (round % self.participants_each)
    }

    /// When this round is.
    pub fn starts_at(&self, round: usize) -> Instant {
        let first = self.now.saturating_sub(self.before).as_seconds().div_euclid(3600) * 3600;
        let first = Instant::from_seconds(first).unwrap_or(self.now);
        first.saturating_add(self.between * i32::try_from(round).unwrap_or(i32::MAX))
    }

    /// The appointment with this number.
    pub fn meeting(&self, number: usize) -> Meeting {
        let (round, mentor) = (number / self.mentors, number % self.mentors);
        let starts_at = self.starts_at(round);
        // Agreed on some weeks before; what is far ahead, within the last day.
        let agreed = starts_at.saturating_sub(TimeDelta::days(20));
        let latest = self.now.saturating_sub(TimeDelta::milliseconds(scattered(number as u64, 86_400_000)));
        Meeting {
            number,
            mentor,
            participant: self.participant_of(mentor, round),
            starts_at,
            created_at: agreed.min(latest),
        }
    }

    /// The first appointment that has not begun.
    pub fn first_ahead(&self) -> usize {
        let round = (0..self.rounds).find(|round| self.starts_at(*round) > self.now).unwrap_or(self.rounds);
        round * self.mentors
    }

    /// The id of what is not tied to a time: people and what is theirs.
    pub fn id(&self, kind: Kind, number: usize) -> Uuid {
        id_at(self.now.saturating_sub(TimeDelta::days(500)), kind, number)
    }

    /// The id of an appointment.
    pub fn meeting_id(&self, meeting: &Meeting) -> Uuid {
        id_at(meeting.created_at, Kind::Appointment, meeting.number)
    }
}

/// The id of something of this kind and number that was made at this time.
pub fn id_at(at: Instant, kind: Kind, number: usize) -> Uuid {
    let milliseconds = u64::try_from(at.as_micros().div_euclid(1_000)).unwrap_or(0);
    let [a, b, c, d, e, f, g, h] = mixed(number as u64 ^ ((kind as u64) << 56)).to_be_bytes();
    Builder::from_unix_timestamp_millis(milliseconds, &[kind as u8, a, b, c, d, e, f, g, h, a ^ h])
        .into_uuid()
}

/// A number below `bound` that is another for each `number`, without order.
pub fn scattered(number: u64, bound: u64) -> i64 {
    i64::try_from(mixed(number) % bound.max(1)).unwrap_or(0)
}

/// The step of splitmix64: one to one, and without any order to be seen.
const fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::{Kind, Shape, id_at};
    use contract::time::{Clock, SystemClock};
    use std::collections::HashSet;

    #[test]
    fn nobody_is_in_two_places_at_once() {
        let shape = Shape::of_requests(SystemClock.now(), 2_000);
        assert_eq!((shape.meetings(), shape.participants()), (100_000, 2_500));
        let mut taken = HashSet::new();
        for number in 0..shape.meetings() {
            let meeting = shape.meeting(number);
            assert!(taken.insert((meeting.starts_at, meeting.participant)), "{meeting:?}");
            assert_eq!(shape.centre_of(meeting.participant), shape.centre_of(meeting.mentor));
            assert!(meeting.created_at < shape.now && meeting.created_at < meeting.starts_at);
        }
    }

    #[test]
    fn a_participant_has_twenty_appointments_ahead() {
        let shape = Shape::of_requests(SystemClock.now(), 2_000);
        let ahead =
            (shape.first_ahead()..shape.meetings()).filter(|number| shape.meeting(*number).participant == 3);
        assert!(ahead.count() >= 20);
    }

    #[test]
    fn lists_are_read_among_five_million_rows_of_history() {
        let shape = Shape::of_lists(SystemClock.now());
        let history = shape.history;
        let each = history.check_ins + history.visits + history.attempts + history.work_items;
        assert_eq!(shape.participants(), 100_000);
        assert_eq!(shape.meetings() + shape.audit_lines + each * shape.participants(), 5_000_000);
    }

    #[test]
    fn ids_are_of_version_7_and_not_the_same_twice() {
        let now = SystemClock.now();
        let mut seen = HashSet::new();
        for kind in [Kind::Manager, Kind::Mentor, Kind::AuditLine] {
            for number in 0..10_000 {
                let id = id_at(now, kind, number);
                assert_eq!(id.get_version_num(), 7);
                assert!(seen.insert(id));
            }
        }
    }
}
