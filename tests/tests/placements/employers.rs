//! Employers of a centre: who writes them down, who finds them, and that their texts are sealed. And what the sweeps go through of them.

use super::{new_placement, over, record};
use crate::{
    access::Caller::{Counsellor, Manager, Mentor, OtherMentor, Participant},
    appointments::audited,
    operations::{Ids, Stage},
    plans::{CHUNK, Crowd},
    privacy::Aviary,
    races::{By, deed},
    registry::{Canary, Feature, Phones, Subject, about},
};
use care::employer::EmployerId;
use contract::ProblemCode;
use db::sql;
use kernel::protect::{privacy::Name, seal::Field};
use muwakaba_tests::both_databases;
use serde_json::{Value, json};
use uuid::Uuid;

/// What an employer is called.
const NAME: &str = "Qanari-bakery of the port";
/// How to reach them.
const CONTACT: &str = "Qanari-baker: ask for the brother";

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[Subject {
        needed_by: &["listEmployers"],
        version: Some(sql!("SELECT version FROM employer WHERE id = $1")),
        ..Subject::new("employer_id", |stage, _, ids| Box::pin(employer(stage, ids)))
    }],
    deeds: &[
        deed("write an employer down", "registerEmployer", By::Mentor),
        deed("change an employer", "changeEmployer", By::Counsellor),
    ],
    versioned: &["employer"],
    counted: &["employer.create", "employer.change"],
    tables: &[about("employer", "employer", Phones::ONLINE)],
    canaries: &[
        // All of the centre who find work for people; and whoever works there reads with whom.
        Canary {
            text: NAME,
            columns: &["employer.name_sealed"],
            readers: &[Mentor, OtherMentor, Counsellor, Manager, Participant],
        },
        Canary {
            text: CONTACT,
            columns: &["employer.contact_sealed"],
            readers: &[Mentor, OtherMentor, Counsellor, Manager],
        },
    ],
    release: Some(|aviary, ids| Box::pin(release(aviary, ids))),
    seed: Some(|crowd| Box::pin(fill_crowd(crowd))),
    ..Feature::NOTHING
};

/// One of the target's centre.
async fn employer(stage: &Stage, ids: Ids) -> Ids {
    let (path, manager) = (format!("/v1/centres/{}/employers", ids.centre), stage.manager_of(&ids).await);
    let body = json!({"name": "A bakery", "sector": "crafts"});
    let made = stage.app.post(&path).by(&manager).json(body).expect(201).await;
    ids.with("employer_id", made.string("/id").parse().expect("an id"))
}

async fn release(aviary: &Aviary<'_>, ids: Ids) -> Ids {
    let app = &aviary.stage.app;
    let body = json!({"name": NAME, "contact": CONTACT, "sector": "crafts"});
    let made = app
        .post(&format!("/v1/centres/{}/employers", ids.centre))
        .by(&app.world.mentor)
        .json(body)
        .expect(201)
        .await;
    ids.with("employer_id", made.string("/id").parse().expect("an id"))
}

/// One for each participant, and many of the world's centre.
async fn fill_crowd(crowd: &mut Crowd) {
    let (app, now) = (&crowd.app, crowd.app.now());
    let mut tx = app.app.db.write().await.expect("a transaction");
    for chunk in crowd.participants.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!("INSERT INTO employer (id, centre_id, name_sealed, sector, recorded_at, version) VALUES {rows}"),
            chunk.len(),
            6,
        );
        for (_, centre, _) in chunk {
            let id = EmployerId::new(&*app.app.ids);
            let name = Name::parse("A bakery").expect("a name");
            let field = Field::new("employer", "name_sealed", id.0);
            query = query
                .bind(id)
                .bind(*centre)
                .bind(app.app.keys.employers.seal_text(field, &name, &*app.app.random).expect("sealed"))
                .bind("crafts")
                .bind(now)
                .bind(1_i64);
        }
        query.execute().await.expect("employers");
    }
    tx.commit().await.expect("employers");
}

fn bakery() -> Value {
    json!({"name": "Bakery of the port", "contact": "Ask for the brother", "sector": "crafts", "province": "casablanca"})
}

