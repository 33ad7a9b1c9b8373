//! The log of who did what: each role sees its own part.

use super::each;
use contract::ProblemCode;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};

/// The mentor and the other centre's mentor each read and the mentor changes a file.
async fn some_deeds(app: &TestApp) {
    let file = format!("/v1/participants/{}", app.world.participant.id);
    app.get(&file).by(&app.world.mentor).expect(200).await;
    app.patch(&file).by(&app.world.mentor).if_match(1).json(json!({"language": "en"})).expect(200).await;
    let foreign = format!("/v1/participants/{}", app.world.foreign_participant.id);
    app.get(&foreign).by(&app.world.foreign_mentor).expect(200).await;
}

both_databases! {
    async fn each_role_sees_its_own_part(app: TestApp) {
        some_deeds(&app).await;
        let world = &app.world;
        let read = async |person, query: &str| {
            app.get(&format!("/v1/audit{query}")).by(person).expect(200).await
        };
        let actions = |answer: &muwakaba_tests::Answer| {
            let mut actions = each(answer, "action");
            actions.retain(|action| action != "audit.list");
            actions
        };
        let own = read(&world.mentor, "").await;
        assert_eq!(actions(&own), ["participant.change", "participant.read"]);
        let line = own.json()["items"][0].clone();
        assert_eq!(line["details"], json!({"fields": ["language"]}));
        assert_eq!(line["actor"], json!({"kind": "staff", "role": "mentor", "id": world.mentor.id}));

        assert_eq!(actions(&read(&world.manager, "").await), ["participant.change", "participant.read"]);
        assert_eq!(actions(&read(&world.other_manager, "").await), ["participant.read"]);
        assert!(actions(&read(&world.counsellor, "").await).is_empty());
        assert_eq!(actions(&read(&world.administrator, "").await).len(), 3);

        app.get(&format!("/v1/staff/{}", world.mentor.id)).by(&world.manager).expect(200).await;
        let hidden = read(&world.observer, "").await;
        assert_eq!(actions(&hidden).len(), 4);
        for person in [&world.mentor, &world.foreign_mentor, &world.manager, &world.administrator] {
            assert!(!hidden.text().contains(&person.id.to_string()), "{}", hidden.text());
        }
        let by_mentor = format!("/v1/audit?actor_id={}", world.mentor.id);
        app.get(&by_mentor).by(&world.observer).refused(ProblemCode::Invalid).await;
        app.get(&by_mentor).by(&world.participant).refused(ProblemCode::Invalid).await;
    }

    async fn a_participant_sees_who_opened_their_file_by_role(app: TestApp) {
        some_deeds(&app).await;
        let log = app.get("/v1/audit").by(&app.world.participant).expect(200).await;
        assert_eq!(each(&log, "action"), ["participant.change", "participant.read"]);
        assert_eq!(log.json()["items"][0]["actor"], json!({"kind": "staff", "role": "mentor"}));
        assert!(log.json()["items"][0].get("details").is_none());
        assert!(!log.text().contains(&app.world.mentor.id.to_string()));
        let other = app.get("/v1/audit").by(&app.world.other_participant).expect(200).await;
        assert!(each(&other, "id").is_empty());
    }

    async fn lines_are_picked_by_file_person_and_time_and_come_in_pages(app: TestApp) {
        some_deeds(&app).await;
        app.clock.advance(chrono::TimeDelta::seconds(120));
        some_later_deeds(&app).await;
        let administrator = app.world.administrator.again(&app.app);
        let count = async |query: String| {
            app.get(&format!("/v1/audit?{query}")).by(&administrator).expect(200).await.json()["items"].as_array().map(Vec::len)
        };
        assert_eq!(count(format!("participant_id={}", app.world.participant.id)).await, Some(3));
        assert_eq!(count(format!("actor_id={}", app.world.mentor.id)).await, Some(2));
        assert_eq!(count("to=2026-11-23T10:01:00Z".to_owned()).await, Some(3));
        assert_eq!(count("from=2026-11-23T10:01:00Z&actor_id=".to_owned() + &app.world.counsellor.id.to_string()).await, Some(1));

        let mut seen: Vec<Value> = Vec::new();
        let mut query = "to=2026-11-23T10:01:00Z&limit=1".to_owned();
        loop {
            let page = app.get(&format!("/v1/audit?{query}")).by(&administrator).expect(200).await.json();
            seen.extend(page["items"].as_array().expect("a list").iter().cloned());
            let Some(next) = page["next_cursor"].as_str() else { break };
            query = format!("to=2026-11-23T10:01:00Z&limit=1&cursor={next}");
        }
        assert_eq!(seen.len(), 3);
        assert!(seen.windows(2).all(|pair| pair[0]["id"].as_str() > pair[1]["id"].as_str()));
    }
}

async fn some_later_deeds(app: &TestApp) {
    let file = format!("/v1/participants/{}", app.world.participant.id);
    app.get(&file).by(&app.world.counsellor.again(&app.app)).expect(200).await;
}
