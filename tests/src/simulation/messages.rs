//! What was sent, judged by what was true at that moment: to whom, at what time on their own wall, how their file stood, and how what it
//! speaks of stood. The judging is pure; the rest finds the facts, in statements of its own.

use super::{Result, Simulation, acts::Act, cast::Who, when};
use chrono::{NaiveTime, TimeDelta};
use contract::{ReminderPurpose, SubjectKind, time::Instant};
use db::{Tx, sql};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What a message speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Topic {
    /// The kind of thing.
    pub kind: SubjectKind,
    /// Which one.
    pub id: Uuid,
}

/// A message that a push service took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Where it went.
    pub endpoint: String,
    /// When.
    pub at: Instant,
    /// Why it was sent.
    pub purpose: ReminderPurpose,
    /// What it speaks of.
    pub about: Topic,
    /// The time on the wall that it speaks of.
    pub speaks_of: String,
}

/// Who got it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipient {
    /// The participant themself.
    Participant,
    /// Somebody of the staff.
    Staff,
}

/// How a file stands, as far as messages go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// Its person is accompanied.
    Open,
    /// It rests.
    Resting,
    /// It is closed, for whatever reason.
    Closed,
}

/// How the thing stood that a message speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing {
    /// There is no such thing.
    Unknown,
    /// A check-in: whether nobody has answered it nor called it off, and from when until when it can be answered.
    CheckIn {
        /// Nobody has answered it, nor called it off.
        is_awaited: bool,
        /// From then.
        opens_at: Instant,
        /// Until then.
        closes_at: Instant,
    },
    /// An appointment: the word of its state, and when it starts.
    Appointment {
        /// The word.
        state: String,
        /// The start.
        starts_at: Instant,
        /// The start before it was moved last.
        former_start: Option<Instant>,
    },
    /// A work item: whether it is open, and why.
    WorkItem {
        /// It is.
        is_open: bool,
        /// The word of its cause.
        cause: String,
    },
    /// A hand-over: the word of its state.
    HandOver {
        /// The word.
        state: String,
    },
    /// Something of which it is only asked whether anything about it is still to be done.
    Other {
        /// There is.
        is_open: bool,
    },
}

/// A message with all that decides whether it may be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scene {
    /// Who got it.
    pub recipient: Recipient,
    /// Why.
    pub purpose: ReminderPurpose,
    /// When.
    pub at: Instant,
    /// The time of day where they live.
    pub time_of_day: NaiveTime,
    /// How the file stood of the person whom it is about.
    pub file: File,
    /// How the thing stood.
    pub thing: Thing,
}

fn on_the_hour(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).expect("a time of day")
}

fn is_night(time: NaiveTime) -> bool {
    time >= on_the_hour(21) || time < on_the_hour(8)
}

/// What is wrong with it; nothing if it may be sent.
pub fn fault(scene: &Scene) -> Option<&'static str> {
    if is_night(scene.time_of_day) && !cannot_wait(scene) {
        return Some("it rang in quiet hours");
    }
    // Who is to accompany somebody does not rest with the file, nor end with it: whoever comes back lives elsewhere by then.
    let is_hand_over = matches!(scene.thing, Thing::HandOver { .. });
    let is_work = matches!(scene.thing, Thing::WorkItem { .. });
    match (scene.file, scene.recipient) {
        (File::Closed, Recipient::Participant) => return Some("it went to somebody whose file is closed"),
        (File::Resting, Recipient::Participant) => return Some("it went to somebody whose file rests"),
        (File::Closed, Recipient::Staff) if !is_of_death(&scene.thing) && !is_hand_over => {
            return Some("it was about somebody whose file is closed");
        }
        (File::Resting, Recipient::Staff) if !is_work && !is_hand_over => {
            return Some("it was about somebody whose file rests");
        }
        _ => {}
    }
    (!is_still_so(scene)).then_some("it was about something that is over")
}

fn is_of_death(thing: &Thing) -> bool {
    matches!(thing, Thing::WorkItem { cause, .. } if cause == "person_died")
}

/// A journey in vain is worse than a short night: what an appointment has come to may be told at night if it starts, or was to start,
/// before there is time in the morning.
fn cannot_wait(scene: &Scene) -> bool {
    use ReminderPurpose as Why;
    let is_news = matches!(
        scene.purpose,
        Why::AppointmentScheduled
            | Why::AppointmentProposed
            | Why::AppointmentMoved
            | Why::AppointmentCancelled
            | Why::AppointmentAnswered
            | Why::AppointmentHandedOver
            | Why::AppointmentCentreClosed
    );
    let Thing::Appointment { starts_at, former_start, .. } = scene.thing else { return false };
    let until_morning = (on_the_hour(8) - scene.time_of_day).num_seconds().rem_euclid(24 * 3_600);
    let too_late = scene.at.saturating_add(TimeDelta::seconds(until_morning) + TimeDelta::hours(1));
    let is_near = |at: Instant| scene.at < at && at < too_late;
    is_news && (is_near(starts_at) || former_start.is_some_and(is_near))
}

