//! Many people around those of the world: enough that reading all of anything costs more than finding a page of it.

mod past;

use chrono::TimeDelta;
use contract::{CentreId, EmergencyAccessId, ParticipantId, StaffId};
use db::{Tx, sql};
use kernel::protect::{
    privacy::{Email, Name, Note},
    seal::{DataKey, Field, Sealed},
};
use muwakaba_tests::{Database, TestApp, world::SignedIn};
use serde_json::json;
use uuid::Uuid;

const PARTICIPANTS: usize = 4_000;
const STAFF: usize = 1_200;
/// Whom the world's mentor accompanies besides.
const CASELOAD: usize = 40;
/// Rows of one statement.
const CHUNK: usize = 200;

/// A service with many people.
pub struct Stage {
    /// The service.
    pub app: TestApp,
    appointment: Uuid,
}

impl Stage {
    /// Fills this database.
    pub async fn set(database: Database) -> Self {
        let app = TestApp::start(database).await;
        let appointment = appointment(&app).await;
        let mut tx = app.app.db.write().await.expect("a transaction");
        let staff = staff(&app, &mut tx).await;
        let participants = participants(&app, &mut tx).await;
        assignments(&app, &mut tx, &participants, &staff).await;
        emergency_accesses(&app, &mut tx, &participants, &staff).await;
        past::appointments(&app, &mut tx).await;
        past::reminders(&mut tx).await;
        past::audit(&app, &mut tx).await;
        past::feed(&mut tx).await;
        past::seen(&mut tx).await;
        past::epochs(&app, &mut tx).await;
        past::sessions(&app, &mut tx).await;
        tx.query(sql!("ANALYZE")).execute().await.expect("statistics");
        tx.commit().await.expect("many people");
        Self { app, appointment }
    }

    /// Everybody whom lists look different to.
    pub fn callers(&self) -> [(&'static str, &SignedIn); 6] {
        let world = &self.app.world;
        [
            ("participant", &world.participant),
            ("mentor", &world.mentor),
            ("counsellor", &world.counsellor),
            ("manager", &world.manager),
            ("administrator", &world.administrator),
            ("observer", &world.observer),
        ]
    }

    /// What a filter or a part of a path is asked with: what few rows have, so that those who look for them one by one look long.
    pub fn value(&self, operation: &str, name: &str) -> String {
        let world = &self.app.world;
        match (operation, name) {
            (_, "participant_id") => world.participant.id.to_string(),
            (_, "appointment_id") => self.appointment.to_string(),
            (_, "host_id" | "assigned_to" | "actor_id") => world.mentor.id.to_string(),
            (_, "centre_id") => world.centre.to_string(),
            (_, "from") => self.app.now().saturating_sub(TimeDelta::days(60)).to_string(),
            (_, "to") => self.app.now().saturating_sub(TimeDelta::days(30)).to_string(),
            ("listAppointments", "state") => "change_requested".to_owned(),
            (_, "role") => "counsellor".to_owned(),
            (_, "active") => "false".to_owned(),
            (_, "q") => "person".to_owned(),
            _ => panic!("{operation}: say in plans/seed.rs what to ask `{name}` with"),
        }
    }
}

/// One of the world's participant, with its reminders.
async fn appointment(app: &TestApp) -> Uuid {
    let made = app
        .post("/v1/appointments")
        .by(&app.world.mentor)
        .json(json!({
            "participant_id": app.world.participant.id, "host_id": app.world.mentor.id, "kind": "social_counselling",
            "local_start": "2026-12-01T10:00:00", "duration_minutes": 45, "place": {"kind": "phone"},
        }))
        .expect(201)
        .await;
    let id = made.string("/id").parse().expect("an id");
    let note = json!({"visibility": "everyone", "body": "Bring the form"});
    app.post(&format!("/v1/appointments/{id}/notes")).by(&app.world.mentor).json(note).expect(201).await;
    id
}

/// Of every ten people, nine are of the world's centre.
fn centre_of(app: &TestApp, number: usize) -> CentreId {
    if number % 10 == 9 { app.world.other_centre } else { app.world.centre }
}

async fn staff(app: &TestApp, tx: &mut Tx) -> Vec<(StaffId, CentreId)> {
    let (random, mut all) = (&*app.app.random, Vec::new());
    for chunk in (0..STAFF).collect::<Vec<_>>().chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO staff (id, centre_id, role, language, data_key, name_sealed, email_sealed, email_lookup,
                                    password_hash, password_change_due, active, version, created_at) VALUES {rows}"
            ),
            chunk.len(),
            13,
        );
        for number in chunk {
            let (id, centre) = (StaffId::new(&*app.app.ids), centre_of(app, *number));
            let key = DataKey::generate(random).expect("a data key");
            let email = format!("person-{number}@example.org");
            let address = Email::parse(&email).expect("an address");
            let role = if number % 50 == 0 { "counsellor" } else { "mentor" };
            query = query
                .bind(id)
                .bind(centre)
                .bind(role)
                .bind("fr")
                .bind(key.wrap(app.app.keys.staff.wrap_key(), id.0, random).expect("wrapped"))
                .bind(sealed(app, &key, Field::new("staff", "name_sealed", id.0), "Some Body"))
                .bind(sealed(app, &key, Field::new("staff", "email_sealed", id.0), &email))
                .bind(app.app.keys.emails.hash(&address))
                .bind("")
                .bind(false)
                .bind(number % 20 != 0)
                .bind(1_i64)
                .bind(app.now());
            if number % 50 != 0 {
                all.push((id, centre));
            }
        }
        query.execute().await.expect("staff");
    }
    all
}

