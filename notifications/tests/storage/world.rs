//! A database with a centre, people, devices and reminders, and a clock that stands still.

use std::sync::Arc;

use chrono::TimeDelta;
use contract::time::{Clock, Instant, LocalDateTime, ManualClock, ZoneName, Zones};
use contract::{
    AppointmentState, CentreId, DeliveryState, DeviceId, DeviceState, IdSource, Language, ParticipantId,
    PersonKind, PlaceKind, ReminderId, ReminderPurpose, ReminderState, SessionId, Subject, SubjectKind,
    SystemIds, TimeOrigin, Urgency,
};
use db::{Db, sql};
use notifications::action_token::ActionKey;
use notifications::channel::web_push::TopicKey;
use notifications::device::{self, Owner};
use notifications::dispatcher::{
    Courier, Dispatcher, DispatcherSettings, NotificationKeys, Surroundings, TellFeed,
};
use notifications::jitter::Jitter;
use notifications::outbox::{self, Address, Lease};
use notifications::plan::{Delivery, Diff, PlannedReminder, Recipient, ReminderFacts, ReminderKey};
use notifications::subjects::{SubjectFacts, appointment::TextFacts};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::time::Duration;
use tempfile::TempDir;
use uuid::Uuid;

pub struct World {
    pub db: Db,
    pub clock: ManualClock,
    pub centre: CentreId,
    directory: Option<TempDir>,
    server: Option<(String, String)>,
}

/// Always half of what it could be.
pub struct Half;

impl Jitter for Half {
    fn up_to(&self, limit: Duration) -> Duration {
        limit / 2
    }
}

pub fn minutes(many: i64) -> TimeDelta {
    TimeDelta::minutes(many)
}

pub fn seconds(many: i64) -> TimeDelta {
    TimeDelta::seconds(many)
}

impl World {
    pub async fn sqlite() -> Self {
        let directory = TempDir::new().unwrap();
        let url = format!("sqlite:{}", directory.path().join("test.db").display());
        Self::open(&url, Some(directory), None).await
    }

    pub async fn postgres() -> Option<Self> {
        let Ok(server) = std::env::var("MUWAKABA_TEST_POSTGRES") else {
            let required =
                ["CI", "CI_REQUIRES_ORACLE"].into_iter().any(|name| std::env::var_os(name).is_some());
            assert!(!required, "MUWAKABA_TEST_POSTGRES is not set: a run without PostgreSQL proves half");
            return None;
        };
        let name = format!("notifications_{}", SystemIds.next().simple());
        let mut connection = PgConnection::connect(&server).await.unwrap();
        connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        let scheme = server.find("://").unwrap() + 3;
        let host = server[scheme..].find('/').map_or(server.len(), |at| scheme + at);
        let url = format!("{}/{name}", &server[..host]);
        Some(Self::open(&url, None, Some((server, name))).await)
    }

    async fn open(url: &str, directory: Option<TempDir>, server: Option<(String, String)>) -> Self {
        let db = Db::open(url).await.unwrap();
        db.migrate().await.unwrap();
        let clock = ManualClock::new("2026-11-23T10:00:00Z".parse().unwrap());
        let centre = CentreId::new(&SystemIds);
        let mut tx = db.write().await.unwrap();
        tx.query(sql!(
            "INSERT INTO centre (id, name, zone, calendar, version, created_at)
             VALUES ($1, 'A centre', 'Africa/Casablanca', '{}', 1, $2)"
        ))
        .bind(centre)
        .bind(clock.now())
        .execute()
        .await
        .unwrap();
        tx.commit().await.unwrap();
        Self { db, clock, centre, directory, server }
    }

