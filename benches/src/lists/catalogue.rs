//! The lists of the API that grow with people and time, with what each can be narrowed by, and who asks for it. Left out are those of postings,
//! absences, employers, placements, papers, needs, referrals and consents: each is found by an index like one of these, and what a plan of theirs
//! reads is looked at in a test (`tests/tests/plans/`).

use care::App;
use contract::SessionId;
use contract::time::{Clock, Instant, SystemClock};
use uuid::Uuid;

use crate::Failure;
use crate::store::shape::{id_at, scattered};
use crate::store::{Kind, Shape, name};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// A participant.
    Participant,
    /// A mentor.
    Mentor,
    /// The manager of a centre.
    Manager,
    /// An administrator.
    Administrator,
    /// Somebody of the oversight body.
    Observer,
}

impl Caller {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Participant => "participant",
            Self::Mentor => "mentor",
            Self::Manager => "manager",
            Self::Administrator => "administrator",
            Self::Observer => "observer",
        }
    }
}

/// One list.
pub struct List {
    /// What it is called in the result.
    pub name: &'static str,
    /// Who asks for it.
    pub caller: Caller,
    /// What is asked, for the caller and the subject of one asking.
    pub path: fn(&Asking<'_>) -> String,
    /// Whether it searches names.
    pub is_search: bool,
    /// Whether the page after the first is meant.
    pub is_second_page: bool,
    /// Whether all that is open in a centre is looked through for it, however long its page is.
    pub is_of_whole_centre: bool,
}

/// Whom one asking is about: a meeting of this round, its people, and somebody who may ask about them.
pub struct Asking<'a> {
    shape: &'a Shape,
    /// Which asking it is.
    number: usize,
    mentor: usize,
    participant: usize,
    meeting: Uuid,
}

impl<'a> Asking<'a> {
    /// The asking with this number; no two are about the same person.
    pub fn new(shape: &'a Shape, number: usize) -> Self {
        let mentor = usize::try_from(scattered(number as u64, shape.mentors as u64)).unwrap_or(0);
        // The last rounds are still ahead.
        let round = shape.rounds - 1 - number % shape.participants_each.min(shape.rounds);
        let meeting = shape.meeting(round * shape.mentors + mentor);
        Self { shape, number, mentor, participant: meeting.participant, meeting: shape.meeting_id(&meeting) }
    }

    /// The kind of person who asks, of the session they ask through, and their number.
    fn caller(&self, caller: Caller) -> (Kind, Kind, usize) {
        let shape = self.shape;
        match caller {
            Caller::Participant => (Kind::Participant, Kind::ParticipantSession, self.participant),
            Caller::Mentor => (Kind::Mentor, Kind::MentorSession, self.mentor),
            Caller::Manager => {
                let each = (shape.managers / shape.centres).max(1);
                let number = shape.centre_of(self.mentor) + shape.centres * (self.number % each);
                (Kind::Manager, Kind::ManagerSession, number)
            }
            Caller::Administrator => {
                (Kind::Administrator, Kind::AdministratorSession, self.number % shape.overseers.max(1))
            }
            Caller::Observer => (Kind::Observer, Kind::ObserverSession, self.number % shape.overseers.max(1)),
        }
    }

    /// A fresh token of whoever asks.
    pub fn token(&self, app: &App, caller: Caller) -> Result<String, Failure> {
        let (person, session, number) = self.caller(caller);
        let session = SessionId(self.shape.id(session, number));
        Ok(app.sign_in.access_tokens.issue(self.shape.id(person, number), session, SystemClock.now())?)
    }

    fn now(&self) -> Instant {
        self.shape.now
    }

    fn days_ago(&self, days: i64) -> Instant {
        self.now().saturating_sub(chrono::TimeDelta::days(days))
    }

    fn participant_id(&self) -> Uuid {
        self.shape.id(Kind::Participant, self.participant)
    }

    fn plan_id(&self) -> Uuid {
        self.shape.id(Kind::Plan, self.participant)
    }

    fn mentor_id(&self) -> Uuid {
        self.shape.id(Kind::Mentor, self.mentor)
    }

    fn centre_id(&self) -> Uuid {
        self.shape.id(Kind::Centre, self.shape.centre_of(self.mentor))
    }

    /// Somebody of whom there is nothing.
    fn nobody(&self) -> Uuid {
        id_at(self.now(), Kind::Centre, usize::MAX)
    }

    /// A word of somebody's name, as it stands in an address.
    fn word(&self) -> String {
        let name = name(self.participant);
        let word = name.split(' ').nth(self.number % 2).unwrap_or(&name);
        word.bytes().map(|byte| format!("%{byte:02X}")).collect()
    }
}

