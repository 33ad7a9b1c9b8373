//! Who hears of it: whoever is asked at once, whoever asked when it is answered, and the participant who accompanies them now.

use super::{answer, asked, asked_of_centre, seen};
use crate::{
    notifications::{dispatch, phone, push_service, read},
    sync::Phone,
};
use muwakaba_tests::{TestApp, both_databases, world::SignedIn};
use serde_json::{Value, json};

/// What this person's app lists of notifications.
async fn notices(app: &TestApp, person: &SignedIn) -> Vec<String> {
    let list = seen(app, person, "/v1/notifications").await;
    let purposes = list["items"].as_array().unwrap().iter();
    purposes.map(|one| one["content"]["purpose"].as_str().unwrap().to_owned()).collect()
}

async fn companions(app: &TestApp) -> Vec<Value> {
    seen(app, &app.world.participant, "/v1/me/companions").await["items"].as_array().unwrap().clone()
}

both_databases! {
    async fn the_push_names_nobody_and_the_app_says_by_first_name_who_it_is(app: TestApp) {
        let world = &app.world;
        let service = push_service(&app).await;
        for person in [&world.other_mentor, &world.participant, &world.mentor] {
            phone(&app, &service, person).await;
        }
        let before = companions(&app).await;
        assert_eq!(before.len(), 2);
        let path = asked(&app).await;
        dispatch(&app).await;
        assert_eq!(service.received().len(), 1, "only whoever is asked hears of it");
        assert_eq!(notices(&app, &world.other_mentor).await, ["hand_over_asked"]);
        answer(&app, &path, &world.other_mentor, "accept").expect(200).await;
        dispatch(&app).await;
        assert_eq!(service.received().len(), 3);
        assert_eq!(notices(&app, &world.participant).await, ["companion_changed"]);
        assert_eq!(notices(&app, &world.mentor).await, ["hand_over_answered"], "although the participant is not theirs any more");
        let names: Vec<String> = companions(&app).await.iter().map(|one| one["given_name"].as_str().unwrap().to_owned()).collect();
        for received in service.received() {
            let text = serde_json::to_string(&read(&received)).unwrap();
            for name in names.iter().map(String::as_str).chain([muwakaba_tests::world::CANARY_NAME]) {
                assert!(!text.contains(name), "{text}");
            }
        }
        let now = companions(&app).await;
        assert_eq!(now.len(), 2);
        assert!(now.iter().all(|one| !one["given_name"].as_str().unwrap().is_empty()));
        assert_eq!(now.iter().filter(|one| one["leads"] == json!(true)).count(), 1);
        assert_ne!(before, now);
    }

    async fn the_participants_phone_knows_it_without_network(app: TestApp) {
        let world = &app.world;
        let mut phone = Phone::fresh(&app, &world.participant.again(&app.app)).await;
        let path = asked(&app).await;
        phone.follow(&app, &world.participant.again(&app.app), 200).await;
        let before = phone.ids("companions").len();
        assert!(phone.ids("hand_overs").is_empty(), "what is asked is among staff");
        answer(&app, &path, &world.other_mentor, "accept").expect(200).await;
        phone.follow(&app, &world.participant.again(&app.app), 200).await;
        let fresh = Phone::fresh(&app, &world.participant.again(&app.app)).await;
        assert_eq!((phone.ids("companions"), before), (fresh.ids("companions"), before));
        for (key, companion) in &phone.things {
            assert!(key.0 != "companions" || companion.get("staff_id").is_none());
        }
    }

    async fn a_refusal_is_told_to_whoever_asked_and_to_nobody_else(app: TestApp) {
        let world = &app.world;
        let path = asked_of_centre(&app).await;
        assert_eq!(notices(&app, &world.other_manager).await, ["hand_over_asked"]);
        answer(&app, &path, &world.other_manager, "refuse").expect(200).await;
        assert_eq!(notices(&app, &world.manager).await, ["hand_over_answered"]);
        assert!(notices(&app, &world.participant).await.is_empty());
        assert!(notices(&app, &world.other_manager).await.is_empty(), "nothing is asked any more");
    }

    async fn what_is_withdrawn_is_told_to_nobody(app: TestApp) {
        let world = &app.world;
        let service = push_service(&app).await;
        phone(&app, &service, &world.other_mentor).await;
        let path = asked(&app).await;
        answer(&app, &path, &world.mentor, "withdraw").expect(200).await;
        dispatch(&app).await;
        assert!(service.received().is_empty());
        assert!(notices(&app, &world.other_mentor).await.is_empty());
    }

    async fn the_timeline_tells_staff_what_was_asked_and_the_participant_what_changed(app: TestApp) {
        let world = &app.world;
        let refused = asked(&app).await;
        answer(&app, &refused, &world.other_mentor, "refuse").expect(200).await;
        let accepted = asked(&app).await;
        answer(&app, &accepted, &world.other_mentor, "accept").expect(200).await;
        let path = format!("/v1/participants/{}/timeline", world.participant.id);
        let events = async |person: &SignedIn| {
            let timeline = seen(&app, person, &path).await;
            let items = timeline["items"].as_array().unwrap().iter().filter(|one| one["kind"] == "hand_over");
            let mut events: Vec<String> = items.map(|one| one["event"].as_str().unwrap().to_owned()).collect();
            events.sort_unstable();
            events
        };
        assert_eq!(events(&world.manager).await, ["accepted", "asked", "asked", "refused"]);
        assert_eq!(events(&world.participant).await, ["accepted"]);
    }
}
