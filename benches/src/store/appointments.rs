//! Appointments, the reminders that wait for those ahead, and those that told of the last ones.

use std::collections::HashMap;
use std::sync::Arc;

use care::App;
use chrono::TimeDelta;
use contract::time::{Instant, LocalDateTime, ZoneName};
use contract::{
    AppointmentKind, AppointmentState, PersonKind, PlaceKind, ReminderPurpose, ReminderState, SubjectKind,
    TimeOrigin, Urgency,
};
use db::{Tx, sql};
use kernel::protect::privacy::Address;
use kernel::protect::seal::{DataKey, Field, WrappedKey};
use notifications::plan::ReminderFacts;
use notifications::subjects::{
    SubjectFacts,
    appointment::{StoredState, TextFacts},
};
use uuid::Uuid;

use super::shape::{Meeting, id_at, scattered};
use super::{CHUNK, History, Kind, Shape, begin, pieces};
use crate::Failure;

/// How long everything takes.
pub const LENGTH: TimeDelta = TimeDelta::minutes(30);

/// What waits for an appointment ahead, and how long before it.
const PLANNED: [(ReminderPurpose, TimeDelta); 5] = [
    (ReminderPurpose::AppointmentInSevenDays, TimeDelta::days(7)),
    (ReminderPurpose::AppointmentInThreeDays, TimeDelta::days(3)),
    (ReminderPurpose::AppointmentTomorrow, TimeDelta::days(1)),
    (ReminderPurpose::AppointmentSoon, TimeDelta::hours(2)),
    (ReminderPurpose::AppointmentUnconfirmed, TimeDelta::hours(24)),
];
/// What was told about the last appointments, and for how long it is kept here.
const TOLD: ReminderPurpose = ReminderPurpose::AppointmentTomorrow;
const KEPT: TimeDelta = TimeDelta::days(30);
/// What was told an hour ago about an appointment that is still to be. Without an app somebody calls for it: one of so many participants is called.
const CALLED_FOR: ReminderPurpose = ReminderPurpose::AppointmentInSevenDays;
const CALLED: usize = 3;

/// Everybody's data key, opened.
pub type Keys = HashMap<Uuid, Arc<DataKey>>;

