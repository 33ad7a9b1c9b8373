//! All that came with a posting ends with it: by command, as its last day is over, and with the account.

use super::{assign_foreign, end, path_of, posted, with_the_mentor};
use crate::appointments::{audited, schedule};
use contract::ProblemCode;
use db::sql;
use muwakaba::background::reconciler;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

/// What became of the assignment of the other centre's participant to the world's mentor: when it ended, and by whom.
async fn assignment(app: &TestApp) -> (Option<contract::time::Instant>, Option<Uuid>) {
    let mut tx = app.app.db.read().await.unwrap();
    let query = tx
        .query(sql!("SELECT ended_at, ended_by FROM assignment WHERE staff_id = $1 AND participant_id = $2"));
    query.bind(app.world.mentor.id).bind(app.world.foreign_participant.id).one().await.unwrap()
}

/// How many reminders the world's mentor would still get about that participant.
async fn to_be_told(app: &TestApp) -> i64 {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(sql!(
        "SELECT count(*) FROM reminder WHERE recipient_id = $1 AND participant_id = $2 AND state IN ('planned', 'sending')"
    ))
    .bind(app.world.mentor.id)
    .bind(app.world.foreign_participant.id)
    .scalar()
    .await
    .unwrap()
}

/// What the feed of the other centre tells the world's mentor alone.
async fn revoked(app: &TestApp) -> i64 {
    let mut tx = app.app.db.read().await.unwrap();
    let count = tx.query(sql!(
        "SELECT count(*) FROM change WHERE audience = $1 AND centre_id = $2 AND operation = 'revoke' AND subject_id = $3"
    ));
    count
        .bind(app.world.mentor.id)
        .bind(app.world.other_centre)
        .bind(app.world.foreign_participant.id)
        .scalar()
        .await
        .unwrap()
}

