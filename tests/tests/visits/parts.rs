//! A visit in one go: what is sent together with it is answered one by one, and the visit is kept whatever becomes of the rest.

use super::{about, new_visit, over, push, recorded, seen, words};
use contract::ProblemCode;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

/// What a phone sends together with this visit.
fn part(app: &TestApp, visit: &str, operation: &str, body: &Value) -> Value {
    json!({"id": Uuid::now_v7(), "recorded_at": app.now().to_string(), "operation": operation, "visit_id": visit, "body": body})
}

async fn parts(app: &TestApp, visit: &str) -> Vec<(String, String)> {
    let page = seen(app, &app.world.manager, &format!("/v1/visits/{visit}/parts")).await;
    let named = |part: &Value| {
        (part["operation"].as_str().unwrap().to_owned(), part["subject_id"].as_str().unwrap().to_owned())
    };
    page["items"].as_array().unwrap().iter().map(named).collect()
}

both_databases! {
    async fn each_part_is_answered_alone_and_the_visit_is_kept(app: TestApp) {
        let (world, id, need) = (&app.world, Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
        let visit = recorded(&app, &over(new_visit(&app), &json!({"id": id})));
        let of = |id: Uuid, fields: Value| over(json!({"id": id, "participant_id": world.participant.id, "area": "papers", "what": "A certificate"}), &fields);
        let found = part(&app, &id, "findNeed", &of(need.parse().unwrap(), json!({})));
        let wrong = part(&app, &id, "findNeed", &of(Uuid::now_v7(), json!({"area": "the moon"})));
        let other = part(&app, &id, "findNeed", &of(Uuid::now_v7(), json!({"participant_id": world.other_participant.id})));
        let strength = part(&app, &id, "recordStrength", &of(Uuid::now_v7(), json!({"area": "family"})));
        let closed = over(about(&app, "closeNeed", &need, 1, &json!({"result": "met"})), &json!({"visit_id": id}));
        let sent = [&visit, &found, &wrong, &other, &strength, &closed];
        let results = push(&app, &world.mentor, &sent).await;
        assert_eq!(words(&results), ["applied", "applied", "refused", "refused", "applied", "applied"], "{results:?}");
        assert_eq!(results[2]["problem"]["errors"][0]["pointer"], json!("/body/area"));
        assert_eq!(seen(&app, &world.manager, &format!("/v1/visits/{id}")).await["kind"], json!("home"));
        let strength_id = strength["body"]["id"].as_str().unwrap().to_owned();
        let kept = [("findNeed", need.clone()), ("recordStrength", strength_id), ("closeNeed", need)].map(|(operation, id)| (operation.to_owned(), id));
        assert_eq!(parts(&app, &id).await, kept);
        // Sent again, nothing happens again; what was refused is tried again.
        assert_eq!(words(&push(&app, &world.mentor, &sent).await), ["duplicate", "duplicate", "refused", "refused", "duplicate", "duplicate"]);
        assert_eq!(parts(&app, &id).await, kept);
        let page = seen(&app, &world.mentor, &format!("/v1/visits/{id}/parts?limit=2")).await;
        let rest = seen(&app, &world.mentor, &format!("/v1/visits/{id}/parts?limit=2&cursor={}", page["next_cursor"].as_str().unwrap())).await;
        assert_eq!(rest["items"].as_array().unwrap().len(), 1);
        for person in [&world.other_mentor, &world.foreign_mentor] {
            app.get(&format!("/v1/visits/{id}/parts")).by(person).refused(ProblemCode::NotFound).await;
        }
        app.get(&format!("/v1/visits/{id}/parts")).by(&world.participant).refused(ProblemCode::NotForThisRole).await;
    }

    async fn a_part_is_of_a_visit_of_ones_own_about_the_same_person(app: TestApp) {
        let (world, id, others) = (&app.world, Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
        let theirs = recorded(&app, &over(new_visit(&app), &json!({"id": others})));
        assert_eq!(words(&push(&app, &world.counsellor, &[&theirs]).await), ["applied"]);
        let own = recorded(&app, &over(new_visit(&app), &json!({"id": id})));
        assert_eq!(words(&push(&app, &world.mentor, &[&own]).await), ["applied"]);
        let need = json!({"participant_id": world.participant.id, "area": "papers", "what": "A certificate"});
        let strange = Uuid::now_v7().to_string();
        for (visit, code) in [(&others, "unknown"), (&strange, "unknown")] {
            let sent = part(&app, visit, "findNeed", &over(need.clone(), &json!({"id": Uuid::now_v7()})));
            let results = push(&app, &world.mentor, &[&sent]).await;
            let fault = &results[0]["problem"]["errors"][0];
            assert_eq!((&fault["pointer"], &fault["code"]), (&json!("/visit_id"), &json!(code)));
        }
        let itself = over(about(&app, "correctVisit", &id, 1, &json!({"reason": "r", "kind": "phone"})), &json!({"visit_id": id}));
        assert_eq!(push(&app, &world.mentor, &[&itself]).await[0]["problem"]["errors"][0]["code"], json!("itself"));
        // Nothing of what was refused was done.
        assert_eq!(seen(&app, &world.mentor, &format!("/v1/visits/{id}")).await["version"], json!(1));
        let known = seen(&app, &world.mentor, &format!("/v1/participants/{}/needs", world.participant.id)).await;
        assert!(known["areas"].as_array().unwrap().iter().all(|area| area["needs"].as_array().unwrap().is_empty()));
    }
}