/// Writes them, the latest first: whether somebody is free is then quickly told.
pub async fn settle(app: &App, shape: &Shape) -> Result<(), Failure> {
    let keys = keys(app).await?;
    for piece in pieces(shape.meetings()).rev() {
        let mut tx = begin(app).await?;
        let meetings: Vec<Meeting> = piece.rev().map(|number| shape.meeting(number)).collect();
        appointments(app, &mut tx, shape, &meetings, &keys).await?;
        reminders(app, &mut tx, shape, &meetings).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Opens all of them.
pub async fn keys(app: &App) -> Result<Keys, Failure> {
    let mut tx = app.db.read().await?;
    let rows: Vec<(Uuid, WrappedKey)> = tx.query(sql!("SELECT id, data_key FROM participant")).all().await?;
    let open =
        |(id, wrapped)| Ok((id, Arc::new(DataKey::unwrap(app.keys.participants.wrap_key(), id, &wrapped)?)));
    rows.into_iter().map(open).collect()
}

/// What the clock on the wall shows then.
pub fn on_the_wall(app: &App, at: Instant) -> Result<LocalDateTime, Failure> {
    Ok(app.zones.to_local(at, &ZoneName::CASABLANCA)?)
}

/// Where it stands: what is over took place, for the most part.
fn state(shape: &Shape, meeting: &Meeting) -> StoredState {
    match (meeting.starts_at > shape.now, scattered(meeting.number as u64, 10)) {
        (true, 0..2) => StoredState::Confirmed,
        (true, _) => StoredState::Scheduled,
        (false, 0) => StoredState::NoShow,
        (false, _) => StoredState::Attended,
    }
}

async fn appointments(
    app: &App,
    tx: &mut Tx,
    shape: &Shape,
    meetings: &[Meeting],
    keys: &Keys,
) -> Result<(), Failure> {
    let place = Address::parse("Centre d'accompagnement, 2e étage, bureau 4")?;
    let mut query = tx.query_rows(
        sql!(
            "INSERT INTO appointment (id, centre_id, participant_id, host_id, kind, state, local_start, local_end, zone,
                                      starts_at, ends_at, holds_time, time_origin, place_kind, place_sealed, created_by,
                                      created_at, version)
             VALUES {rows}"
        ),
        meetings.len(),
        18,
    );
    for meeting in meetings {
        let (id, participant) = (shape.meeting_id(meeting), shape.id(Kind::Participant, meeting.participant));
        let host = shape.id(Kind::Mentor, meeting.mentor);
        let key = keys.get(&participant).ok_or("a participant has no key")?;
        let ends_at = meeting.starts_at.saturating_add(LENGTH);
        query = query
            .bind(id)
            .bind(shape.id(Kind::Centre, shape.centre_of(meeting.mentor)))
            .bind(participant)
            .bind(host)
            .bind(AppointmentKind::SocialCounselling)
            .bind(state(shape, meeting))
            .bind(on_the_wall(app, meeting.starts_at)?)
            .bind(on_the_wall(app, ends_at)?)
            .bind(ZoneName::CASABLANCA)
            .bind(meeting.starts_at)
            .bind(ends_at)
            .bind(true)
            .bind(TimeOrigin::Set)
            .bind(PlaceKind::Address)
            .bind(key.seal_text(Field::new("appointment", "place_sealed", id), &place, &*app.random)?)
            .bind(host)
            .bind(meeting.created_at)
            .bind(1_i64);
    }
    query.execute().await?;
    Ok(())
}

/// A reminder that waits, or was sent.
struct Waiting {
    id: Uuid,
    meeting: Meeting,
    purpose: ReminderPurpose,
    due_at: Instant,
    facts: ReminderFacts,
}

async fn reminders(app: &App, tx: &mut Tx, shape: &Shape, meetings: &[Meeting]) -> Result<(), Failure> {
    let mut waiting = Vec::new();
    for meeting in meetings {
        for (place, (purpose, lead)) in PLANNED.into_iter().enumerate() {
            let due_at = meeting.starts_at.saturating_sub(lead);
            let was_told = purpose == TOLD
                && meeting.starts_at <= shape.now
                && meeting.starts_at > shape.now.saturating_sub(KEPT);
            let is_due = due_at <= shape.now.saturating_add(shape.quiet);
            let is_called_for = shape.history != History::NONE
                && purpose == CALLED_FOR
                && is_due
                && meeting.starts_at > shape.now
                && meeting.participant.is_multiple_of(CALLED);
            if is_due && !was_told && !is_called_for {
                continue;
            }
            let due_at = if is_called_for { shape.now.saturating_sub(TimeDelta::hours(1)) } else { due_at };
            let facts = ReminderFacts {
                purpose,
                subject_id: shape.meeting_id(meeting),
                local_start: on_the_wall(app, meeting.starts_at)?,
                zone: ZoneName::CASABLANCA,
                about: SubjectFacts::Appointment(TextFacts {
                    state: AppointmentState::Scheduled,
                    time_origin: TimeOrigin::Set,
                    place_kind: PlaceKind::Address,
                }),
            };
            let id = id_at(meeting.created_at, Kind::Reminder, meeting.number * PLANNED.len() + place);
            waiting.push(Waiting { id, meeting: *meeting, purpose, due_at, facts });
        }
    }
    for piece in pieces_of(&waiting) {
        rows(tx, shape, piece).await?;
        let mut query = tx.query_rows(
            sql!("INSERT INTO reminder_facts (reminder_id, facts) VALUES {rows}"),
            piece.len(),
            2,
        );
        for reminder in piece {
            query = query.bind(reminder.id).bind(serde_json::to_string(&reminder.facts)?);
        }
        query.execute().await?;
    }
    Ok(())
}

fn pieces_of(waiting: &[Waiting]) -> impl Iterator<Item = &[Waiting]> {
    waiting.chunks(CHUNK)
}

async fn rows(tx: &mut Tx, shape: &Shape, reminders: &[Waiting]) -> Result<(), Failure> {
    let mut query = tx.query_rows(
        sql!(
            "INSERT INTO reminder (id, centre_id, participant_id, recipient_kind, recipient_id, subject_kind, subject_id,
                 purpose, occasion, urgency, due_at, expires_at, state, ready_at, settled_at, created_at)
             VALUES {rows}"
        ),
        reminders.len(),
        16,
    );
    for reminder in reminders {
        let (meeting, waits) = (&reminder.meeting, reminder.due_at > shape.now);
        let participant = shape.id(Kind::Participant, meeting.participant);
        let (kind, recipient) = match reminder.purpose {
            ReminderPurpose::AppointmentUnconfirmed => {
                (PersonKind::Staff, shape.id(Kind::Mentor, meeting.mentor))
            }
            _ => (PersonKind::Participant, participant),
        };
        query = query
            .bind(reminder.id)
            .bind(shape.id(Kind::Centre, shape.centre_of(meeting.mentor)))
            .bind(participant)
            .bind(kind)
            .bind(recipient)
            .bind(SubjectKind::Appointment)
            .bind(reminder.facts.subject_id)
            .bind(reminder.purpose)
            .bind(format!("{}[{}]", reminder.facts.local_start, reminder.facts.zone))
            .bind(Urgency::Normal)
            .bind(reminder.due_at)
            .bind(meeting.starts_at)
            .bind(if waits { ReminderState::Planned } else { ReminderState::Sent })
            .bind(waits.then_some(reminder.due_at))
            .bind((!waits).then_some(reminder.due_at))
            .bind(meeting.created_at);
    }
    query.execute().await?;
    Ok(())
}
