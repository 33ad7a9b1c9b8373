//! Lists of participants, and finding them by name.

use super::{assign, close_file, command, each, register_named};
use care::participant::names::fresh;
use contract::ProblemCode;
use db::sql;
use muwakaba::{background, retention::Retention};
use muwakaba_tests::{both_databases, world::CANARY_NAME};
use serde_json::json;
use std::collections::HashSet;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

both_databases! {
    async fn everybody_lists_their_own_caseload(app: TestApp) {
        let world = &app.world;
        for (person, expected) in [
            (&world.mentor, vec![world.participant.id]),
            (&world.counsellor, vec![world.participant.id]),
            (&world.other_mentor, vec![world.other_participant.id]),
            (&world.manager, vec![world.participant.id, world.other_participant.id]),
            (&world.other_manager, vec![world.foreign_participant.id]),
        ] {
            let list = app.get("/v1/participants").by(person).expect(200).await;
            let expected: Vec<_> = expected.into_iter().map(|id| id.to_string()).collect();
            assert_eq!(each(&list, "id"), expected);
            assert!(list.json().get("next_cursor").is_none());
        }
        let of_mentor = format!("/v1/participants?assigned_to={}", world.mentor.id);
        let list = app.get(&of_mentor).by(&world.manager).expect(200).await;
        assert_eq!(each(&list, "name"), [CANARY_NAME]);
        let inactive = app.get("/v1/participants?active=false").by(&world.manager).expect(200).await;
        assert!(each(&inactive, "id").is_empty());
    }

    async fn files_are_listed_by_where_they_stand(app: TestApp) {
        let world = &app.world;
        let mut made = Vec::new();
        for number in 0..6 {
            made.push(register_named(&app, &format!("Person {number}")).await);
        }
        let stand = async |id: &str, word: &str, reason: &str| {
            command(&app, id.parse().unwrap(), word, json!({"reason": reason})).expect(200).await;
        };
        stand(&made[0], "pause", "travel").await;
        stand(&made[1], "withdraw", "asked_to_stop").await;
        stand(&made[2], "complete", "goal_reached").await;
        stand(&made[3], "pause", "new_detention").await;
        let (one, other) = (world.participant.id.to_string(), world.other_participant.id.to_string());
        let list = async |query: &str| {
            each(&app.get(&format!("/v1/participants?{query}")).by(&world.manager).expect(200).await, "id")
        };
        assert_eq!(list("status=paused").await, [made[0].clone(), made[3].clone()]);
        assert_eq!(list("status=completed,withdrawn,deceased").await, [made[1].clone(), made[2].clone()]);
        assert_eq!(list("status=active").await, [one.clone(), other, made[4].clone(), made[5].clone()]);
        assert_eq!(list("status=paused,withdrawn&active=false").await, [made[1].clone()]);
        assert!(list("status=paused&active=false").await.is_empty());
        assert!(list("status=deceased").await.is_empty());
        // What it shows says where each stands, and to nobody why.
        let paused = app.get("/v1/participants?status=paused").by(&world.manager).expect(200).await;
        assert_eq!(each(&paused, "status"), ["paused", "paused"]);
        assert!(!paused.text().contains("detention") && !paused.text().contains("travel"));
        // Beside a name, also of somebody who is not among the first of that name.
        assert_eq!(list("q=person&status=paused&limit=1").await.len(), 1);
        assert_eq!(list("q=person&status=paused,completed").await.len(), 3);
        // Page by page.
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let query = format!("/v1/participants?status=active,paused&limit=2{cursor}");
            let page = app.get(&query).by(&world.manager).expect(200).await;
            seen.extend(each(&page, "id"));
            let Some(next) = page.json()["next_cursor"].as_str().map(str::to_owned) else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, list("status=paused,active&limit=200").await);
        assert_eq!(seen.len(), 6);
        // A companion's are her own.
        let own = app.get("/v1/participants?status=active,paused").by(&world.mentor).expect(200).await;
        assert_eq!(each(&own, "id"), [one]);
        for wrong in ["", "gone", "active,", "active%20paused"] {
            let path = format!("/v1/participants?status={wrong}");
            let problem = app.get(&path).by(&world.manager).refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].pointer, "?status", "{wrong}");
        }
    }

    async fn what_a_node_of_the_former_version_closed_or_opened_is_listed_as_it_stands(app: TestApp) {
        let world = &app.world;
        let (closed, opened) = (register_named(&app, "One").await, register_named(&app, "Two").await);
        command(&app, opened.parse().unwrap(), "complete", json!({"reason": "goal_reached"})).expect(200).await;
        let mut tx = app.app.db.write().await.unwrap();
        for (id, active) in [(&closed, false), (&opened, true)] {
            tx.query(sql!("UPDATE participant SET active = $1 WHERE id = $2"))
                .bind(active).bind(id.parse::<uuid::Uuid>().unwrap()).execute().await.unwrap();
        }
        tx.commit().await.unwrap();
        let list = async |query: &str| {
            each(&app.get(&format!("/v1/participants?{query}")).by(&world.manager).expect(200).await, "id")
        };
        assert_eq!(list("status=withdrawn").await, [closed]);
        assert!(list("status=active").await.contains(&opened));
        assert!(list("status=completed").await.is_empty());
    }

    async fn pages_neither_repeat_nor_hide_anybody_while_others_are_registered(app: TestApp) {
        let mut expected = vec![app.world.participant.id.to_string(), app.world.other_participant.id.to_string()];
        for number in 0..4 {
            expected.push(register_named(&app, &format!("Person {number}")).await);
        }
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = app.get(&format!("/v1/participants?limit=2{cursor}")).by(&app.world.manager).expect(200).await;
            seen.extend(each(&page, "id"));
            let json = page.json();
            let Some(next) = json["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
            if seen.len() == 2 {
                register_named(&app, "Late Comer").await;
            }
        }
        assert_eq!(seen.len(), 7);
        assert_eq!(seen.iter().collect::<HashSet<_>>().len(), 7);
        assert_eq!(seen[..6], expected);
        app.get("/v1/participants?cursor=rubbish").by(&app.world.manager).refused(ProblemCode::Invalid).await;
        app.get("/v1/participants?limit=201").by(&app.world.manager).refused(ProblemCode::Invalid).await;
        app.get("/v1/participants?order=name").by(&app.world.manager).refused(ProblemCode::Invalid).await;
    }

    async fn a_name_is_found_in_scope_and_as_it_is_now(app: TestApp) {
        let world = &app.world;
        let find = async |person, query: &str| {
            each(&app.get(&format!("/v1/participants?q={query}")).by(person).expect(200).await, "id")
        };
        let participant = world.participant.id.to_string();
        assert_eq!(find(&world.manager, "zwa").await, std::slice::from_ref(&participant));
        assert_eq!(find(&world.mentor, "CANARIA").await, std::slice::from_ref(&participant));
        assert!(find(&world.other_mentor, "canaria").await.is_empty());
        assert!(find(&world.other_manager, "canaria").await.is_empty());

        let newcomer = register_named(&app, "Fatima-Zahra El Idrissi").await;
        assert_eq!(find(&world.manager, "idriss%20fatima").await, std::slice::from_ref(&newcomer));
        assert!(find(&world.mentor, "fatima").await.is_empty());
        let assignment = assign(&app, &newcomer, world.mentor.id).await;
        assert_eq!(find(&world.mentor, "fatima").await, std::slice::from_ref(&newcomer));
        app.post(&format!("/v1/assignments/{assignment}/end")).by(&world.manager).expect(200).await;
        assert!(find(&world.mentor, "fatima").await.is_empty());

        let path = format!("/v1/participants/{newcomer}");
        app.patch(&path).by(&world.manager).if_match(1).json(json!({"name": "Khadija Alaoui"})).expect(200).await;
        assert!(find(&world.manager, "fatima").await.is_empty());
        assert_eq!(find(&world.manager, "khadija").await, std::slice::from_ref(&newcomer));
        close_file(&app, newcomer.parse().expect("an id")).await;
        let active = app.get("/v1/participants?q=khadija&active=true").by(&world.manager).expect(200).await;
        assert!(each(&active, "id").is_empty());
        app.get("/v1/participants?q=").by(&world.manager).refused(ProblemCode::Invalid).await;
    }

    async fn names_loaded_after_a_start_are_found_at_once_and_as_they_are_now(app: TestApp) {
        let (own, other) = (app.world.centre, app.world.other_centre);
        let newcomer = register_named(&app, "Fatima-Zahra El Idrissi").await;
        let loaded = fresh::load(&app.app).await.expect("names");
        let everybody: i64 = app.database.db.read().await.expect("a connection")
            .query(sql!("SELECT count(*) FROM participant")).scalar().await.expect("a count");
        assert_eq!(i64::try_from(loaded).ok(), Some(everybody));
        for centre in [own, other] {
            assert!(app.app.names.read().position(centre.0).is_some(), "of every centre");
        }
        let by_name = app.app.names.read().search("idrissi", |_| true, 10);
        assert_eq!(by_name, [newcomer.parse::<uuid::Uuid>().expect("an id")], "before anybody searched");

        // Whoever changes afterwards is brought by the feed, and loading once more does not undo that.
        let path = format!("/v1/participants/{newcomer}");
        app.patch(&path).by(&app.world.manager).if_match(1).json(json!({"name": "Khadija Alaoui"})).expect(200).await;
        let found = app.get("/v1/participants?q=khadija").by(&app.world.manager).expect(200).await;
        assert_eq!(each(&found, "id"), std::slice::from_ref(&newcomer));
        fresh::load(&app.app).await.expect("names");
        assert!(app.app.names.read().search("idrissi", |_| true, 10).is_empty());
    }

    async fn it_is_ready_once_the_names_are_loaded(app: TestApp) {
        let names = &app.app.names;
        names.set_loading(true);
        app.get("/readyz").expect(503).await;
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        background::start(&app.app, Retention::default(), &tasks, &stop);
        while names.are_being_loaded() {
            tokio::task::yield_now().await;
        }
        app.get("/readyz").expect(204).await;
        assert!(names.read().position(app.world.centre.0).is_some());
        stop.cancel();
        tasks.close();
        tasks.wait().await;
    }

    async fn names_that_could_not_be_loaded_keep_nobody_away_and_come_later(app: TestApp) {
        let names = &app.app.names;
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        app.faults.arm_readings(u32::MAX);
        background::start(&app.app, Retention::default(), &tasks, &stop);
        while names.are_being_loaded() {
            tokio::task::yield_now().await;
        }
        assert_eq!(names.read().position(app.world.centre.0), None);
        app.faults.arm_readings(0);
        app.get("/readyz").expect(204).await;
        while names.read().position(app.world.centre.0).is_none() {
            if let Some(next) = app.clock.next_wake() {
                app.clock.set(next);
            }
            tokio::task::yield_now().await;
        }
        stop.cancel();
        tasks.close();
        tasks.wait().await;
    }
}
