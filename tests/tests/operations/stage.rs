//! Two centres with their people, and requests that are right for what is made around them. How a thing is made, the feature that has it
//! registers.

use super::{Ids, Operation, Prepared};
use crate::registry::{Asked, Subject, each, fill};
use care::push::{FcmAccess, PushSettings};
use contract::time::Clock;
use db::sql;
use muwakaba_tests::{Database, TestApp, fcm_double::FcmDouble, world::SignedIn};
use notifications::channel::fcm::FcmSettings;
use serde_json::json;
use std::sync::atomic::{AtomicU32, Ordering};
use uuid::Uuid;

/// The password of every staff member here.
pub const PASSWORD: &str = "seven herons at the lagoon";

/// The running service with its people.
pub struct Stage {
    /// The service.
    pub app: TestApp,
    /// The participant of the mentor and counsellor.
    pub own: Ids,
    /// Another participant of the same centre, of another mentor.
    pub centre: Ids,
    /// A participant of another centre.
    pub elsewhere: Ids,
    /// Who accompanies a participant only so that it can be ended.
    outsiders: [Uuid; 2],
    pub(super) password_hash: String,
    serial: AtomicU32,
    /// Until its end nobody reaches Firebase.
    _fcm: FcmDouble,
}

impl Stage {
    /// Sets it: a service with every channel, since an operation of a channel that is not set up is refused to everybody.
    pub async fn set(database: Database) -> Self {
        let clock = contract::time::SystemClock;
        let fcm =
            FcmDouble::start(std::sync::Arc::new(move || clock.now().to_chrono())).await.expect("a double");
        let directory = tempfile::TempDir::new().expect("a directory");
        let service_account = directory.path().join("service-account.json");
        fcm.write_service_account(&service_account).expect("a key file");
        let settings = FcmSettings { base_url: fcm.base_url(), ..FcmSettings::default() };
        let fcm_access = Some(FcmAccess { service_account, settings });
        let push = PushSettings { allow_loopback: true, fcm: fcm_access, ..PushSettings::default() };
        let app = TestApp::start_with(database, push).await;
        let world = app.world.clone();
        let ids = |participant: &SignedIn, companion: &SignedIn, centre: Uuid| {
            Ids {
                participant: participant.id,
                companion: companion.id,
                centre,
                next_centre: if centre == world.centre.0 { world.other_centre.0 } else { world.centre.0 },
                ..Ids::absent()
            }
            .with("session_id", participant.session.0)
        };
        let services = &app.app;
        let password_hash =
            services.sign_in.passwords.hash(PASSWORD.as_bytes(), &*services.random).await.expect("a hash");
        let mut stage = Self {
            own: ids(&world.participant, &world.mentor, world.centre.0),
            centre: ids(&world.other_participant, &world.other_mentor, world.centre.0),
            elsewhere: ids(&world.foreign_participant, &world.foreign_mentor, world.other_centre.0),
            outsiders: [world.foreign_mentor.id, Uuid::now_v7()],
            app,
            password_hash,
            serial: AtomicU32::new(1),
            _fcm: fcm,
        };
        stage.reset().await;
        stage.own.spare = stage.mentor(world.centre.0).await;
        stage.centre.spare = stage.own.spare;
        stage.elsewhere.spare = stage.mentor(world.other_centre.0).await;
        stage.outsiders[1] = stage.own.spare;
        stage
    }

    /// A number that was not given out before.
    pub fn serial(&self) -> u32 {
        self.serial.fetch_add(1, Ordering::Relaxed)
    }

    async fn mentor(&self, centre: Uuid) -> Uuid {
        let email = format!("spare-{}@example.org", self.serial());
        let body =
            json!({"name": "Spare", "email": email, "role": "mentor", "language": "fr", "centre_id": centre});
        let added = self.app.post("/v1/staff").by(&self.app.world.administrator).json(body).expect(201).await;
        added.string("/staff_id").parse().expect("an id")
    }

    /// Puts everything around this target into the state that the operation needs.
    pub async fn ready(&self, operation: &Operation, target: Ids) -> Ids {
        let mut ids = target;
        for subject in each(|feature| feature.subjects) {
            if subject.is_needed_by(operation) {
                ids = (subject.make)(self, operation, ids).await;
            }
        }
        for state in each(|feature| feature.states).filter(|state| state.operation == operation.id) {
            ids = (state.make)(self, operation, ids).await;
        }
        ids
    }

    /// The participant of this target, on a device of their own.
    pub async fn participant_of(&self, target: &Ids) -> SignedIn {
        let world = &self.app.world;
        let all = [&world.participant, &world.other_participant, &world.foreign_participant];
        let person = all.into_iter().find(|person| person.id == target.participant).expect("a participant");
        person.on_another_device(&self.app.app).await
    }

