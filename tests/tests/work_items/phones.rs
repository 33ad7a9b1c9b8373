//! What phones have of work items, and what they send of them that was done without network.

use super::{path_of, raise, raise_about, seen, the_one};
use crate::{sync::Phone, visits::phones::about};
use care::work_item::WorkCause;
use chrono::TimeDelta;
use muwakaba_tests::{SignedIn, TestApp, both_databases};
use serde_json::{Value, json};

async fn push(app: &TestApp, person: &SignedIn, mutation: &Value) -> Value {
    let sent = json!({"mutations": [mutation]});
    let answer = app.post("/v1/sync").by(&person.again(&app.app)).json(sent).expect(200).await;
    answer.json()["results"][0].clone()
}

both_databases! {
    async fn a_phone_has_what_is_open_of_its_people(app: TestApp) {
        let world = &app.world;
        raise(&app, WorkCause::JobLost, &world.participant).await;
        let item = the_one(&app).await;
        let (path, key) = (path_of(&item), ("work_items".to_owned(), item["id"].as_str().unwrap().to_owned()));
        for person in [&world.mentor, &world.counsellor, &world.manager] {
            let phone = Phone::fresh(&app, &person.again(&app.app)).await;
            assert_eq!(phone.things.get(&key), Some(&seen(&app, person, &path).await));
        }
        for person in [&world.participant, &world.other_mentor, &world.foreign_mentor] {
            assert_eq!(Phone::fresh(&app, &person.again(&app.app)).await.things.get(&key), None);
        }
        app.post(&format!("{path}/finish")).by(&world.mentor.again(&app.app)).if_match(1).expect(200).await;
        let closed = Phone::fresh(&app, &world.mentor.again(&app.app)).await;
        assert_eq!(closed.things.get(&key).unwrap()["state"], "done");
        app.clock.advance(TimeDelta::days(1));
        assert_eq!(Phone::fresh(&app, &world.mentor.again(&app.app)).await.things.get(&key), None);
    }

    async fn what_two_saw_to_is_no_conflict_but_what_came_again_is(app: TestApp) {
        let world = &app.world;
        let subject = raise(&app, WorkCause::CallWanted, &world.participant).await;
        let path = path_of(&the_one(&app).await);
        let id = path.rsplit('/').next().unwrap().to_owned();
        let finished = about(&app, "finishWorkItem", &id, 1, &json!({}));
        let late = about(&app, "finishWorkItem", &id, 1, &json!({}));
        app.clock.advance(TimeDelta::hours(1));
        // They called, and the participant asked again meanwhile.
        raise_about(&app, WorkCause::CallWanted, world.participant.id, world.centre, subject).await;
        assert_eq!(push(&app, &world.mentor, &finished).await["result"], "conflict");
        // What they had seen counts, whatever the clock of their phone says.
        let mut seen_again = about(&app, "finishWorkItem", &id, 2, &json!({}));
        seen_again["recorded_at"] = finished["recorded_at"].clone();
        assert_eq!(push(&app, &world.mentor, &seen_again).await["result"], "applied");
        assert_eq!(push(&app, &world.mentor, &seen_again).await["result"], "duplicate");
        assert_eq!(push(&app, &world.counsellor, &late).await["result"], "applied", "it is so");
        let stands = seen(&app, &world.manager, &path).await;
        assert_eq!([&stands["state"], &stands["closed_by"], &stands["version"]], [&json!("done"), &json!(world.mentor.id), &json!(3)]);
    }

    async fn it_is_taken_and_put_off_from_the_field_as_it_was_seen(app: TestApp) {
        let world = &app.world;
        raise(&app, WorkCause::JobLost, &world.participant).await;
        let path = path_of(&the_one(&app).await);
        let id = path.rsplit('/').next().unwrap().to_owned();
        let take = about(&app, "takeWorkItem", &id, 1, &json!({}));
        let snooze = about(&app, "snoozeWorkItem", &id, 2, &json!({"days": 3}));
        let too_long = about(&app, "snoozeWorkItem", &id, 2, &json!({"days": 14}));
        assert_eq!(push(&app, &world.mentor, &take).await["result"], "applied");
        let refused = push(&app, &world.mentor, &too_long).await;
        assert_eq!((&refused["result"], &refused["problem"]["errors"][0]["pointer"]), (&json!("refused"), &json!("/body/days")));
        assert_eq!(push(&app, &world.mentor, &snooze).await["result"], "applied");
        let theirs = about(&app, "takeWorkItem", &id, 1, &json!({}));
        assert_eq!(push(&app, &world.counsellor, &theirs).await["result"], "conflict");
        let dismissed = about(&app, "dismissWorkItem", &id, 1, &json!({"reason": "handled_otherwise"}));
        assert_eq!(push(&app, &world.counsellor, &dismissed).await["result"], "applied");
        for stranger in [&world.other_mentor, &world.other_manager] {
            assert_eq!(push(&app, stranger, &about(&app, "finishWorkItem", &id, 1, &json!({}))).await["problem"]["code"], "not_found");
        }
    }
}
