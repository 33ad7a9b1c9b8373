//! Impressions: who says one, until when, and that nobody else can tell who said what.

mod registration;

pub use registration::FEATURE;

use crate::{
    appointments::{audited, new_appointment},
    sign_in::{Device, enrol, signed_in},
};
use chrono::TimeDelta;
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::{SignedIn, TestApp, both_databases};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A session of the world's participant that took place an hour ago.
pub async fn held(app: &TestApp) -> String {
    held_with(app, app.world.participant.id, "2026-11-23T14:00:00", "2026-11-23T15:45:00Z").await
}

/// One of this participant that began then on the wall; it is `now` afterwards.
async fn held_with(app: &TestApp, participant: Uuid, local_start: &str, now: &str) -> String {
    let manager = app.world.manager.again(&app.app);
    let mut new = new_appointment(app, local_start);
    new["participant_id"] = json!(participant);
    new["host_id"] = json!(app.world.manager.id);
    new["override_reason"] = json!("No other hour suits");
    let made = app.post("/v1/appointments").by(&manager).json(new).expect(201).await;
    let path = made.header("location").to_owned();
    app.clock.set(now.parse().unwrap());
    let manager = app.world.manager.again(&app.app);
    let outcome = json!({"outcome": "took_place"});
    app.post(&format!("{path}/record-outcome")).by(&manager).if_match(1).json(outcome).expect(200).await;
    path
}

/// What a phone sends that had no network.
pub fn recorded(app: &TestApp, path: &str, face: &str) -> Value {
    let id = path.rsplit('/').next().unwrap();
    json!({
        "id": Uuid::now_v7(), "recorded_at": app.now().to_string(), "operation": "sayImpression", "subject_id": id, "body": {"face": face},
    })
}

async fn say(app: &TestApp, person: &SignedIn, path: &str, face: &str) -> u16 {
    let person = person.again(&app.app);
    app.post(&format!("{path}/impression")).by(&person).json(json!({"face": face})).send().await.status
}

async fn own(app: &TestApp, path: &str) -> Value {
    app.get(&format!("{path}/impression")).by(&app.world.participant.again(&app.app)).expect(200).await.json()
}

async fn months(app: &TestApp) -> Vec<Value> {
    let path = format!("/v1/centres/{}/impressions", app.world.centre);
    let list = app.get(&path).by(&app.world.manager.again(&app.app)).expect(200).await;
    list.json()["items"].as_array().unwrap().clone()
}

async fn push(app: &TestApp, mutation: &Value) -> Value {
    let participant = app.world.participant.again(&app.app);
    let answer =
        app.post("/v1/sync").by(&participant).json(json!({"mutations": [mutation]})).expect(200).await;
    answer.json()["results"][0].clone()
}

/// The participant, enrolled on a new phone by their manager.
async fn on_a_phone(app: &TestApp, manager: &SignedIn, participant: Uuid) -> SignedIn {
    let codes = format!("/v1/participants/{participant}/enrolment-codes");
    let code = app.post(&codes).by(manager).expect(201).await;
    signed_in(&enrol(app, &Device::new(), json!({"code": code.string("/code")})).await)
}

/// So many participants of the centre, each on a phone of their own.
async fn people(app: &TestApp, count: usize) -> Vec<SignedIn> {
    let mut people = Vec::new();
    for number in 0..count {
        let manager = app.world.manager.again(&app.app);
        let new = json!({"name": format!("Nadia Saidi {number}"), "language": "ar"});
        let id = app.post("/v1/participants").by(&manager).json(new).expect(201).await.string("/id");
        people.push(on_a_phone(app, &manager, id.parse().unwrap()).await);
    }
    people
}

