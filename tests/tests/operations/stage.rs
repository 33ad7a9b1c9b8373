//! Two centres with everything that an operation can be about, and requests that are right for it.

use super::{
    Operation, Prepared,
    bodies::{PASSWORD, body},
};
use care::push::{FcmAccess, PushSettings};
use contract::{CentreId, SessionId, time::Clock};
use db::sql;
use kernel::agenda::{self, Kind};
use muwakaba::background::reconciler;
use muwakaba_tests::{Database, TestApp, fcm_double::FcmDouble, world::SignedIn};
use notifications::channel::fcm::FcmSettings;
use serde_json::json;
use std::sync::atomic::{AtomicU32, Ordering};
use uuid::Uuid;

/// What an operation can be about, around one participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ids {
    /// The participant.
    pub participant: Uuid,
    /// Who accompanies them.
    pub companion: Uuid,
    /// Their centre.
    pub centre: Uuid,
    /// A centre to which they can move.
    pub next_centre: Uuid,
    /// A mentor of the centre who does not accompany them.
    pub spare: Uuid,
    /// Their appointment, in the state that the operation needs.
    pub appointment: Uuid,
    /// A time that is offered for it, where the operation needs one.
    pub slot: Uuid,
    /// An assignment of theirs.
    pub assignment: Uuid,
    /// A session.
    pub session: Uuid,
    /// A device of theirs.
    pub device: Uuid,
    /// What they were told about their appointment.
    pub reminder: Uuid,
    /// An emergency access of their centre's manager to their notes.
    pub emergency_access: Uuid,
}

impl Ids {
    /// Ids that nothing has.
    pub fn absent() -> Self {
        let [
            participant,
            companion,
            centre,
            next_centre,
            spare,
            appointment,
            slot,
            assignment,
            session,
            device,
            reminder,
            emergency_access,
        ] = std::array::from_fn(|_| Uuid::now_v7());
        Self {
            participant,
            companion,
            centre,
            next_centre,
            spare,
            appointment,
            slot,
            assignment,
            session,
            device,
            reminder,
            emergency_access,
        }
    }

    fn of_placeholder(&self, name: &str) -> Option<Uuid> {
        Some(match name {
            "participant_id" => self.participant,
            "staff_id" => self.companion,
            "centre_id" => self.centre,
            "appointment_id" => self.appointment,
            "assignment_id" => self.assignment,
            "session_id" => self.session,
            "device_id" => self.device,
            "reminder_id" => self.reminder,
            "emergency_access_id" => self.emergency_access,
            _ => return None,
        })
    }
}

