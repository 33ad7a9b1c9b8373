//! What phones have of plans, and what they send of them that was done without network.

use super::{command, seen, usual};
use crate::{
    appointments::schedule,
    sync::Phone,
    visits::phones::{about, push, words},
};
use db::sql;
use muwakaba::background::reconciler;
use muwakaba_tests::both_databases;
use serde_json::{Value, json};

fn known(phone: &Phone, path: &str) -> Option<Value> {
    let id = path.rsplit('/').next().unwrap();
    phone.things.get(&("plans".to_owned(), id.to_owned())).cloned()
}

both_databases! {
    async fn a_phone_has_what_the_reading_operation_gives(app: TestApp) {
        let world = &app.world;
        let path = usual(&app).await;
        for person in [&world.participant, &world.mentor, &world.counsellor, &world.manager] {
            let phone = Phone::fresh(&app, &person.again(&app.app)).await;
            let plan = known(&phone, &path).unwrap();
            assert_eq!(plan, seen(&app, person, &path).await);
            assert!(!plan.to_string().contains("counselling"));
        }
        for person in [&world.other_participant, &world.other_mentor, &world.foreign_mentor] {
            assert_eq!(known(&Phone::fresh(&app, &person.again(&app.app)).await, &path), None);
        }
        let mut phone = Phone::fresh(&app, &world.participant.again(&app.app)).await;
        command(&app, &world.mentor, &path, "end", 1).json(json!({"reason": "completed"})).expect(200).await;
        phone.follow(&app, &world.participant.again(&app.app), 200).await;
        assert_eq!(known(&phone, &path).unwrap()["state"], json!("ended"));
    }

    async fn a_plan_that_cannot_be_read_keeps_nothing_else_back(app: TestApp) {
        let world = &app.world;
        let path = usual(&app).await;
        let mut tx = app.app.db.write().await.unwrap();
        let later = r#"{"written": "by a later version"}"#;
        tx.query(sql!("UPDATE plan_template_version SET content = $1")).bind(later).execute().await.unwrap();
        tx.commit().await.unwrap();
        let phone = Phone::fresh(&app, &world.mentor.again(&app.app)).await;
        assert_eq!(known(&phone, &path), None);
        assert!(phone.things.keys().any(|(list, _)| list == "check_ins"));
        let listed = seen(&app, &world.mentor, &format!("/v1/participants/{}/plans", world.participant.id)).await;
        assert_eq!(listed["items"], json!([]));
        // It is left to the nodes that can read it, and not set aside.
        app.clock.set("2026-11-24T00:00:00Z".parse().unwrap());
        reconciler::run(&app.app).await.unwrap();
        let mut tx = app.app.db.read().await.unwrap();
        let faults: Vec<Option<String>> =
            tx.query(sql!("SELECT fault FROM agenda WHERE subject_kind = 'plan'")).scalars().await.unwrap();
        assert_eq!(faults, [Some("not_here".to_owned())]);
    }

    async fn an_appointment_is_said_without_network_once(app: TestApp) {
        let world = &app.world;
        let path = usual(&app).await;
        // All that it takes is on the phone.
        let phone = Phone::fresh(&app, &world.mentor.again(&app.app)).await;
        let session = known(&phone, &path).unwrap()["sessions"][0].clone();
        assert_eq!(session["version"], json!(1));
        let session = session["id"].as_str().unwrap().to_owned();
        let appointment = schedule(&app, "2026-12-02T10:00:00").await.string("/id");
        let link = about(&app, "linkPlanSession", &session, 1, &json!({"appointment_id": appointment}));
        let mentor = || world.mentor.again(&app.app);
        assert_eq!(words(&push(&app, &mentor(), &[&link]).await), ["applied"]);
        assert_eq!(words(&push(&app, &mentor(), &[&link]).await), ["duplicate"]);
        // Somebody else relied on what was before.
        let cancel = about(&app, "cancelPlanSession", &session, 1, &Value::Null);
        assert_eq!(words(&push(&app, &world.counsellor.again(&app.app), &[&cancel]).await), ["conflict"]);
        // What the same person did before is no news to them; but it is arranged.
        let cancel = about(&app, "cancelPlanSession", &session, 1, &Value::Null);
        assert_eq!(words(&push(&app, &mentor(), &[&cancel]).await), ["refused"]);
        let foreign = about(&app, "cancelPlanSession", &session, 2, &Value::Null);
        assert_eq!(words(&push(&app, &world.foreign_mentor.again(&app.app), &[&foreign]).await), ["refused"]);
    }
}
