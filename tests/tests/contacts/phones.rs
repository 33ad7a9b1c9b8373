//! What phones have of attempts, and what they send of them that was done without network.

use super::{new_attempt, stands, tried};
use crate::{
    consents::{give, relative, withdraw_contact},
    sync::Phone,
    visits::{about, over, push, seen, words},
};
use chrono::TimeDelta;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

/// What a phone sends that recorded an attempt.
pub fn recorded(app: &TestApp, fields: &Value) -> Value {
    let body = over(new_attempt(app), &json!({"id": Uuid::now_v7(), "zone": "Africa/Casablanca"}));
    json!({"id": Uuid::now_v7(), "recorded_at": app.now().to_string(), "operation": "recordContactAttempt", "body": over(body, fields)})
}

both_databases! {
    async fn a_phone_has_what_the_reading_operation_gives(app: TestApp) {
        let world = &app.world;
        let attempt = tried(&app, &world.mentor, new_attempt(&app)).await;
        let id = attempt.string("/id");
        let known = |phone: &Phone| phone.things.get(&("contact_attempts".to_owned(), id.clone())).cloned();
        for person in [&world.mentor, &world.counsellor, &world.manager] {
            let phone = Phone::fresh(&app, &person.again(&app.app)).await;
            assert_eq!(known(&phone), Some(seen(&app, person, &format!("/v1/contact-attempts/{id}")).await));
        }
        for person in [&world.participant, &world.other_mentor, &world.foreign_mentor] {
            assert_eq!(known(&Phone::fresh(&app, &person.again(&app.app)).await), None);
        }
        // What was withdrawn is forgotten.
        let mut phone = Phone::fresh(&app, &world.mentor.again(&app.app)).await;
        app.post(&format!("/v1/contact-attempts/{id}/withdraw")).by(&world.mentor.again(&app.app)).if_match(1).json(json!({"reason": "x"})).expect(200).await;
        phone.follow(&app, &world.mentor.again(&app.app), 200).await;
        assert_eq!(known(&phone), None);
    }

    async fn it_is_sent_late_and_again_changes_nothing(app: TestApp) {
        let (world, noted) = (&app.world, app.now().to_string());
        let attempt = recorded(&app, &json!({}));
        let id = attempt["body"]["id"].as_str().unwrap().to_owned();
        let withdrawn = about(&app, "withdrawContactAttempt", &id, 1, &json!({"reason": "It was the wrong number"}));
        app.clock.advance(TimeDelta::days(3));
        assert_eq!(words(&push(&app, &world.mentor, &[&attempt]).await), ["applied"]);
        let stands_recorded = seen(&app, &world.manager, &format!("/v1/contact-attempts/{id}")).await;
        assert_eq!((stands_recorded["noted_at"].as_str(), stands_recorded["recorded_at"].as_str()), (Some(&*noted), Some("2026-11-26T10:00:00Z")));
        assert_eq!(words(&push(&app, &world.mentor, &[&attempt, &withdrawn]).await), ["duplicate", "applied"]);
        assert_eq!(words(&push(&app, &world.mentor, &[&attempt, &withdrawn]).await), ["duplicate"; 2]);
        // Said by somebody else as well, it is so.
        let again = about(&app, "withdrawContactAttempt", &id, 1, &json!({"reason": "twice"}));
        assert_eq!(words(&push(&app, &world.manager, &[&again]).await), ["applied"]);
        let by_another = about(&app, "withdrawContactAttempt", &id, 1, &json!({"reason": "twice"}));
        assert_eq!(words(&push(&app, &world.counsellor, &[&by_another]).await), ["refused"]);
        assert_eq!(stands(&app).await["attempts_since"], json!(0));
    }

    async fn it_is_taken_from_whoever_lost_the_person_since(app: TestApp) {
        let world = &app.world;
        let history = seen(&app, &world.manager, &format!("/v1/participants/{}/assignments", world.participant.id)).await;
        let own = history["items"].as_array().unwrap().iter().find(|one| one["staff_id"] == json!(world.mentor.id)).unwrap().clone();
        let before = recorded(&app, &json!({}));
        app.clock.advance(TimeDelta::hours(1));
        app.post(&format!("/v1/assignments/{}/end", own["id"].as_str().unwrap())).by(&world.manager.again(&app.app)).expect(200).await;
        app.clock.advance(TimeDelta::hours(3));
        let after = recorded(&app, &json!({}));
        let without_zone = {
            let mut sent = recorded(&app, &json!({}));
            sent["body"].as_object_mut().unwrap().remove("zone");
            sent
        };
        assert_eq!(words(&push(&app, &world.mentor, &[&before, &after]).await), ["applied", "refused"]);
        assert_eq!(words(&push(&app, &world.counsellor, &[&without_zone]).await), ["refused"]);
        app.clock.advance(TimeDelta::days(31));
        let mut late = recorded(&app, &json!({}));
        late["recorded_at"] = before["recorded_at"].clone();
        assert_eq!(words(&push(&app, &world.mentor, &[&late]).await), ["refused"]);
    }

    async fn what_was_tried_without_network_is_kept_and_says_what_became_of_the_consent(app: TestApp) {
        let (world, brother) = (&app.world, Uuid::now_v7().to_string());
        let through = |relative: &str| {
            let fields = json!({"id": Uuid::now_v7(), "kind": "through_family", "relative_id": relative});
            recorded(&app, &fields)
        };
        give(&app, &world.participant, relative(&app, &brother, "The brother")).await;
        app.clock.advance(TimeDelta::minutes(1));
        let while_given = through(&brother);
        app.clock.advance(TimeDelta::minutes(1));
        withdraw_contact(&app, &world.participant, "contact_relative", &brother).await;
        app.clock.advance(TimeDelta::minutes(1));
        let (afterwards, never) = (through(&brother), through(&Uuid::now_v7().to_string()));
        let sent = [&while_given, &afterwards, &never];
        assert_eq!(words(&push(&app, &world.mentor, &sent).await), ["applied"; 3]);
        assert_eq!(words(&push(&app, &world.mentor, &sent).await), ["duplicate"; 3]);
        for (mutation, ground) in sent.into_iter().zip(["ended_since", "missing", "missing"]) {
            let path = format!("/v1/contact-attempts/{}", mutation["body"]["id"].as_str().unwrap());
            assert_eq!(seen(&app, &world.manager, &path).await["consent"], json!(ground));
        }
    }
}
