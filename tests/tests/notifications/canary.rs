//! Nothing personal leaves unencrypted: places, names and notes are in no push message at all, and nothing of what a message
//! says can be read on its way.

use super::{dispatch, phone, push_service, read};
use muwakaba_tests::{both_databases, world::CANARY_NAME};
use serde_json::json;

const PLACE: &str = "Canary Street 77, third floor";
const GUIDANCE: &str = "Canary: bring the certificate";
const NOTE: &str = "Canary note of the counsellor";

both_databases! {
    async fn a_push_service_learns_nothing(app: TestApp) {
        let service = push_service(&app).await;
        phone(&app, &service, &app.world.participant).await;
        phone(&app, &service, &app.world.mentor).await;
        let mut body = crate::appointments::new_appointment(&app, "2026-12-01T10:00:00");
        body["place"]["details"] = json!(PLACE);
        body["guidance"] = json!(GUIDANCE);
        body["kind"] = json!("psychological_counselling");
        let path = app.post("/v1/appointments").by(&app.world.mentor).json(body).expect(201).await.header("location").to_owned();
        app.post(&format!("{path}/notes")).by(&app.world.counsellor).json(json!({"visibility": "staff", "body": NOTE})).expect(201).await;
        for now in ["2026-11-23T10:00:00Z", "2026-11-24T10:00:00Z", "2026-11-28T10:00:00Z", "2026-11-30T10:00:00Z", "2026-12-01T08:00:00Z"] {
            app.clock.set(now.parse().unwrap());
            dispatch(&app).await;
        }
        let received = service.received();
        assert!(received.len() >= 6, "{}", received.len());
        let lengths: std::collections::BTreeSet<_> = received.iter().map(|message| message.sealed.len()).collect();
        assert_eq!(lengths.len(), 1, "every message is as long as the others: {lengths:?}");
        for message in &received {
            let payload = read(message);
            let outside = format!("{:?} {}", message.headers, message.endpoint);
            let inside = String::from_utf8(message.payload.clone()).unwrap();
            let travelling = String::from_utf8_lossy(&message.sealed).into_owned();
            for canary in [PLACE, GUIDANCE, NOTE, CANARY_NAME, "Canar", "psycholog", "Orangers"] {
                for (place, text) in [("outside", &outside), ("inside", &inside), ("travelling", &travelling)] {
                    assert!(!text.to_lowercase().contains(&canary.to_lowercase()), "{canary} is {place}: {text}");
                }
            }
            let subject = path.rsplit('/').next().unwrap();
            let person = app.world.participant.id.to_string();
            let tokens: Vec<_> = payload.actions.iter().map(|button| button.token.as_str()).chain([payload.receipt_token.as_str()]).collect();
            for secret in tokens.into_iter().chain([payload.title.as_str(), payload.body.as_str(), subject, person.as_str(), "appointment"]) {
                assert!(!outside.contains(secret), "{secret} can be read from outside: {outside}");
                assert!(!travelling.contains(secret), "{secret} travels in the open");
            }
            // A life that names the minute of an appointment would tell it.
            let ttl: u64 = message.header("ttl").parse().unwrap();
            assert_eq!(ttl % 60, 0, "a coarse life: {ttl}");
        }
    }
}
