//! Opening one, and ending it before its time.

use super::{REASON, appointment_with_notes, each, end_of, opened, opening, path_of};
use chrono::TimeDelta;
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::{TestApp, both_databases, http::Request};
use serde_json::json;

/// What the database holds, by number.
async fn tally(app: &TestApp) -> (i64, i64, i64, i64, i64, i64) {
    let mut tx = app.database.db.read().await.expect("a transaction");
    tx.query(sql!(
        "SELECT (SELECT count(*) FROM emergency_access), (SELECT count(*) FROM emergency_access WHERE ended_at IS NULL),
                (SELECT count(*) FROM reminder), (SELECT count(*) FROM audit), (SELECT count(*) FROM change),
                (SELECT count(*) FROM idempotency)"
    ))
    .one()
    .await
    .expect("numbers")
}

/// Sends the command with a fault at its first statement, its second, and so on until none strikes.
async fn all_or_nothing(app: &TestApp, command: impl Fn() -> Request) {
    let before = tally(app).await;
    for n in 1..100 {
        app.faults.arm(n);
        let answer = command().send().await;
        if app.faults.disarm() {
            assert!(answer.status < 300, "{}", answer.text());
            assert!(n > 5, "faults must have struck before");
            let after = tally(app).await;
            assert_eq!((after.3, after.5), (before.3 + 1, before.5 + 1));
            return;
        }
        assert_eq!(answer.status, 500, "fault {n}: {}", answer.text());
        assert_eq!(tally(app).await, before, "fault {n} left something half done");
    }
    panic!("the command never ended");
}

