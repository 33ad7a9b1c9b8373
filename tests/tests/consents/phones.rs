//! What phones have of consents, and what they send of them that was said without network.

use super::{consent, contact, give, with, withdraw};
use crate::{appointments::audited, sync::Phone};
use chrono::TimeDelta;
use db::sql;
use muwakaba_tests::{SignedIn, TestApp, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

/// What a phone sends of something that was said now.
pub fn said(app: &TestApp, operation: &str, body: &Value) -> Value {
    json!({"id": Uuid::now_v7(), "recorded_at": app.now().to_string(), "operation": operation, "body": body})
}

async fn push(app: &TestApp, person: &SignedIn, mutations: &[&Value]) -> Vec<Value> {
    let body = json!({"mutations": mutations});
    let answer = app.post("/v1/sync").by(&person.again(&app.app)).json(body).expect(200).await;
    answer.json()["results"].as_array().unwrap().clone()
}

fn words(results: &[Value]) -> Vec<&str> {
    results.iter().map(|result| result["result"].as_str().unwrap()).collect()
}

fn state(phone: &Phone, id: &str) -> Option<String> {
    let known = phone.things.get(&("consents".to_owned(), id.to_owned()))?;
    Some(known["state"].as_str().unwrap().to_owned())
}

both_databases! {
    async fn a_phone_has_what_the_reading_operation_gives(app: TestApp) {
        let world = &app.world;
        let subject = Uuid::now_v7().to_string();
        let id = give(&app, &world.mentor, contact(&app, &subject, "The workshop of Driss")).await.string("/id");
        for person in [&world.participant, &world.mentor, &world.counsellor, &world.manager] {
            let phone = Phone::fresh(&app, &person.again(&app.app)).await;
            let read = app.get(&format!("/v1/consents/{id}")).by(&person.again(&app.app)).expect(200).await.json();
            assert_eq!(phone.things.get(&("consents".to_owned(), id.clone())), Some(&read));
        }
        for person in [&world.other_participant, &world.other_mentor, &world.foreign_mentor] {
            assert_eq!(state(&Phone::fresh(&app, &person.again(&app.app)).await, &id), None);
        }
        let mut phone = Phone::fresh(&app, &world.mentor.again(&app.app)).await;
        let body = json!({"participant_id": world.participant.id, "purpose": "contact_employer", "subject_id": subject});
        app.post("/v1/consents/withdraw").by(&world.participant).json(body).expect(200).await;
        phone.follow(&app, &world.mentor.again(&app.app), 200).await;
        assert_eq!(state(&phone, &id).as_deref(), Some("withdrawn"));
    }

    async fn what_was_said_without_network_counts_once_and_a_no_is_not_undone(app: TestApp) {
        let world = &app.world;
        let no = json!({"participant_id": world.participant.id, "purpose": "sms"});
        let yes_before = said(&app, "giveConsent", &consent(&app, "sms"));
        app.clock.advance(TimeDelta::hours(1));
        withdraw(&app, &world.mentor, "sms").await;
        app.clock.advance(TimeDelta::hours(1));
        // It arrives after the withdrawal, and was said before.
        assert_eq!(words(&push(&app, &world.participant, &[&yes_before]).await), ["applied"]);
        let listed = app.get(&format!("/v1/participants/{}/consents", world.participant.id)).by(&world.participant.again(&app.app)).expect(200).await.json();
        assert_eq!((&listed["items"][0]["state"], &listed["items"][0]["version"]), (&json!("withdrawn"), &json!(2)));

        let yes = said(&app, "giveConsent", &consent(&app, "sms"));
        app.clock.advance(TimeDelta::minutes(1));
        let first_no = said(&app, "withdrawConsent", &no);
        app.clock.advance(TimeDelta::hours(5));
        let day = [&yes, &first_no];
        assert_eq!(words(&push(&app, &world.participant, &day).await), ["applied"; 2]);
        for _ in 0..2 {
            assert_eq!(words(&push(&app, &world.participant, &day).await), ["duplicate"; 2]);
        }
        // Somebody else wrote down the same no: it is a line of its own.
        assert_eq!(words(&push(&app, &world.mentor, &[&said(&app, "withdrawConsent", &no)]).await), ["applied"]);
        let listed = app.get(&format!("/v1/participants/{}/consents", world.participant.id)).by(&world.participant.again(&app.app)).expect(200).await.json();
        assert_eq!((&listed["items"][0]["state"], &listed["items"][0]["version"]), (&json!("withdrawn"), &json!(5)));
        assert_eq!(audited(&app, "consent.give").await, 2);
    }

    async fn a_no_that_was_said_again_outweighs_a_yes_from_between_that_arrives_last(app: TestApp) {
        let world = &app.world;
        let forbidden = async || {
            let mut tx = app.app.db.read().await.unwrap();
            let count: i64 = tx.query(sql!("SELECT count(*) FROM push_forbidden")).scalar().await.unwrap();
            count
        };
        withdraw(&app, &world.participant, "push_abroad").await;
        app.clock.advance(TimeDelta::hours(1));
        let yes = said(&app, "giveConsent", &consent(&app, "push_abroad"));
        app.clock.advance(TimeDelta::hours(1));
        withdraw(&app, &world.participant, "push_abroad").await;
        app.clock.advance(TimeDelta::hours(1));
        assert_eq!(words(&push(&app, &world.mentor, &[&yes]).await), ["applied"]);
        let listed = app.get(&format!("/v1/participants/{}/consents", world.participant.id)).by(&world.participant.again(&app.app)).expect(200).await.json();
        assert_eq!((&listed["items"][0]["state"], &listed["items"][0]["version"]), (&json!("withdrawn"), &json!(3)));
        assert_eq!(forbidden().await, 1);
        // The same from phones: neither "no" of the two is lost.
        app.clock.advance(TimeDelta::minutes(1));
        let no = said(&app, "withdrawConsent", &json!({"participant_id": world.participant.id, "purpose": "sms"}));
        app.clock.advance(TimeDelta::minutes(1));
        let yes = said(&app, "giveConsent", &consent(&app, "sms"));
        app.clock.advance(TimeDelta::minutes(1));
        let no_again = said(&app, "withdrawConsent", &json!({"participant_id": world.participant.id, "purpose": "sms"}));
        assert_eq!(words(&push(&app, &world.participant, &[&no, &no_again]).await), ["applied"; 2]);
        assert_eq!(words(&push(&app, &world.mentor, &[&yes]).await), ["applied"]);
        let listed = app.get(&format!("/v1/participants/{}/consents", world.participant.id)).by(&world.participant.again(&app.app)).expect(200).await.json();
        let states: Vec<_> = listed["items"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["withdrawn"; 2]);
    }

    async fn a_no_is_taken_from_whoever_lost_the_person_since_and_a_yes_is_not(app: TestApp) {
        let world = &app.world;
        let no = || said(&app, "withdrawConsent", &json!({"participant_id": world.participant.id, "purpose": "sms"}));
        let id = give(&app, &world.mentor, consent(&app, "sms")).await.string("/id");
        app.clock.advance(TimeDelta::minutes(1));
        let (before, yes) = (no(), said(&app, "giveConsent", &consent(&app, "statistics")));
        app.clock.advance(TimeDelta::hours(1));
        let manager = world.manager.again(&app.app);
        let history = app.get(&format!("/v1/participants/{}/assignments", world.participant.id)).by(&manager).expect(200).await.json();
        let own = history["items"].as_array().unwrap().iter().find(|one| one["staff_id"] == json!(world.mentor.id)).unwrap().clone();
        app.post(&format!("/v1/assignments/{}/end", own["id"].as_str().unwrap())).by(&manager).expect(200).await;
        app.clock.advance(TimeDelta::hours(3));
        let after = no();
        assert_eq!(words(&push(&app, &world.mentor, &[&yes, &after, &before]).await), ["refused", "refused", "applied"]);
        let read = app.get(&format!("/v1/consents/{id}")).by(&world.participant.again(&app.app)).expect(200).await.json();
        assert_eq!((&read["state"], &read["version"]), (&json!("withdrawn"), &json!(2)));
        app.clock.advance(TimeDelta::days(31));
        let mut late = no();
        late["recorded_at"] = before["recorded_at"].clone();
        assert_eq!(words(&push(&app, &world.mentor, &[&late]).await), ["refused"]);
        // Nobody speaks for a participant whom they never accompanied.
        for person in [&world.foreign_mentor, &world.other_participant] {
            let results = push(&app, person, &[&no()]).await;
            assert_eq!(results[0]["problem"]["code"], json!("not_found"), "{results:?}");
        }
    }

    async fn what_cannot_be_is_refused_and_named_in_the_body(app: TestApp) {
        let world = &app.world;
        let named = json!({"subject_id": Uuid::now_v7(), "base_version": 1});
        for (person, sent, pointer) in [
            (&world.mentor, said(&app, "giveConsent", &consent(&app, "referral")), "/body/purpose"),
            (&world.mentor, said(&app, "giveConsent", &with(consent(&app, "sms"), &json!({"wording_version": "1"}))), "/body/wording_version"),
            (&world.participant, said(&app, "giveConsent", &with(consent(&app, "sms"), &json!({"witness": "X"}))), "/body/witness"),
            (&world.mentor, with(said(&app, "giveConsent", &consent(&app, "sms")), &named), "/subject_id"),
        ] {
            let results = push(&app, person, &[&sent]).await;
            assert_eq!(words(&results), ["refused"], "{results:?}");
            assert_eq!(results[0]["problem"]["errors"][0]["pointer"], json!(pointer), "{results:?}");
        }
        let results = push(&app, &world.other_mentor, &[&said(&app, "giveConsent", &consent(&app, "sms"))]).await;
        assert_eq!(results[0]["problem"]["code"], json!("not_found"));
    }
}