    /// The manager of their centre.
    pub async fn manager_of(&self, target: &Ids) -> SignedIn {
        let world = &self.app.world;
        let manager = if target.centre == world.centre.0 { &world.manager } else { &world.other_manager };
        manager.on_another_device(&self.app.app).await
    }

    /// Who accompanies them.
    pub async fn companion_of(&self, target: &Ids) -> SignedIn {
        let world = &self.app.world;
        let all = [&world.mentor, &world.other_mentor, &world.foreign_mentor];
        let companion = all.into_iter().find(|person| person.id == target.companion).expect("a companion");
        companion.on_another_device(&self.app.app).await
    }

    /// Who can accompany them so that it can be ended, and is no caller of the tests from whom that would take something.
    pub fn outsider_to(&self, target: &Ids) -> Uuid {
        self.outsiders[usize::from(target.centre != self.own.centre)]
    }

    /// The participant, enrolled on a new phone.
    pub async fn on_a_phone_of(&self, participant: Uuid) -> SignedIn {
        let path = format!("/v1/participants/{participant}/enrolment-codes");
        let code = self
            .app
            .post(&path)
            .by(&self.app.world.manager.on_another_device(&self.app.app).await)
            .expect(201)
            .await;
        let enrolled = crate::sign_in::enrol(
            &self.app,
            &crate::sign_in::Device::new(),
            json!({"code": code.string("/code")}),
        )
        .await;
        crate::sign_in::signed_in(&enrolled)
    }

    /// The operation's request about this target.
    pub async fn request(
        &self,
        operation: &Operation,
        target: &Ids,
        caller: Option<&SignedIn>,
        serial: u32,
    ) -> Prepared {
        let mut path = operation.path.clone();
        for parameter in operation.parameters("path") {
            let name = parameter["name"].as_str().expect("a name");
            path = path.replace(&format!("{{{name}}}"), &target.of(name).to_string());
        }
        if operation.is_list()
            && operation.parameters("query").iter().any(|parameter| parameter["name"] == "limit")
        {
            path.push_str("?limit=200");
        }
        if operation.id == "readAuditLog" {
            path.push_str(&format!("&participant_id={}", target.participant));
        }
        let body = fill(operation, &Asked { ids: target, serial }, self, caller).await;
        let version = if operation.has_header("If-Match") {
            self.version(operation, target, caller).await
        } else {
            None
        };
        Prepared { method: operation.method.clone(), path, body, version }
    }

    async fn version(&self, operation: &Operation, target: &Ids, caller: Option<&SignedIn>) -> Option<i64> {
        let mut tx = self.app.app.db.read().await.expect("a transaction");
        let caller = caller.map_or_else(Uuid::nil, |caller| caller.id);
        let of_feature = |subject: &Subject| {
            let version = subject.version.filter(|_| subject.is_needed_by(operation))?;
            Some((version, target.of(subject.name)))
        };
        let (statement, id) = if let Some(found) = each(|feature| feature.subjects).find_map(of_feature) {
            found
        } else if operation.is_about("participant_id") {
            (sql!("SELECT version FROM participant WHERE id = $1"), target.participant)
        } else if operation.is_about("staff_id") {
            (sql!("SELECT version FROM staff WHERE id = $1"), target.companion)
        } else if operation.is_about("centre_id") {
            (sql!("SELECT version FROM centre WHERE id = $1"), target.centre)
        } else {
            let own = sql!(
                "SELECT version FROM staff WHERE id = $1 UNION SELECT version FROM participant WHERE id = $1"
            );
            (own, caller)
        };
        let version = tx.query(statement).bind(id).optional_scalar().await.expect("a version");
        Some(version.unwrap_or(1))
    }

    /// The id by which a list's answer shows that the target is in it.
    pub fn listed_as(operation: &Operation, target: &Ids) -> Uuid {
        let (_, name) =
            each(|feature| feature.lists).find(|(list, _)| *list == operation.id).unwrap_or_else(|| {
                panic!(
                    "{}: register beside its tests, in `lists`, by which id its items are known",
                    operation.id
                )
            });
        target.of(name)
    }

    /// The target as it is for this caller, of whose own an operation can be about.
    pub async fn seen_by(&self, operation: &Operation, target: &Ids, caller: Option<&SignedIn>) -> Ids {
        let mut ids = target.clone();
        let Some(caller) = caller else { return ids };
        for subject in each(|feature| feature.subjects).filter(|subject| subject.is_needed_by(operation)) {
            if let Some(make) = subject.of_caller {
                ids = make(self, operation, ids, caller).await;
            }
        }
        ids
    }
}