macro_rules! lists {
    ($($caller:ident $name:literal $(($flag:ident))? $text:literal $(, $value:ident $(($argument:expr))?)*;)*) => {
        /// All of them.
        pub const LISTS: &[List] = &[$(List {
            name: $name,
            caller: Caller::$caller,
            path: |asking| { let _ = asking; format!($text $(, asking.$value($($argument)?))*) },
            is_search: flag!(search $($flag)?),
            is_second_page: flag!(second $($flag)?),
            is_of_whole_centre: flag!(centre $($flag)?),
        },)*];
    };
}

macro_rules! flag {
    (search search) => {
        true
    };
    (second second) => {
        true
    };
    (centre centre) => {
        true
    };
    ($wanted:ident $($other:ident)?) => {
        false
    };
}

lists! {
    Participant "appointments, next 20" "/v1/appointments?from={}&limit=20", now;
    Participant "appointments, all" "/v1/appointments";
    Participant "appointments in a state" "/v1/appointments?state=took_place";
    Mentor "appointments, next 20" "/v1/appointments?from={}&limit=20", now;
    Mentor "appointments, all" "/v1/appointments?limit=200";
    Mentor "appointments, page 2" (second) "/v1/appointments?limit=50";
    Mentor "appointments in a state" "/v1/appointments?state=did_not_come&limit=200";
    Mentor "appointments in no such state" "/v1/appointments?state=cancelled";
    Mentor "appointments of a participant" "/v1/appointments?participant_id={}", participant_id;
    Mentor "own appointments" "/v1/appointments?host_id={}&from={}", mentor_id, now;
    Manager "appointments, next 20" "/v1/appointments?from={}&limit=20", now;
    Manager "appointments, all" "/v1/appointments?limit=200";
    Manager "appointments, page 2" (second) "/v1/appointments?limit=50";
    Manager "appointments of a week" "/v1/appointments?from={}&to={}&limit=200", days_ago(100), days_ago(93);
    Manager "appointments in a state" "/v1/appointments?state=did_not_come&limit=200";
    Manager "appointments in no such state" "/v1/appointments?state=cancelled";
    Manager "appointments in a state, ahead" "/v1/appointments?state=confirmed&from={}", now;
    Manager "appointments of a participant" "/v1/appointments?participant_id={}", participant_id;
    Manager "appointments of a host" "/v1/appointments?host_id={}&limit=200", mentor_id;
    Manager "appointments of a host in a state" "/v1/appointments?host_id={}&state=cancelled", mentor_id;
    Manager "appointments of nobody" "/v1/appointments?participant_id={}", nobody;
    Mentor "notes" "/v1/appointments/{}/notes", meeting_id;
    Mentor "reminders of an appointment" "/v1/appointments/{}/reminders", meeting_id;
    Mentor "participants" "/v1/participants?limit=200";
    Mentor "participants by name" (search) "/v1/participants?q={}", word;
    Manager "participants" "/v1/participants?limit=200";
    Manager "participants, page 2" (second) "/v1/participants?limit=50";
    Manager "participants of a mentor" "/v1/participants?assigned_to={}", mentor_id;
    Manager "participants no longer accompanied" "/v1/participants?active=false";
    Manager "participants by name" (search) "/v1/participants?q={}", word;
    Manager "assignments" "/v1/participants/{}/assignments", participant_id;
    Administrator "audit log" "/v1/audit?limit=200";
    Administrator "audit log, page 2" (second) "/v1/audit?limit=50";
    Administrator "audit log of a day" "/v1/audit?from={}&to={}", days_ago(50), days_ago(49);
    Administrator "audit log of a participant" "/v1/audit?participant_id={}", participant_id;
    Administrator "audit log of a person" "/v1/audit?actor_id={}", mentor_id;
    Administrator "audit log of a person and a day" "/v1/audit?actor_id={}&from={}&to={}", mentor_id, days_ago(50), days_ago(49);
    Manager "audit log" "/v1/audit?limit=200";
    Manager "audit log of a day" "/v1/audit?from={}&to={}", days_ago(50), days_ago(49);
    Manager "audit log of a participant" "/v1/audit?participant_id={}", participant_id;
    Manager "audit log of a person" "/v1/audit?actor_id={}", mentor_id;
    Mentor "audit log, own" "/v1/audit";
    Mentor "audit log of a day" "/v1/audit?from={}&to={}", days_ago(50), days_ago(49);
    Observer "audit log" "/v1/audit?limit=200";
    Observer "audit log of a day" "/v1/audit?from={}&to={}", days_ago(50), days_ago(49);
    Participant "audit log, own" "/v1/audit";
    Participant "audit log of a day" "/v1/audit?from={}&to={}", days_ago(50), days_ago(49);
    Participant "notifications" "/v1/notifications";
    Participant "devices" "/v1/devices";
    Participant "sessions" "/v1/me/sessions";
    Manager "emergency accesses" "/v1/emergency-access";
    Manager "emergency accesses of a participant" "/v1/emergency-access?participant_id={}", participant_id;
    Administrator "emergency accesses" "/v1/emergency-access";
    Administrator "centres" "/v1/centres";
    Administrator "staff" "/v1/staff?limit=200";
    Participant "timeline, own" "/v1/participants/{}/timeline", participant_id;
    Participant "timeline, own, page 2" (second) "/v1/participants/{}/timeline?limit=20", participant_id;
    Mentor "timeline" "/v1/participants/{}/timeline?limit=200", participant_id;
    Mentor "timeline, page 2" (second) "/v1/participants/{}/timeline?limit=20", participant_id;
    Manager "timeline" "/v1/participants/{}/timeline?limit=200", participant_id;
    Mentor "work list" "/v1/work-items";
    Mentor "work list, page 2" (second) "/v1/work-items?limit=10";
    Mentor "work list, with what is put off" "/v1/work-items?snoozed=true&limit=200";
    Mentor "work about a participant" "/v1/work-items?participant_id={}", participant_id;
    Manager "work list" (centre) "/v1/work-items";
    Manager "work about a participant" "/v1/work-items?participant_id={}", participant_id;
    Manager "work of a mentor" "/v1/work-items?staff_id={}", mentor_id;
    Manager "work in figures" (centre) "/v1/work-items/summary";
    Mentor "calls to make" "/v1/calls-to-make";
    Mentor "calls to make, page 2" (second) "/v1/calls-to-make?limit=5";
    Mentor "calls to a participant" "/v1/calls-to-make?participant_id={}", participant_id;
    Manager "calls to make" "/v1/calls-to-make";
    Manager "calls of a mentor" "/v1/calls-to-make?staff_id={}", mentor_id;
    Mentor "hand-overs" "/v1/hand-overs";
    Mentor "hand-overs that are asked" "/v1/hand-overs?state=asked";
    Manager "hand-overs" "/v1/hand-overs?limit=200";
    Manager "hand-overs, page 2" (second) "/v1/hand-overs?limit=50";
    Manager "hand-overs that are asked" "/v1/hand-overs?state=asked";
    Manager "weeks in figures" "/v1/digests";
    Manager "weeks in figures, page 2" (second) "/v1/digests?limit=10";
    Manager "without contact" "/v1/contacts";
    Manager "without contact for sixty days" "/v1/contacts?days=60&limit=200";
    Manager "without contact, page 2" (second) "/v1/contacts?limit=50";
    Manager "outages" "/v1/outages";
    Mentor "participants whose file rests" "/v1/participants?status=paused";
    Mentor "participants in several states" "/v1/participants?status=active,preparing&limit=200";
    Manager "participants whose file rests" "/v1/participants?status=paused&limit=200";
    Manager "participants in several states" "/v1/participants?status=active,preparing&limit=200";
    Manager "participants in a state, page 2" (second) "/v1/participants?status=active&limit=50";
    Manager "participants in no such state" "/v1/participants?status=deceased";
    Participant "goals, own" "/v1/participants/{}/goals", participant_id;
    Mentor "goals" "/v1/participants/{}/goals", participant_id;
    Participant "plans, own" "/v1/participants/{}/plans", participant_id;
    Mentor "plans" "/v1/participants/{}/plans", participant_id;
    Mentor "a plan" "/v1/plans/{}", plan_id;
    Mentor "versions of a plan" "/v1/plans/{}/versions", plan_id;
    Manager "plan templates" "/v1/plan-templates";
    Participant "check-ins, own" "/v1/participants/{}/check-ins", participant_id;
    Mentor "check-ins" "/v1/participants/{}/check-ins", participant_id;
    Mentor "check-ins, page 2" (second) "/v1/participants/{}/check-ins?limit=5", participant_id;
    Mentor "visits" "/v1/participants/{}/visits", participant_id;
    Mentor "attempts to reach" "/v1/participants/{}/contact-attempts", participant_id;
    Mentor "contacts" "/v1/participants/{}/contacts", participant_id;
    Mentor "ways to reach" "/v1/participants/{}/contact-ways", participant_id;
    Administrator "staff of a centre" "/v1/staff?centre_id={}", centre_id;
    Administrator "staff in a role" "/v1/staff?role=counsellor";
    Administrator "staff no longer here" "/v1/staff?active=false";
    Manager "staff" "/v1/staff?limit=200";
}

impl Asking<'_> {
    const fn meeting_id(&self) -> Uuid {
        self.meeting
    }
}

#[cfg(test)]
mod tests {
    use super::{Asking, LISTS};
    use crate::store::Shape;
    use contract::time::{Clock, SystemClock};
    use std::collections::HashSet;

    #[test]
    fn no_list_is_measured_twice() {
        let names: HashSet<_> = LISTS.iter().map(|list| (list.caller.word(), list.name)).collect();
        assert_eq!(names.len(), LISTS.len());
    }

    #[test]
    fn askings_are_about_many_people() {
        let shape = Shape::of_lists(SystemClock.now());
        let people: HashSet<_> = (0..200).map(|number| Asking::new(&shape, number).participant).collect();
        assert!(people.len() > 180, "{}", people.len());
    }
}
