//! What phones have of readiness lists, and what they send of them that was done without network.

use super::{of, say, seen, setting};
use crate::sync::Phone;
use db::sql;
use muwakaba_tests::{SignedIn, TestApp, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

/// What a phone sends about the participant's list, with the version beside it if there was a list.
pub fn about(app: &TestApp, operation: &str, body: &Value) -> Value {
    let mut sent = json!({
        "id": Uuid::now_v7(), "recorded_at": app.now().to_string(), "operation": operation, "subject_id": app.world.participant.id,
        "body": body,
    });
    if body["base_version"] != json!(0) {
        sent["base_version"] = body["base_version"].clone();
    }
    sent
}

async fn push(app: &TestApp, person: &SignedIn, mutations: &[&Value]) -> Vec<Value> {
    let body = json!({"mutations": mutations});
    let answer = app.post("/v1/sync").by(&person.again(&app.app)).json(body).expect(200).await;
    answer.json()["results"].as_array().unwrap().clone()
}

fn words(results: &[Value]) -> Vec<&str> {
    results.iter().map(|result| result["result"].as_str().unwrap()).collect()
}

both_databases! {
    async fn a_phone_has_what_the_reading_operation_gives(app: TestApp) {
        let world = &app.world;
        say(&app, &world.mentor, setting("cv", "missing", 0)).await;
        let known = |phone: &Phone| phone.things.get(&("readiness".to_owned(), world.participant.id.to_string())).cloned();
        for person in [&world.mentor, &world.counsellor, &world.manager, &world.participant] {
            assert_eq!(known(&Phone::fresh(&app, &person.again(&app.app)).await), Some(seen(&app, person).await));
        }
        for person in [&world.other_mentor, &world.foreign_mentor, &world.other_participant] {
            assert_eq!(known(&Phone::fresh(&app, &person.again(&app.app)).await), None);
        }
    }

    async fn a_list_goes_with_the_person(app: TestApp) {
        let world = &app.world;
        say(&app, &world.mentor, setting("cv", "missing", 0)).await;
        let mut former = Phone::fresh(&app, &world.manager.again(&app.app)).await;
        assert_eq!(former.ids("readiness").len(), 1);
        crate::hand_overs::moved(&app, world.participant.id).await;
        former.follow(&app, &world.manager.again(&app.app), 200).await;
        assert!(former.ids("readiness").is_empty());
        let there = Phone::fresh(&app, &world.other_manager.again(&app.app)).await;
        assert_eq!(there.ids("readiness"), [world.participant.id.to_string()]);
        // Told in one feed alone: what was told of somebody goes along with them.
        let mut tx = app.app.db.read().await.unwrap();
        let told: Vec<(Uuid, String)> = tx
            .query(sql!("SELECT centre_id, operation FROM change WHERE subject_kind = 'readiness' ORDER BY operation"))
            .all().await.unwrap();
        assert_eq!(told, [(world.other_centre.0, "upsert".to_owned())]);
    }

    async fn only_the_same_item_is_in_conflict(app: TestApp) {
        let world = &app.world;
        let set = |item: &str, state: &str, base| about(&app, "setReadinessItem", &setting(item, state, base));
        let willing = about(&app, "setWillingness", &json!({"willingness": "seeking", "base_version": 0}));
        let (first, second, third) = (set("cv", "missing", 0), set("cv", "being_obtained", 0), set("phone", "have", 0));
        let day = [&first, &second, &third, &willing];
        assert_eq!(words(&push(&app, &world.mentor, &day).await), ["applied"; 4]);
        assert_eq!(words(&push(&app, &world.mentor, &day).await), ["duplicate"; 4]);
        let results = push(&app, &world.counsellor, &[&set("cv", "have", 1), &set("housing", "have", 1), &set("cv", "have", 4)]).await;
        assert_eq!(words(&results), ["conflict", "applied", "applied"], "{results:?}");
        assert_eq!(results[0]["version"], json!(4));
        let list = seen(&app, &world.manager).await;
        assert_eq!((&of(&list, "cv")["state"], &list["version"]), (&json!("have"), &json!(6)));
        let mut crooked = set("cv", "have", 6);
        crooked["base_version"] = json!(5);
        assert_eq!(words(&push(&app, &world.mentor, &[&crooked, &set("cv", "have", 99)]).await), ["refused", "conflict"]);
        assert_eq!(words(&push(&app, &world.participant, &[&set("cv", "missing", 6)]).await), ["refused"]);
        assert_eq!(words(&push(&app, &world.other_mentor, &[&set("cv", "missing", 6)]).await), ["refused"]);
    }
}
