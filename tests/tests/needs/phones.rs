//! What phones have of needs, and what they send of them that was done without network.

use super::{area, done, found, new_need, new_strength, picture_path};
use crate::{
    sync::Phone,
    visits::{about, over, path_of, push, seen, words},
};
use chrono::TimeDelta;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

/// What a phone sends that made something.
pub fn made(app: &TestApp, operation: &str, body: &Value) -> Value {
    let body = over(json!({"id": Uuid::now_v7()}), body);
    json!({"id": Uuid::now_v7(), "recorded_at": app.now().to_string(), "operation": operation, "body": body})
}

/// What a phone sends that somebody said of an area.
pub fn said(app: &TestApp, area: &str) -> Value {
    json!({
        "id": Uuid::now_v7(), "recorded_at": app.now().to_string(), "operation": "answerNeedArea",
        "subject_id": app.world.participant.id, "body": {"area": area, "answer": "no_need"},
    })
}

fn known(app: &TestApp, phone: &Phone) -> Option<Value> {
    phone.things.get(&("needs".to_owned(), app.world.participant.id.to_string())).cloned()
}

both_databases! {
    async fn a_phone_of_staff_has_what_the_reading_operation_gives(app: TestApp) {
        let world = &app.world;
        found(&app, new_need(&app)).await;
        for person in [&world.mentor, &world.counsellor, &world.manager] {
            let phone = Phone::fresh(&app, &person.again(&app.app)).await;
            assert_eq!(known(&app, &phone), Some(seen(&app, person, &picture_path(&app)).await));
        }
        // Others may use the participant's phone.
        for person in [&world.participant, &world.other_mentor, &world.foreign_mentor] {
            assert_eq!(known(&app, &Phone::fresh(&app, &person.again(&app.app)).await), None);
        }
        let mut phone = Phone::fresh(&app, &world.mentor.again(&app.app)).await;
        app.post("/v1/strengths").by(&world.counsellor).json(new_strength(&app)).expect(201).await;
        phone.follow(&app, &world.mentor.again(&app.app), 200).await;
        assert_eq!(known(&app, &phone), Some(seen(&app, &world.mentor, &picture_path(&app)).await));
    }

    async fn a_day_in_the_field_is_sent_late_and_again_changes_nothing(app: TestApp) {
        let (world, noted) = (&app.world, app.now().to_string());
        let need = made(&app, "findNeed", &new_need(&app));
        let id = need["body"]["id"].as_str().unwrap().to_owned();
        let day = [
            need,
            about(&app, "takeNeedInHand", &id, 1, &json!({})),
            about(&app, "closeNeed", &id, 2, &json!({"result": "met", "helped": "Went there together"})),
            about(&app, "correctNeed", &id, 3, &json!({"reason": "r", "what": "A birth certificate"})),
            about(&app, "reopenNeed", &id, 4, &json!({"reason": "For the former address"})),
            about(&app, "withdrawNeed", &id, 5, &json!({"reason": "Of somebody else"})),
            said(&app, "education"),
            made(&app, "recordStrength", &new_strength(&app)),
        ];
        let day: Vec<&Value> = day.iter().collect();
        app.clock.advance(TimeDelta::days(3));
        let results = push(&app, &world.mentor, &day).await;
        assert_eq!(words(&results), ["applied"; 8], "{results:?}");
        assert_eq!(words(&push(&app, &world.mentor, &day).await), ["duplicate"; 8]);
        let stands = seen(&app, &world.manager, &format!("/v1/needs/{id}")).await;
        // The day is that on which it was recorded, not that on which it was sent.
        assert_eq!((stands["noted_at"].as_str(), stands["found_on"].as_str(), &stands["version"]), (Some(&*noted), Some("2026-11-23"), &json!(6)));
    }

    async fn only_what_was_changed_meanwhile_is_in_conflict(app: TestApp) {
        let world = &app.world;
        let path = path_of(&found(&app, new_need(&app)).await);
        let id = path.rsplit('/').next().unwrap().to_owned();
        let close = |base| about(&app, "closeNeed", &id, base, &json!({"result": "not_met"}));
        done(&app, &path, "take-in-hand", 1, json!({})).await;
        // What was not seen is not closed. But somebody sees to it already: so it is.
        let results = push(&app, &world.counsellor, &[&close(1)]).await;
        assert_eq!((words(&results), &results[0]["version"]), (vec!["conflict"], &json!(2)));
        assert_eq!(words(&push(&app, &world.counsellor, &[&about(&app, "takeNeedInHand", &id, 1, &json!({}))]).await), ["applied"]);
        assert_eq!(words(&push(&app, &world.counsellor, &[&close(2)]).await), ["applied"]);
        assert_eq!(words(&push(&app, &world.counsellor, &[&close(3)]).await), ["refused"]);
        assert_eq!(words(&push(&app, &world.counsellor, &[&close(9)]).await), ["conflict"]);
        // A manager withdraws, and does nothing else.
        assert_eq!(words(&push(&app, &world.manager, &[&about(&app, "reopenNeed", &id, 3, &json!({"reason": "r"}))]).await), ["refused"]);
        assert_eq!(words(&push(&app, &world.manager, &[&about(&app, "withdrawNeed", &id, 3, &json!({"reason": "r"}))]).await), ["applied"]);
        assert_eq!(words(&push(&app, &world.mentor, &[&about(&app, "withdrawNeed", &id, 3, &json!({"reason": "r"}))]).await), ["applied"]);
        let with_version = over(said(&app, "safety"), &json!({"base_version": 1}));
        let without_id = json!({"id": Uuid::now_v7(), "recorded_at": app.now().to_string(), "operation": "findNeed", "body": new_need(&app)});
        assert_eq!(words(&push(&app, &world.mentor, &[&with_version, &without_id]).await), ["refused"; 2]);
    }

    async fn what_was_said_before_and_sent_late_overrules_nothing_that_came_after(app: TestApp) {
        let world = &app.world;
        let (of_papers, of_safety) = (said(&app, "papers"), said(&app, "safety"));
        app.clock.advance(TimeDelta::days(1));
        let path = path_of(&found(&app, new_need(&app)).await);
        done(&app, &path, "close", 1, json!({"result": "not_met"})).await;
        let mistaken = over(said(&app, "safety"), &json!({"body": {"area": "safety", "answer": "not_asked"}}));
        app.clock.advance(TimeDelta::days(2));
        assert_eq!(words(&push(&app, &world.counsellor, &[&mistaken]).await), ["applied"]);
        assert_eq!(words(&push(&app, &world.mentor, &[&of_papers, &of_safety]).await), ["applied"; 2]);
        assert_eq!(area(&app, &world.manager, "papers").await["state"], json!("need"));
        let safety = area(&app, &world.manager, "safety").await;
        assert_eq!((&safety["state"], safety.get("no_need_said_at")), (&json!("not_asked"), None));
        // What one phone recorded in one visit stands in the order in which it was done.
        let id = path.rsplit('/').next().unwrap();
        let reopened = about(&app, "reopenNeed", id, 2, &json!({"reason": "Asked again"}));
        let closed = about(&app, "closeNeed", id, 3, &json!({"result": "not_met"}));
        app.clock.advance(TimeDelta::minutes(5));
        let nothing = said(&app, "papers");
        app.clock.advance(TimeDelta::hours(5));
        assert_eq!(words(&push(&app, &world.mentor, &[&reopened, &closed, &nothing]).await), ["applied"; 3]);
        assert_eq!(area(&app, &world.manager, "papers").await["state"], json!("no_need"));
    }

    async fn it_is_taken_from_whoever_lost_the_person_since(app: TestApp) {
        let world = &app.world;
        let need = made(&app, "findNeed", &new_need(&app));
        let id = need["body"]["id"].as_str().unwrap().to_owned();
        let closed = about(&app, "closeNeed", &id, 1, &json!({"result": "met"}));
        let (answer, strength) = (said(&app, "education"), made(&app, "recordStrength", &new_strength(&app)));
        let history = seen(&app, &world.manager, &format!("/v1/participants/{}/assignments", world.participant.id)).await;
        let own = history["items"].as_array().unwrap().iter().find(|one| one["staff_id"] == json!(world.mentor.id)).unwrap().clone();
        app.clock.advance(TimeDelta::hours(1));
        app.post(&format!("/v1/assignments/{}/end", own["id"].as_str().unwrap())).by(&world.manager.again(&app.app)).expect(200).await;
        app.clock.advance(TimeDelta::hours(3));
        let after = made(&app, "findNeed", &new_need(&app));
        let results = push(&app, &world.mentor, &[&need, &closed, &answer, &strength, &after]).await;
        assert_eq!(words(&results), ["applied", "applied", "applied", "applied", "refused"], "{results:?}");
        app.get(&picture_path(&app)).by(&world.mentor.again(&app.app)).expect(404).await;
    }
}
