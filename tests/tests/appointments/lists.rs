//! Who sees which appointments, and how lists are paged.

use super::{new_appointment, schedule};
use contract::ProblemCode;
use muwakaba_tests::both_databases;
use serde_json::Value;

both_databases! {
    async fn each_sees_their_own_part(app: TestApp) {
        let path = schedule(&app, "2026-12-01T10:00:00").await.header("location").to_owned();
        let world = &app.world;
        for (person, sees) in [
            (&world.participant, true), (&world.mentor, true), (&world.counsellor, true), (&world.manager, true),
            (&world.other_participant, false), (&world.other_mentor, false), (&world.other_manager, false),
            (&world.foreign_mentor, false), (&world.foreign_participant, false),
        ] {
            let list = app.get("/v1/appointments").by(person).expect(200).await.json();
            assert_eq!(list["items"].as_array().unwrap().len(), usize::from(sees));
            if sees {
                app.get(&path).by(person).expect(200).await;
            } else {
                app.get(&path).by(person).refused(ProblemCode::NotFound).await;
                app.post(&format!("{path}/confirm")).by(person).if_match(1).refused(ProblemCode::NotFound).await;
            }
        }
        for person in [&world.administrator, &world.observer] {
            app.get("/v1/appointments").by(person).refused(ProblemCode::NotForThisRole).await;
            app.get(&path).by(person).refused(ProblemCode::NotForThisRole).await;
        }
        app.get(&path).refused(ProblemCode::Unauthenticated).await;
    }

    async fn pages_neither_repeat_nor_hide(app: TestApp) {
        for hour in 8..18 {
            schedule(&app, &format!("2026-12-01T{hour:02}:00:00")).await;
        }
        let mut starts: Vec<String> = Vec::new();
        let mut next = String::new();
        loop {
            let page = app.get(&format!("/v1/appointments?limit=3{next}")).by(&app.world.mentor).expect(200).await.json();
            starts.extend(page["items"].as_array().unwrap().iter().map(|item| item["local_start"].as_str().unwrap().to_owned()));
            if starts.len() == 6 {
                // Something new before and after the cursor, while somebody pages.
                schedule(&app, "2026-12-01T07:00:00").await;
                schedule(&app, "2026-12-01T19:00:00").await;
            }
            match page.get("next_cursor").and_then(Value::as_str) {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => break,
            }
        }
        let expected: Vec<_> = (8..18).chain([19]).map(|hour| format!("2026-12-01T{hour:02}:00:00")).collect();
        assert_eq!(starts, expected);
    }

    async fn filters_and_their_faults(app: TestApp) {
        schedule(&app, "2026-12-01T10:00:00").await;
        schedule(&app, "2026-12-02T10:00:00").await;
        let count = async |query: &str| {
            app.get(&format!("/v1/appointments?{query}")).by(&app.world.mentor).expect(200).await.json()["items"].as_array().unwrap().len()
        };
        assert_eq!(count("from=2026-12-02T00:00:00Z").await, 1);
        assert_eq!(count("to=2026-12-02T00:00:00Z").await, 1);
        assert_eq!(count("state=confirmed").await, 0);
        assert_eq!(count(&format!("participant_id={}", app.world.participant.id)).await, 2);
        assert_eq!(count(&format!("participant_id={}", app.world.other_participant.id)).await, 0);
        for (query, pointer) in [
            ("limit=0", "?limit"), ("limit=201", "?limit"), ("limit=x", "?limit"), ("state=odd", "?state"), ("cursor=%00", "?cursor"),
            ("cursor=AAAA", "?cursor"), ("from=yesterday", "?from"), ("odd=1", "?odd"), ("limit=1&limit=2", "?limit"), ("state=%ff", "?"),
        ] {
            let problem = app.get(&format!("/v1/appointments?{query}")).by(&app.world.mentor).refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].pointer, pointer, "{query}");
        }
    }

    async fn a_body_is_read_strictly(app: TestApp) {
        let post = || app.post("/v1/appointments").by(&app.world.mentor);
        let good = new_appointment(&app, "2026-12-01T10:00:00").to_string();
        let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
        for body in [
            "{".to_owned(), format!("{good} x"), good.replace("\"kind\"", "\"kind\":\"administrative\",\"kind\""), deep,
            good.replace("Bring", "\\u0000"), good.replace("Bring", "\\ud800"), good.replace("45", "1e400"),
        ] {
            let answer = post().raw(body.clone()).send().await;
            assert_eq!(answer.status, 400, "{body}: {}", answer.text());
        }
        post().raw(b"{\"kind\":\"\xff\"}".to_vec()).refused(ProblemCode::Malformed).await;
        post().raw(vec![b' '; 70_000]).refused(ProblemCode::TooLarge).await;
        post().header("content-type", "text/plain").raw(good.clone()).refused(ProblemCode::UnsupportedMediaType).await;
        app.get("/v1/appointments/not-an-id").by(&app.world.mentor).refused(ProblemCode::Invalid).await;
        app.get("/v1/nothing").by(&app.world.mentor).refused(ProblemCode::NotFound).await;
        app.delete("/v1/appointments").by(&app.world.mentor).refused(ProblemCode::MethodNotAllowed).await;
    }
}
