//! Reading what was said before of whether somebody looks for work.

use super::{path, phones::about, say as set_item, setting};
use crate::{
    appointments::audited,
    sync::Phone,
    visits::{push, seen, words},
};
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

async fn take_back(app: &TestApp, base: i64) -> Value {
    let path = format!("/v1/participants/{}/withdraw-willingness", app.world.participant.id);
    let body = json!({"reason": "It was the brother who said so", "base_version": base});
    app.post(&path).by(&app.world.counsellor.again(&app.app)).json(body).expect(201).await.json()
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

    async fn what_was_said_by_mistake_is_taken_back_and_what_was_said_before_holds(app: TestApp) {
        let world = &app.world;
        say(&app, json!({"willingness": "not_seeking", "reason": "care", "what_would_change": "Somebody for the mother", "base_version": 0})).await;
        say(&app, json!({"willingness": "seeking", "base_version": 1})).await;
        let mut phone = Phone::fresh(&app, &world.participant.again(&app.app)).await;
        let back = take_back(&app, 2).await;
        assert_eq!((&back["version"], &back["willingness"]["willingness"], &back["willingness"]["version"]), (&json!(3), &json!("not_seeking"), &json!(3)));
        assert_eq!((&back["willingness"]["what_would_change"], &back["willingness"]["recorded_by"]), (&json!("Somebody for the mother"), &json!(world.mentor.id)));
        phone.follow(&app, &world.participant.again(&app.app), 200).await;
        let known = &phone.things[&("readiness".to_owned(), world.participant.id.to_string())];
        assert_eq!(known["willingness"], back["willingness"]);
        // All that was said is there for staff, with why it was none.
        let all = seen(&app, &world.mentor, &history(&app)).await;
        let mistake = &all["items"][0];
        assert_eq!((&mistake["willingness"], &mistake["version"]), (&json!("seeking"), &json!(2)));
        assert_eq!((&mistake["withdrawn_by"], &mistake["withdrawal_reason"]), (&json!(world.counsellor.id), &json!("It was the brother who said so")));
        assert_eq!(all["items"][1].get("withdrawn_at"), None);
        let own = seen(&app, &world.participant, &history(&app)).await;
        assert_eq!((own["items"].as_array().unwrap().len(), &own["items"][0]["version"]), (1, &json!(1)));
        // The first one as well: then nothing is said.
        let nothing = take_back(&app, 3).await;
        assert_eq!((nothing.get("willingness"), &nothing["version"]), (None, &json!(4)));
        assert_eq!(app.get(&path(&app)).by(&world.manager.again(&app.app)).expect(200).await.json().get("willingness"), None);
        let withdraw = format!("/v1/participants/{}/withdraw-willingness", world.participant.id);
        let sending = |body: Value| app.post(&withdraw).by(&world.mentor.again(&app.app)).json(body);
        sending(json!({"reason": "r", "base_version": 4})).refused(ProblemCode::CommandRefused).await;
        // And it can be said again.
        say(&app, json!({"willingness": "studying", "base_version": 4})).await;
        sending(json!({"reason": "r", "base_version": 4})).refused(ProblemCode::Changed).await;
        for person in [&world.other_mentor, &world.other_manager] {
            app.post(&withdraw).by(&person.again(&app.app)).json(json!({"reason": "r"})).refused(ProblemCode::NotFound).await;
        }
        app.post(&withdraw).by(&world.participant.again(&app.app)).json(json!({"reason": "r"})).refused(ProblemCode::NotForThisRole).await;
        assert_eq!(audited(&app, "readiness.withdraw_willingness").await, 2);
    }

    async fn a_phone_takes_back_what_it_saw_and_nothing_else(app: TestApp) {
        let world = &app.world;
        say(&app, json!({"willingness": "seeking", "base_version": 0})).await;
        let sent = about(&app, "withdrawWillingness", &json!({"reason": "r", "base_version": 1}));
        let second = about(&app, "withdrawWillingness", &json!({"reason": "r", "base_version": 1}));
        assert_eq!(words(&push(&app, &world.mentor, &[&sent, &sent]).await), ["applied", "duplicate"]);
        // The second device of somebody else had seen the same.
        assert_eq!(words(&push(&app, &world.counsellor, &[&second]).await), ["conflict"]);
        let results = push(&app, &world.participant, &[&second]).await;
        assert_eq!(words(&results), ["refused"]);
        assert_eq!(seen(&app, &world.mentor, &path(&app)).await.get("willingness"), None);
    }
}
