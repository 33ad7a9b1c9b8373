//! Whom a phone was told about: in one line for the service, and in each person's own access log.

use super::Phone;
use crate::appointments::{audited, schedule};
use chrono::TimeDelta;
use db::sql;
use muwakaba_tests::{Answer, both_databases};
use serde_json::{Value, json};

fn actions(log: &Answer) -> Vec<Value> {
    log.json()["items"].as_array().unwrap().iter().map(|line| line["action"].clone()).collect()
}

both_databases! {
    async fn a_pull_is_one_line_that_everybody_in_it_finds(app: TestApp) {
        let world = &app.world;
        schedule(&app, "2026-11-25T10:00:00").await;
        Phone::default().ask(&app, &world.manager, 200).await;
        assert_eq!(audited(&app, "sync.pull").await, 1);
        let mut rest = Phone::fresh(&app, &world.manager).await;
        assert_eq!(audited(&app, "sync.pull").await, 3, "both parts of a start tell something");
        rest.ask(&app, &world.manager, 200).await;
        Phone::fresh(&app, &world.participant).await;
        assert_eq!(audited(&app, "sync.pull").await, 3, "nothing new, and one's own, are nobody's business");

        for (person, others) in [(&world.participant, 1), (&world.other_participant, 0)] {
            let log = app.get("/v1/audit").by(person).expect(200).await;
            let line = &log.json()["items"][0];
            assert_eq!(actions(&log).iter().filter(|action| *action == "sync.pull").count(), 1, "the last of a session and a day");
            assert_eq!((&line["action"], &line["actor"]), (&json!("sync.pull"), &json!({"kind": "staff", "role": "manager"})));
            assert_eq!((&line["participant_id"], line.get("details")), (&json!(person.id), None));
            assert_eq!(actions(&log).len(), 1 + others, "{}", log.text());
            let of_manager = app.get(&format!("/v1/audit?participant_id={}", person.id)).by(&world.manager).expect(200).await;
            assert!(actions(&of_manager).contains(&json!("sync.pull")));
        }
        let foreign = app.get("/v1/audit").by(&world.foreign_participant).expect(200).await;
        assert!(actions(&foreign).is_empty());
        let foreign = format!("/v1/audit?participant_id={}", world.participant.id);
        assert!(actions(&app.get(&foreign).by(&world.other_manager).expect(200).await).is_empty());
        // In pages and by time as well.
        app.clock.advance(TimeDelta::minutes(5));
        Phone::fresh(&app, &world.mentor).await;
        app.get(&format!("/v1/participants/{}", world.participant.id)).by(&world.counsellor).expect(200).await;
        let mut seen = Vec::new();
        let mut query = "limit=1".to_owned();
        while seen.len() < 10 {
            let page = app.get(&format!("/v1/audit?{query}")).by(&world.participant).expect(200).await;
            seen.extend(page.json()["items"].as_array().unwrap().iter().map(|line| (line["action"].clone(), line["actor"]["role"].clone())));
            let Some(next) = page.json()["next_cursor"].as_str().map(str::to_owned) else { break };
            query = format!("limit=1&cursor={next}");
        }
        let of = |role: &str, action: &str| (json!(action), json!(role));
        seen.retain(|(action, _)| action != "audit.list");
        assert_eq!(seen, [
            of("counsellor", "participant.read"), of("mentor", "sync.pull"), of("manager", "sync.pull"), of("mentor", "appointment.schedule"),
        ]);
        app.clock.advance(TimeDelta::days(1));
        Phone::fresh(&app, &world.mentor.again(&app.app)).await;
        let later = app.get("/v1/audit").by(&world.participant.again(&app.app)).expect(200).await;
        let pulls = actions(&later).iter().filter(|action| **action == json!("sync.pull")).count();
        assert_eq!(pulls, 3, "a phone is found once a day");
        let participant = world.participant.again(&app.app);
        let early = app.get("/v1/audit?to=2026-11-23T10:04:00Z").by(&participant).expect(200).await;
        let roles: Vec<_> = early.json()["items"].as_array().unwrap().iter().map(|line| (line["action"].clone(), line["actor"]["role"].clone())).collect();
        assert!(roles.contains(&of("manager", "sync.pull")) && !roles.contains(&of("mentor", "sync.pull")), "{roles:?}");
    }

    async fn very_many_people_are_told_and_the_line_says_so(app: TestApp) {
        let world = &app.world;
        Phone::default().ask(&app, &world.manager, 200).await;
        let numbers = async || {
            let log = app.get("/v1/audit?limit=1").by(&world.administrator).expect(200).await;
            log.json()["items"][0]["details"].clone()
        };
        assert_eq!(numbers().await, json!({"count": 8, "people": 2}));
        let mut tx = app.app.db.write().await.unwrap();
        for number in 0..199_u128 {
            tx.query(sql!("INSERT INTO sync_seen (session_id, participant_id, staff_id, line_id, seen_at, day) VALUES ($1, $2, $3, $2, $4, 0)"))
                .bind(world.manager.session).bind(uuid::Uuid::from_u128(number)).bind(world.manager.id).bind(app.now())
                .execute().await.unwrap();
        }
        tx.commit().await.unwrap();
        Phone::fresh(&app, &world.manager).await;
        assert_eq!(numbers().await["many_people"], json!(true));
        app.clock.advance(TimeDelta::minutes(61));
        Phone::fresh(&app, &world.manager.again(&app.app)).await;
        let log = app.get("/v1/audit?limit=1").by(&world.administrator.again(&app.app)).expect(200).await;
        assert_eq!(log.json()["items"][0]["details"].get("many_people"), None);
    }
}
