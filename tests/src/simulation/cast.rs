//! Who there is: three centres, those who work there, and the people whom they accompany, as the simulation itself remembers them. What it
//! remembers is from the answers it got; it is what messages are judged by.

use super::{chance::Chance, messages::File};
use crate::{SignedIn, world::Settler};
use care::App;
use contract::{PersonKind, StaffRole, time::Instant};
use std::collections::HashMap;
use uuid::Uuid;

/// How many people one mentor accompanies.
const CASELOAD: usize = 25;

/// Somebody who asks something of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// This member of the staff.
    Staff(usize),
    /// This participant.
    Person(usize),
}

/// A centre.
#[derive(Debug)]
pub struct Centre {
    /// Its id.
    pub id: Uuid,
    /// Its manager.
    pub manager: usize,
    /// Its mentors.
    pub mentors: Vec<usize>,
    /// Its counsellors.
    pub counsellors: Vec<usize>,
    /// Whom it refers people to, once somebody was.
    pub partner: Option<Uuid>,
    /// What its plans are made from, once that is written.
    pub template: Option<Uuid>,
}

/// Somebody of the staff.
#[derive(Debug)]
pub struct Member {
    /// Their account.
    pub account: SignedIn,
    /// Where they work.
    pub centre: usize,
    /// Whether they run it.
    pub is_manager: bool,
}

/// Somebody who accompanies somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Companion {
    /// Who.
    pub staff: usize,
    /// Since which assignment.
    pub assignment: Uuid,
}

/// A participant.
#[derive(Debug)]
pub struct Person {
    /// Their name.
    pub name: String,
    /// In which year they were born.
    pub birth_year: i64,
    /// Their language.
    pub language: &'static str,
    /// Where they live.
    pub zone: &'static str,
    /// Their centre.
    pub centre: usize,
    /// Their id, once they are registered.
    pub id: Option<Uuid>,
    /// Their phone's session, once there is one.
    pub account: Option<SignedIn>,
    /// Where their phone is reached.
    pub endpoint: Option<String>,
    /// The word of where their file stands.
    pub status: &'static str,
    /// Whether it was ever closed.
    pub was_closed: bool,
    /// Whether a manager let it rest.
    pub is_managers_pause: bool,
    /// Who accompanies them; the first of them leads.
    pub companions: Vec<Companion>,
    /// How many of a hundred check-ins they answer in time.
    pub diligence: usize,
    /// What they work at.
    pub placement: Option<Uuid>,
    /// The plan that they go through.
    pub plan: Option<Uuid>,
    /// Whether one of theirs was changed or ended: what lay ahead of it was called off.
    pub was_replanned: bool,
}

impl Person {
    /// How their file stands, as far as messages go.
    pub fn file(&self) -> File {
        match self.status {
            "paused" => File::Resting,
            "preparing" | "active" => File::Open,
            _ => File::Closed,
        }
    }

    /// Whether somebody accompanies them, and their file does not rest.
    pub fn is_active(&self) -> bool {
        self.status == "active"
    }

    /// Who leads.
    pub fn lead(&self) -> Option<usize> {
        self.companions.first().map(|companion| companion.staff)
    }
}

/// A check-in as it was planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// Whose.
    pub person: usize,
    /// When it opens.
    pub opens_at: Instant,
    /// When it closes.
    pub closes_at: Instant,
}

/// An appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meeting {
    /// Which.
    pub id: Uuid,
    /// Whose.
    pub person: usize,
    /// With whom.
    pub host: usize,
    /// Its version, as it was seen last.
    pub version: i64,
    /// When it starts.
    pub starts_at: Instant,
    /// Whether it is over: how it ended was said, or it was called off.
    pub is_over: bool,
}

/// What is asked of a colleague or of another centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandOver {
    /// Whose it is.
    pub person: usize,
    /// Who asked.
    pub asker: usize,
    /// Who is asked.
    pub to: Asked,
}

/// Who is asked to accompany somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// This centre.
    Centre(usize),
    /// This colleague, to lead.
    Colleague {
        /// Who.
        staff: usize,
        /// The assignment that ends with that, if one does.
        ends: Option<Uuid>,
    },
}

/// All of them.
#[derive(Debug)]
pub struct Cast {
    /// The centres.
    pub centres: Vec<Centre>,
    /// The staff.
    pub staff: Vec<Member>,
    /// The participants.
    pub people: Vec<Person>,
    /// The check-ins that were planned.
    pub planned: HashMap<Uuid, Planned>,
    /// The appointments that were made.
    pub meetings: HashMap<Uuid, Meeting>,
    /// The hand-overs that wait for an answer, as far as anybody here knows.
    pub hand_overs: HashMap<Uuid, HandOver>,
    /// The check-in that was learnt of last.
    pub last_planned: Uuid,
    owners: HashMap<String, Who>,
    ids: HashMap<Uuid, usize>,
    phones: usize,
}

