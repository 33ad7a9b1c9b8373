//! Who says that somebody is away, and what is refused.

use super::{days, path_of, said};
use contract::ProblemCode;
use muwakaba_tests::both_databases;
use serde_json::json;
use uuid::Uuid;

both_databases! {
    async fn oneself_and_whoever_runs_the_account_say_it(app: TestApp) {
        let world = &app.world;
        for (person, from) in [(&world.mentor, "2026-12-01"), (&world.manager, "2026-12-03"), (&world.administrator, "2026-12-05")] {
            let made = app.post(&path_of(&world.mentor)).by(person).json(days(from, from, None)).expect(201).await;
            assert_eq!((made.string("/staff_name"), &made.json()["running"]), ("Staff mentor@example.org".to_owned(), &json!(false)));
        }
        for nobody in [&world.counsellor, &world.other_manager, &world.foreign_mentor] {
            app.post(&path_of(&world.mentor)).by(nobody).json(days("2026-12-07", "2026-12-07", None)).refused(ProblemCode::NotFound).await;
        }
        for nobody in [&world.observer, &world.participant] {
            app.post(&path_of(&world.mentor)).by(nobody).json(days("2026-12-07", "2026-12-07", None)).refused(ProblemCode::NotForThisRole).await;
        }
        said(&app, &world.counsellor, days("2026-12-10", "2026-12-11", Some(world.mentor.id))).await;
        for (person, query, count) in [
            (&world.mentor, String::new(), 3),
            (&world.mentor, format!("?stand_in_id={}", world.mentor.id), 1),
            (&world.mentor, format!("?staff_id={}", world.counsellor.id), 1),
            (&world.counsellor, String::new(), 1),
            (&world.counsellor, format!("?staff_id={}", world.mentor.id), 0),
            (&world.manager, String::new(), 4),
            (&world.manager, format!("?staff_id={}&stand_in_id={}", world.counsellor.id, world.mentor.id), 1),
            (&world.administrator, String::new(), 4),
            (&world.other_manager, String::new(), 0),
            (&world.other_manager, format!("?staff_id={}", world.mentor.id), 0),
        ] {
            let listed = app.get(&format!("/v1/absences{query}")).by(person).expect(200).await.json();
            assert_eq!(listed["items"].as_array().map(Vec::len), Some(count), "{query}");
        }
    }

    async fn what_makes_no_sense_is_refused_by_its_field(app: TestApp) {
        let world = &app.world;
        for (person, body, pointer, code) in [
            (&world.mentor, days("2026-11-22", "2026-11-24", None), "/from", "past"),
            (&world.mentor, days("2026-11-25", "2026-11-24", None), "/until", "value"),
            (&world.mentor, days("2026-11-25", "2029-11-24", None), "/until", "too_far"),
            (&world.mentor, json!({"from": "2026-11-25"}), "/until", "required"),
            (&world.mentor, days("2026-11-25", "2026-11-25", Some(world.mentor.id)), "/stand_in_id", "same"),
            (&world.mentor, days("2026-11-25", "2026-11-25", Some(world.manager.id)), "/stand_in_id", "unknown"),
            (&world.mentor, days("2026-11-25", "2026-11-25", Some(world.foreign_mentor.id)), "/stand_in_id", "unknown"),
            (&world.mentor, days("2026-11-25", "2026-11-25", Some(Uuid::now_v7())), "/stand_in_id", "unknown"),
            (&world.manager, days("2026-11-25", "2026-11-25", None), "{staff_id}", "not_allowed"),
        ] {
            let problem = app.post(&path_of(person)).by(&world.administrator).json(body.clone()).refused(ProblemCode::Invalid).await;
            assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), (pointer, code), "{body}");
        }
        said(&app, &world.mentor, days("2026-12-01", "2026-12-05", None)).await;
        app.post(&path_of(&world.mentor)).by(&world.manager).json(days("2026-12-05", "2026-12-06", None)).refused(ProblemCode::AlreadyExists).await;
        let away = app.post(&path_of(&world.counsellor)).by(&world.manager).json(days("2026-12-05", "2026-12-06", Some(world.mentor.id)));
        assert_eq!(away.refused(ProblemCode::Invalid).await.errors[0].code, "not_allowed");
    }

    async fn it_is_ended_once_by_whoever_could_have_said_it(app: TestApp) {
        let world = &app.world;
        let made = said(&app, &world.mentor, days("2026-12-01", "2026-12-05", None)).await;
        let path = format!("/v1/absences/{}/end", made.string("/id"));
        app.post(&path).by(&world.counsellor).refused(ProblemCode::NotFound).await;
        app.post(&path).by(&world.other_manager).refused(ProblemCode::NotFound).await;
        app.post(&path).by(&world.participant).refused(ProblemCode::NotForThisRole).await;
        let ended = app.post(&path).by(&world.mentor).expect(200).await;
        assert_eq!((ended.version(), ended.json()["ended_at"].is_string()), (2, true));
        app.post(&path).by(&world.mentor).refused(ProblemCode::CommandRefused).await;
        said(&app, &world.mentor, days("2026-12-01", "2026-12-05", None)).await;
    }
}