/// The running service with its people, and what is needed to put its things into the state that a request needs.
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
        let ids = |participant: &SignedIn, companion: &SignedIn, centre: Uuid| Ids {
            participant: participant.id,
            companion: companion.id,
            centre,
            next_centre: if centre == world.centre.0 { world.other_centre.0 } else { world.centre.0 },
            session: participant.session.0,
            ..Ids::absent()
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
        let is_told = operation.path.contains("/notifications");
        if operation.needs_appointment() {
            ids.appointment = self.appointment(target).await;
        }
        if operation.path.contains("{assignment_id}") {
            ids.assignment = self.assignment(target).await;
        }
        if operation.path.starts_with("/v1/emergency-access") {
            ids.emergency_access = self.emergency_access(target).await;
        }
        if is_told {
            ids.reminder = self.told_about(ids.appointment).await;
        }
        if operation.path.contains("/me/sessions") {
            ids.session = self.participant_of(target).await.session.0;
        }
        let is_somebody_elses = target.participant != self.own.participant;
        if is_somebody_elses && (operation.path.contains("{device_id}") || operation.id == "listDevices") {
            let person = self.participant_of(target).await;
            ids.device = self.device_of(operation, &person).await;
        }
        match operation.id.as_str() {
            "chooseAppointmentTime" => (ids.appointment, ids.slot) = self.proposal(target).await,
            "recordAppointmentOutcome" => self.begin_appointment(ids.appointment).await,
            "correctAppointmentOutcome" => {
                self.begin_appointment(ids.appointment).await;
                let path = format!("/v1/appointments/{}/record-outcome", ids.appointment);
                let manager = self.manager_of(target).await;
                let outcome = json!({"outcome": "no_show"});
                self.app.post(&path).by(&manager).if_match(1).json(outcome).expect(200).await;
            }
            // Everybody who may do something has done something about the target.
            "readAuditLog" => {
                let (path, companion) =
                    (format!("/v1/participants/{}", target.participant), self.companion_of(target).await);
                self.app.get(&path).by(&companion).expect(200).await;
            }
            _ => {}
        }
        ids
    }

    /// What the participant was told first about their appointment.
    async fn told_about(&self, appointment: Uuid) -> Uuid {
        let mut tx = self.app.app.db.read().await.expect("a transaction");
        tx.query(sql!("SELECT id FROM reminder WHERE subject_id = $1 AND recipient_kind = 'participant' AND due_at <= $2"))
            .bind(appointment)
            .bind(self.app.now())
            .scalar()
            .await
            .expect("a reminder")
    }

    /// One that is running, of the manager of the participant's centre.
    async fn emergency_access(&self, target: Ids) -> Uuid {
        self.reset().await;
        let path = format!("/v1/participants/{}/emergency-access", target.participant);
        let body = body("openEmergencyAccess", &target, 0, "").expect("a body");
        let manager = self.manager_of(target).await;
        let opened = self.app.post(&path).by(&manager).json(body).expect(201).await;
        opened.string("/id").parse().expect("an id")
    }

    /// A device of this person, newly registered.
    async fn device_of(&self, operation: &Operation, person: &SignedIn) -> Uuid {
        let (path, register) = if operation.path.ends_with("/fcm") {
            ("/v1/devices/fcm", "registerFcmDevice")
        } else {
            ("/v1/devices/web-push", "registerWebPushDevice")
        };
        let body = body(register, &self.own, self.serial(), "");
        let registered = self.app.post(path).by(person).json(body.expect("a body")).expect(201).await;
        registered.string("/id").parse().expect("an id")
    }

    async fn participant_of(&self, target: Ids) -> SignedIn {
        let world = &self.app.world;
        let all = [&world.participant, &world.other_participant, &world.foreign_participant];
        let person = all.into_iter().find(|person| person.id == target.participant).expect("a participant");
        person.on_another_device(&self.app.app).await
    }

    async fn manager_of(&self, target: Ids) -> SignedIn {
        let world = &self.app.world;
        let manager = if target.centre == world.centre.0 { &world.manager } else { &world.other_manager };
        manager.on_another_device(&self.app.app).await
    }

    async fn companion_of(&self, target: Ids) -> SignedIn {
        let world = &self.app.world;
        let all = [&world.mentor, &world.other_mentor, &world.foreign_mentor];
        let companion = all.into_iter().find(|person| person.id == target.companion).expect("a companion");
        companion.on_another_device(&self.app.app).await
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

    async fn appointment(&self, target: Ids) -> Uuid {
        let start = chrono::NaiveDate::from_ymd_opt(2026, 12, 1)
            .expect("a day")
            .and_hms_opt(8, 0, 0)
            .expect("a time")
            + chrono::TimeDelta::hours(self.serial().into());
        let body = json!({
            "participant_id": target.participant,
            "host_id": target.companion,
            "kind": "social_counselling",
            "local_start": start.format("%Y-%m-%dT%H:%M:%S").to_string(),
            "duration_minutes": 10,
            "place": {"kind": "phone"},
        });
        let manager = self.manager_of(target).await;
        let made = self.app.post("/v1/appointments").by(&manager).json(body).expect(201).await;
        made.string("/id").parse().expect("an id")
    }

    /// An appointment with times to choose from, and the first of them.
    async fn proposal(&self, target: Ids) -> (Uuid, Uuid) {
        let hour = self.serial();
        let day = format!("2028-{:02}-{:02}", 7 + hour / 600, 1 + hour / 24 % 25);
        let body = json!({
            "participant_id": target.participant,
            "host_id": target.companion,
            "kind": "social_counselling",
            "slots": [
                {"local_start": format!("{day}T{:02}:20:00", hour % 24)},
                {"local_start": format!("{day}T{:02}:40:00", hour % 24)},
            ],
            "duration_minutes": 10,
            "place": {"kind": "phone"},
        });
        let manager = self.manager_of(target).await;
        let made = self.app.post("/v1/proposals").by(&manager).json(body).expect(201).await;
        let id = |pointer: &str| made.string(pointer).parse().expect("an id");
        (id("/id"), id("/slots/0/id"))
    }

    /// Puts it into the past, with the plan that goes with it.
    async fn begin_appointment(&self, id: Uuid) {
        let start = self.app.now().saturating_add(-chrono::TimeDelta::minutes((self.serial() * 10).into()));
        let mut tx = self.app.app.db.write().await.expect("a transaction");
        tx.query(sql!("UPDATE appointment SET starts_at = $1, ends_at = $2 WHERE id = $3"))
            .bind(start)
            .bind(start.saturating_add(chrono::TimeDelta::minutes(5)))
            .bind(id)
            .execute()
            .await
            .expect("an appointment");
        agenda::note(&mut tx, Kind::new("appointment"), CentreId(self.own.centre), &[id], self.app.now())
            .await
            .expect("noted");
        tx.commit().await.expect("it has begun");
        reconciler::run(&self.app.app).await.expect("a plan");
    }

    /// Of somebody who is no caller of the tests, so that ending it takes nothing from them.
    async fn assignment(&self, target: Ids) -> Uuid {
        let outsider = self.outsiders[usize::from(target.centre != self.own.centre)];
        let id = Uuid::now_v7();
        let mut tx = self.app.app.db.write().await.expect("a transaction");
        tx.query(sql!("UPDATE assignment SET ended_at = started_at, ended_by = started_by WHERE staff_id = $1 AND participant_id = $2 AND ended_at IS NULL"))
            .bind(outsider)
            .bind(target.participant)
            .execute()
            .await
            .expect("the former one");
        tx.query(sql!(
            "INSERT INTO assignment (id, participant_id, staff_id, started_at, started_by, version) VALUES ($1, $2, $3, $4, $3, 1)"
        ))
        .bind(id)
        .bind(target.participant)
        .bind(outsider)
        .bind(self.app.now())
        .execute()
        .await
        .expect("an assignment");
        tx.commit().await.expect("an assignment");
        id
    }

    /// The operation's request about this target.
    pub async fn request(
        &self,
        operation: &Operation,
        target: Ids,
        caller: Option<&SignedIn>,
        serial: u32,
    ) -> Prepared {
        let mut path = operation.path.clone();
        for parameter in operation.parameters("path") {
            let name = parameter["name"].as_str().expect("a name");
            let id = target.of_placeholder(name);
            let id = id
                .unwrap_or_else(|| panic!("{}: say in operations/stage.rs what {{{name}}} is", operation.id));
            path = path.replace(&format!("{{{name}}}"), &id.to_string());
        }
        if operation.is_list()
            && operation.parameters("query").iter().any(|parameter| parameter["name"] == "limit")
        {
            path.push_str("?limit=200");
        }
        if operation.id == "readAuditLog" {
            path.push_str(&format!("&participant_id={}", target.participant));
        }
        let code = match caller {
            Some(caller) if operation.id == "confirmAuthenticator" => self.authenticator_code(caller).await,
            _ => "000000".to_owned(),
        };
        let body = body(&operation.id, &target, serial, &code);
        assert_eq!(
            body.is_some(),
            operation.takes_body(),
            "{}: write its body in operations/bodies.rs",
            operation.id
        );
        let version = if operation.has_header("If-Match") {
            self.version(operation, target, caller).await
        } else {
            None
        };
        Prepared { method: operation.method.clone(), path, body, version }
    }

    /// What the caller's new authenticator app shows, if they may have one.
    async fn authenticator_code(&self, caller: &SignedIn) -> String {
        let asked = json!({"current_password": PASSWORD});
        let begun = self.app.post("/v1/me/authenticator").by(caller).json(asked).send().await;
        if begun.status != 200 {
            return "000000".to_owned();
        }
        let url = begun.string("/uri");
        let app = totp_rs::Totp::from_url(&url).expect("an authenticator's address");
        app.generate(u64::try_from(self.app.now().as_seconds()).expect("a time")).to_string()
    }

    async fn version(&self, operation: &Operation, target: Ids, caller: Option<&SignedIn>) -> Option<i64> {
        let mut tx = self.app.app.db.read().await.expect("a transaction");
        let caller = caller.map_or_else(Uuid::nil, |caller| caller.id);
        let path = &operation.path;
        let (statement, id) = if path.contains("{appointment_id}") {
            (sql!("SELECT version FROM appointment WHERE id = $1"), target.appointment)
        } else if path.contains("{participant_id}") {
            (sql!("SELECT version FROM participant WHERE id = $1"), target.participant)
        } else if path.contains("{staff_id}") {
            (sql!("SELECT version FROM staff WHERE id = $1"), target.companion)
        } else if path.contains("{centre_id}") {
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
    pub fn listed_as(operation: &Operation, target: Ids) -> Uuid {
        match operation.id.as_str() {
            "listAppointments" | "listNotifications" => target.appointment,
            "listDevices" => target.device,
            "listEmergencyAccesses" => target.emergency_access,
            "listParticipants" | "readAuditLog" => target.participant,
            "listStaffMembers" => target.companion,
            "listCentres" => target.centre,
            "listMySessions" => target.session,
            other => panic!("{other}: say in operations/stage.rs by which id its items are known"),
        }
    }

    /// The target as it is for this caller, whose own are a session and a device of theirs.
    pub async fn seen_by(&self, operation: &Operation, mut ids: Ids, caller: Option<&SignedIn>) -> Ids {
        if let Some(caller) = caller {
            let SessionId(session) = caller.session;
            ids.session = session;
            if operation.path.contains("{device_id}") || operation.id == "listDevices" {
                ids.device = self.device_of(operation, caller).await;
            }
        }
        ids
    }
}