both_databases! {
    async fn by_command_everything_there_ends_at_once_and_nothing_at_home(app: TestApp) {
        let world = &app.world;
        let posting = posted(&app, None).await;
        assign_foreign(&app, world.mentor.id).expect(201).await;
        schedule(&app, "2026-12-02T10:00:00").await;
        let made = app.post("/v1/appointments").by(&world.other_manager).json(with_the_mentor(&app, "2026-12-01T10:00:00")).expect(201).await;
        let path = made.header("location").to_owned();
        assert!(to_be_told(&app).await > 0);

        let refused = end(&app, &posting, json!({})).refused(ProblemCode::StillOpen).await;
        assert_eq!((refused.remaining_count, refused.remaining.len()), (Some(1), 1), "not those at home");
        app.get(&path).by(&world.mentor).expect(200).await;
        for (successor, code) in [(world.mentor.id, "not_allowed"), (world.counsellor.id, "unknown"), (Uuid::now_v7(), "unknown")] {
            let problem = end(&app, &posting, json!({"appointments_to": successor})).refused(ProblemCode::Invalid).await;
            assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), ("/appointments_to", code));
        }
        let ended = end(&app, &posting, json!({"appointments_to": world.foreign_mentor.id})).expect(200).await;
        assert_eq!((ended.version(), &ended.json()["running"]), (2, &json!(false)));

        app.get(&path).by(&world.mentor).refused(ProblemCode::NotFound).await;
        app.get(&format!("/v1/participants/{}", world.foreign_participant.id)).by(&world.mentor).refused(ProblemCode::NotFound).await;
        app.get(&format!("/v1/participants/{}", world.participant.id)).by(&world.mentor).expect(200).await;
        assert_eq!(app.get(&path).by(&world.other_manager).expect(200).await.json()["host_id"], json!(world.foreign_mentor.id));
        assert_eq!(assignment(&app).await, (Some(app.now()), Some(world.other_manager.id)));
        assert_eq!((to_be_told(&app).await, revoked(&app).await), (0, 1));
        for action in ["posting.send", "posting.create", "posting.end", "posting.return", "appointment.hand_over"] {
            assert_eq!(audited(&app, action).await, 1, "{action}");
        }
        let hosted = app.get(&format!("/v1/appointments?host_id={}", world.mentor.id)).by(&world.manager).expect(200).await;
        assert_eq!(hosted.json()["items"].as_array().map(Vec::len), Some(1));
    }

    async fn as_the_last_day_is_over_nobody_is_let_in_before_it_has_ended(app: TestApp) {
        let world = &app.world;
        let posting = posted(&app, Some("2026-11-24")).await;
        assign_foreign(&app, world.mentor.id).expect(201).await;
        let made = app.post("/v1/appointments").by(&world.other_manager).json(with_the_mentor(&app, "2026-11-24T10:00:00")).expect(201).await;
        let path = made.header("location").to_owned();
        app.clock.set("2026-11-24T23:59:59Z".parse().unwrap());
        app.get(&path).by(&world.mentor.again(&app.app)).expect(200).await;
        // No background task runs in this test: it is the request itself that finds it over.
        app.clock.set("2026-11-25T00:00:00Z".parse().unwrap());
        app.get(&path).by(&world.mentor.again(&app.app)).refused(ProblemCode::NotFound).await;
        assert_eq!(assignment(&app).await, (Some("2026-11-25T00:00:00Z".parse().unwrap()), None));
        assert_eq!(revoked(&app).await, 1);
        app.clock.set("2026-11-25T09:00:00Z".parse().unwrap());
        assign_foreign(&app, world.mentor.id).refused(ProblemCode::Invalid).await;
        // The agenda comes to it later, and finds it done.
        assert!(reconciler::run(&app.app).await.unwrap() > 0);
        assert_eq!((audited(&app, "posting.end").await, audited(&app, "posting.return").await), (1, 1));
        end(&app, &posting, json!({})).refused(ProblemCode::CommandRefused).await;
        // What was agreed on and is over has still somebody who records how it went.
        app.get(&path).by(&world.other_manager.again(&app.app)).expect(200).await;
    }

    async fn the_agenda_ends_it_where_nobody_calls(app: TestApp) {
        let world = &app.world;
        posted(&app, Some("2026-11-24")).await;
        assign_foreign(&app, world.mentor.id).expect(201).await;
        // What follows from the assignment.
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(reconciler::run(&app.app).await.unwrap(), 0, "not before its time");
        assert_eq!(audited(&app, "posting.end").await, 0);
        app.clock.set("2026-11-25T00:00:00Z".parse().unwrap());
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(assignment(&app).await, (Some(app.now()), None));
        assert_eq!((revoked(&app).await, audited(&app, "posting.end").await), (1, 1));
    }

    async fn a_zone_that_changes_moves_the_end_and_not_the_day(app: TestApp) {
        let world = &app.world;
        let posting = posted(&app, Some("2026-11-24")).await;
        let path = format!("/v1/centres/{}", world.other_centre);
        app.patch(&path).by(&world.administrator).if_match(1).json(json!({"zone": "Europe/Paris"})).expect(200).await;
        let listed = app.get("/v1/postings").by(&world.other_manager).expect(200).await.json();
        let shown = |field: &str| listed["items"][0][field].clone();
        assert_eq!(shown("id"), json!(posting));
        assert_eq!((shown("until"), shown("ends_at"), shown("version")), (json!("2026-11-24"), json!("2026-11-24T23:00:00Z"), json!(1)));
    }

    async fn a_closed_account_is_posted_nowhere(app: TestApp) {
        let world = &app.world;
        posted(&app, None).await;
        assign_foreign(&app, world.mentor.id).expect(201).await;
        app.post("/v1/appointments").by(&world.other_manager).json(with_the_mentor(&app, "2026-12-01T10:00:00")).expect(201).await;
        let close = |body: Value| app.patch(&format!("/v1/staff/{}", world.mentor.id)).by(&world.manager).if_match(1).json(body);
        close(json!({"active": false})).refused(ProblemCode::StillOpen).await;
        // Nobody of the home centre receives people there.
        let body = json!({"active": false, "appointments_to": world.counsellor.id});
        assert_eq!(close(body).refused(ProblemCode::Invalid).await.errors[0].pointer, "/appointments_to");
        let there = json!({"centre_id": world.other_centre, "from": "2026-11-23"});
        app.post(&path_of(&world.counsellor)).by(&world.manager).json(there).expect(201).await;
        close(json!({"active": false, "appointments_to": world.counsellor.id})).expect(200).await;
        let left = app.get(&format!("/v1/postings?staff_id={}", world.mentor.id)).by(&world.administrator).expect(200).await.json();
        assert_eq!((&left["items"][0]["running"], &left["items"][0]["version"]), (&json!(false), &json!(2)));
        assert_eq!((assignment(&app).await.0, revoked(&app).await), (Some(app.now()), 1));
    }
}