both_databases! {
    async fn an_employer_is_of_a_centre_and_found_there(app: TestApp) {
        let world = &app.world;
        let list = format!("/v1/centres/{}/employers", world.centre);
        let made = app.post(&list).by(&world.mentor).json(bakery()).expect(201).await;
        for person in [&world.mentor, &world.counsellor, &world.manager, &world.other_mentor] {
            let read = app.get(made.header("location")).by(&person.again(&app.app)).expect(200).await;
            assert_eq!((read.json(), read.version()), (made.json(), 1));
            let listed = app.get(&list).by(&person.again(&app.app)).expect(200).await;
            assert_eq!(listed.json()["items"], json!([made.json()]));
        }
        for person in [&world.foreign_mentor, &world.other_manager] {
            app.get(made.header("location")).by(person).refused(ProblemCode::NotFound).await;
            app.get(&list).by(person).refused(ProblemCode::NotFound).await;
            app.post(&list).by(person).json(bakery()).refused(ProblemCode::NotFound).await;
        }
        for person in [&world.participant, &world.administrator, &world.observer] {
            app.get(&list).by(person).refused(ProblemCode::NotForThisRole).await;
        }
        let mut tx = app.app.db.read().await.unwrap();
        let (name, contact): (Vec<u8>, Vec<u8>) = tx.query(sql!("SELECT name_sealed, contact_sealed FROM employer")).one().await.unwrap();
        assert!(![name, contact].concat().windows(4).any(|part| part == b"port" || part == b"brot"));
        assert_eq!(audited(&app, "employer.create").await, 1);
    }

    async fn what_is_otherwise_is_changed_and_the_rest_stays(app: TestApp) {
        let world = &app.world;
        let list = format!("/v1/centres/{}/employers", world.centre);
        let made = app.post(&list).by(&world.mentor).json(bakery()).expect(201).await;
        let change = |version, body: Value| app.patch(made.header("location")).by(&world.counsellor).if_match(version).json(body);
        let stands = change(1, json!({"contact": null, "sector": "commerce"})).expect(200).await.json();
        assert_eq!((&stands["name"], stands.get("contact"), &stands["sector"], &stands["province"]), (&json!("Bakery of the port"), None, &json!("commerce"), &json!("casablanca")));
        change(1, json!({"sector": "other"})).refused(ProblemCode::Changed).await;
        for (body, pointer) in [
            (json!({}), ""),
            (json!({"name": null}), "/name"),
            (json!({"province": "Aït Melloul"}), "/province"),
            (json!({"province": "x"}), "/province"),
            (json!({"sector": "crime"}), "/sector"),
        ] {
            let problem = change(2, body.clone()).refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].pointer, pointer, "{body}");
        }
    }

    async fn a_placement_names_an_employer_of_the_participants_centre(app: TestApp) {
        let world = &app.world;
        let made = app.post(&format!("/v1/centres/{}/employers", world.centre)).by(&world.mentor).json(bakery()).expect(201).await;
        let body = over(new_placement(&app), &json!({"employer_id": made.string("/id")}));
        let recorded = record(&app, &world.mentor, body.clone()).await;
        let read = app.get(recorded.header("location")).by(&world.participant).expect(200).await;
        assert_eq!(read.string("/employer_name"), "Bakery of the port");
        let foreign = app.post(&format!("/v1/centres/{}/employers", world.other_centre)).by(&world.other_manager).json(bakery()).expect(201).await;
        for unknown in [foreign.string("/id"), Uuid::now_v7().to_string()] {
            let problem = app.post("/v1/placements").by(&world.mentor).json(over(body.clone(), &json!({"employer_id": unknown}))).refused(ProblemCode::Invalid).await;
            assert_eq!((&*problem.errors[0].pointer, &*problem.errors[0].code), ("/employer_id", "unknown"));
        }
        // Nobody else's either, where one is corrected.
        let correction = json!({"reason": "r", "employer_id": foreign.string("/id")});
        app.patch(recorded.header("location")).by(&world.mentor).if_match(1).json(correction).refused(ProblemCode::Invalid).await;
        let nobody = json!({"reason": "He works for himself", "employer_id": null});
        let stands = app.patch(recorded.header("location")).by(&world.mentor).if_match(1).json(nobody).expect(200).await;
        assert_eq!(stands.json().get("employer_name"), None);
    }
}
