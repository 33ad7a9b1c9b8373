//! What replaces what: on the phone by its tag, at the push service by its topic, so that a phone that was away shows the newest
//! and nothing beside it; and whether it rings.

use super::{dispatch, phone, push_service, read};
use chrono::TimeDelta;
use muwakaba_tests::both_databases;
use serde_json::json;
use std::collections::HashSet;

both_databases! {
    async fn a_phone_that_was_away_shows_the_newest_only_and_rings(app: TestApp) {
        let service = push_service(&app).await;
        phone(&app, &service, &app.world.participant).await;
        let made = crate::appointments::schedule(&app, "2026-12-01T10:00:00").await;
        let path = made.header("location").to_owned();
        dispatch(&app).await;
        let mentor = app.world.mentor.again(&app.app);
        let moved = json!({"local_start": "2026-12-02T11:00"});
        app.post(&format!("{path}/move")).by(&mentor).if_match(1).json(moved).expect(200).await;
        dispatch(&app).await;
        // Two hours before, one that must ring although the phone shows an older one of the same appointment.
        app.clock.set("2026-12-02T09:00:00Z".parse().unwrap());
        dispatch(&app).await;
        let mentor = app.world.mentor.again(&app.app);
        app.post(&format!("{path}/cancel")).by(&mentor).if_match(2).json(json!({})).expect(200).await;
        dispatch(&app).await;
        let received = service.received();
        assert_eq!(received.len(), 4);
        let tags: HashSet<String> = received.iter().map(|one| read(one).tag).collect();
        let topics: HashSet<&str> = received.iter().map(|one| one.header("topic")).collect();
        assert_eq!((tags.len(), topics.len()), (1, 1), "each replaces the one before");
        assert!(received.iter().all(|one| read(one).renotify), "each is news");
        // The list says the same, and nothing of it was shown yet.
        let person = app.world.participant.again(&app.app);
        let list = app.get("/v1/notifications").by(&person).expect(200).await.json();
        let newest = &list["items"][0]["content"];
        assert_eq!((newest["tag"].as_str(), newest["renotify"].as_bool()), (tags.iter().next().map(String::as_str), Some(true)));
        let receipt = json!({"token": read(&received[3]).receipt_token, "event": "seen"});
        app.post("/v1/receipts").json(receipt).expect(204).await;
        let list = app.get("/v1/notifications").by(&person).expect(200).await.json();
        assert_eq!(list["items"][0]["content"]["renotify"], json!(false));
    }

    async fn what_concerns_something_else_or_somebody_else_stays_beside_it(app: TestApp) {
        let service = push_service(&app).await;
        for person in [&app.world.participant, &app.world.participant, &app.world.mentor] {
            phone(&app, &service, person).await;
        }
        let path = crate::appointments::schedule(&app, "2026-12-01T10:00:00").await.header("location").to_owned();
        crate::appointments::schedule(&app, "2026-12-03T10:00:00").await;
        let person = app.world.participant.again(&app.app);
        app.post(&format!("{path}/decline")).by(&person).if_match(1).json(json!({})).expect(200).await;
        app.clock.advance(TimeDelta::minutes(1));
        dispatch(&app).await;
        let received = service.received();
        let tags: HashSet<String> = received.iter().map(|one| read(one).tag).collect();
        let topics: HashSet<&str> = received.iter().map(|one| one.header("topic")).collect();
        // To two phones about one appointment, and to the mentor's about the other: the first was declined before it was told.
        assert_eq!((received.len(), tags.len(), topics.len()), (3, 2, 3), "nobody learns that two phones are one person's");
    }
}
