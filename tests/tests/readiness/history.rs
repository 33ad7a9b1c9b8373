//! Reading what was said before of whether somebody looks for work.

use super::{say as set_item, setting};
use crate::{appointments::audited, visits::seen};
use chrono::TimeDelta;
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};

fn history(app: &TestApp) -> String {
    format!("/v1/participants/{}/willingness-history", app.world.participant.id)
}

async fn say(app: &TestApp, body: Value) {
    let path = format!("/v1/participants/{}/willingness", app.world.participant.id);
    app.post(&path).by(&app.world.mentor.again(&app.app)).json(body).expect(201).await;
}

both_databases! {
    async fn what_was_said_before_is_read_with_its_words(app: TestApp) {
        let world = &app.world;
        assert_eq!(seen(&app, &world.mentor, &history(&app)).await["items"], json!([]));
        say(&app, json!({"willingness": "not_seeking", "reason": "care", "what_would_change": "Somebody for the mother", "base_version": 0})).await;
        // Something else of the list counts as a version, and is none of it.
        set_item(&app, &world.mentor, setting("cv", "missing", 1)).await;
        app.clock.advance(TimeDelta::days(30));
        say(&app, json!({"willingness": "seeking", "base_version": 2})).await;
        let all = seen(&app, &world.counsellor, &history(&app)).await;
        let items = all["items"].as_array().unwrap();
        assert_eq!(items.len(), 2);
        assert_eq!((&items[0]["willingness"], &items[0]["version"], items[0].get("reason")), (&json!("seeking"), &json!(3), None));
        for (field, value) in [
            ("willingness", json!("not_seeking")),
            ("reason", json!("care")),
            ("what_would_change", json!("Somebody for the mother")),
            ("recorded_by", json!(world.mentor.id)),
            ("recorded_at", json!("2026-11-23T10:00:00Z")),
            ("version", json!(1)),
        ] {
            assert_eq!(items[1][field], value, "{field}");
        }
        for person in [&world.participant, &world.mentor, &world.manager] {
            assert_eq!(seen(&app, person, &history(&app)).await, all);
        }
        let first = seen(&app, &world.mentor, &format!("{}?limit=1", history(&app))).await;
        let cursor = first["next_cursor"].as_str().unwrap();
        let rest = seen(&app, &world.mentor, &format!("{}?limit=1&cursor={cursor}", history(&app))).await;
        assert_eq!((&rest["items"][0], rest.get("next_cursor")), (&items[1], None));
        for person in [&world.other_mentor, &world.foreign_mentor, &world.other_manager, &world.other_participant] {
            app.get(&history(&app)).by(&person.again(&app.app)).refused(ProblemCode::NotFound).await;
        }
        for person in [&world.administrator, &world.observer] {
            app.get(&history(&app)).by(&person.again(&app.app)).refused(ProblemCode::NotForThisRole).await;
        }
        assert!(audited(&app, "readiness.list_willingness").await >= 2);
    }

    async fn what_a_later_version_wrote_is_left_out(app: TestApp) {
        say(&app, json!({"willingness": "seeking", "base_version": 0})).await;
        say(&app, json!({"willingness": "studying", "base_version": 1})).await;
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!("UPDATE readiness_willingness SET willingness = 'dreaming' WHERE version = 2")).execute().await.unwrap();
        tx.commit().await.unwrap();
        let all = seen(&app, &app.world.mentor, &history(&app)).await;
        assert_eq!((all["items"].as_array().unwrap().len(), &all["items"][0]["willingness"]), (1, &json!("seeking")));
    }
}
