//! A fault at any statement leaves all of a command or nothing: rows, change feed, audit and the answer to a repetition.

use super::amina;
use db::sql;
use muwakaba_tests::{TestApp, both_databases, http::Request};
use serde_json::json;

/// What the database holds, by number: enough to see a half-done command.
async fn tally(app: &TestApp) -> (i64, i64, i64, i64, i64, i64) {
    let mut tx = app.database.db.read().await.expect("a transaction");
    tx.query(sql!(
        "SELECT (SELECT count(*) FROM participant), (SELECT count(*) FROM audit), (SELECT count(*) FROM change),
                (SELECT count(*) FROM idempotency), (SELECT count(*) FROM session WHERE ended_at IS NULL),
                (SELECT count(*) FROM assignment WHERE ended_at IS NULL)"
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
            assert!(n > 3, "faults must have struck before");
            let after = tally(app).await;
            assert_eq!(
                (after.1, after.3),
                (before.1 + 1, before.3 + 1),
                "audited and kept for a repetition once"
            );
            return;
        }
        assert_eq!(answer.status, 500, "fault {n}: {}", answer.text());
        assert_eq!(tally(app).await, before, "fault {n} left something half done");
    }
    panic!("the command never ended");
}

both_databases! {
    async fn commands_on_people_are_all_or_nothing(app: TestApp) {
        let world = &app.world;
        all_or_nothing(&app, || {
            app.post("/v1/participants").by(&world.manager).header("idempotency-key", "1").json(amina())
        }).await;
        let file = format!("/v1/participants/{}", world.participant.id);
        all_or_nothing(&app, || {
            app.patch(&file).by(&world.manager).header("idempotency-key", "2").if_match(1).json(json!({"name": "New", "zone": "Europe/Paris"}))
        }).await;
        for (key, version, command, body) in [
            ("2a", 2, "pause", json!({"reason": "new_detention", "note": "Said by the family"})),
            ("2b", 3, "resume", json!({})),
            ("2c", 4, "record-death", json!({"name": "New", "note": "Said by the family"})),
            ("2d", 5, "reverse-death", json!({})),
        ] {
            all_or_nothing(&app, || {
                let command = app.post(&format!("{file}/{command}")).by(&world.manager).header("idempotency-key", key);
                command.if_match(version).json(body.clone())
            }).await;
        }
        let other = format!("/v1/participants/{}/assignments", world.other_participant.id);
        all_or_nothing(&app, || {
            app.post(&other).by(&world.manager).header("idempotency-key", "3").json(json!({"staff_id": world.counsellor.id}))
        }).await;
        let mentor = format!("/v1/staff/{}", world.mentor.id);
        all_or_nothing(&app, || {
            app.patch(&mentor).by(&world.manager).header("idempotency-key", "4").if_match(1).json(json!({"active": false}))
        }).await;
        let centre = format!("/v1/centres/{}", world.centre);
        all_or_nothing(&app, || {
            app.patch(&centre).by(&world.manager).header("idempotency-key", "5").if_match(1).json(json!({"calendar": {}}))
        }).await;
    }

    async fn a_file_is_not_shown_unless_its_reading_is_audited(app: TestApp) {
        let file = format!("/v1/participants/{}", app.world.participant.id);
        let before = tally(&app).await;
        for n in 1..100 {
            app.faults.arm(n);
            let answer = app.get(&file).by(&app.world.mentor).send().await;
            if app.faults.disarm() {
                assert_eq!(answer.status, 200);
                assert_eq!(tally(&app).await.1, before.1 + 1);
                return;
            }
            assert_eq!(answer.status, 500);
            assert!(!answer.text().contains("Canaria"));
            assert_eq!(tally(&app).await, before);
        }
    }
}