/// Whether what it says is still so.
fn is_still_so(scene: &Scene) -> bool {
    use ReminderPurpose as Why;
    match &scene.thing {
        Thing::Unknown => false,
        Thing::CheckIn { is_awaited, opens_at, closes_at } => {
            *is_awaited && *opens_at <= scene.at && scene.at < *closes_at
        }
        Thing::WorkItem { is_open, .. } | Thing::Other { is_open } => *is_open,
        Thing::HandOver { state } => match scene.purpose {
            Why::HandOverAsked => state == "asked",
            Why::HandOverAnswered => ["accepted", "refused"].contains(&state.as_str()),
            Why::CompanionChanged => state == "accepted",
            _ => false,
        },
        Thing::Appointment { state, starts_at, .. } => {
            let is_one_of = |words: &[&str]| words.contains(&state.as_str());
            let is_open = is_one_of(&["proposed", "scheduled", "confirmed", "change_requested"]);
            let is_ahead = scene.at < *starts_at;
            match scene.purpose {
                Why::AppointmentCancelled => state == "cancelled",
                Why::AppointmentMissed => state == "no_show",
                Why::AppointmentAnswered => {
                    is_one_of(&["scheduled", "confirmed", "declined", "change_requested"])
                }
                Why::AppointmentUnconfirmed => is_one_of(&["proposed", "scheduled", "change_requested"]),
                Why::AppointmentLapsed => is_one_of(&["proposed", "change_requested"]),
                Why::AppointmentProposed => state == "proposed",
                Why::AppointmentHandedOver => is_open,
                _ => is_open && is_ahead,
            }
        }
    }
}

/// Remembers what was told, since the same is told once.
#[derive(Debug, Default)]
pub struct Inspector {
    told: HashSet<(String, ReminderPurpose, Uuid, String)>,
}

impl Inspector {
    /// Whether this phone was told exactly this before. Only of what speaks of one window, which nothing brings back, of one week or of one
    /// hand-over.
    fn is_repeated(&mut self, message: &Message) -> bool {
        matches!(message.about.kind, SubjectKind::CheckIn | SubjectKind::Digest | SubjectKind::HandOver)
            && !self.told.insert((
                message.endpoint.clone(),
                message.purpose,
                message.about.id,
                message.speaks_of.clone(),
            ))
    }
}

/// A thing, and whom it is about.
type Known = HashMap<Uuid, (Uuid, Thing)>;

impl Simulation {
    /// Looks at what was sent since this was last asked, and lets whoever got it act upon it.
    pub async fn look_at_messages(&mut self) -> Result<()> {
        let messages = self.service.push.taken();
        if messages.is_empty() {
            return Ok(());
        }
        let known = self.known(&messages).await.map_err(|error| error.to_string())?;
        for message in messages {
            self.totals.sent(message.purpose);
            self.look_at(&message, &known)?;
            self.react(&message);
        }
        Ok(())
    }

    fn look_at(&mut self, message: &Message, known: &Known) -> Result<()> {
        let broken = |what: &str| Err(format!("{what}: {} about {}", message.purpose, message.about.id));
        let Some(who) = self.cast.owner(&message.endpoint) else {
            return broken("it went to nobody");
        };
        if message.about.kind == SubjectKind::Digest {
            let zone = contract::time::ZoneName::CASABLANCA;
            let local = self.service.zones.to_local(message.at, &zone).expect("a known zone");
            return match who {
                Who::Person(_) => broken("it went to a participant"),
                Who::Staff(staff) if !self.cast.staff[staff].is_manager => {
                    broken("it went to somebody who is no manager")
                }
                Who::Staff(_) if is_night(local.time()) => broken("it rang in quiet hours"),
                Who::Staff(_) if self.inspector.is_repeated(message) => broken("it was told twice"),
                Who::Staff(_) => Ok(()),
            };
        }
        let (about, thing) = known.get(&message.about.id).cloned().unwrap_or((Uuid::nil(), Thing::Unknown));
        let Some(person) = self.cast.person_of(about) else {
            return broken("it was about nobody");
        };
        let zone = match who {
            Who::Person(person) => self.cast.people[person].zone.parse().expect("a zone"),
            _ => contract::time::ZoneName::CASABLANCA,
        };
        let local = self.service.zones.to_local(message.at, &zone).expect("a known zone");
        let recipient = match who {
            Who::Person(one) if one == person => Recipient::Participant,
            Who::Person(_) => return broken("it went to another participant"),
            Who::Staff(_) => Recipient::Staff,
        };
        let scene = Scene {
            recipient,
            purpose: message.purpose,
            at: message.at,
            time_of_day: local.time(),
            file: self.cast.people[person].file(),
            thing,
        };
        match fault(&scene) {
            Some(what) => Err(format!("{what}: {} about {}, {scene:?}", message.purpose, message.about.id)),
            None if self.inspector.is_repeated(message) => broken("it was told twice"),
            None => Ok(()),
        }
    }

