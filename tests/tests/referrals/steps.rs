//! What becomes of a referral, step by step, and what cannot.

use super::{asked, seen, sent, step};
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::both_databases;
use serde_json::json;

both_databases! {
    async fn from_asked_to_closed(app: TestApp) {
        let path = asked(&app).await;
        assert_eq!(sent(&app, &path, 1).await.json()["referral"]["state"], json!("sent"));
        let answered = step(&app, &path, "record-answer", 2, Some(json!({"answer": "accepted"}))).await.json();
        assert_eq!((&answered["state"], &answered["answered_through"]), (&json!("accepted"), &json!("staff")));
        let met = step(&app, &path, "record-meeting", 3, Some(json!({"met_on": "2026-11-23"}))).await.json();
        assert_eq!((&met["state"], &met["met_on"]), (&json!("met"), &json!("2026-11-23")));
        let closed = step(&app, &path, "close", 4, Some(json!({"outcome": "helped_partly"}))).await;
        assert_eq!((closed.version(), &closed.json()["state"], &closed.json()["outcome"]), (5, &json!("closed"), &json!("helped_partly")));
        let refused = app.post(&format!("{path}/revoke")).by(&app.world.mentor).if_match(5).refused(ProblemCode::CommandRefused).await;
        assert_eq!(refused.possible_commands.unwrap(), Vec::<String>::new());
        let mut tx = app.app.db.read().await.unwrap();
        let told: Vec<String> = tx.query(sql!("SELECT details FROM audit WHERE subject_kind = 'referral'")).scalars().await.unwrap();
        assert!(told.iter().all(|details| !details.contains("helped")), "{told:?}");
    }

    async fn what_is_not_so_yet_cannot_be_done(app: TestApp) {
        let path = asked(&app).await;
        for (command, body) in [("record-meeting", json!({"met_on": "2026-11-23"})), ("close", json!({"outcome": "helped"}))] {
            let request = app.post(&format!("{path}/{command}")).by(&app.world.mentor).if_match(1).json(body);
            let refused = request.refused(ProblemCode::CommandRefused).await;
            assert_eq!(refused.possible_commands.unwrap(), ["send", "accept", "refuse", "revoke"]);
        }
        let refused = step(&app, &path, "record-answer", 1, Some(json!({"answer": "refused", "refusal": "no_place"}))).await.json();
        assert_eq!((&refused["state"], &refused["refusal"]), (&json!("refused"), &json!("no_place")));
    }

    async fn what_does_not_go_together_is_refused_by_name(app: TestApp) {
        let path = asked(&app).await;
        let send = |command: &str, version, body| app.post(&format!("{path}/{command}")).by(&app.world.mentor).if_match(version).json(body);
        for (body, pointer) in [
            (json!({"answer": "refused"}), "/refusal"),
            (json!({"answer": "accepted", "refusal": "other"}), "/refusal"),
            (json!({"answer": "perhaps"}), "/answer"),
        ] {
            assert_eq!(send("record-answer", 1, body).refused(ProblemCode::Invalid).await.errors[0].pointer, pointer);
        }
        step(&app, &path, "record-answer", 1, Some(json!({"answer": "accepted"}))).await;
        for (day, pointer) in [("2026-11-25", "/met_on"), ("2026-11-21", "/met_on"), ("2026-02-30", "/met_on")] {
            assert_eq!(send("record-meeting", 2, json!({"met_on": day})).refused(ProblemCode::Invalid).await.errors[0].pointer, pointer);
        }
        assert_eq!(seen(&app, &app.world.mentor, &path).await["version"], json!(2));
    }

    async fn only_those_who_accompany_them_go_on_with_it_and_as_they_have_seen_it(app: TestApp) {
        let (world, path) = (&app.world, asked(&app).await);
        for command in ["send", "revoke"] {
            for person in [&world.other_mentor, &world.foreign_mentor, &world.other_manager] {
                app.post(&format!("{path}/{command}")).by(person).if_match(1).refused(ProblemCode::NotFound).await;
            }
            for person in [&world.participant, &world.administrator, &world.observer] {
                app.post(&format!("{path}/{command}")).by(person).if_match(1).refused(ProblemCode::NotForThisRole).await;
            }
            app.post(&format!("{path}/{command}")).by(&world.mentor).refused(ProblemCode::VersionRequired).await;
            app.post(&format!("{path}/{command}")).by(&world.mentor).if_match(7).refused(ProblemCode::Changed).await;
        }
        let revoked = step(&app, &path, "revoke", 1, None).await.json();
        assert_eq!((&revoked["state"], &revoked["ended_because"]), (&json!("revoked"), &json!("taken_back")));
    }
}
