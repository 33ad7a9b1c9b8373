//! Fetching notifications, and the plan that staff see.

use super::{button, dispatch, press, push_service, told};
use contract::{NotificationAction, ProblemCode, push::PushPayload};
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};

async fn listed(app: &TestApp) -> Vec<Value> {
    let person = app.world.participant.again(&app.app);
    let list = app.get("/v1/notifications").by(&person).expect(200).await.json();
    list["items"].as_array().unwrap().clone()
}

both_databases! {
    async fn what_was_pushed_can_be_fetched_with_the_same_words_and_tag(app: TestApp) {
        let service = push_service(&app).await;
        let (pushed, path) = told(&app, &service, "2026-12-01T10:00:00").await;
        let items = listed(&app).await;
        let fetched: PushPayload = serde_json::from_value(items[0]["content"].clone()).unwrap();
        assert_eq!((&fetched.tag, &fetched.title, &fetched.body), (&pushed.tag, &pushed.title, &pushed.body));
        assert_eq!(items[0]["state"], "sent");
        // Its buttons work as those of the push do.
        press(&app, &button(&fetched, NotificationAction::Confirm)).expect(200).await;
        assert_eq!(app.get(&path).by(&app.world.mentor).expect(200).await.string("/state"), "confirmed");
        // What was pushed and what was fetched are one button.
        press(&app, &button(&pushed, NotificationAction::Confirm)).expect(200).await;
        let left: Vec<_> = listed(&app).await[0]["content"]["actions"].as_array().unwrap().iter().map(|one| one["action"].clone()).collect();
        assert_eq!(left, [json!("ask_to_move")], "only the buttons that would still do something are offered");
        let id = items[0]["id"].as_str().unwrap();
        let one = app.get(&format!("/v1/notifications/{id}")).by(&app.world.participant).expect(200).await;
        assert_eq!(one.json()["state"], "acted");
    }

    async fn a_used_button_is_not_offered_again(app: TestApp) {
        let service = push_service(&app).await;
        let (pushed, _) = told(&app, &service, "2026-12-01T10:00:00").await;
        press(&app, &button(&pushed, NotificationAction::Confirm)).expect(200).await;
        press(&app, &button(&pushed, NotificationAction::AskToMove)).expect(200).await;
        assert_eq!(listed(&app).await[0]["content"]["actions"], json!([]));
    }

    async fn a_notification_is_its_recipients_alone(app: TestApp) {
        let service = push_service(&app).await;
        told(&app, &service, "2026-12-01T10:00:00").await;
        let id = listed(&app).await[0]["id"].as_str().unwrap().to_owned();
        for other in [&app.world.other_participant, &app.world.mentor, &app.world.manager, &app.world.administrator, &app.world.foreign_participant] {
            assert_eq!(app.get("/v1/notifications").by(other).expect(200).await.json()["items"], json!([]));
            app.get(&format!("/v1/notifications/{id}")).by(other).refused(ProblemCode::NotFound).await;
        }
        app.get("/v1/notifications").refused(ProblemCode::Unauthenticated).await;
    }

    async fn what_is_not_due_and_what_was_withdrawn_is_not_listed(app: TestApp) {
        let path = crate::appointments::schedule(&app, "2026-12-08T10:00:00").await.header("location").to_owned();
        assert_eq!(listed(&app).await.len(), 1, "due and not sent yet");
        dispatch(&app).await;
        app.clock.set("2026-12-01T10:00:00Z".parse().unwrap());
        assert_eq!(listed(&app).await.len(), 2);
        let mentor = app.world.mentor.again(&app.app);
        app.post(&format!("{path}/cancel")).by(&mentor).if_match(1).json(json!({})).expect(200).await;
        let purposes: Vec<_> = listed(&app).await.iter().map(|one| one["content"]["purpose"].clone()).collect();
        assert_eq!(purposes, [json!("appointment_cancelled"), json!("appointment_scheduled")]);
        assert_eq!(listed(&app).await[1]["content"]["actions"], json!([]), "a cancelled appointment has nothing to answer");
    }

    async fn pages_follow_each_other(app: TestApp) {
        for hour in 10..15 {
            crate::appointments::schedule(&app, &format!("2026-12-01T{hour}:00:00")).await;
            app.clock.advance(chrono::TimeDelta::seconds(1));
        }
        let mut seen = Vec::new();
        let mut next = String::new();
        loop {
            let page = app.get(&format!("/v1/notifications?limit=2{next}")).by(&app.world.participant).expect(200).await.json();
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["content"]["time"]["local"].as_str().unwrap().to_owned()));
            match page.get("next_cursor").and_then(Value::as_str) {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => break,
            }
        }
        let expected: Vec<_> = (10..15).rev().map(|hour| format!("2026-12-01T{hour}:00:00")).collect();
        assert_eq!(seen, expected);
        for query in ["limit=0", "limit=201", "cursor=AAAA", "odd=1"] {
            app.get(&format!("/v1/notifications?{query}")).by(&app.world.participant).refused(ProblemCode::Invalid).await;
        }
    }

    async fn the_plan_is_for_staff_in_scope(app: TestApp) {
        let path = crate::appointments::schedule(&app, "2026-12-08T10:00:00").await.header("location").to_owned();
        let plan = format!("{path}/reminders");
        for reader in [&app.world.mentor, &app.world.counsellor, &app.world.manager] {
            let items = app.get(&plan).by(reader).expect(200).await.json()["items"].as_array().unwrap().clone();
            assert_eq!(items.len(), 6);
            let due: Vec<_> = items.iter().map(|item| item["due_at"].as_str().unwrap().to_owned()).collect();
            assert!(due.is_sorted(), "{due:?}");
        }
        for (reader, code) in [
            (&app.world.participant, ProblemCode::NotForThisRole), (&app.world.administrator, ProblemCode::NotForThisRole),
            (&app.world.observer, ProblemCode::NotForThisRole), (&app.world.other_mentor, ProblemCode::NotFound),
            (&app.world.foreign_mentor, ProblemCode::NotFound), (&app.world.other_manager, ProblemCode::NotFound),
        ] {
            app.get(&plan).by(reader).refused(code).await;
        }
        let first = app.get(&format!("{plan}?limit=4")).by(&app.world.mentor).expect(200).await.json();
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = app.get(&format!("{plan}?limit=4&cursor={cursor}")).by(&app.world.mentor).expect(200).await.json();
        assert_eq!((first["items"].as_array().unwrap().len(), second["items"].as_array().unwrap().len()), (4, 2));
    }
}
