//! What phones have of how people are reached, and what they send of it that was done without network.

use super::{add, file_number, new_way, path, ways};
use crate::{
    appointments,
    sync::Phone,
    visits::{about, over, push, seen, words},
};
use chrono::TimeDelta;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

/// What a phone sends of a deed that holds whatever was changed meanwhile.
pub fn said(app: &TestApp, operation: &str, subject: Uuid, body: &Value) -> Value {
    json!({
        "id": Uuid::now_v7(), "recorded_at": app.now().to_string(), "operation": operation, "subject_id": subject, "body": body,
    })
}

/// What a phone sends of somebody who was told.
pub fn told(app: &TestApp, reminder: Uuid) -> Value {
    let body = json!({"id": Uuid::now_v7(), "how": "called", "local_at": "2026-11-23T10:00:00", "zone": "Africa/Casablanca"});
    said(app, "settleCall", reminder, &body)
}

/// The reminder that is to be told now.
pub async fn to_call(app: &TestApp) -> Uuid {
    to_call_about(app, "2026-12-03T10:00:00").await
}

/// The same about an appointment then.
pub async fn to_call_about(app: &TestApp, local_start: &str) -> Uuid {
    appointments::schedule(app, local_start).await;
    seen(app, &app.world.mentor, "/v1/calls-to-make").await["items"][0]["reminder_id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap()
}

both_databases! {
    async fn a_phone_has_what_the_reading_operation_gives(app: TestApp) {
        let world = &app.world;
        add(&app, &world.mentor, new_way()).await;
        let known = |phone: &Phone| phone.things.get(&("contact_ways".to_owned(), world.participant.id.to_string())).cloned();
        let mut phone = Phone::fresh(&app, &world.mentor.again(&app.app)).await;
        assert_eq!(known(&phone), Some(ways(&app, &world.mentor).await));
        for person in [&world.participant, &world.other_mentor, &world.foreign_mentor] {
            assert_eq!(known(&Phone::fresh(&app, &person.again(&app.app)).await), None);
        }
        // A number in the file is one of them, wherever it is changed.
        file_number(&app, "+212600000005").await;
        phone.follow(&app, &world.mentor.again(&app.app), 200).await;
        assert_eq!(known(&phone).unwrap()["ways"][0]["number"], json!("+212600000005"));
    }

    async fn a_wrong_number_is_said_without_network_whatever_was_changed_meanwhile(app: TestApp) {
        let (world, id) = (&app.world, Uuid::now_v7());
        let participant = world.participant.id;
        let added = said(&app, "addContactWay", participant, &over(new_way(), &json!({"id": id})));
        let wrong = said(&app, "reportWrongNumber", participant, &json!({"contact_way_id": id, "number": "+212600000001"}));
        assert_eq!(words(&push(&app, &world.mentor, &[&added]).await), ["applied"]);
        // Somebody else has written down another number for it by then: that one stays.
        let change = json!({"contact_way_id": id, "number": "+212600000002"});
        app.post(&format!("{}/change", path(&app))).by(&world.counsellor.again(&app.app)).if_match(2).json(change).expect(200).await;
        assert_eq!(words(&push(&app, &world.mentor, &[&wrong, &wrong]).await), ["applied", "duplicate"]);
        let known = ways(&app, &world.mentor).await;
        assert_eq!(known["ways"][0]["number"], json!("+212600000002"));
        // By whoever lost the person since.
        let history = seen(&app, &world.manager, &format!("/v1/participants/{participant}/assignments")).await;
        let own = history["items"].as_array().unwrap().iter().find(|one| one["staff_id"] == json!(world.mentor.id)).unwrap().clone();
        let late = said(&app, "reportWrongNumber", participant, &json!({"contact_way_id": id, "number": "+212600000002"}));
        let too_late = said(&app, "addContactWay", participant, &over(new_way(), &json!({"id": Uuid::now_v7()})));
        app.clock.advance(TimeDelta::hours(1));
        app.post(&format!("/v1/assignments/{}/end", own["id"].as_str().unwrap())).by(&world.manager.again(&app.app)).expect(200).await;
        assert_eq!(words(&push(&app, &world.mentor, &[&late, &too_late]).await), ["applied", "refused"]);
        assert!(ways(&app, &world.counsellor).await["ways"].as_array().unwrap().is_empty());
    }

    async fn what_was_changed_behind_a_phone_is_a_conflict_and_its_own_is_not(app: TestApp) {
        let (world, id) = (&app.world, Uuid::now_v7());
        let participant = world.participant.id;
        add(&app, &world.mentor, over(new_way(), &json!({"id": id}))).await;
        let subject = participant.to_string();
        let change = |base, body: &Value| about(&app, "changeContactWay", &subject, base, body);
        let message = json!({"contact_way_id": id, "may_leave_message": true});
        let first = change(2, &message);
        let second = about(&app, "orderContactWays", &subject, 2, &json!({"order": ["phone"]}));
        assert_eq!(words(&push(&app, &world.mentor, &[&first, &second]).await), ["applied", "applied"]);
        assert_eq!(words(&push(&app, &world.counsellor, &[&change(2, &message)]).await), ["conflict"]);
        let removed = about(&app, "removeContactWay", &subject, 4, &json!({"contact_way_id": id}));
        assert_eq!(words(&push(&app, &world.participant, &[&removed]).await), ["applied"]);
    }

    async fn whoever_was_told_without_network_was_told(app: TestApp) {
        let world = &app.world;
        let reminder = to_call(&app).await;
        let told_once = told(&app, reminder);
        let without_time = said(&app, "settleCall", reminder, &json!({"id": Uuid::now_v7(), "how": "called"}));
        app.clock.advance(TimeDelta::hours(5));
        assert_eq!(words(&push(&app, &world.mentor, &[&told_once, &told_once, &without_time]).await), ["applied", "duplicate", "refused"]);
        assert_eq!(words(&push(&app, &world.other_mentor, &[&told(&app, reminder)]).await), ["refused"]);
        assert!(seen(&app, &world.mentor, "/v1/calls-to-make").await["items"].as_array().unwrap().is_empty());
        let id = told_once["body"]["id"].as_str().unwrap();
        let withdrawn = about(&app, "withdrawReminderCall", id, 1, &Value::Null);
        assert_eq!(words(&push(&app, &world.mentor, &[&withdrawn]).await), ["applied"]);
        assert_eq!(seen(&app, &world.mentor, "/v1/calls-to-make").await["items"].as_array().unwrap().len(), 1);
    }
}
