//! A phone that begins: what is near comes first, all of it is what the reading operations give, and no more than its owner may see.

use super::{Phone, made};
use crate::appointments::schedule;
use contract::ProblemCode;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};

async fn note(app: &TestApp, appointment: &str, by: &muwakaba_tests::SignedIn, visibility: &str) {
    let path = format!("/v1/appointments/{appointment}/notes");
    app.post(&path)
        .by(by)
        .json(json!({"visibility": visibility, "body": format!("for {visibility}")}))
        .expect(201)
        .await;
}

both_databases! {
    async fn a_start_gives_what_the_reading_operations_give(app: TestApp) {
        let world = &app.world;
        let near = made(&schedule(&app, "2026-11-25T10:00:00").await);
        let later = made(&schedule(&app, "2026-12-25T10:00:00").await);
        for (by, visibility) in [(&world.mentor, "everyone"), (&world.mentor, "staff"), (&world.counsellor, "author")] {
            note(&app, &near, by, visibility).await;
        }
        for person in [&world.mentor, &world.counsellor, &world.manager, &world.participant] {
            let phone = Phone::fresh(&app, person).await;
            assert_eq!(phone.started, ["first"]);
            assert_eq!(phone.ids("appointments"), [&*near, &*later]);
            for id in [&near, &later] {
                let read = app.get(&format!("/v1/appointments/{id}")).by(person).expect(200).await.json();
                assert_eq!(phone.things[&("appointments".to_owned(), id.clone())], read);
                let notes = app.get(&format!("/v1/appointments/{id}/notes")).by(person).expect(200).await.json();
                let told = phone.things.get(&("appointment_notes".to_owned(), id.clone()));
                assert_eq!(told.map_or(&json!([]), |notes| &notes["items"]), &notes["items"]);
            }
            for id in phone.ids("participants") {
                let read = app.get(&format!("/v1/participants/{id}")).by(person).expect(200).await.json();
                assert_eq!(phone.things[&("participants".to_owned(), id.to_owned())], read);
                let read = app.get(&format!("/v1/participants/{id}/assignments")).by(person).expect(200).await.json();
                for assignment in read["items"].as_array().unwrap() {
                    let id = assignment["id"].as_str().unwrap().to_owned();
                    assert_eq!(&phone.things[&("assignments".to_owned(), id)], assignment);
                }
            }
            for id in phone.ids("centres") {
                let read = app.get(&format!("/v1/centres/{id}")).by(person).expect(200).await.json();
                assert_eq!(phone.things[&("centres".to_owned(), id.to_owned())], read);
            }
        }
    }

    async fn nobody_gets_what_they_may_not_see(app: TestApp) {
        let world = &app.world;
        schedule(&app, "2026-11-25T10:00:00").await;
        let (own, other) = (world.participant.id.to_string(), world.other_participant.id.to_string());
        let mentor = Phone::fresh(&app, &world.mentor).await;
        assert_eq!((mentor.ids("participants"), mentor.ids("assignments").len()), (vec![&*own], 2));
        assert_eq!(mentor.ids("centres"), [&*world.centre.to_string()]);
        let mut of_centre = vec![&*own, &*other];
        of_centre.sort_unstable();
        assert_eq!(Phone::fresh(&app, &world.manager).await.ids("participants"), of_centre);
        let participant = Phone::fresh(&app, &world.participant).await;
        let lists: Vec<_> = participant.things.keys().map(|key| key.0.as_str()).collect();
        assert_eq!(lists, ["appointments", "companions", "companions", "myself"]);
        let me = app.get("/v1/me").by(&world.participant).expect(200).await.json();
        assert_eq!(participant.things[&("myself".to_owned(), own)], me);
        let nothing = Phone::fresh(&app, &world.other_participant).await;
        assert!(nothing.things.keys().all(|key| ["companions", "myself"].contains(&&*key.0)), "{:?}", nothing.things.keys());
        assert!(Phone::fresh(&app, &world.foreign_mentor).await.ids("appointments").is_empty());
        for nobody in [&world.administrator, &world.observer] {
            app.get("/v1/sync").by(nobody).refused(ProblemCode::NotForThisRole).await;
        }
    }

    async fn what_is_near_comes_first_and_nothing_twice(app: TestApp) {
        let world = &app.world;
        let mut near = Vec::new();
        for (day, hour) in [(30, 10), (24, 9), (24, 14), (26, 10)] {
            near.push(made(&schedule(&app, &format!("2026-11-{day}T{hour:02}:00:00")).await));
        }
        for day in 10..14 {
            schedule(&app, &format!("2026-12-{day}T10:00:00")).await;
        }
        let mut phone = Phone::default();
        let first = phone.ask(&app, &world.mentor, 3).await.json();
        let ids = |page: &Value| -> Vec<String> {
            let told = page["changed"]["appointments"].as_array().cloned().unwrap_or_default();
            told.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
        };
        let mut told = ids(&first);
        told.sort_unstable();
        let mut expected = vec![near[1].clone(), near[2].clone(), near[3].clone()];
        expected.sort_unstable();
        assert_eq!(told, expected, "the next three");
        assert_eq!(first["changed"]["participants"][0]["id"], json!(world.participant.id));
        assert_eq!(first["changed"]["centres"][0]["id"], json!(world.centre));
        // It is interrupted, goes on, and has all in the end.
        let second = phone.clone().ask(&app, &world.mentor, 3).await.json();
        assert_eq!(second, phone.ask(&app, &world.mentor, 3).await.json());
        assert_eq!(ids(&second), [near[0].clone()]);
        phone.follow(&app, &world.mentor, 3).await;
        assert_eq!(phone.things, Phone::fresh(&app, &world.mentor).await.things);
        for (key, times) in &phone.times_told {
            // The first of the ways in which somebody is reached is of their file.
            assert!(*times == 1 || ["participants", "centres", "contact_ways"].contains(&&*key.0), "{key:?} {times}");
        }
    }

    async fn what_changes_during_a_start_is_told_behind_it(app: TestApp) {
        let world = &app.world;
        let ids: Vec<String> = {
            let mut ids = Vec::new();
            for day in 24..30 {
                ids.push(made(&schedule(&app, &format!("2026-11-{day}T10:00:00")).await));
            }
            ids
        };
        let mut phone = Phone::default();
        phone.ask(&app, &world.mentor, 2).await;
        app.post(&format!("/v1/appointments/{}/cancel", ids[0])).by(&world.mentor).if_match(1).json(json!({"reason": "The bus does not run"})).expect(200).await;
        schedule(&app, "2026-12-20T10:00:00").await;
        phone.ask(&app, &world.mentor, 2).await;
        app.post(&format!("/v1/participants/{}/assignments", world.other_participant.id))
            .by(&world.manager).json(json!({"staff_id": world.mentor.id})).expect(201).await;
        let with_other = json!({
            "participant_id": world.other_participant.id, "host_id": world.mentor.id, "kind": "social_counselling",
            "local_start": "2026-12-01T15:00:00", "duration_minutes": 30, "place": {"kind": "phone"},
        });
        app.post("/v1/appointments").by(&world.manager).json(with_other).expect(201).await;
        phone.follow(&app, &world.mentor, 2).await;
        assert_eq!(phone.things, Phone::fresh(&app, &world.mentor).await.things);
        assert_eq!(phone.ids("participants").len(), 2);
    }
}
