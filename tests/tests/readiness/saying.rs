//! Saying where an item stands: steps are kept, others' words are not overwritten unseen, and somebody is called when nothing moves.

use super::{of, path, say, seen, setting};
use crate::{appointments::audited, people::close_file};
use chrono::TimeDelta;
use contract::ProblemCode;
use db::sql;
use muwakaba::background::reconciler;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};

/// How many are to act about a paper.
async fn stuck(app: &TestApp) -> i64 {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(sql!("SELECT count(*) FROM work_item WHERE cause = 'paper_stuck' AND closed_at IS NULL"))
        .scalar()
        .await
        .unwrap()
}

async fn pass(app: &TestApp, days: i64) {
    app.clock.advance(TimeDelta::days(days));
    reconciler::run(&app.app).await.unwrap();
}

/// A line of what was said: its version, the willingness, the reason, and what would have to change.
type Said = (i64, String, Option<String>, Option<Vec<u8>>);

both_databases! {
    async fn the_list_is_always_whole(app: TestApp) {
        let world = &app.world;
        let empty = seen(&app, &world.participant).await;
        assert_eq!((empty["entries"].as_array().unwrap().len(), &empty["version"]), (16, &json!(0)));
        assert!(empty["entries"].as_array().unwrap().iter().all(|one| one["state"] == json!("not_asked") && one["steps"] == json!([])));
        let stands = say(&app, &world.mentor, setting("national_card", "missing", 0)).await.json();
        assert_eq!(stands["version"], json!(1));
        say(&app, &world.counsellor, setting("rehabilitation", "being_obtained", 1)).await;
        say(&app, &world.manager, setting("national_card", "being_obtained", 2)).await;
        let list = seen(&app, &world.mentor).await;
        for person in [&world.counsellor, &world.manager, &world.participant] {
            assert_eq!(seen(&app, person).await, list);
        }
        let card = of(&list, "national_card");
        assert_eq!((&card["state"], &card["since"], &card["version"]), (&json!("being_obtained"), &json!("2026-11-20"), &json!(3)));
        let steps: Vec<_> = card["steps"].as_array().unwrap().iter().map(|step| (step["state"].as_str().unwrap(), &step["recorded_by"])).collect();
        assert_eq!(steps, [("missing", &json!(world.mentor.id)), ("being_obtained", &json!(world.manager.id))]);
        assert_eq!(of(&list, "rehabilitation")["state"], json!("being_obtained"));
        assert_eq!((audited(&app, "readiness.set_item").await, audited(&app, "readiness.read").await), (3, 3));
        let mut tx = app.app.db.read().await.unwrap();
        let (plain, sealed): (Option<String>, Vec<u8>) = tx.query(sql!("SELECT state, state_sealed FROM readiness_item WHERE item = 'rehabilitation'")).one().await.unwrap();
        assert!(plain.is_none() && !String::from_utf8_lossy(&sealed).contains("obtained"));
        let told: Vec<String> = tx.query(sql!("SELECT details FROM audit WHERE action = 'readiness.set_item'")).scalars().await.unwrap();
        assert!(told.len() == 3 && !told.concat().contains("rehabilitation") && !told.concat().contains("card"), "{told:?}");
    }

    async fn what_somebody_else_said_is_not_overwritten_unseen(app: TestApp) {
        let world = &app.world;
        say(&app, &world.mentor, setting("cv", "missing", 0)).await;
        // Of another item nothing was said meanwhile.
        say(&app, &world.mentor, setting("phone", "have", 0)).await;
        let problem = app.post(&path(&app)).by(&world.counsellor).json(setting("cv", "have", 0)).refused(ProblemCode::Changed).await;
        assert_eq!(problem.current_version, Some(2));
        app.post(&path(&app)).by(&world.counsellor).json(setting("cv", "have", 9)).refused(ProblemCode::Changed).await;
        say(&app, &world.counsellor, setting("cv", "have", 2)).await;
        let send = || app.post(&path(&app)).by(&world.mentor).header("idempotency-key", "one").json(setting("housing", "missing", 3));
        assert_eq!(send().expect(201).await.json(), send().expect(201).await.json());
        assert_eq!(seen(&app, &world.mentor).await["version"], json!(4));
    }

    async fn what_cannot_be_is_refused_by_name(app: TestApp) {
        let world = &app.world;
        let with = |fields: Value| crate::visits::over(setting("cv", "missing", 0), &fields);
        for (body, pointer) in [
            (with(json!({"item": "passport_number"})), "/item"),
            (with(json!({"state": "lost"})), "/state"),
            (with(json!({"on": "2026-11-25"})), "/on"),
            (with(json!({"on": "2020-11-25"})), "/on"),
            (with(json!({"on": "2026-11"})), "/on"),
            (with(json!({"base_version": -1})), "/base_version"),
            (with(json!({"number": "AB12"})), "/number"),
        ] {
            let problem = app.post(&path(&app)).by(&world.mentor).json(body.clone()).refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].pointer, pointer, "{body}");
        }
        for person in [&world.administrator, &world.observer, &world.participant] {
            app.post(&path(&app)).by(person).json(setting("cv", "have", 0)).refused(ProblemCode::NotForThisRole).await;
        }
        for person in [&world.other_mentor, &world.foreign_mentor, &world.other_manager] {
            app.post(&path(&app)).by(person).json(setting("cv", "have", 0)).refused(ProblemCode::NotFound).await;
            app.get(&path(&app)).by(person).refused(ProblemCode::NotFound).await;
        }
        app.get(&path(&app)).by(&world.other_participant).refused(ProblemCode::NotFound).await;
        assert_eq!(audited(&app, "readiness.set_item").await, 0);
    }

    async fn when_nothing_moves_for_thirty_days_somebody_is_called(app: TestApp) {
        let world = &app.world;
        say(&app, &world.mentor, setting("national_card", "being_obtained", 0)).await;
        say(&app, &world.mentor, setting("rehabilitation", "being_obtained", 1)).await;
        pass(&app, 29).await;
        assert_eq!(stuck(&app).await, 0);
        // Whoever was asked again at the office has moved it.
        let moved = json!({"item": "national_card", "state": "being_obtained", "on": "2026-12-22", "base_version": 2});
        say(&app, &world.mentor, moved).await;
        pass(&app, 29).await;
        assert_eq!(stuck(&app).await, 0);
        for _ in 0..2 {
            pass(&app, 1).await;
            assert_eq!(stuck(&app).await, 1);
        }
        let have = json!({"item": "national_card", "state": "have", "on": "2027-01-21", "base_version": 3});
        say(&app, &world.counsellor, have).await;
        assert_eq!(stuck(&app).await, 0);
    }

    async fn nobody_is_called_about_whom_nobody_accompanies(app: TestApp) {
        let world = &app.world;
        say(&app, &world.mentor, setting("national_card", "being_obtained", 0)).await;
        close_file(&app, world.participant.id).await;
        pass(&app, 60).await;
        assert_eq!(stuck(&app).await, 0);
        let reopen = format!("/v1/participants/{}/reopen", world.participant.id);
        let manager = world.manager.again(&app.app);
        app.post(&reopen).by(&manager).header("if-match", "*").json(json!({"reason": "came_back"})).expect(200).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(stuck(&app).await, 1);
    }

    async fn what_was_stuck_before_a_file_closed_is_so_when_it_opens(app: TestApp) {
        let world = &app.world;
        say(&app, &world.mentor, setting("national_card", "being_obtained", 0)).await;
        pass(&app, 30).await;
        assert_eq!(stuck(&app).await, 1);
        for (command, reason, expected) in [("withdraw", "asked_to_stop", 0), ("reopen", "came_back", 1)] {
            let path = format!("/v1/participants/{}/{command}", world.participant.id);
            let manager = world.manager.again(&app.app);
            app.post(&path).by(&manager).header("if-match", "*").json(json!({"reason": reason})).expect(200).await;
            reconciler::run(&app.app).await.unwrap();
            assert_eq!(stuck(&app).await, expected, "{command}");
        }
    }

    async fn whoever_does_not_look_for_work_says_what_would_have_to_change(app: TestApp) {
        let world = &app.world;
        let willing = format!("/v1/participants/{}/willingness", world.participant.id);
        let set = |body: Value| app.post(&willing).by(&world.mentor).json(body);
        for (body, code) in [
            (json!({"willingness": "not_seeking", "base_version": 0}), "required"),
            (json!({"willingness": "seeking", "reason": "care", "base_version": 0}), "not_allowed"),
        ] {
            let problem = set(body).refused(ProblemCode::Invalid).await;
            assert_eq!((&*problem.errors[0].pointer, &*problem.errors[0].code), ("/reason", code));
        }
        let why = json!({"willingness": "not_seeking", "reason": "care", "what_would_change": "A nurse in the mornings", "base_version": 0});
        set(why).expect(201).await;
        let told = seen(&app, &world.participant).await["willingness"].clone();
        assert_eq!((&told["reason"], &told["what_would_change"]), (&json!("care"), &json!("A nurse in the mornings")));
        set(json!({"willingness": "seeking", "base_version": 0})).refused(ProblemCode::Changed).await;
        let now = set(json!({"willingness": "seeking", "base_version": 1})).expect(201).await.json();
        assert_eq!((&now["willingness"]["willingness"], now["willingness"].get("what_would_change")), (&json!("seeking"), None));
        // What was said before is kept, as every step of an item is.
        let mut tx = app.app.db.read().await.unwrap();
        let said: Vec<Said> = tx
            .query(sql!("SELECT version, willingness, reason, change_sealed FROM readiness_willingness ORDER BY version"))
            .all().await.unwrap();
        let words: Vec<_> = said.iter().map(|(version, word, reason, change)| (*version, &**word, reason.as_deref(), change.is_some())).collect();
        assert_eq!(words, [(1, "not_seeking", Some("care"), true), (2, "seeking", None, false)]);
    }

    async fn a_manager_sees_what_is_missing_to_how_many_and_to_whom(app: TestApp) {
        let world = &app.world;
        say(&app, &world.mentor, setting("national_card", "missing", 0)).await;
        say(&app, &world.mentor, setting("cv", "being_obtained", 0)).await;
        say(&app, &world.mentor, setting("rehabilitation", "missing", 0)).await;
        let other = format!("/v1/participants/{}/readiness", world.other_participant.id);
        app.post(&other).by(&world.other_mentor).json(setting("national_card", "being_obtained", 0)).expect(201).await;
        let missing = format!("/v1/centres/{}/missing-papers", world.centre);
        let papers = app.get(&missing).by(&world.manager).expect(200).await.json();
        let of = |item: &str| papers["papers"].as_array().unwrap().iter().find(|one| one["item"] == json!(item)).cloned();
        assert_eq!(of("national_card"), Some(json!({"item": "national_card", "missing": 1, "being_obtained": 1})));
        assert_eq!(of("cv"), Some(json!({"item": "cv", "missing": 0, "being_obtained": 1})));
        assert_eq!(of("rehabilitation"), None);
        let (mut people, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = app.get(&format!("{missing}/people?limit=2{cursor}")).by(&world.manager.again(&app.app)).expect(200).await.json();
            people.extend(page["items"].as_array().unwrap().iter().map(|one| (one["item"].as_str().unwrap().to_owned(), one["participant_id"].clone())));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(people.len(), 3);
        assert!(people.contains(&("cv".to_owned(), json!(world.participant.id))));
        let cards = app.get(&format!("{missing}/people?item=national_card")).by(&world.manager).expect(200).await.json();
        assert_eq!(cards["items"].as_array().unwrap().len(), 2);
        // Whom nobody accompanies any more is neither counted nor listed.
        close_file(&app, world.other_participant.id).await;
        let cards = app.get(&format!("{missing}/people?item=national_card")).by(&world.manager).expect(200).await.json();
        assert_eq!(cards["items"].as_array().unwrap().len(), 1);
        for person in [&world.mentor, &world.administrator, &world.participant, &world.observer] {
            app.get(&missing).by(person).refused(ProblemCode::NotForThisRole).await;
        }
        app.get(&missing).by(&world.other_manager).refused(ProblemCode::NotFound).await;
        app.get(&format!("{missing}/people")).by(&world.other_manager).refused(ProblemCode::NotFound).await;
    }

    async fn lists_follow_whose_they_are(app: TestApp) {
        let world = &app.world;
        say(&app, &world.mentor, setting("national_card", "missing", 0)).await;
        crate::hand_overs::moved(&app, world.participant.id).await;
        app.get(&path(&app)).by(&world.manager).refused(ProblemCode::NotFound).await;
        assert_eq!(of(&seen(&app, &world.other_manager).await, "national_card")["state"], json!("missing"));
        let missing = app.get(&format!("/v1/centres/{}/missing-papers/people", world.other_centre)).by(&world.other_manager).expect(200).await;
        assert_eq!(missing.json()["items"].as_array().unwrap().len(), 1);
    }

    async fn a_fault_at_any_statement_leaves_nothing(app: TestApp) {
        for statement in 1.. {
            app.faults.arm(statement);
            let answer = app.post(&path(&app)).by(&app.world.mentor).json(setting("cv", "being_obtained", 0)).send().await;
            if app.faults.disarm() {
                assert!(answer.status < 300 && statement > 6, "{statement}: {}", answer.text());
                return;
            }
            assert_eq!(answer.status, 500, "fault {statement}: {}", answer.text());
            let mut tx = app.database.db.read().await.unwrap();
            let left: i64 = tx.query(sql!(
                "SELECT (SELECT count(*) FROM readiness) + (SELECT count(*) FROM readiness_item) + (SELECT count(*) FROM readiness_step)
                      + (SELECT count(*) FROM audit WHERE action = 'readiness.set_item')"
            )).scalar().await.unwrap();
            assert_eq!(left, 0, "fault {statement} left something half done");
        }
    }
}