    /// Somebody who is needed now looks at once; others look when they look.
    fn react(&mut self, message: &Message) {
        let Some(Who::Staff(staff)) = self.cast.owner(&message.endpoint) else { return };
        if message.purpose == ReminderPurpose::WorkItemUrgent {
            let at = when::after(message.at, TimeDelta::minutes(self.chance.between(5, 120)));
            self.diary.note(at, Act::Urgent { staff, item: message.about.id });
        }
    }

    async fn known(&self, messages: &[Message]) -> db::Result<Known> {
        let mut tx = self.service.app.db.read().await?;
        let mut known = Known::new();
        for kind in SubjectKind::ALL {
            let mut ids: Vec<Uuid> =
                messages.iter().filter(|one| one.about.kind == *kind).map(|one| one.about.id).collect();
            ids.sort_unstable();
            ids.dedup();
            if !ids.is_empty() {
                known.extend(things(&mut tx, *kind, &ids).await?);
            }
        }
        Ok(known)
    }
}

macro_rules! rows {
    ($tx:expr, $ids:expr, $($sql:tt)+) => {{
        let mut query = $tx.query_rows(sql!($($sql)+), $ids.len(), 1);
        for id in $ids {
            query = query.bind(*id);
        }
        query.all().await?
    }};
}

async fn things(tx: &mut Tx, kind: SubjectKind, ids: &[Uuid]) -> db::Result<Known> {
    Ok(match kind {
        SubjectKind::CheckIn => {
            let rows: Vec<(Uuid, Uuid, bool, Instant, Instant)> = rows!(
                tx,
                ids,
                "SELECT id, participant_id, settled = 'unanswered' AND paused_at IS NULL, opens_at, closes_at
                 FROM check_in WHERE id IN ({rows})"
            );
            let thing = |(id, person, is_awaited, opens_at, closes_at)| {
                (id, (person, Thing::CheckIn { is_awaited, opens_at, closes_at }))
            };
            rows.into_iter().map(thing).collect()
        }
        SubjectKind::Appointment => {
            let rows: Vec<(Uuid, Uuid, String, Instant, Option<Instant>)> = rows!(
                tx,
                ids,
                "SELECT id, participant_id, state, starts_at, former_start FROM appointment WHERE id IN ({rows})"
            );
            let thing = |(id, person, state, starts_at, former_start)| {
                (id, (person, Thing::Appointment { state, starts_at, former_start }))
            };
            rows.into_iter().map(thing).collect()
        }
        SubjectKind::WorkItem => {
            let rows: Vec<(Uuid, Uuid, bool, String)> = rows!(
                tx,
                ids,
                "SELECT id, participant_id, closed_at IS NULL, cause FROM work_item WHERE id IN ({rows})"
            );
            let thing = |(id, person, is_open, cause)| (id, (person, Thing::WorkItem { is_open, cause }));
            rows.into_iter().map(thing).collect()
        }
        SubjectKind::Visit => {
            let rows = rows!(
                tx,
                ids,
                "SELECT id, participant_id, next_step_at IS NOT NULL AND next_step_done_at IS NULL AND withdrawn_at IS NULL
                 FROM visit WHERE id IN ({rows})"
            );
            others(rows)
        }
        SubjectKind::Placement => {
            let rows = rows!(
                tx,
                ids,
                "SELECT p.id, p.participant_id,
                        EXISTS (SELECT 1 FROM milestone AS m WHERE m.placement_id = p.id AND m.state = 'pending')
                 FROM placement AS p WHERE p.id IN ({rows})"
            );
            others(rows)
        }
        SubjectKind::Contact => {
            let rows = rows!(tx, ids, "SELECT id, id AS person, TRUE FROM participant WHERE id IN ({rows})");
            others(rows)
        }
        SubjectKind::HandOver => {
            let rows: Vec<(Uuid, Uuid, String)> =
                rows!(tx, ids, "SELECT id, participant_id, state FROM hand_over WHERE id IN ({rows})");
            rows.into_iter().map(|(id, person, state)| (id, (person, Thing::HandOver { state }))).collect()
        }
        // What is about nobody is judged by itself.
        SubjectKind::Digest | SubjectKind::EmergencyAccess => Known::new(),
    })
}

fn others(rows: Vec<(Uuid, Uuid, bool)>) -> Known {
    rows.into_iter().map(|(id, person, is_open)| (id, (person, Thing::Other { is_open }))).collect()
}
