//! The people of a measurement: each with a session, a device of their own and one reminder that is due.

use std::fmt::Write;

use chrono::TimeDelta;
use contract::time::{Clock, Instant, LocalDateTime, SystemClock, ZoneName};
use contract::{
    AppointmentState, CentreId, ChannelKind, DeviceId, DeviceState, IdSource, Language, ParticipantId,
    PersonKind, PlaceKind, ReminderId, ReminderPurpose, ReminderState, SessionId, SubjectKind, SystemIds,
    TimeOrigin, Urgency,
};
use db::{Db, Tx, sql};
use notifications::channel::web_push::keys::{ReceiverKeys, SubscriptionKeys};
use notifications::plan::ReminderFacts;
use notifications::subjects::{SubjectFacts, appointment::TextFacts};
use uuid::Uuid;

use crate::Failure;
use crate::arguments::Channel;

/// People written in one transaction.
const CHUNK: usize = 1_000;
/// Appointments fall on this many different hours: a centre's day.
const HOURS: usize = 8;

struct Person {
    id: ParticipantId,
    session: SessionId,
    number: usize,
}

/// Who is to be written down.
pub struct Crowd<'a> {
    /// How all of them are reached.
    pub channel: Channel,
    /// How many they are.
    pub count: usize,
    /// The base URL of the receiver that stands for their push service.
    pub sink: &'a str,
}

/// The people who were written down.
pub struct Settled {
    centre: CentreId,
    people: Vec<Person>,
}

/// Writes everything down: everybody has a reminder that is due.
pub async fn settle(db: &Db, crowd: &Crowd<'_>) -> Result<Settled, Failure> {
    let settled = arrive(db, crowd).await?;
    let due_at = SystemClock.now().saturating_sub(TimeDelta::minutes(1));
    settled.remind(db, crowd.count, due_at).await?;
    // A server looks at tables that grew, within a minute; a measurement does not wait for it.
    let mut tx = db.write().await?;
    tx.query(sql!(lite "SELECT 1", pg "ANALYZE")).execute().await?;
    tx.commit().await?;
    Ok(settled)
}

/// Writes the people down, without a reminder.
pub async fn arrive(db: &Db, crowd: &Crowd<'_>) -> Result<Settled, Failure> {
    let now = SystemClock.now();
    let centre = CentreId::new(&SystemIds);
    let mut tx = db.write().await?;
    tx.query(sql!(
        "INSERT INTO centre (id, name, zone, calendar, version, created_at) VALUES ($1, 'Measured', $2, '{}', 1, $3)"
    ))
    .bind(centre)
    .bind(ZoneName::CASABLANCA)
    .bind(now)
    .execute()
    .await?;
    tx.commit().await?;
    let people: Vec<Person> = (0..crowd.count)
        .map(|number| Person {
            id: ParticipantId::new(&SystemIds),
            session: SessionId::new(&SystemIds),
            number,
        })
        .collect();
    for people in people.chunks(CHUNK) {
        let mut tx = db.write().await?;
        participants(&mut tx, people, centre, now).await?;
        sessions(&mut tx, people, now).await?;
        devices(&mut tx, people, crowd, now).await?;
        tx.commit().await?;
    }
    Ok(Settled { centre, people })
}

impl Settled {
    /// Plans so many reminders that are due then, for one after the other.
    pub async fn remind(&self, db: &Db, count: usize, due_at: Instant) -> Result<(), Failure> {
        let mut left = count;
        for people in self.people.chunks(CHUNK).cycle() {
            let people = people.get(..left.min(people.len())).unwrap_or(people);
            let mut tx = db.write().await?;
            reminders(&mut tx, people, self.centre, due_at).await?;
            tx.commit().await?;
            left -= people.len();
            if left == 0 {
                break;
            }
        }
        Ok(())
    }

    /// Plans one that is due now, for the person with this number.
    pub async fn remind_one(&self, db: &Db, number: usize) -> Result<(), Failure> {
        let person = self.people.get(number..=number).ok_or("nobody has this number")?;
        let mut tx = db.write().await?;
        reminders(&mut tx, person, self.centre, SystemClock.now()).await?;
        Ok(tx.commit().await?)
    }
}

async fn participants(tx: &mut Tx, people: &[Person], centre: CentreId, now: Instant) -> Result<(), Failure> {
    let mut query = tx.query_rows(
        sql!(
            "INSERT INTO participant
                 (id, centre_id, language, zone, data_key, name_sealed, push_wanted, active, version, created_at)
             VALUES {rows}"
        ),
        people.len(),
        10,
    );
    for person in people {
        let language = Language::ALL.iter().cycle().nth(person.number).copied().unwrap_or(Language::Arabic);
        query = query
            .bind(person.id)
            .bind(centre)
            .bind(language)
            .bind(ZoneName::CASABLANCA)
            .bind(vec![0_u8; 60])
            .bind(vec![0_u8; 60])
            .bind(true)
            .bind(true)
            .bind(1_i64)
            .bind(now);
    }
    query.execute().await?;
    Ok(())
}