    pub async fn remove(&self) {
        self.db.close().await;
        if let Some((server, name)) = &self.server {
            let mut connection = PgConnection::connect(server).await.unwrap();
            connection.execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await.unwrap();
        }
        debug_assert!(self.directory.is_none());
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// A participant; whether they want to be pushed to.
    pub async fn person(&self, push_wanted: bool) -> ParticipantId {
        let id = ParticipantId::new(&SystemIds);
        let mut tx = self.db.write().await.unwrap();
        tx.query(sql!(
            "INSERT INTO participant
                 (id, centre_id, language, zone, data_key, name_sealed, push_wanted, active, version, created_at)
             VALUES ($1, $2, $3, 'Africa/Casablanca', $4, $4, $5, TRUE, 1, $6)"
        ))
        .bind(id)
        .bind(self.centre)
        .bind(Language::French)
        .bind(vec![0_u8])
        .bind(push_wanted)
        .bind(self.now())
        .execute()
        .await
        .unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub async fn want_push(&self, person: ParticipantId, wanted: bool) {
        let mut tx = self.db.write().await.unwrap();
        tx.query(sql!("UPDATE participant SET push_wanted = $2 WHERE id = $1"))
            .bind(person)
            .bind(wanted)
            .execute()
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn session(&self, person: ParticipantId) -> Owner {
        let session_id = SessionId::new(&SystemIds);
        let mut tx = self.db.write().await.unwrap();
        tx.query(sql!(
            "INSERT INTO session (id, person_kind, participant_id, label, generation, rotated_at, created_at, expires_at)
             VALUES ($1, 'participant', $2, 'Phone', 1, $3, $3, $3)"
        ))
        .bind(session_id)
        .bind(person)
        .bind(self.now())
        .execute()
        .await
        .unwrap();
        tx.commit().await.unwrap();
        Owner { session_id, person_kind: PersonKind::Participant, person_id: person.0 }
    }

    /// Registers a device at the address that `name` stands for.
    pub async fn device(&self, person: ParticipantId, name: &str) -> DeviceId {
        let owner = self.session(person).await;
        let mut tx = self.db.write().await.unwrap();
        let id = device::register(&mut tx, owner, &address(name), self.now(), &SystemIds).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// A person with one device.
    pub async fn reachable(&self, name: &str) -> ParticipantId {
        let person = self.person(true).await;
        self.device(person, name).await;
        person
    }

    /// A reminder that is due now and useful for a day.
    pub async fn due(&self, person: ParticipantId) -> ReminderId {
        self.plan(person, self.now(), self.now().saturating_add(TimeDelta::days(1))).await
    }

    pub async fn plan(&self, person: ParticipantId, due_at: Instant, expires_at: Instant) -> ReminderId {
        let planned = self.planned(person, due_at, expires_at);
        let subject = planned.key.subject_id;
        let mut tx = self.db.write().await.unwrap();
        let diff = Diff { insert: vec![planned], ..Diff::default() };
        outbox::apply(&mut tx, &diff, self.now(), &SystemIds).await.unwrap();
        let id =
            outbox::existing(&mut tx, Subject { kind: SubjectKind::Appointment, id: subject }, self.now())
                .await
                .unwrap()
                .readable[0]
                .id;
        tx.commit().await.unwrap();
        id
    }

    pub fn planned(&self, person: ParticipantId, due_at: Instant, expires_at: Instant) -> PlannedReminder {
        let subject_id = SystemIds.next();
        let local_start: LocalDateTime = "2026-12-01T10:00:00".parse().unwrap();
        PlannedReminder {
            key: ReminderKey {
                recipient: Recipient { kind: PersonKind::Participant, id: person.0 },
                subject_kind: SubjectKind::Appointment,
                subject_id,
                purpose: ReminderPurpose::AppointmentTomorrow,
                occasion: "2026-12-01T10:00:00[Africa/Casablanca]".to_owned(),
            },
            centre_id: self.centre,
            participant_id: person,
            facts: ReminderFacts {
                purpose: ReminderPurpose::AppointmentTomorrow,
                subject_id,
                local_start,
                zone: ZoneName::CASABLANCA,
                about: SubjectFacts::Appointment(TextFacts {
                    state: AppointmentState::Scheduled,
                    time_origin: TimeOrigin::Set,
                    place_kind: PlaceKind::Address,
                }),
            },
            urgency: Urgency::Normal,
            delivery: Delivery::Push,
            due_at,
            expires_at,
        }
    }

    pub async fn supersede(&self, reminder: ReminderId) {
        let mut tx = self.db.write().await.unwrap();
        let diff = Diff { supersede: vec![reminder], ..Diff::default() };
        outbox::apply(&mut tx, &diff, self.now(), &SystemIds).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Claims as a dispatcher does, for two minutes.
    pub async fn claim(&self, limit: u32) -> outbox::Batch<outbox::Claimed> {
        let mut tx = self.db.write().await.unwrap();
        let batch = outbox::claim(&mut tx, self.lease(), limit).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = self.db.read().await.unwrap();
        let recipients = outbox::recipients(&mut tx, &batch.claimed).await.unwrap();
        let outbox::Batch { claimed, expired, failed, touched } = batch;
        outbox::Batch { claimed: recipients.address(claimed, self.lease()), expired, failed, touched }
    }

    pub async fn claim_waiting(&self) -> outbox::Batch<outbox::Claimed> {
        let mut tx = self.db.write().await.unwrap();
        let batch = outbox::claim_waiting(&mut tx, self.lease(), 100).await.unwrap();
        tx.commit().await.unwrap();
        batch
    }

    pub fn lease(&self) -> Lease {
        Lease::new(self.now(), minutes(2))
    }

    pub async fn settle(&self, batch: &[outbox::Attempted]) -> outbox::Settlement {
        let mut tx = self.db.write().await.unwrap();
        let settlement = outbox::settle(&mut tx, self.now(), batch).await.unwrap();
        tx.commit().await.unwrap();
        settlement
    }

    pub async fn reminder(&self, id: ReminderId) -> (ReminderState, Option<Instant>) {
        let mut tx = self.db.read().await.unwrap();
        tx.query(sql!("SELECT state, ready_at FROM reminder WHERE id = $1")).bind(id).one().await.unwrap()
    }

    pub async fn state(&self, id: ReminderId) -> ReminderState {
        self.reminder(id).await.0
    }

    pub async fn deliveries(&self, id: ReminderId) -> Vec<(DeliveryState, i64, Option<Instant>)> {
        let mut tx = self.db.read().await.unwrap();
        tx.query(sql!(
            "SELECT state, attempts, ready_at FROM delivery WHERE reminder_id = $1 ORDER BY device_id"
        ))
        .bind(id)
        .all()
        .await
        .unwrap()
    }

    pub async fn device_state(&self, id: DeviceId) -> DeviceState {
        let mut tx = self.db.read().await.unwrap();
        tx.query(sql!("SELECT state FROM device WHERE id = $1")).bind(id).scalar().await.unwrap()
    }

    /// A dispatcher with one lane for each of `lanes`.
    pub fn dispatcher<C: Courier>(&self, courier: C, lanes: usize) -> Arc<Dispatcher<C>> {
        let settings = DispatcherSettings { lanes, ..DispatcherSettings::default() };
        self.dispatcher_on(self.db.clone(), courier, settings)
    }

    pub fn dispatcher_on<C: Courier>(
        &self,
        db: Db,
        courier: C,
        settings: DispatcherSettings,
    ) -> Arc<Dispatcher<C>> {
        let surroundings = Surroundings {
            db,
            clock: Arc::new(self.clock.clone()),
            ids: Arc::new(SystemIds),
            jitter: Arc::new(Half),
            zones: Arc::new(Zones::built_in()),
            escalation: Arc::new(TellFeed),
        };
        let keys = NotificationKeys { topic: TopicKey::new(&[1; 32]), action: ActionKey::new(&[2; 32]) };
        Arc::new(Dispatcher::new(surroundings, keys, courier, settings))
    }
}

/// The address that a name stands for: FCM if it begins so, else Web Push.
pub fn address(name: &str) -> Address {
    if name.starts_with("fcm") {
        return Address::Fcm { token: name.to_owned() };
    }
    Address::WebPush {
        endpoint: format!("https://push.example/{name}"),
        agreement_key: vec![4; 65],
        authentication_secret: vec![5; 16],
    }
}

/// An id that no row has.
pub fn nobody() -> Uuid {
    SystemIds.next()
}