both_databases! {
    async fn it_is_ones_own_word_on_what_took_place(app: TestApp) {
        let path = held(&app).await;
        assert_eq!(say(&app, &app.world.participant, &path, "good").await, 200);
        assert_eq!(own(&app, &path).await, json!({
            "face": "good", "said_at": "2026-11-23T15:45:00Z", "changeable_until": "2026-11-30T15:45:00Z",
        }));
        for (person, status) in [
            (&app.world.other_participant, 404), (&app.world.foreign_participant, 404), (&app.world.mentor, 403), (&app.world.manager, 403),
            (&app.world.administrator, 403),
        ] {
            assert_eq!(say(&app, person, &path, "bad").await, status);
            assert_eq!(app.get(&format!("{path}/impression")).by(&person.again(&app.app)).send().await.status, status);
        }
        let problem = app.post(&format!("{path}/impression")).by(&app.world.participant.again(&app.app)).json(json!({"face": "angry"}))
            .refused(ProblemCode::Invalid).await;
        assert_eq!(problem.errors[0].pointer, "/face");
        // Of what was called off, did not take place or is not over, nothing can be said.
        let ahead = app.post("/v1/appointments").by(&app.world.mentor.again(&app.app)).json(new_appointment(&app, "2026-12-01T10:00:00")).expect(201).await;
        assert_eq!(say(&app, &app.world.participant, ahead.header("location"), "good").await, 409);
        let correction = json!({"outcome": "did_not_take_place", "side": "host", "reason": "r"});
        app.post(&format!("{path}/correct-outcome")).by(&app.world.manager.again(&app.app)).if_match(2).json(correction).expect(200).await;
        assert_eq!(say(&app, &app.world.participant, &path, "bad").await, 409);
        assert_eq!(own(&app, &path).await["face"], "good", "what was said stays");
    }

    async fn another_face_can_be_chosen_for_a_week(app: TestApp) {
        let path = held(&app).await;
        say(&app, &app.world.participant, &path, "bad").await;
        app.clock.advance(TimeDelta::days(7));
        assert_eq!(say(&app, &app.world.participant, &path, "very_good").await, 200);
        assert_eq!(own(&app, &path).await["said_at"], "2026-11-23T15:45:00Z");
        app.clock.advance(TimeDelta::seconds(1));
        assert_eq!(say(&app, &app.world.participant, &path, "bad").await, 409);
        assert_eq!(own(&app, &path).await["face"], "very_good");
        let mut tx = app.app.db.read().await.unwrap();
        assert_eq!(tx.query(sql!("SELECT count(*) FROM impression")).scalar::<i64>().await.unwrap(), 1);
        drop(tx);
        // Whoever said nothing for two weeks says nothing any more.
        let late = held_with(&app, app.world.participant.id, "2026-12-01T14:00:00", "2026-12-01T15:45:00Z").await;
        app.clock.set("2026-12-15T14:45:01Z".parse().unwrap());
        assert_eq!(say(&app, &app.world.participant, &late, "good").await, 409);
    }

    async fn a_phone_says_it_later(app: TestApp) {
        let path = held(&app).await;
        let said = recorded(&app, &path, "fair");
        app.clock.advance(TimeDelta::days(16));
        assert_eq!(push(&app, &said).await["result"], "applied");
        assert_eq!(push(&app, &said).await["result"], "duplicate");
        assert_eq!(own(&app, &path).await["face"], "fair");
        assert_eq!(audited(&app, "impression.say").await, 1);
        let second = held_with(&app, app.world.participant.id, "2026-12-10T14:00:00", "2026-12-10T15:45:00Z").await;
        let said = recorded(&app, &second, "fair");
        app.clock.advance(TimeDelta::days(21));
        let refused = push(&app, &said).await;
        assert_eq!((&refused["result"], &refused["problem"]["code"]), (&json!("refused"), &json!("command_refused")), "the month is settled");
        let mut based = recorded(&app, &second, "good");
        based["base_version"] = json!(2);
        assert_eq!(push(&app, &based).await["problem"]["errors"][0]["pointer"], "/base_version");
    }

    async fn managers_read_sums_over_five_people_of_months_that_are_settled(app: TestApp) {
        let people = people(&app, 5).await;
        let all_good = ["good"; 5];
        for (day, faces) in [("2026-11-24", all_good), ("2026-12-02", ["good", "good", "bad", "good", "very_good"])] {
            for ((hour, person), face) in (9..).zip(&people).zip(faces) {
                let path = held_with(&app, person.id, &format!("{day}T{hour:02}:00:00"), &format!("{day}T{hour:02}:50:00Z")).await;
                assert_eq!(say(&app, person, &path, face).await, 200);
            }
        }
        app.clock.set("2026-12-23T23:59:59Z".parse().unwrap());
        assert!(months(&app).await.is_empty(), "it could still change");
        app.clock.set("2026-12-24T00:00:00Z".parse().unwrap());
        let withheld = json!({"month": "2026-11", "state": "withheld"});
        assert_eq!(months(&app).await, std::slice::from_ref(&withheld), "that all said the same tells what each said");
        app.clock.set("2027-01-24T00:00:00Z".parse().unwrap());
        let told = json!({
            "month": "2026-12", "state": "told", "people": 5,
            "faces": [{"face": "very_bad", "count": 0}, {"face": "bad", "count": 1}, {"face": "fair", "count": 0}, {"face": "good", "count": 3},
                      {"face": "very_good", "count": 1}],
        });
        assert_eq!(months(&app).await, [told, withheld]);
        let path = format!("/v1/centres/{}/impressions", app.world.centre);
        for (person, status) in [
            (&app.world.other_manager, 404), (&app.world.mentor, 403), (&app.world.counsellor, 403), (&app.world.administrator, 403),
            (&app.world.observer, 403), (&app.world.participant, 403),
        ] {
            assert_eq!(app.get(&path).by(&person.again(&app.app)).send().await.status, status);
        }
        assert!(audited(&app, "impression.list").await > 0);
    }

    async fn no_table_says_who_said_what_of_which_session(app: TestApp) {
        let path = held(&app).await;
        let appointment: Uuid = path.rsplit('/').next().unwrap().parse().unwrap();
        let mut kept = BTreeSet::new();
        for face in ["very_bad", "very_good", "very_good"] {
            say(&app, &app.world.participant, &path, face).await;
            let mut tx = app.app.db.read().await.unwrap();
            let row: (Uuid, String, Vec<u8>) = tx.query(sql!("SELECT id, month, said_sealed FROM impression")).one().await.unwrap();
            assert_eq!((row.1.as_str(), row.2.len()), ("2026-11", kept.first().map_or(row.2.len(), Vec::len)), "faces differ by their length");
            assert!(row.0 != appointment && row.0 != app.world.participant.id);
            kept.insert(row.2);
        }
        assert_eq!(kept.len(), 3, "the same face is never sealed the same way twice");
        let mut tx = app.app.db.read().await.unwrap();
        let lines: Vec<(Option<Uuid>, String)> =
            tx.query(sql!("SELECT subject_id, details FROM audit WHERE action = 'impression.say'")).all().await.unwrap();
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|(subject, details)| subject.is_none() && !details.contains("very")), "{lines:?}");
        let told: i64 = tx.query(sql!("SELECT count(*) FROM change WHERE subject_kind = 'impression'")).scalar().await.unwrap();
        assert_eq!(told, 0, "no phone hears of it");
    }

    async fn it_is_said_whole_or_not_at_all(app: TestApp) {
        let path = held(&app).await;
        let mut struck = 0;
        loop {
            app.faults.arm(struck + 1);
            let status = say(&app, &app.world.participant, &path, "good").await;
            if app.faults.disarm() {
                assert_eq!(status, 200);
                break;
            }
            assert_eq!(status, 500, "statement {struck}");
            let mut tx = app.app.db.read().await.unwrap();
            assert_eq!(tx.query(sql!("SELECT count(*) FROM impression")).scalar::<i64>().await.unwrap(), 0, "statement {struck}");
            drop(tx);
            assert_eq!(audited(&app, "impression.say").await, 0);
            struck += 1;
        }
        assert!(struck >= 3, "only {struck} statements were broken");
    }
}
