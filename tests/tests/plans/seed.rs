//! Many people around those of the world: enough that reading all of anything costs more than finding a page of it. What happened
//! around them, features register (`seed`).

use crate::registry::{each, features};
use chrono::TimeDelta;
use contract::{CentreId, ParticipantId, StaffId};
use db::{Tx, sql};
use kernel::protect::{
    privacy::{Email, Name},
    seal::{DataKey, Field, Sealed},
};
use muwakaba_tests::{Database, TestApp, world::SignedIn};
use std::collections::BTreeMap;
use uuid::Uuid;

const PARTICIPANTS: usize = 4_000;
const STAFF: usize = 1_200;
/// Whom the world's mentor accompanies besides.
const CASELOAD: usize = 40;
/// Rows of one statement.
pub const CHUNK: usize = 200;

/// A service with many people.
pub struct Crowd {
    /// The service.
    pub app: TestApp,
    /// The staff who accompany.
    pub staff: Vec<(StaffId, CentreId)>,
    /// The participants, with what their texts are sealed with.
    pub participants: Vec<(ParticipantId, CentreId, DataKey)>,
    made: BTreeMap<&'static str, Uuid>,
}

impl Crowd {
    /// Fills this database.
    pub async fn gather(database: Database) -> Self {
        let app = TestApp::start(database).await;
        let mut tx = app.app.db.write().await.expect("a transaction");
        let staff = staff(&app, &mut tx).await;
        let participants = participants(&app, &mut tx).await;
        assignments(&app, &mut tx, &participants, &staff).await;
        tx.commit().await.expect("many people");
        let mut crowd = Self { app, staff, participants, made: BTreeMap::new() };
        for seed in features().filter_map(|feature| feature.seed) {
            seed(&mut crowd).await;
        }
        let mut tx = crowd.app.app.db.write().await.expect("a transaction");
        tx.query(sql!(
            "UPDATE change_counter SET position = COALESCE(
                 (SELECT max(position) FROM change WHERE change.centre_id = change_counter.centre_id), position)"
        ))
        .execute()
        .await
        .expect("how far the feeds have come");
        tx.query(sql!("ANALYZE")).execute().await.expect("statistics");
        tx.commit().await.expect("many people");
        crowd
    }

    /// Remembers one that lists are asked about.
    pub fn made(&mut self, name: &'static str, id: Uuid) {
        self.made.insert(name, id);
    }

    /// Long before the test begins.
    pub fn long_ago(&self) -> contract::time::Instant {
        self.app.now().saturating_sub(TimeDelta::days(700))
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
        self.value_in(operation, name, 0)
    }

    /// How many values are registered for a filter that finds its rows in several ways; one for all others.
    pub fn ways(operation: &str, name: &str) -> usize {
        registered(operation, name).count().max(1)
    }

    /// The value for this one of the ways.
    pub fn value_in(&self, operation: &str, name: &str, way: usize) -> String {
        let world = &self.app.world;
        let registered = registered(operation, name).nth(way % Self::ways(operation, name));
        match (name, registered, self.made.get(name)) {
            (_, Some((.., value)), _) => (*value).to_owned(),
            (_, _, Some(id)) => id.to_string(),
            ("participant_id", ..) => world.participant.id.to_string(),
            ("host_id" | "staff_id" | "assigned_to" | "actor_id", ..) => world.mentor.id.to_string(),
            ("centre_id", ..) => world.centre.to_string(),
            ("from", ..) => self.app.now().saturating_sub(TimeDelta::days(60)).to_string(),
            ("to", ..) => self.app.now().saturating_sub(TimeDelta::days(30)).to_string(),
            _ => panic!(
                "{operation}: register beside its tests what to ask `{name}` with: in `filters`, or with `Crowd::made` in its `seed`"
            ),
        }
    }
}

fn registered(
    operation: &str,
    name: &str,
) -> impl Iterator<Item = &'static (&'static str, &'static str, &'static str)> {
    each(|feature| feature.filters).filter(move |(of, filter, _)| *of == operation && *filter == name)
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