async fn participants(app: &TestApp, tx: &mut Tx) -> Vec<(ParticipantId, CentreId, DataKey)> {
    let (random, mut all) = (&*app.app.random, Vec::new());
    for chunk in (0..PARTICIPANTS).collect::<Vec<_>>().chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO participant (id, centre_id, language, zone, data_key, name_sealed, push_wanted, active, version,
                                          created_at) VALUES {rows}"
            ),
            chunk.len(),
            10,
        );
        for number in chunk {
            let (id, centre) = (ParticipantId::new(&*app.app.ids), centre_of(app, *number));
            let key = DataKey::generate(random).expect("a data key");
            let name = Name::parse(&format!("Person {number}")).expect("a name");
            let field = Field::new("participant", "name_sealed", id.0);
            query = query
                .bind(id)
                .bind(centre)
                .bind("ar")
                .bind("Africa/Casablanca")
                .bind(key.wrap(app.app.keys.participants.wrap_key(), id.0, random).expect("wrapped"))
                .bind(key.seal_text(field, &name, &*app.app.random).expect("sealed"))
                .bind(true)
                .bind(number % 100 != 0)
                .bind(1_i64)
                .bind(app.now());
            all.push((id, centre, key));
        }
        query.execute().await.expect("participants");
    }
    all
}

fn sealed(app: &TestApp, key: &DataKey, field: Field, text: &str) -> Sealed {
    key.seal(field, text.as_bytes(), &*app.app.random).expect("sealed")
}

/// One that lasts and one that ended for each, and some more for the world's mentor.
async fn assignments(
    app: &TestApp,
    tx: &mut Tx,
    participants: &[(ParticipantId, CentreId, DataKey)],
    staff: &[(StaffId, CentreId)],
) {
    let now = app.now();
    let mut rows = Vec::new();
    for (number, (participant, centre, _)) in participants.iter().enumerate() {
        let own = staff
            .iter()
            .skip(number % (STAFF / 2))
            .find(|(_, of)| of == centre)
            .expect("somebody of the centre")
            .0;
        let is_of_mentor = *centre == app.world.centre && number % (PARTICIPANTS / CASELOAD) == 0;
        let lasting = if is_of_mentor { StaffId(app.world.mentor.id) } else { own };
        rows.push((*participant, own, Some(now)));
        rows.push((*participant, lasting, None));
    }
    // The world's participant has a long history.
    rows.extend((0..400).map(|number| (ParticipantId(app.world.participant.id), staff[number].0, Some(now))));
    for chunk in rows.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO assignment (id, participant_id, staff_id, started_at, started_by, ended_at, ended_by, version)
                 VALUES {rows}"
            ),
            chunk.len(),
            8,
        );
        for (participant, staff, ended) in chunk {
            let id = app.app.ids.next();
            query = query
                .bind(id)
                .bind(*participant)
                .bind(*staff)
                .bind(now)
                .bind(*staff)
                .bind(*ended)
                .bind(ended.map(|_| *staff))
                .bind(1_i64);
        }
        query.execute().await.expect("assignments");
    }
}

async fn emergency_accesses(
    app: &TestApp,
    tx: &mut Tx,
    participants: &[(ParticipantId, CentreId, DataKey)],
    staff: &[(StaffId, CentreId)],
) {
    let now = app.now();
    for chunk in participants.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO emergency_access (id, centre_id, participant_id, staff_id, reason_sealed, started_at, ends_at, ended_at,
                                               version) VALUES {rows}"
            ),
            chunk.len(),
            9,
        );
        for (participant, centre, key) in chunk {
            let id = EmergencyAccessId::new(&*app.app.ids);
            let reason = Note::parse("It was urgent").expect("a note");
            let field = Field::new("emergency_access", "reason_sealed", id.0);
            query = query
                .bind(id)
                .bind(*centre)
                .bind(*participant)
                .bind(staff[0].0)
                .bind(key.seal_text(field, &reason, &*app.app.random).expect("sealed"))
                .bind(now.saturating_sub(TimeDelta::days(9)))
                .bind(now.saturating_sub(TimeDelta::days(8)))
                .bind(Some(now.saturating_sub(TimeDelta::days(8))))
                .bind(1_i64);
        }
        query.execute().await.expect("emergency accesses");
    }
}
