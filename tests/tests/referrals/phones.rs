//! What phones have of referrals and partners, and asking without network.

use super::{asked, new_referral, over, partner, seen, step};
use crate::sync::Phone;
use chrono::TimeDelta;
use muwakaba_tests::{SignedIn, TestApp, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

/// What a phone sends that asked for something.
pub fn recorded(app: &TestApp, body: &Value) -> Value {
    json!({"id": Uuid::now_v7(), "recorded_at": app.now().to_string(), "operation": "askReferral", "body": body})
}

async fn push(app: &TestApp, person: &SignedIn, mutation: &Value) -> Value {
    let body = json!({"mutations": [mutation]});
    let answer = app.post("/v1/sync").by(&person.again(&app.app)).json(body).expect(200).await;
    answer.json()["results"][0].clone()
}

fn known(phone: &Phone, list: &str, id: &str) -> Option<Value> {
    phone.things.get(&(list.to_owned(), id.to_owned())).cloned()
}

both_databases! {
    async fn a_phone_has_what_the_reading_operations_give(app: TestApp) {
        let (world, path) = (&app.world, asked(&app).await);
        let id = path.rsplit('/').next().unwrap();
        for person in [&world.participant, &world.mentor, &world.counsellor, &world.manager] {
            let phone = Phone::fresh(&app, &person.again(&app.app)).await;
            let read = seen(&app, person, &path).await;
            assert_eq!(known(&phone, "referrals", id), Some(read));
        }
        for person in [&world.other_mentor, &world.foreign_mentor, &world.other_participant] {
            assert_eq!(known(&Phone::fresh(&app, &person.again(&app.app)).await, "referrals", id), None);
        }
        // What ended is forgotten after a month.
        step(&app, &path, "revoke", 1, None).await;
        assert!(known(&Phone::fresh(&app, &world.mentor.again(&app.app)).await, "referrals", id).is_some());
        app.clock.advance(TimeDelta::days(32));
        assert!(known(&Phone::fresh(&app, &world.mentor.again(&app.app)).await, "referrals", id).is_none());
    }

    async fn whoever_may_ask_has_the_partners_of_the_centre_as_they_are_read(app: TestApp) {
        let world = &app.world;
        let id = partner(&app).await;
        let path = format!("/v1/partners/{id}");
        let mut phone = Phone::fresh(&app, &world.mentor.again(&app.app)).await;
        for person in [&world.mentor, &world.other_mentor, &world.counsellor, &world.manager] {
            let fresh = Phone::fresh(&app, &person.again(&app.app)).await;
            assert_eq!(known(&fresh, "partners", &id), Some(seen(&app, person, &path).await));
        }
        for person in [&world.participant, &world.foreign_mentor, &world.other_manager] {
            assert_eq!(known(&Phone::fresh(&app, &person.again(&app.app)).await, "partners", &id), None);
        }
        // What changes of it comes with the next pull, and one that is not active stays: referrals name it.
        let change = json!({"offers": "A lawyer", "active": false});
        app.patch(&path).by(&world.manager.again(&app.app)).if_match(1).json(change).expect(200).await;
        phone.follow(&app, &world.mentor.again(&app.app), 200).await;
        assert_eq!(known(&phone, "partners", &id), Some(seen(&app, &world.mentor, &path).await));
        assert_eq!(known(&phone, "partners", &id).unwrap()["active"], json!(false));
    }

    async fn whoever_is_posted_has_the_partners_of_both_centres_until_the_posting_ends(app: TestApp) {
        let world = &app.world;
        let id = partner(&app).await;
        let own = json!({"name": "Association Annour", "offers": "A bed"});
        let own = app.post("/v1/partners").by(&world.other_manager.again(&app.app)).json(own).expect(201).await.string("/id");
        let posted = || world.foreign_mentor.again(&app.app);
        let mut phone = Phone::fresh(&app, &posted()).await;
        assert_eq!((known(&phone, "partners", &id), known(&phone, "partners", &own).is_some()), (None, true));
        let posting = json!({"centre_id": world.centre, "from": "2026-11-23"});
        let made = app.post(&format!("/v1/staff/{}/postings", world.foreign_mentor.id)).by(&world.other_manager.again(&app.app)).json(posting).expect(201).await;
        phone.follow(&app, &posted(), 200).await;
        assert!(known(&phone, "partners", &id).is_some() && known(&phone, "partners", &own).is_some());
        assert!(known(&Phone::fresh(&app, &posted()).await, "partners", &id).is_some());
        // Told long before the posting ends, and page by page: it goes all the same.
        app.clock.advance(TimeDelta::days(3));
        phone.follow(&app, &posted(), 1).await;
        let end = format!("/v1/postings/{}/end", made.string("/id"));
        app.post(&end).by(&world.other_manager.again(&app.app)).json(json!({})).expect(200).await;
        phone.follow(&app, &posted(), 1).await;
        assert_eq!((known(&phone, "partners", &id), known(&phone, "partners", &own).is_some()), (None, true));
        assert_eq!(known(&Phone::fresh(&app, &posted()).await, "partners", &id), None);
        app.get(&format!("/v1/partners/{id}")).by(&posted()).refused(contract::ProblemCode::NotFound).await;
    }

    async fn asked_without_network_it_is_asked_once_with_the_consent_that_was_given_there(app: TestApp) {
        let world = &app.world;
        let id = Uuid::now_v7().to_string();
        let body = over(new_referral(&app, &partner(&app).await), &json!({"id": id}));
        let (mutation, said_at) = (recorded(&app, &body), app.now().to_string());
        app.clock.advance(TimeDelta::days(2));
        assert_eq!(push(&app, &world.mentor, &mutation).await["result"], json!("applied"));
        assert_eq!(push(&app, &world.mentor, &mutation).await["result"], json!("duplicate"));
        let consents = seen(&app, &world.mentor, &format!("/v1/participants/{}/consents", world.participant.id)).await;
        assert_eq!((&consents["items"][0]["subject_id"], &consents["items"][0]["since"]), (&json!(id), &json!(said_at)));
        for (body, pointer) in [
            (over(body.clone(), &json!({"id": null})), "/body/id"),
            (over(body.clone(), &json!({"id": Uuid::now_v7(), "consent": null})), "/body/consent"),
            (over(body.clone(), &json!({"id": Uuid::now_v7(), "partner_id": Uuid::now_v7()})), "/body/partner_id"),
        ] {
            let refused = push(&app, &world.mentor, &recorded(&app, &body)).await;
            assert_eq!((&refused["result"], &refused["problem"]["errors"][0]["pointer"]), (&json!("refused"), &json!(pointer)));
        }
        let refused = push(&app, &world.other_mentor, &recorded(&app, &over(body, &json!({"id": Uuid::now_v7()})))).await;
        assert_eq!(refused["problem"]["code"], json!("not_found"));
    }
}
