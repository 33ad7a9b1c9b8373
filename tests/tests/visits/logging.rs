//! Logging a visit and correcting it: what is taken, what is refused by name, and that nothing is lost.

use super::{log, new_visit, over, path_of, seen, with_step};
use crate::appointments::audited;
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::both_databases;
use serde_json::{Value, json};
use uuid::Uuid;

both_databases! {
    async fn a_visit_is_read_as_it_was_logged(app: TestApp) {
        let logged = log(&app, &app.world.mentor, with_step(&app, "2026-12-01T09:30")).await;
        assert_eq!(logged.version(), 1);
        let read = app.get(&path_of(&logged)).by(&app.world.manager).expect(200).await;
        assert_eq!((read.json(), read.version()), (logged.json(), 1));
        let visit = read.json();
        for (field, value) in [
            ("kind", json!("home")),
            ("local_start", json!("2026-11-23T09:00:00")),
            ("zone", json!("Africa/Casablanca")),
            ("starts_at", json!("2026-11-23T09:00:00Z")),
            ("duration_minutes", json!(40)),
            ("author_id", json!(app.world.mentor.id)),
            ("narrative", json!("Lives with a brother for now")),
            ("recorded_at", json!("2026-11-23T10:00:00Z")),
        ] {
            assert_eq!(visit[field], value, "{field}");
        }
        let step = json!({"what": "Go to the district office", "local_due": "2026-12-01T09:30:00", "due_at": "2026-12-01T09:30:00Z"});
        assert_eq!(visit["next_step"], step);
        assert_eq!(audited(&app, "visit.record").await, 1);
    }

    async fn sent_twice_it_is_logged_once(app: TestApp) {
        let body = over(new_visit(&app), &json!({"id": Uuid::now_v7()}));
        let send = || app.post("/v1/visits").by(&app.world.mentor).header("idempotency-key", "one").json(body.clone());
        let (first, again) = (send().expect(201).await, send().expect(201).await);
        assert_eq!(first.json(), again.json());
        app.post("/v1/visits").by(&app.world.mentor).json(body.clone()).refused(ProblemCode::AlreadyExists).await;
        let list = format!("/v1/participants/{}/visits", app.world.participant.id);
        assert_eq!(app.get(&list).by(&app.world.mentor).expect(200).await.json()["items"].as_array().unwrap().len(), 1);
    }

    async fn what_cannot_be_is_refused_by_name(app: TestApp) {
        let world = &app.world;
        for (fields, pointer, code) in [
            (json!({"local_start": "2026-11-23T11:11:00"}), "/local_start", "future"),
            (json!({"local_start": "2020-11-23T10:00:00"}), "/local_start", "too_old"),
            (json!({"zone": "Mars/Olympus"}), "/zone", "value"),
            (json!({"duration_minutes": 0}), "/duration_minutes", "range"),
            (json!({"duration_minutes": 721}), "/duration_minutes", "range"),
            (json!({"readers": "author"}), "/readers", "not_allowed"),
            (json!({"readers": "everyone"}), "/readers", "unknown_word"),
            (json!({"kind": "dream"}), "/kind", "unknown_word"),
            (json!({"next_step": {"what": "x", "local_due": "2026-11-23T09:00:00"}}), "/next_step/local_due", "before_start"),
            (json!({"next_step": {"what": "x", "local_due": "2029-11-23T09:00:00"}}), "/next_step/local_due", "too_far"),
        ] {
            let problem = app.post("/v1/visits").by(&world.mentor).json(over(new_visit(&app), &fields)).refused(ProblemCode::Invalid).await;
            let told: Vec<_> = problem.errors.iter().map(|fault| (&*fault.pointer, &*fault.code)).collect();
            assert_eq!(told, [(pointer, code)], "{fields}");
        }
        for person in [&world.manager, &world.administrator, &world.participant, &world.observer] {
            app.post("/v1/visits").by(person).json(new_visit(&app)).refused(ProblemCode::NotForThisRole).await;
        }
        for person in [&world.other_mentor, &world.foreign_mentor] {
            app.post("/v1/visits").by(person).json(new_visit(&app)).refused(ProblemCode::NotFound).await;
        }
        assert_eq!(audited(&app, "visit.record").await, 0);
    }

    async fn a_clock_that_is_a_little_ahead_loses_nothing(app: TestApp) {
        log(&app, &app.world.mentor, over(new_visit(&app), &json!({"local_start": "2026-11-23T11:09:00"}))).await;
    }

    async fn what_it_said_before_stays_beside_it(app: TestApp) {
        let (world, path) = (&app.world, path_of(&log(&app, &app.world.mentor, with_step(&app, "2026-12-01T09:30")).await));
        let correct = |version, body: Value| app.patch(&path).by(&world.mentor).if_match(version).json(body);
        let reason = "It was the sister";
        let first = correct(1, json!({"reason": reason, "narrative": "Lives with a sister", "duration_minutes": 60})).expect(200).await;
        assert_eq!((first.version(), &first.json()["narrative"], &first.json()["duration_minutes"]), (2, &json!("Lives with a sister"), &json!(60)));
        correct(1, json!({"reason": reason, "kind": "phone"})).refused(ProblemCode::Changed).await;
        let second = correct(2, json!({"reason": "Nothing to do after all", "next_step": null, "local_start": "2026-11-22T09:00"})).expect(200).await;
        assert_eq!((second.json().get("next_step"), second.json()["starts_at"].as_str()), (None, Some("2026-11-22T09:00:00Z")));
        assert_eq!(second.json()["corrected_at"], json!(app.now().to_string()));

        let former = app.get(&format!("{path}/corrections")).by(&world.manager).expect(200).await.json();
        let told: Vec<_> = former["items"].as_array().unwrap().iter().map(|item| {
            (item["version"].as_i64().unwrap(), item["narrative"].as_str().unwrap(), item["next_step"].as_str().unwrap(), item["reason"].as_str().unwrap())
        }).collect();
        let step = "Go to the district office";
        assert_eq!(told, [
            (2, "Lives with a sister", step, "Nothing to do after all"),
            (1, "Lives with a brother for now", step, reason),
        ]);
        assert_eq!((audited(&app, "visit.correct").await, audited(&app, "visit.list_corrections").await), (2, 1));
    }

    async fn only_its_author_corrects_it_and_says_why(app: TestApp) {
        let (world, path) = (&app.world, path_of(&log(&app, &app.world.mentor, new_visit(&app)).await));
        let correct = |person, body: Value| app.patch(&path).by(person).if_match(1).json(body);
        let body = json!({"reason": "no", "kind": "phone"});
        let problem = correct(&world.counsellor, body.clone()).refused(ProblemCode::CommandRefused).await;
        assert_eq!(problem.subject.unwrap().kind.as_str(), "visit");
        correct(&world.manager, body.clone()).refused(ProblemCode::NotForThisRole).await;
        correct(&world.other_mentor, body.clone()).refused(ProblemCode::NotFound).await;
        for (bad, pointer) in [
            (json!({"kind": "phone"}), "/reason"),
            (json!({"reason": "no change"}), ""),
            (json!({"reason": "r", "narrative": null}), "/narrative"),
            (json!({"reason": "r", "local_start": "2026-11-24T10:00:00"}), "/local_start"),
            (json!({"reason": "r", "readers": "author"}), "/readers"),
        ] {
            let problem = correct(&world.mentor, bad.clone()).refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].pointer, pointer, "{bad}");
        }
        app.patch(&path).by(&world.mentor).json(body).refused(ProblemCode::VersionRequired).await;
        assert_eq!(seen(&app, &world.mentor, &path).await["version"], json!(1));
    }

    async fn a_start_is_not_corrected_behind_its_next_step(app: TestApp) {
        let path = path_of(&log(&app, &app.world.mentor, over(with_step(&app, "2026-11-23T09:30"), &json!({"local_start": "2026-11-20T09:00"}))).await);
        let late = json!({"reason": "r", "local_start": "2026-11-23T09:45"});
        let problem = app.patch(&path).by(&app.world.mentor).if_match(1).json(late).refused(ProblemCode::Invalid).await;
        assert_eq!((&*problem.errors[0].pointer, &*problem.errors[0].code), ("/local_start", "before_start"));
        // What was done before it was replaced is told of what it said.
        app.post(&format!("{path}/finish-next-step")).by(&app.world.mentor).if_match(1).expect(200).await;
        let next = json!({"reason": "one more", "next_step": {"what": "x", "local_due": "2026-12-01T09:30"}});
        app.patch(&path).by(&app.world.mentor).if_match(2).json(next).expect(200).await;
        let former = app.get(&format!("{path}/corrections?limit=1")).by(&app.world.mentor).expect(200).await.json();
        assert_eq!(former["items"][0]["next_step_done_at"], json!(app.now().to_string()));
    }

    async fn a_visit_has_its_own_reminders_whatever_its_id(app: TestApp) {
        let id = crate::appointments::schedule(&app, "2026-12-01T10:00:00").await.string("/id");
        log(&app, &app.world.mentor, over(with_step(&app, "2026-12-01T09:30"), &json!({"id": id}))).await;
        let mut tx = app.app.db.read().await.unwrap();
        let withdrawn: i64 = tx.query(sql!("SELECT count(*) FROM reminder WHERE subject_kind = 'appointment' AND state = 'superseded'")).scalar().await.unwrap();
        assert_eq!(withdrawn, 0);
    }

    async fn nothing_of_it_lies_in_the_open(app: TestApp) {
        log(&app, &app.world.mentor, with_step(&app, "2026-12-01T09:30")).await;
        let mut tx = app.app.db.read().await.unwrap();
        let sealed: Vec<(Vec<u8>, Vec<u8>)> = tx.query(sql!("SELECT narrative_sealed, next_step_sealed FROM visit")).all().await.unwrap();
        for text in [&sealed[0].0, &sealed[0].1] {
            assert!(!String::from_utf8_lossy(text).contains("brother") && !String::from_utf8_lossy(text).contains("office"));
        }
    }
}