both_databases! {
    async fn managers_open_one_to_their_centres_participants(app: TestApp) {
        let (world, now) = (&app.world, app.now());
        let answer = opening(&app, 30).by(&world.manager).expect(201).await.json();
        assert_eq!(answer["participant_id"], json!(world.participant.id));
        assert_eq!(answer["staff_id"], json!(world.manager.id));
        assert_eq!((&answer["reason"], &answer["running"]), (&json!(REASON), &json!(true)));
        assert_eq!(answer["ends_at"], json!(now.saturating_add(TimeDelta::minutes(30)).to_string()));

        opening(&app, 30).by(&world.other_manager).refused(ProblemCode::NotFound).await;
        for person in [&world.mentor, &world.counsellor, &world.administrator, &world.observer, &world.participant] {
            opening(&app, 30).by(person).refused(ProblemCode::NotForThisRole).await;
        }
        opening(&app, 30).refused(ProblemCode::Unauthenticated).await;
    }

    async fn it_needs_a_reason_and_lasts_an_hour_at_most(app: TestApp) {
        for (body, pointer) in [
            (json!({"reason": REASON, "minutes": 0}), "/minutes"),
            (json!({"reason": REASON, "minutes": 61}), "/minutes"),
            (json!({"reason": REASON, "minutes": -1}), "/minutes"),
            (json!({"reason": REASON}), "/minutes"),
            (json!({"reason": "", "minutes": 5}), "/reason"),
            (json!({"reason": "  \n ", "minutes": 5}), "/reason"),
            (json!({"minutes": 5}), "/reason"),
            (json!({"reason": REASON, "minutes": 5, "for_ever": true}), "/for_ever"),
            (json!({"reason": REASON, "minutes": 5, "id": "00000000-0000-4000-8000-000000000000"}), "/id"),
        ] {
            let request = app.post(&path_of(&app.world.participant)).by(&app.world.manager).json(body.clone());
            let problem = request.refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].pointer, pointer, "{body}");
        }
        assert_eq!(tally(&app).await.0, 0);
    }

    async fn one_runs_at_a_time(app: TestApp) {
        let manager = &app.world.manager;
        let open = || opening(&app, 10).by(manager);
        let (one, two) = tokio::join!(open().send(), open().send());
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{} {}", one.text(), two.text());
        open().refused(ProblemCode::AlreadyExists).await;
        assert_eq!(tally(&app).await.0, 1);
        let other = app.post(&path_of(&app.world.other_participant)).by(manager);
        other.json(json!({"reason": REASON, "minutes": 10})).expect(201).await;

        // The first has run out, and the next one is another.
        app.clock.advance(TimeDelta::minutes(10));
        let manager = manager.again(&app.app);
        opening(&app, 10).by(&manager).expect(201).await;
        opening(&app, 10).by(&manager).refused(ProblemCode::AlreadyExists).await;
        let listed = app.get(&format!("/v1/emergency-access?participant_id={}", app.world.participant.id)).by(&manager);
        assert_eq!(each(&listed.expect(200).await, "/running"), [json!(true), json!(false)]);
    }

    async fn sending_twice_opens_one(app: TestApp) {
        let send = || opening(&app, 10).by(&app.world.manager).header("idempotency-key", "k");
        let first = send().expect(201).await;
        assert_eq!(send().expect(201).await.body, first.body);
        assert_eq!(tally(&app).await.0, 1);
        let end = || app.post(&end_of(&first.string("/id"))).by(&app.world.administrator).header("idempotency-key", "k");
        assert_eq!(end().expect(200).await.body, end().expect(200).await.body);
    }

    async fn ten_are_opened_in_an_hour_at_most(app: TestApp) {
        for _ in 0..10 {
            let id = opened(&app, 5).await;
            app.post(&end_of(&id)).by(&app.world.manager).expect(200).await;
        }
        let refused = opening(&app, 5).by(&app.world.manager).expect(429).await;
        assert_eq!(refused.header("retry-after"), "3600");
        app.clock.advance(TimeDelta::hours(1));
        opened(&app, 5).await;
    }

    async fn the_manager_or_an_administrator_ends_it_early(app: TestApp) {
        let world = &app.world;
        let id = opened(&app, 60).await;
        for stranger in [&world.mentor, &world.counsellor, &world.observer, &world.participant] {
            app.post(&end_of(&id)).by(stranger).refused(ProblemCode::NotForThisRole).await;
        }
        app.post(&end_of(&id)).by(&world.other_manager).refused(ProblemCode::NotFound).await;
        app.post(&end_of(&uuid::Uuid::now_v7().to_string())).by(&world.manager).refused(ProblemCode::NotFound).await;
        for person in [&world.manager, &world.administrator] {
            let id = match person.id == world.manager.id {
                true => id.clone(),
                false => opened(&app, 60).await,
            };
            let ended = app.post(&end_of(&id)).by(person).expect(200).await.json();
            assert_eq!((&ended["running"], &ended["ended_at"]), (&json!(false), &json!(app.now().to_string())));
            app.post(&end_of(&id)).by(person).refused(ProblemCode::CommandRefused).await;
        }
        let id = opened(&app, 5).await;
        app.clock.advance(TimeDelta::minutes(5));
        app.post(&end_of(&id)).by(&world.manager.again(&app.app)).refused(ProblemCode::CommandRefused).await;
    }

    async fn each_oversees_their_own_part(app: TestApp) {
        let world = &app.world;
        let id = opened(&app, 60).await;
        let foreign = app.post(&path_of(&world.foreign_participant)).by(&world.other_manager);
        let foreign = foreign.json(json!({"reason": "Another", "minutes": 1})).expect(201).await.string("/id");
        let list = async |person, query: &str| {
            each(&app.get(&format!("/v1/emergency-access{query}")).by(person).expect(200).await, "/id")
        };
        assert_eq!(list(&world.manager, "").await, [json!(id)]);
        assert_eq!(list(&world.other_manager, "").await, [json!(foreign)]);
        assert_eq!(list(&world.administrator, "").await, [json!(foreign), json!(id)]);
        assert_eq!(list(&world.administrator, "?limit=1").await, [json!(foreign)]);
        let seen = app.get("/v1/emergency-access").by(&world.administrator).expect(200).await;
        assert_eq!(each(&seen, "/reason"), [json!("Another"), json!(REASON)]);
        for person in [&world.mentor, &world.counsellor, &world.observer, &world.participant] {
            app.get("/v1/emergency-access").by(person).refused(ProblemCode::NotForThisRole).await;
        }
    }

    async fn whoever_stops_being_a_manager_has_none(app: TestApp) {
        let world = &app.world;
        opened(&app, 60).await;
        let account = format!("/v1/staff/{}", world.manager.id);
        app.patch(&account).by(&world.administrator).if_match(1).json(json!({"role": "counsellor"})).expect(200).await;
        let list = app.get("/v1/emergency-access").by(&world.administrator).expect(200).await;
        assert_eq!(each(&list, "/running"), [json!(false)]);
    }

    async fn opening_and_ending_are_all_or_nothing(app: TestApp) {
        appointment_with_notes(&app).await;
        let manager = &app.world.manager;
        all_or_nothing(&app, || opening(&app, 60).by(manager).header("idempotency-key", "1")).await;
        let list = app.get("/v1/emergency-access").by(manager).expect(200).await;
        let end = end_of(&list.string("/items/0/id"));
        all_or_nothing(&app, || app.post(&end).by(manager).header("idempotency-key", "2")).await;
    }
}
