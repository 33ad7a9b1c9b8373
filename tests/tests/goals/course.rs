//! How goals come over HTTP: who writes them, every turn, what is refused by name, corrections, withdrawal and order.

use super::{add_step, asked, new_goal, picture_path, set, step_path, texts};
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
    async fn a_goal_is_set_with_somebody_reached_and_opened_again(app: TestApp) {
        let world = &app.world;
        let goal = set(&app, &world.mentor).await;
        let path = path_of(&goal);
        assert_eq!((goal.version(), seen(&app, &world.counsellor, &path).await), (1, goal.json()));
        for (field, value) in [
            ("what", json!("Drive a taxi again")),
            ("state", json!("open")),
            ("is_own", json!(false)),
            ("written_by", json!(world.mentor.id)),
            ("possible_commands", json!(["close", "add_step", "order_steps", "correct", "withdraw"])),
        ] {
            assert_eq!(goal.json()[field], value, "{field}");
        }
        let step = add_step(&app, &world.participant, &path, "Ask at the prefecture").await;
        assert_eq!((&step.json()["state"], &step.json()["is_own"], step.json().get("marked_at")), (&json!("open"), &json!(true), None));
        let marked = asked(&app, &world.participant, &step_path(&step), "mark", 1, json!({"state": "achieved"})).expect(200).await.json();
        assert_eq!((&marked["state"], &marked["is_marked_by_them"], marked.get("marked_by")), (&json!("achieved"), &json!(true), None));
        // The last step closes nothing.
        assert_eq!(seen(&app, &world.mentor, &path).await["state"], json!("open"));
        let closed = asked(&app, &world.participant, &path, "close", 1, json!({"result": "partly"})).expect(200).await.json();
        assert_eq!((&closed["state"], &closed["is_closed_by_them"], &closed["closed_at"]), (&json!("partly"), &json!(true), &json!("2026-11-23T10:00:00Z")));
        // What was done stays true whatever became of the goal; but a closed one gets no further step.
        asked(&app, &world.mentor, &step_path(&step), "mark", 2, json!({"state": "partly"})).expect(200).await;
        app.post(&format!("{path}/steps")).by(&world.mentor.again(&app.app)).json(json!({"what": "x"})).refused(ProblemCode::CommandRefused).await;
        let again = asked(&app, &world.mentor, &path, "reopen", 2, json!({"reason": "The licence came back"})).expect(200).await.json();
        assert_eq!((&again["state"], again.get("closed_at")), (&json!("open"), None));
        let set_aside = json!({"result": "set_aside", "set_aside_because": "other_first"});
        let aside = asked(&app, &world.mentor, &path, "close", 3, set_aside).expect(200).await.json();
        assert_eq!((&aside["state"], &aside["set_aside_because"], &aside["closed_by"]), (&json!("set_aside"), &json!("other_first"), &json!(world.mentor.id)));
        let history = seen(&app, &world.participant, &format!("{path}/history")).await;
        let told: Vec<_> = history["items"].as_array().unwrap().iter().map(|item| (item["command"].as_str().unwrap(), item["state"].as_str().unwrap(), item["is_changed_by_them"].as_bool().unwrap())).collect();
        assert_eq!(told, [("close", "open", false), ("reopen", "partly", false), ("close", "open", true)]);
        assert_eq!(history["items"][1]["reason"], json!("The licence came back"));
        assert!(!history.to_string().contains(&world.mentor.id.to_string()), "which of the staff is told to staff");
        let steps = seen(&app, &world.manager, &format!("{}/history", step_path(&step))).await;
        let told: Vec<_> = steps["items"].as_array().unwrap().iter().map(|item| (item["command"].as_str().unwrap(), item["state"].as_str().unwrap())).collect();
        assert_eq!(told, [("mark", "achieved"), ("mark", "open")]);
        for (action, times) in [("goal.set", 1), ("goal.close", 2), ("goal.reopen", 1), ("goal_step.add", 1), ("goal_step.mark", 2)] {
            assert_eq!(audited(&app, action).await, times, "{action}");
        }
        let mut tx = app.app.db.read().await.unwrap();
        let details: Vec<String> = tx.query(sql!("SELECT details FROM audit WHERE action = 'goal.close'")).scalars().await.unwrap();
        assert!(details.iter().all(|details| !details.contains("other_first") && !details.contains("partly")), "{details:?}");
    }

    async fn the_participant_has_everything_in_one_request(app: TestApp) {
        let world = &app.world;
        let first = path_of(&set(&app, &world.mentor).await);
        let body = over(new_goal(&app), &json!({"what": "See my daughter every week"}));
        let second = path_of(&app.post("/v1/goals").by(&world.participant).json(body).expect(201).await);
        for (goal, what) in [(&first, "a"), (&first, "b"), (&second, "c")] {
            add_step(&app, &world.participant, goal, what).await;
        }
        let told = |texts: Vec<(String, Vec<String>)>| texts.into_iter().map(|(goal, steps)| format!("{goal}: {}", steps.join(" "))).collect::<Vec<_>>();
        let own = seen(&app, &world.participant, &picture_path(&app)).await;
        assert_eq!(told(texts(&own)), ["Drive a taxi again: a b", "See my daughter every week: c"]);
        assert!(!own.to_string().contains(&world.mentor.id.to_string()));
        // In the order in which they want them; what is not named stands behind.
        let ids = |paths: &[&str]| paths.iter().map(|path| json!(path.rsplit('/').next().unwrap())).collect::<Vec<Value>>();
        let order = app.post(&format!("/v1/participants/{}/goal-order", world.participant.id)).by(&world.participant.again(&app.app)).json(json!({"goals": ids(&[&second])})).expect(200).await.json();
        assert_eq!(told(texts(&order)), ["See my daughter every week: c", "Drive a taxi again: a b"]);
        let steps = own["goals"][0]["steps"].as_array().unwrap();
        let order = app.post(&format!("{first}/step-order")).by(&world.mentor.again(&app.app)).json(json!({"steps": [steps[1]["id"], steps[0]["id"]]})).expect(200).await.json();
        assert_eq!((&order["steps"][0]["what"], &order["goal"]["version"]), (&json!("b"), &json!(1)));
        let picture = seen(&app, &world.manager, &picture_path(&app)).await;
        assert_eq!(told(texts(&picture)), ["See my daughter every week: c", "Drive a taxi again: b a"]);
        for (goals, code) in [(json!([Uuid::now_v7()]), "unknown"), (json!([ids(&[&first])[0], ids(&[&first])[0]]), "duplicate")] {
            let problem = app.post(&format!("/v1/participants/{}/goal-order", world.participant.id)).by(&world.mentor.again(&app.app)).json(json!({"goals": goals})).refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].code, code);
        }
        // Another's steps are none of this goal's.
        let other = picture["goals"][0]["steps"][0]["id"].clone();
        let problem = app.post(&format!("{first}/step-order")).by(&world.mentor.again(&app.app)).json(json!({"steps": [other]})).refused(ProblemCode::Invalid).await;
        assert_eq!((&*problem.errors[0].pointer, &*problem.errors[0].code), ("/steps/0", "unknown"));
    }

    async fn whose_words_they_are(app: TestApp) {
        let world = &app.world;
        let (own, theirs) = (path_of(&set(&app, &world.participant).await), path_of(&set(&app, &world.mentor).await));
        let correction = json!({"what": "Drive my own taxi", "reason": "It is to be their own"});
        // Staff puts nothing in the place of what somebody wrote for themself.
        let problem = asked(&app, &world.mentor, &own, "correct", 1, correction.clone()).refused(ProblemCode::CommandRefused).await;
        assert_eq!(problem.possible_commands.unwrap(), ["close", "add_step", "order_steps"]);
        for person in [&world.mentor, &world.manager] {
            asked(&app, person, &own, "withdraw", 1, json!({"reason": "r"})).refused(ProblemCode::CommandRefused).await;
        }
        asked(&app, &world.participant, &theirs, "withdraw", 1, json!({})).refused(ProblemCode::CommandRefused).await;
        // They need not say why; staff does.
        for body in [json!({"what": "x"}), json!({"what": "x", "reason": null})] {
            let problem = asked(&app, &world.mentor, &theirs, "correct", 1, body).refused(ProblemCode::Invalid).await;
            assert_eq!((&*problem.errors[0].pointer, &*problem.errors[0].code), ("/reason", "required"));
        }
        asked(&app, &world.participant, &theirs, "correct", 1, json!({"what": "Drive my own taxi"})).expect(200).await;
        let corrected = asked(&app, &world.counsellor, &theirs, "correct", 2, correction).expect(200).await.json();
        assert_eq!(corrected["what"], json!("Drive my own taxi"));
        let history = seen(&app, &world.manager, &format!("{theirs}/history")).await;
        let told: Vec<_> = history["items"].as_array().unwrap().iter().map(|item| (item["what"].as_str().unwrap(), item["is_changed_by_them"].as_bool().unwrap())).collect();
        assert_eq!(told, [("Drive my own taxi", false), ("Drive a taxi again", true)]);
        // Withdrawn, it leaves the picture with its steps, and can be read.
        let step = step_path(&add_step(&app, &world.participant, &theirs, "Ask").await);
        let withdrawn = asked(&app, &world.manager, &theirs, "withdraw", 3, json!({"reason": "Said of somebody else"})).expect(200).await.json();
        assert_eq!((&withdrawn["withdrawal_reason"], &withdrawn["possible_commands"]), (&json!("Said of somebody else"), &json!([])));
        assert_eq!(texts(&seen(&app, &world.participant, &picture_path(&app)).await).len(), 1);
        assert_eq!(seen(&app, &world.participant, &step).await["possible_commands"], json!([]));
        for (path, command, version, body) in [
            (&theirs, "close", 4, json!({"result": "not"})),
            (&theirs, "withdraw", 4, json!({"reason": "r"})),
            (&theirs, "correct", 4, json!({"what": "x", "reason": "r"})),
            (&step, "mark", 1, json!({"state": "not"})),
        ] {
            asked(&app, &world.mentor, path, command, version, body).refused(ProblemCode::CommandRefused).await;
        }
        asked(&app, &world.participant, &own, "withdraw", 1, json!({})).expect(200).await;
        assert!(texts(&seen(&app, &world.mentor, &picture_path(&app)).await).is_empty());
    }

    async fn few_at_a_time_and_each_in_small_steps(app: TestApp) {
        let world = &app.world;
        let mut paths = Vec::new();
        for person in [&world.participant, &world.mentor, &world.participant, &world.counsellor, &world.mentor] {
            paths.push(path_of(&set(&app, person).await));
        }
        for person in [&world.participant, &world.mentor] {
            app.post("/v1/goals").by(&person.again(&app.app)).json(new_goal(&app)).refused(ProblemCode::CommandRefused).await;
        }
        let close = |path: &str| asked(&app, &world.participant, path, "close", 1, json!({"result": "set_aside", "set_aside_because": "not_now"}));
        close(&paths[0]).expect(200).await;
        paths.push(path_of(&set(&app, &world.participant).await));
        asked(&app, &world.participant, &paths[0], "reopen", 2, json!({})).refused(ProblemCode::CommandRefused).await;
        // One that was withdrawn takes no place.
        asked(&app, &world.mentor, &paths[1], "withdraw", 1, json!({"reason": "r"})).expect(200).await;
        asked(&app, &world.participant, &paths[0], "reopen", 2, json!({})).expect(200).await;
        for number in 0..7 {
            add_step(&app, &world.participant, &paths[0], &number.to_string()).await;
        }
        let problem = app.post(&format!("{}/steps", paths[0])).by(&world.mentor.again(&app.app)).json(json!({"what": "8"})).refused(ProblemCode::CommandRefused).await;
        assert!(problem.detail.unwrap().contains("seven"));
        let picture = seen(&app, &world.participant, &picture_path(&app)).await;
        let step = picture["goals"][0]["steps"][0]["id"].as_str().unwrap().to_owned();
        asked(&app, &world.participant, &format!("/v1/goal-steps/{step}"), "withdraw", 1, json!({})).expect(200).await;
        add_step(&app, &world.mentor, &paths[0], "8").await;
    }

    async fn what_cannot_be_is_refused_by_name(app: TestApp) {
        let world = &app.world;
        for (fields, pointer) in [(json!({"what": "  "}), "/what"), (json!({"what": null}), "/what"), (json!({"score": 3}), "/score")] {
            let problem = app.post("/v1/goals").by(&world.participant).json(over(new_goal(&app), &fields)).refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].pointer, pointer, "{fields}");
        }
        let path = path_of(&set(&app, &world.mentor).await);
        let step = step_path(&add_step(&app, &world.mentor, &path, "Ask").await);
        for (path, command, body, pointer) in [
            (&path, "close", json!({}), "/result"),
            (&path, "close", json!({"result": "open"}), "/result"),
            (&path, "close", json!({"result": "set_aside"}), "/set_aside_because"),
            (&path, "close", json!({"result": "achieved", "set_aside_because": "other"}), "/set_aside_because"),
            (&path, "close", json!({"result": "set_aside", "set_aside_because": "detained"}), "/set_aside_because"),
            (&path, "withdraw", json!({}), "/reason"),
            (&path, "correct", json!({"reason": "r"}), "/what"),
            (&step, "mark", json!({}), "/state"),
            (&step, "mark", json!({"state": "set_aside"}), "/state"),
            (&step, "correct", json!({"what": "x"}), "/reason"),
            (&step, "withdraw", json!({}), "/reason"),
        ] {
            let problem = asked(&app, &world.mentor, path, command, 1, body.clone()).refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].pointer, pointer, "{command} {body}");
        }
        asked(&app, &world.mentor, &path, "reopen", 1, json!({})).refused(ProblemCode::CommandRefused).await;
        asked(&app, &world.mentor, &step, "mark", 1, json!({"state": "open"})).refused(ProblemCode::CommandRefused).await;
        assert_eq!((&seen(&app, &world.mentor, &path).await["version"], &seen(&app, &world.mentor, &step).await["version"]), (&json!(1), &json!(1)));
    }

    async fn who_does_what_and_lost_races(app: TestApp) {
        let world = &app.world;
        for person in [&world.manager, &world.administrator, &world.observer] {
            app.post("/v1/goals").by(person).json(new_goal(&app)).refused(ProblemCode::NotForThisRole).await;
        }
        for person in [&world.other_mentor, &world.foreign_mentor, &world.other_participant] {
            app.post("/v1/goals").by(person).json(new_goal(&app)).refused(ProblemCode::NotFound).await;
        }
        let path = path_of(&set(&app, &world.mentor).await);
        let step = step_path(&add_step(&app, &world.mentor, &path, "Ask").await);
        let (goal_step, order) = (format!("{path}/steps"), format!("{path}/step-order"));
        for (path, command, body) in [
            (&path, "close", json!({"result": "achieved"})),
            (&path, "correct", json!({"reason": "r", "what": "x"})),
            (&path, "withdraw", json!({"reason": "r"})),
            (&step, "mark", json!({"state": "achieved"})),
            (&step, "correct", json!({"reason": "r", "what": "x"})),
            (&step, "withdraw", json!({"reason": "r"})),
        ] {
            asked(&app, &world.mentor, path, command, 2, body.clone()).refused(ProblemCode::Changed).await;
            for person in [&world.other_mentor, &world.foreign_mentor, &world.other_participant] {
                asked(&app, person, path, command, 1, body.clone()).refused(ProblemCode::NotFound).await;
            }
            for person in [&world.administrator, &world.observer] {
                asked(&app, person, path, command, 1, body.clone()).refused(ProblemCode::NotForThisRole).await;
            }
            if command != "withdraw" {
                asked(&app, &world.manager, path, command, 1, body.clone()).refused(ProblemCode::NotForThisRole).await;
            }
        }
        for (path, body) in [(&goal_step, json!({"what": "x"})), (&order, json!({"steps": []}))] {
            app.post(path).by(&world.other_mentor.again(&app.app)).json(body.clone()).refused(ProblemCode::NotFound).await;
            app.post(path).by(&world.manager.again(&app.app)).json(body).refused(ProblemCode::NotForThisRole).await;
        }
        for path in [path.clone(), format!("{path}/history"), step.clone(), format!("{step}/history"), picture_path(&app)] {
            for person in [&world.other_mentor, &world.foreign_mentor, &world.other_manager, &world.other_participant] {
                app.get(&path).by(&person.again(&app.app)).refused(ProblemCode::NotFound).await;
            }
            for person in [&world.administrator, &world.observer] {
                app.get(&path).by(&person.again(&app.app)).refused(ProblemCode::NotForThisRole).await;
            }
        }
    }

    async fn sent_twice_it_is_written_down_once(app: TestApp) {
        let goal = path_of(&set(&app, &app.world.mentor).await);
        for (path, body) in [("/v1/goals".to_owned(), new_goal(&app)), (format!("{goal}/steps"), json!({"what": "Ask"}))] {
            let body = over(body, &json!({"id": Uuid::now_v7()}));
            let send = || app.post(&path).by(&app.world.participant.again(&app.app)).header("idempotency-key", &path).json(body.clone());
            let (first, again) = (send().expect(201).await, send().expect(201).await);
            assert_eq!(first.json(), again.json());
            app.post(&path).by(&app.world.participant.again(&app.app)).json(body.clone()).refused(ProblemCode::AlreadyExists).await;
        }
    }

    async fn a_file_that_is_closed_closes_no_goal(app: TestApp) {
        let world = &app.world;
        let path = path_of(&set(&app, &world.mentor).await);
        crate::people::close_file(&app, world.participant.id).await;
        assert_eq!((&seen(&app, &world.manager, &path).await["state"], &seen(&app, &world.manager, &path).await["version"]), (&json!("open"), &json!(1)));
    }

    async fn they_follow_whose_they_are(app: TestApp) {
        let world = &app.world;
        let path = path_of(&set(&app, &world.mentor).await);
        let step = step_path(&add_step(&app, &world.mentor, &path, "Ask").await);
        crate::hand_overs::moved(&app, world.participant.id).await;
        for path in [&path, &step, &picture_path(&app)] {
            app.get(path).by(&world.manager.again(&app.app)).refused(ProblemCode::NotFound).await;
            app.get(path).by(&world.other_manager.again(&app.app)).expect(200).await;
        }
        let mut tx = app.app.db.read().await.unwrap();
        let left: i64 = tx.query(sql!(
            "SELECT (SELECT count(*) FROM goal WHERE centre_id = $1) + (SELECT count(*) FROM goal_step WHERE centre_id = $1)
                  + (SELECT count(*) FROM goal_list WHERE centre_id = $1)"
        )).bind(world.centre).scalar().await.unwrap();
        assert_eq!(left, 0);
    }

    async fn the_timeline_tells_of_it_and_not_what_it_is(app: TestApp) {
        let world = &app.world;
        let goal = set(&app, &world.mentor).await;
        let path = format!("/v1/participants/{}/timeline", world.participant.id);
        for (person, staff) in [(&world.mentor, json!(world.mentor.id)), (&world.participant, Value::Null)] {
            let timeline = seen(&app, person, &path).await;
            let moment = timeline["items"].as_array().unwrap().iter().find(|one| one["kind"] == json!("goal")).unwrap().clone();
            assert_eq!((&moment["id"], &moment["event"], moment.get("staff_id").cloned().unwrap_or(Value::Null)), (&json!(goal.string("/id")), &json!("open"), staff));
            assert!(!timeline.to_string().contains("taxi"));
        }
    }

    async fn a_fault_anywhere_leaves_nothing(app: TestApp) {
        let path = path_of(&set(&app, &app.world.mentor).await);
        let counted = async || -> (i64, i64, String, i64) {
            let mut tx = app.app.db.read().await.unwrap();
            tx.query(sql!(
                "SELECT (SELECT count(*) FROM goal_history), (SELECT version FROM goal), (SELECT state FROM goal), (SELECT count(*) FROM audit)"
            )).one().await.unwrap()
        };
        let before = counted().await;
        for n in 1..60 {
            app.faults.arm(n);
            let answer = app.post(&format!("{path}/close")).by(&app.world.mentor).header("idempotency-key", "1").if_match(1)
                .json(json!({"result": "achieved"})).send().await;
            if app.faults.disarm() {
                assert_eq!((answer.status, n > 4), (200, true));
                assert_eq!(counted().await, (1, 2, "achieved".to_owned(), before.3 + 1));
                return;
            }
            assert_eq!((answer.status, counted().await), (500, before.clone()), "fault {n}");
        }
        panic!("it never ended");
    }
}
