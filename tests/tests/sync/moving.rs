//! A participant who goes to another centre, and comes back: the phones of everybody whom it concerns.

use super::{Phone, made};
use crate::appointments::schedule;
use chrono::TimeDelta;
use muwakaba_tests::{SignedIn, both_databases};
use serde_json::json;

both_databases! {
    async fn everybodys_phone_follows_who_goes_to_another_centre_and_back(app: TestApp) {
        let world = &app.world;
        let person = world.participant.id;
        let past = made(&schedule(&app, "2026-11-23T10:05:00").await);
        made(&schedule(&app, "2026-12-01T10:00:00").await);
        let note = json!({"visibility": "everyone", "body": "Bring the form"});
        app.post(&format!("/v1/appointments/{past}/notes")).by(&world.mentor).json(note).expect(201).await;
        app.clock.advance(TimeDelta::minutes(8));
        let people: [&SignedIn; 6] =
            [&world.manager, &world.other_manager, &world.mentor, &world.counsellor, &world.participant, &world.foreign_mentor];
        let mut phones = Vec::new();
        for one in people {
            phones.push((Phone::fresh(&app, one).await, one));
        }
        for (turn, (from, to, centre)) in [
            (&world.manager, &world.other_manager, world.other_centre), (&world.other_manager, &world.manager, world.centre),
        ].into_iter().enumerate() {
            crate::hand_overs::goes(&app, person, (from, to), centre).await;
            for (phone, one) in &mut phones {
                phone.follow(&app, one, 2).await;
                assert_eq!(phone.things, Phone::fresh(&app, one).await.things, "turn {turn}");
                let has = phone.ids("participants").contains(&&*person.to_string());
                assert_eq!(has, one.id == to.id, "turn {turn}");
                let knows = phone.ids("appointments").contains(&&*past) && phone.ids("appointment_notes").contains(&&*past);
                assert_eq!(knows, one.id == to.id || one.id == person, "turn {turn}");
                assert_eq!(phone.started.len(), if one.id == person { turn + 2 } else { 1 });
            }
        }
        // What the former mentor had seen is still taken, wherever the file is.
        let seen = json!({
            "id": uuid::Uuid::now_v7(), "recorded_at": "2026-11-23T10:07:00Z", "operation": "writeAppointmentNote", "subject_id": past,
            "body": {"visibility": "staff", "body": "what I saw there"},
        });
        let result = app.post("/v1/sync").by(&world.mentor).json(json!({"mutations": [seen]})).expect(200).await;
        assert_eq!(result.json()["results"][0]["result"], json!("applied"), "{}", result.text());
    }
}
