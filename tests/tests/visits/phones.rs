//! What phones have of visits, and what they send of them that was done without network.

use super::{log, new_visit, over, path_of, seen, with_step};
use crate::{appointments::audited, sync::Phone};
use chrono::TimeDelta;
use muwakaba_tests::{SignedIn, TestApp, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

/// What a phone sends that recorded a visit.
pub fn recorded(app: &TestApp, body: &Value) -> Value {
    let body = over(body.clone(), &json!({"zone": "Africa/Casablanca"}));
    json!({"id": Uuid::now_v7(), "recorded_at": app.now().to_string(), "operation": "recordVisit", "body": body})
}

/// What a phone sends about a visit that it has at this version.
pub fn about(app: &TestApp, operation: &str, id: &str, base: i64, body: &Value) -> Value {
    json!({
        "id": Uuid::now_v7(), "recorded_at": app.now().to_string(), "operation": operation, "subject_id": id, "base_version": base, "body": body,
    })
}

/// What became of each of these.
pub async fn push(app: &TestApp, person: &SignedIn, mutations: &[&Value]) -> Vec<Value> {
    let answer = app
        .post("/v1/sync")
        .by(&person.again(&app.app))
        .json(json!({"mutations": mutations}))
        .expect(200)
        .await;
    answer.json()["results"].as_array().unwrap().clone()
}

/// In a word for each.
pub fn words(results: &[Value]) -> Vec<&str> {
    results.iter().map(|result| result["result"].as_str().unwrap()).collect()
}

fn known(phone: &Phone, id: &str) -> Option<Value> {
    phone.things.get(&("visits".to_owned(), id.to_owned())).cloned()
}

both_databases! {
    async fn a_phone_has_what_the_reading_operation_gives(app: TestApp) {
        let world = &app.world;
        let logged = log(&app, &world.mentor, with_step(&app, "2026-12-01T09:30")).await;
        let (id, path) = (logged.string("/id"), path_of(&logged));
        for person in [&world.mentor, &world.counsellor, &world.manager] {
            let phone = Phone::fresh(&app, &person.again(&app.app)).await;
            assert_eq!(known(&phone, &id), Some(seen(&app, person, &path).await));
        }
        for person in [&world.participant, &world.other_mentor, &world.foreign_mentor] {
            assert_eq!(known(&Phone::fresh(&app, &person.again(&app.app)).await, &id), None);
        }
        let own = log(&app, &world.counsellor, over(new_visit(&app), &json!({"readers": "author"}))).await.string("/id");
        let phone = Phone::fresh(&app, &world.mentor.again(&app.app)).await;
        assert_eq!(known(&phone, &own).unwrap().get("narrative"), None);
        crate::emergency_access::opened(&app, 20).await;
        let phone = Phone::fresh(&app, &world.manager.again(&app.app)).await;
        assert_eq!(known(&phone, &own).unwrap().get("narrative"), None, "what an emergency access opens stays online");
    }

    async fn old_ones_stay_online_unless_something_is_still_to_be_done(app: TestApp) {
        let world = &app.world;
        let long_ago = |body: Value| over(body, &json!({"local_start": "2026-10-01T09:00:00"}));
        let over_and_done = log(&app, &world.mentor, long_ago(new_visit(&app))).await.string("/id");
        let open = log(&app, &world.mentor, long_ago(with_step(&app, "2026-12-01T09:30"))).await.string("/id");
        let mut phone = Phone::fresh(&app, &world.mentor.again(&app.app)).await;
        assert_eq!(phone.ids("visits"), [&*open]);
        assert_eq!(known(&phone, &over_and_done), None);
        app.post(&format!("/v1/visits/{open}/finish-next-step")).by(&world.mentor.again(&app.app)).if_match(1).expect(200).await;
        phone.follow(&app, &world.mentor.again(&app.app), 200).await;
        assert!(phone.ids("visits").is_empty());
    }

    async fn a_day_in_the_field_is_sent_late_and_again_changes_nothing(app: TestApp) {
        let (world, id) = (&app.world, Uuid::now_v7().to_string());
        let visit = recorded(&app, &over(with_step(&app, "2026-12-01T09:30"), &json!({"id": id})));
        let corrected = about(&app, "correctVisit", &id, 1, &json!({"reason": "It was longer", "duration_minutes": 90}));
        let finished = about(&app, "finishVisitNextStep", &id, 2, &json!({}));
        app.clock.advance(TimeDelta::days(3));
        let day = [&visit, &corrected, &finished];
        assert_eq!(words(&push(&app, &world.mentor, &day).await), ["applied"; 3]);
        for _ in 0..2 {
            assert_eq!(words(&push(&app, &world.mentor, &day).await), ["duplicate"; 3]);
        }
        let stands = seen(&app, &world.manager, &format!("/v1/visits/{id}")).await;
        assert_eq!((&stands["version"], &stands["duration_minutes"], stands["recorded_at"].as_str()), (&json!(3), &json!(90), Some("2026-11-26T10:00:00Z")));
        // The clock of the phone stands beside that of the service.
        assert_eq!(stands["noted_at"], json!("2026-11-23T10:00:00Z"));
        assert_eq!(audited(&app, "visit.record").await, 1);
    }

    async fn a_visit_is_taken_from_whoever_lost_the_person_since(app: TestApp) {
        let world = &app.world;
        let history = seen(&app, &world.manager, &format!("/v1/participants/{}/assignments", world.participant.id)).await;
        let own = history["items"].as_array().unwrap().iter().find(|one| one["staff_id"] == json!(world.mentor.id)).unwrap().clone();
        let (id, recorded_at) = (Uuid::now_v7().to_string(), app.now().to_string());
        let before = recorded(&app, &over(with_step(&app, "2026-12-20T09:30"), &json!({"id": id})));
        let mut corrected = about(&app, "correctVisit", &id, 1, &json!({"reason": "It was the sister", "narrative": "Lives with a sister"}));
        corrected["recorded_at"] = json!(recorded_at);
        app.clock.advance(TimeDelta::hours(1));
        app.post(&format!("/v1/assignments/{}/end", own["id"].as_str().unwrap())).by(&world.manager.again(&app.app)).expect(200).await;
        app.clock.advance(TimeDelta::hours(3));
        let after = recorded(&app, &over(new_visit(&app), &json!({"id": Uuid::now_v7()})));
        let taken = push(&app, &world.mentor, &[&before, &corrected, &after]).await;
        assert_eq!(words(&taken), ["applied", "applied", "refused"], "{taken:?}");
        assert_eq!(taken[2]["problem"]["code"], json!("not_found"));
        // They read nothing of it afterwards, and are not reminded of somebody whom they no longer accompany.
        let path = format!("/v1/visits/{}", before["body"]["id"].as_str().unwrap());
        app.get(&path).by(&world.mentor.again(&app.app)).expect(404).await;
        let stands = seen(&app, &world.manager, &path).await;
        assert_eq!((&stands["author_id"], &stands["narrative"]), (&json!(world.mentor.id), &json!("Lives with a sister")));
        app.clock.advance(TimeDelta::days(31));
        let mut late = recorded(&app, &over(new_visit(&app), &json!({"id": Uuid::now_v7()})));
        late["recorded_at"] = before["recorded_at"].clone();
        assert_eq!(words(&push(&app, &world.mentor, &[&late]).await), ["refused"]);
    }

    async fn only_what_was_changed_meanwhile_is_in_conflict(app: TestApp) {
        let world = &app.world;
        let id = log(&app, &world.mentor, with_step(&app, "2026-12-01T09:30")).await.string("/id");
        let path = format!("/v1/visits/{id}");
        let correction = |base, body: Value| about(&app, "correctVisit", &id, base, &over(body, &json!({"reason": "r"})));
        let finished = |base| about(&app, "finishVisitNextStep", &id, base, &json!({}));
        app.post(&format!("{path}/finish-next-step")).by(&world.manager).if_match(1).expect(200).await;
        // Nobody but its author says what was found, and what it said stays beside it.
        assert_eq!(words(&push(&app, &world.mentor, &[&correction(1, json!({"narrative": "other"}))]).await), ["applied"]);
        // That a step was done is not undone unseen.
        let step = json!({"next_step": {"what": "Fetch the certificate", "local_due": "2026-12-05T09:30"}});
        let results = push(&app, &world.mentor, &[&correction(1, step.clone())]).await;
        assert_eq!((words(&results), &results[0]["version"]), (vec!["conflict"], &json!(3)));
        // What is done already is done.
        assert_eq!(words(&push(&app, &world.counsellor, &[&finished(1)]).await), ["applied"]);
        assert_eq!(seen(&app, &world.mentor, &path).await["next_step"]["done_by"], json!(world.manager.id));
        // "Done" of the step before is not said of another one.
        assert_eq!(words(&push(&app, &world.mentor, &[&correction(3, step)]).await), ["applied"]);
        assert_eq!(words(&push(&app, &world.counsellor, &[&finished(1)]).await), ["conflict"]);
        assert_eq!(seen(&app, &world.mentor, &path).await["next_step"].get("done_at"), None);
        assert_eq!(words(&push(&app, &world.counsellor, &[&finished(4)]).await), ["applied"]);

        let without_zone = |body: Value| json!({"id": Uuid::now_v7(), "recorded_at": app.now().to_string(), "operation": "recordVisit", "body": body});
        for (sent, word) in [
            (correction(9, json!({"kind": "phone"})), "conflict"),
            (about(&app, "finishVisitNextStep", &id, 2, &json!({"x": 1})), "refused"),
            (recorded(&app, &new_visit(&app)), "refused"),
            (without_zone(over(new_visit(&app), &json!({"id": Uuid::now_v7()}))), "refused"),
            (about(&app, "recordVisit", &id, 2, &new_visit(&app)), "refused"),
        ] {
            let results = push(&app, &world.mentor, &[&sent]).await;
            assert_eq!(words(&results), [word], "{results:?}");
        }
    }
}