const CENTRES: [&str; 3] = ["Casablanca-Settat", "Fès-Meknès", "Souss-Massa"];
const FIRST: [&str; 16] = [
    "Ahmed", "Fatima", "Youssef", "Khadija", "Brahim", "Zineb", "Said", "Naima", "Omar", "Rachida", "Hassan",
    "Malika", "Idir", "Tiziri", "Driss", "Salma",
];
const LAST: [&str; 20] = [
    "Amrani", "Bennis", "Chraibi", "Daoudi", "Ezzahra", "Fassi", "Guessous", "Hajji", "Idrissi", "Jabri",
    "Kabbaj", "Lahlou", "Mansouri", "Naciri", "Ouazzani", "Qadiri", "Rahmani", "Sebti", "Tazi", "Zouiten",
];

impl Cast {
    /// Writes centres and staff, and draws the people, who come later.
    pub async fn assemble(app: &App, people: usize, chance: &mut Chance) -> Self {
        let mut tx = app.db.write().await.expect("a transaction");
        let settler = &mut Settler { app, now: app.clock.now() };
        let (mut centres, mut staff) = (Vec::new(), Vec::new());
        for (number, name) in CENTRES.iter().enumerate() {
            let id = settler.usual_centre(&mut tx, name).await;
            let mut hire = |account, is_manager| {
                staff.push(Member { account, centre: number, is_manager });
                staff.len() - 1
            };
            let (mut mentors, mut counsellors) = (Vec::new(), Vec::new());
            let address = format!("manager-{number}@example.org");
            let manager = hire(settler.staff(&mut tx, id, StaffRole::Manager, &address).await, true);
            let in_all = (people / CENTRES.len()).div_ceil(CASELOAD).max(2);
            for one in 0..in_all {
                let address = format!("mentor-{number}-{one}@example.org");
                mentors.push(hire(settler.staff(&mut tx, id, StaffRole::Mentor, &address).await, false));
            }
            for one in 0..in_all.div_ceil(4) {
                let address = format!("counsellor-{number}-{one}@example.org");
                counsellors
                    .push(hire(settler.staff(&mut tx, id, StaffRole::Counsellor, &address).await, false));
            }
            // As whoever registers a centre does.
            care::digest::note(app, &mut tx, id, &contract::time::ZoneName::CASABLANCA, app.clock.now())
                .await
                .expect("its first week is looked forward to");
            centres.push(Centre { id: id.0, manager, mentors, counsellors, partner: None, template: None });
        }
        tx.commit().await.expect("the centres are settled");
        Self {
            people: (0..people).map(|number| person(number % centres.len(), chance)).collect(),
            centres,
            staff,
            planned: HashMap::new(),
            meetings: HashMap::new(),
            hand_overs: HashMap::new(),
            last_planned: Uuid::nil(),
            owners: HashMap::new(),
            ids: HashMap::new(),
            phones: 0,
        }
    }

    /// Somebody's account, if they have one.
    pub fn account(&self, who: Who) -> Option<&SignedIn> {
        match who {
            Who::Staff(staff) => Some(&self.staff[staff].account),
            Who::Person(person) => self.people[person].account.as_ref(),
        }
    }

    /// Gives a participant's phone a session, as enrolling it would.
    pub async fn enrol(&mut self, app: &App, person: usize) {
        let Some(id) = self.people[person].id else { return };
        let mut tx = app.db.write().await.expect("a transaction");
        let mut settler = Settler { app, now: app.clock.now() };
        let account = settler.session(&mut tx, PersonKind::Participant, id).await;
        tx.commit().await.expect("a session");
        self.people[person].account = Some(account);
    }

    /// Knows a participant by their id from now on.
    pub fn register(&mut self, person: usize, id: Uuid) {
        self.people[person].id = Some(id);
        self.ids.insert(id, person);
    }

    /// Which of the participants this is.
    pub fn person_of(&self, id: Uuid) -> Option<usize> {
        self.ids.get(&id).copied()
    }

    /// The address of a new phone of somebody.
    pub fn new_endpoint(&mut self, who: Who) -> String {
        self.phones += 1;
        let endpoint = format!("https://updates.push.services.mozilla.com/wpush/v2/phone-{}", self.phones);
        self.owners.insert(endpoint.clone(), who);
        endpoint
    }

    /// Whose phone this is.
    pub fn owner(&self, endpoint: &str) -> Option<Who> {
        self.owners.get(endpoint).copied()
    }

    /// Who is to accompany somebody new of this centre.
    pub fn mentor_for(&self, centre: usize, chance: &mut Chance) -> usize {
        chance.one_of(&self.centres[centre].mentors)
    }
}

fn person(centre: usize, chance: &mut Chance) -> Person {
    Person {
        name: format!("{} {}", chance.one_of(&FIRST), chance.one_of(&LAST)),
        birth_year: chance.between(1962, 2007),
        language: chance.one_of(&["ar", "ar", "ar", "fr", "zgh"]),
        zone: match chance.below(100) {
            0..90 => "Africa/Casablanca",
            90..97 => "Europe/Paris",
            _ => "America/Montreal",
        },
        centre,
        id: None,
        account: None,
        endpoint: None,
        status: "expected",
        was_closed: false,
        is_managers_pause: false,
        companions: Vec::new(),
        diligence: usize::try_from(chance.between(35, 92)).unwrap_or(60),
        placement: None,
        plan: None,
        was_replanned: false,
    }
}