async fn sessions(tx: &mut Tx, people: &[Person], now: Instant) -> Result<(), Failure> {
    let mut query = tx.query_rows(
        sql!(
            "INSERT INTO session
                 (id, person_kind, participant_id, label, generation, rotated_at, created_at, expires_at)
             VALUES {rows}"
        ),
        people.len(),
        8,
    );
    for person in people {
        query = query
            .bind(person.session)
            .bind(PersonKind::Participant)
            .bind(person.id)
            .bind("Phone")
            .bind(1_i64)
            .bind(now)
            .bind(now)
            .bind(Instant::MAX);
    }
    query.execute().await?;
    Ok(())
}

async fn devices(tx: &mut Tx, people: &[Person], crowd: &Crowd<'_>, now: Instant) -> Result<(), Failure> {
    let mut query = tx.query_rows(
        sql!(
            "INSERT INTO device (id, session_id, person_kind, person_id, channel, endpoint, agreement_key,
                 authentication_secret, fcm_token, state, created_at, refreshed_at, version)
             VALUES {rows}"
        ),
        people.len(),
        13,
    );
    for person in people {
        let id = DeviceId::new(&SystemIds);
        query = query.bind(id).bind(person.session).bind(PersonKind::Participant).bind(person.id);
        query = match crowd.channel {
            Channel::WebPush => {
                let receiver = ReceiverKeys::generate()?;
                let keys = SubscriptionKeys::parse(&receiver.p256dh(), &receiver.auth_base64url())?;
                // As long as the endpoints of real push services are.
                let endpoint = format!("{}/push/{}", crowd.sink, unguessable(150));
                query
                    .bind(ChannelKind::WebPush)
                    .bind(Some(endpoint))
                    .bind(Some(keys.point().to_vec()))
                    .bind(Some(keys.auth().to_vec()))
                    .bind(None::<String>)
            }
            Channel::Fcm => query
                .bind(ChannelKind::Fcm)
                .bind(None::<String>)
                .bind(None::<Vec<u8>>)
                .bind(None::<Vec<u8>>)
                .bind(Some(unguessable(160))),
        };
        query = query.bind(DeviceState::Active).bind(now).bind(now).bind(1_i64);
    }
    query.execute().await?;
    Ok(())
}

async fn reminders(tx: &mut Tx, people: &[Person], centre: CentreId, due_at: Instant) -> Result<(), Failure> {
    let now = SystemClock.now();
    let expires_at = due_at.saturating_add(TimeDelta::days(1));
    let mut query = tx.query_rows(
        sql!(
            "INSERT INTO reminder (id, centre_id, participant_id, recipient_kind, recipient_id, subject_kind, subject_id,
                 purpose, occasion, urgency, due_at, expires_at, state, ready_at, created_at)
             VALUES {rows}"
        ),
        people.len(),
        15,
    );
    let mut written = Vec::with_capacity(people.len());
    for person in people {
        let (id, subject_id) = (ReminderId::new(&SystemIds), SystemIds.next());
        let facts = facts(subject_id, person.number, expires_at)?;
        written.push((id, serde_json::to_string(&facts)?));
        query = query
            .bind(id)
            .bind(centre)
            .bind(person.id)
            .bind(PersonKind::Participant)
            .bind(person.id.0)
            .bind(SubjectKind::Appointment)
            .bind(subject_id)
            .bind(ReminderPurpose::AppointmentTomorrow)
            .bind(format!("{}[{}]", facts.local_start, facts.zone))
            .bind(Urgency::Normal)
            .bind(due_at)
            .bind(expires_at)
            .bind(ReminderState::Planned)
            .bind(due_at)
            .bind(now);
    }
    query.execute().await?;
    let mut query = tx.query_rows(
        sql!("INSERT INTO reminder_facts (reminder_id, facts) VALUES {rows}"),
        written.len(),
        2,
    );
    for (id, facts) in written {
        query = query.bind(id).bind(facts);
    }
    query.execute().await?;
    Ok(())
}

fn facts(subject_id: Uuid, number: usize, day: Instant) -> Result<ReminderFacts, Failure> {
    let hour = u32::try_from(9 + number % HOURS)?;
    let local_start = day
        .to_chrono()
        .date_naive()
        .and_hms_opt(hour, 0, 0)
        .and_then(LocalDateTime::from_chrono)
        .ok_or("no such hour")?;
    Ok(ReminderFacts {
        purpose: ReminderPurpose::AppointmentTomorrow,
        subject_id,
        local_start,
        zone: ZoneName::CASABLANCA,
        about: SubjectFacts::Appointment(TextFacts {
            state: AppointmentState::Scheduled,
            time_origin: TimeOrigin::Set,
            place_kind: PlaceKind::Address,
        }),
    })
}

/// Text of this many characters that is not the same twice.
fn unguessable(length: usize) -> String {
    let mut text = String::with_capacity(length + 32);
    while text.len() < length {
        // Writing to a String cannot fail.
        let _ = write!(text, "{}", SystemIds.next().simple());
    }
    text.truncate(length);
    text
}
