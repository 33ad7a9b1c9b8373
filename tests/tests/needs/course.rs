//! How far a need comes over HTTP: every command in every state, what is refused by name, corrections and withdrawal.

use super::{asked, done, found, new_need, new_strength};
use crate::{
    appointments::audited,
    visits::{over, path_of, seen},
};
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::both_databases;
use serde_json::{Value, json};
use uuid::Uuid;

both_databases! {
    async fn a_need_is_found_taken_in_hand_and_met(app: TestApp) {
        let (world, need) = (&app.world, found(&app, over(new_need(&app), &json!({"on": "2026-11-20"}))).await);
        let path = path_of(&need);
        assert_eq!((need.version(), seen(&app, &world.manager, &path).await), (1, need.json()));
        for (field, value) in [
            ("area", json!("papers")),
            ("what", json!("A residence certificate")),
            ("state", json!("found")),
            ("found_on", json!("2026-11-20")),
            ("found_by", json!(world.mentor.id)),
        ] {
            assert_eq!(need.json()[field], value, "{field}");
        }
        let body = json!({"on": "2026-11-21"});
        let in_hand = asked(&app, &world.counsellor, &path, "take-in-hand", 1, body).expect(200).await.json();
        assert_eq!((&in_hand["state"], &in_hand["in_hand_on"], &in_hand["in_hand_by"]), (&json!("in_hand"), &json!("2026-11-21"), &json!(world.counsellor.id)));
        let met = done(&app, &path, "close", 2, json!({"result": "met", "helped": "Went there together"})).await.json();
        assert_eq!((&met["state"], &met["closed_on"], &met["helped"]), (&json!("met"), &json!("2026-11-23"), &json!("Went there together")));
        let again = done(&app, &path, "reopen", 3, json!({"reason": "It was for the former address"})).await.json();
        assert_eq!((&again["state"], again.get("closed_on"), again.get("helped"), again.get("in_hand_on")), (&json!("found"), None, None, None));
        // What it was stays beside it, the latest first.
        let history = seen(&app, &world.manager, &format!("{path}/history")).await;
        let told: Vec<_> = history["items"].as_array().unwrap().iter().map(|item| (item["command"].as_str().unwrap(), item["state"].as_str().unwrap())).collect();
        assert_eq!(told, [("reopen", "met"), ("close", "in_hand"), ("take_in_hand", "found")]);
        assert_eq!((&history["items"][0]["helped"], &history["items"][0]["reason"]), (&json!("Went there together"), &json!("It was for the former address")));
        let page = seen(&app, &world.manager, &format!("{path}/history?limit=2")).await;
        let rest = seen(&app, &world.manager, &format!("{path}/history?limit=2&cursor={}", page["next_cursor"].as_str().unwrap())).await;
        assert_eq!(rest["items"].as_array().unwrap().len(), 1);
        for verb in ["find", "take_in_hand", "close", "reopen"] {
            assert_eq!(audited(&app, &format!("need.{verb}")).await, 1, "{verb}");
        }
    }

    async fn what_its_state_does_not_allow_is_refused_with_what_it_does(app: TestApp) {
        let world = &app.world;
        let commands = [
            ("take-in-hand", json!({})),
            ("close", json!({"result": "not_met"})),
            ("reopen", json!({"reason": "again"})),
        ];
        for (steps, allowed) in [
            (&[][..], &["take_in_hand", "close", "correct", "withdraw"][..]),
            (&["take-in-hand"], &["close", "correct", "withdraw"]),
            (&["close"], &["reopen", "correct", "withdraw"]),
            (&["close", "reopen"], &["take_in_hand", "close", "correct", "withdraw"]),
        ] {
            let path = path_of(&found(&app, new_need(&app)).await);
            let mut version = 1;
            for step in steps {
                let (command, body) = commands.iter().find(|(name, _)| name == step).unwrap();
                done(&app, &path, command, version, body.clone()).await;
                version += 1;
            }
            for (command, body) in &commands {
                let request = asked(&app, &world.mentor, &path, command, version, body.clone());
                if allowed.contains(&&*command.replace('-', "_")) {
                    continue;
                }
                let problem = request.refused(ProblemCode::CommandRefused).await;
                assert_eq!(problem.possible_commands.unwrap(), allowed, "{command} after {steps:?}");
            }
            assert_eq!(seen(&app, &world.mentor, &path).await["version"], json!(version));
        }
    }

    async fn what_cannot_be_is_refused_by_name(app: TestApp) {
        let world = &app.world;
        for (fields, pointer, code) in [
            (json!({"area": "the moon"}), "/area", "unknown_word"),
            (json!({"what": "  "}), "/what", "value"),
            (json!({"on": "2026-11-24"}), "/on", "future"),
            (json!({"on": "2020-01-01"}), "/on", "too_old"),
            (json!({"on": "tomorrow"}), "/on", "value"),
            (json!({"score": 3}), "/score", "unknown"),
        ] {
            let problem = app.post("/v1/needs").by(&world.mentor).json(over(new_need(&app), &fields)).refused(ProblemCode::Invalid).await;
            let told: Vec<_> = problem.errors.iter().map(|fault| &*fault.pointer).collect();
            assert_eq!(told, [pointer], "{fields}");
            if ["future", "too_old", "unknown_word"].contains(&code) {
                assert_eq!(problem.errors[0].code, code, "{fields}");
            }
        }
        let path = path_of(&found(&app, over(new_need(&app), &json!({"on": "2026-11-20"}))).await);
        for (command, body, pointer) in [
            ("take-in-hand", json!({"on": "2026-11-19"}), "/on"),
            ("take-in-hand", json!({"on": "2026-11-24"}), "/on"),
            ("close", json!({}), "/result"),
            ("close", json!({"result": "found"}), "/result"),
            ("close", json!({"result": "met", "on": "2026-11-19"}), "/on"),
            ("withdraw", json!({}), "/reason"),
            ("correct", json!({"reason": "r"}), ""),
            ("correct", json!({"reason": "r", "helped": "nothing"}), "/helped"),
            ("correct", json!({"reason": "r", "what": null}), "/what"),
            ("correct", json!({"reason": "r", "found_on": "2026-11-24"}), "/found_on"),
        ] {
            let problem = asked(&app, &world.mentor, &path, command, 1, body.clone()).refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].pointer, pointer, "{command} {body}");
        }
        assert_eq!(seen(&app, &world.mentor, &path).await["version"], json!(1));
    }

    async fn nothing_is_closed_before_somebody_saw_to_it(app: TestApp) {
        let world = &app.world;
        let path = path_of(&found(&app, over(new_need(&app), &json!({"on": "2026-11-10"}))).await);
        done(&app, &path, "take-in-hand", 1, json!({"on": "2026-11-20"})).await;
        let close = |on: &str| asked(&app, &world.mentor, &path, "close", 2, json!({"result": "met", "on": on}));
        for (on, code) in [("2026-11-15", "before_in_hand"), ("2026-11-09", "before_found")] {
            let problem = close(on).refused(ProblemCode::Invalid).await;
            assert_eq!((&*problem.errors[0].pointer, &*problem.errors[0].code), ("/on", code), "{on}");
        }
        assert_eq!(close("2026-11-20").expect(200).await.json()["closed_on"], json!("2026-11-20"));
    }

    async fn who_does_what_and_lost_races(app: TestApp) {
        let world = &app.world;
        for person in [&world.manager, &world.administrator, &world.observer, &world.participant] {
            app.post("/v1/needs").by(person).json(new_need(&app)).refused(ProblemCode::NotForThisRole).await;
            app.post("/v1/strengths").by(person).json(new_strength(&app)).refused(ProblemCode::NotForThisRole).await;
        }
        for person in [&world.other_mentor, &world.foreign_mentor] {
            app.post("/v1/needs").by(person).json(new_need(&app)).refused(ProblemCode::NotFound).await;
            app.post("/v1/strengths").by(person).json(new_strength(&app)).refused(ProblemCode::NotFound).await;
        }
        let path = path_of(&found(&app, new_need(&app)).await);
        let commands = [
            ("take-in-hand", json!({})),
            ("close", json!({"result": "met"})),
            ("correct", json!({"reason": "r", "what": "x"})),
            ("withdraw", json!({"reason": "r"})),
        ];
        for (command, body) in &commands {
            asked(&app, &world.mentor, &path, command, 2, body.clone()).refused(ProblemCode::Changed).await;
            asked(&app, &world.other_mentor, &path, command, 1, body.clone()).refused(ProblemCode::NotFound).await;
            asked(&app, &world.participant, &path, command, 1, body.clone()).refused(ProblemCode::NotForThisRole).await;
            if *command != "withdraw" {
                asked(&app, &world.manager, &path, command, 1, body.clone()).refused(ProblemCode::NotForThisRole).await;
            }
        }
        for tail in ["", "/history"] {
            for person in [&world.other_mentor, &world.foreign_mentor, &world.other_manager] {
                app.get(&format!("{path}{tail}")).by(&person.again(&app.app)).refused(ProblemCode::NotFound).await;
            }
            for person in [&world.administrator, &world.observer, &world.participant] {
                app.get(&format!("{path}{tail}")).by(&person.again(&app.app)).refused(ProblemCode::NotForThisRole).await;
            }
        }
    }

    async fn a_correction_keeps_what_stood_there_and_a_withdrawal_ends_it(app: TestApp) {
        let (world, path) = (&app.world, path_of(&found(&app, over(new_need(&app), &json!({"on": "2026-11-20"}))).await));
        done(&app, &path, "close", 1, json!({"result": "partly_met", "helped": "A cousin", "on": "2026-11-21"})).await;
        let corrected = done(&app, &path, "correct", 2, json!({
            "reason": "It was about the insurance", "area": "health", "what": "An insurance card", "helped": null, "found_on": "2026-11-19",
        })).await.json();
        assert_eq!((&corrected["area"], &corrected["what"], corrected.get("helped"), &corrected["found_on"]), (&json!("health"), &json!("An insurance card"), None, &json!("2026-11-19")));
        let late = json!({"reason": "r", "found_on": "2026-11-22"});
        let problem = asked(&app, &world.mentor, &path, "correct", 3, late).refused(ProblemCode::Invalid).await;
        assert_eq!((&*problem.errors[0].pointer, &*problem.errors[0].code), ("/found_on", "after_next"));
        let former = &seen(&app, &world.manager, &format!("{path}/history")).await["items"][0];
        assert_eq!(
            (&former["area"], &former["what"], &former["helped"], &former["reason"]),
            (&json!("papers"), &json!("A residence certificate"), &json!("A cousin"), &json!("It was about the insurance"))
        );
        let withdrawn = asked(&app, &world.manager, &path, "withdraw", 3, json!({"reason": "Said of somebody else"})).expect(200).await.json();
        assert_eq!((withdrawn["withdrawn_at"].as_str(), &withdrawn["withdrawal_reason"]), (Some("2026-11-23T10:00:00Z"), &json!("Said of somebody else")));
        for (command, body) in [("reopen", json!({"reason": "r"})), ("correct", json!({"reason": "r", "what": "x"})), ("withdraw", json!({"reason": "r"}))] {
            asked(&app, &world.mentor, &path, command, 4, body).refused(ProblemCode::CommandRefused).await;
        }
        assert_eq!(crate::needs::area(&app, &world.mentor, "health").await["needs"], json!([]));
    }

    async fn sent_twice_it_is_recorded_once(app: TestApp) {
        for (path, body) in [("/v1/needs", new_need(&app)), ("/v1/strengths", new_strength(&app))] {
            let body = over(body, &json!({"id": Uuid::now_v7()}));
            let send = || app.post(path).by(&app.world.mentor).header("idempotency-key", path).json(body.clone());
            let (first, again) = (send().expect(201).await, send().expect(201).await);
            assert_eq!(first.json(), again.json());
            app.post(path).by(&app.world.mentor).json(body.clone()).refused(ProblemCode::AlreadyExists).await;
        }
    }

    async fn the_log_says_that_it_was_closed_and_not_how(app: TestApp) {
        let path = path_of(&found(&app, new_need(&app)).await);
        done(&app, &path, "close", 1, json!({"result": "declined"})).await;
        let mut tx = app.app.db.read().await.unwrap();
        let details: String = tx.query(sql!("SELECT details FROM audit WHERE action = 'need.close'")).scalar().await.unwrap();
        assert!(!details.contains("declined"), "{details}");
    }

    async fn a_fault_anywhere_leaves_nothing(app: TestApp) {
        let path = path_of(&found(&app, new_need(&app)).await);
        let counted = async || -> (i64, i64, String, i64) {
            let mut tx = app.app.db.read().await.unwrap();
            tx.query(sql!(
                "SELECT (SELECT count(*) FROM need_history), (SELECT version FROM need), (SELECT state FROM need), (SELECT count(*) FROM audit)"
            )).one().await.unwrap()
        };
        let before = counted().await;
        for n in 1..60 {
            app.faults.arm(n);
            let answer = app.post(&format!("{path}/close")).by(&app.world.mentor).header("idempotency-key", "1").if_match(1)
                .json(json!({"result": "met", "helped": "A cousin"})).send().await;
            if app.faults.disarm() {
                assert_eq!((answer.status, n > 4), (200, true));
                assert_eq!(counted().await, (1, 2, "met".to_owned(), before.3 + 1));
                return;
            }
            assert_eq!((answer.status, counted().await), (500, before.clone()), "fault {n}");
        }
        panic!("it never ended");
    }

    async fn nothing_in_the_open_tells_one_area_from_another(app: TestApp) {
        for name in ["mental_health", "papers", "faith_and_meaning"] {
            found(&app, over(new_need(&app), &json!({"area": name}))).await;
        }
        let said = format!("/v1/participants/{}/need-answers", app.world.participant.id);
        app.post(&said).by(&app.world.mentor).json(json!({"area": "safety", "answer": "no_need"})).expect(200).await;
        let mut tx = app.app.db.read().await.unwrap();
        let sealed: Vec<Vec<u8>> = tx.query(sql!("SELECT area_sealed FROM need")).scalars().await.unwrap();
        let answers: Vec<u8> = tx.query(sql!("SELECT answers_sealed FROM need_answers")).scalar().await.unwrap();
        assert!(sealed.iter().all(|one| one.len() == sealed[0].len()));
        for bytes in sealed.iter().chain([&answers]) {
            let text = String::from_utf8_lossy(bytes);
            assert!(["mental", "papers", "faith", "safety"].iter().all(|word| !text.contains(word)));
        }
        let audited: Vec<Value> = {
            let details: Vec<String> = tx.query(sql!("SELECT details FROM audit WHERE subject_kind IN ('need', 'needs')")).scalars().await.unwrap();
            details.iter().map(|text| serde_json::from_str(text).unwrap()).collect()
        };
        assert!(!audited.is_empty() && audited.iter().all(|details| !details.to_string().contains("health")));
    }
}
