//! What has served its time goes, what has not stays, and neither is looked for by reading a whole table.

use super::source::{Statement, statements};
use chrono::TimeDelta;
use db::{Sql, sql};
use muwakaba::retention::{BATCH, Cursor, Kind, Retention, round};
use muwakaba_tests::{Database, TestApp, both_databases};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row, SqlSafeStr, SqliteConnection};
use uuid::Uuid;

async fn count(app: &TestApp, statement: Sql) -> i64 {
    app.app.db.read().await.unwrap().query(statement).scalar().await.unwrap()
}

async fn tidy(app: &TestApp) {
    round(&app.app, &Retention::default(), &mut Cursor::default()).await.unwrap();
}

/// An appointment of the world's participant; its path.
async fn appointment(app: &TestApp) -> String {
    let world = &app.world;
    let body = json!({
        "participant_id": world.participant.id, "host_id": world.mentor.id, "kind": "legal_counselling",
        "local_start": "2026-12-01T10:00:00", "duration_minutes": 30, "place": {"kind": "phone"},
    });
    app.post("/v1/appointments").by(&world.manager).json(body).expect(201).await.header("location").to_owned()
}

/// The statements that tidy up, which work on a part of what they find.
fn tidying() -> Vec<Statement> {
    let found = statements().into_iter().filter(|statement| {
        let text = statement.sqlite.trim_start();
        let is_one =
            text.starts_with("DELETE") || text.starts_with("UPDATE") || statement.place.contains("retention");
        is_one && text.contains("LIMIT $")
    });
    let found: Vec<_> = found.collect();
    assert!(found.len() >= 10, "only {} statements were found", found.len());
    found
}

#[tokio::test]
async fn sqlite_finds_every_batch_by_an_index() {
    let database = Database::sqlite().await;
    let mut connection = SqliteConnection::connect(&database.url).await.unwrap();
    let mut faults = Vec::new();
    for statement in tidying() {
        let text = format!("EXPLAIN QUERY PLAN {}", statement.sqlite);
        let plan = connection.fetch_all(AssertSqlSafe(text).into_sql_str()).await.unwrap();
        for step in plan {
            let step: String = step.get("detail");
            let is_whole = step.starts_with("SCAN") && !step.contains("USING");
            if is_whole || step.contains("TEMP B-TREE FOR ORDER BY") {
                faults.push(format!("{}: {step}", statement.place));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn postgres_finds_every_batch_by_an_index() {
    let Some(database) = Database::postgres().await else { return };
    let mut connection = PgConnection::connect(&database.url).await.unwrap();
    // The tables of a test are small: it is asked what it could do, not what is cheapest now.
    connection.execute("SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan").await.unwrap();
    let mut faults = Vec::new();
    for statement in tidying() {
        let parameters = (1..10).filter(|number| statement.postgres.contains(&format!("${number}"))).count();
        let nothing = vec!["NULL"; parameters].join(", ");
        let prepare = format!("PREPARE asked AS {}", statement.postgres);
        connection
            .execute(AssertSqlSafe(prepare).into_sql_str())
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", statement.place));
        let text = format!("EXPLAIN EXECUTE asked({nothing})");
        let plan = connection.fetch_all(AssertSqlSafe(text).into_sql_str()).await.unwrap();
        connection.execute("DEALLOCATE asked").await.unwrap();
        for step in plan {
            let step: String = step.get(0);
            if step.contains("Seq Scan") {
                faults.push(format!("{}: {step}", statement.place));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

both_databases! {
    async fn each_kind_goes_after_its_own_time(app: TestApp) {
        let (world, now) = (&app.world, app.now());
        // Two ended sessions, one of them of a device that was sent something; a closed code.
        let phone = world.participant.on_another_device(&app.app).await;
        let browser = world.participant.on_another_device(&app.app).await;
        let device = Uuid::now_v7();
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!(
            "INSERT INTO device (id, session_id, person_kind, person_id, channel, fcm_token, state, created_at, refreshed_at, version)
             VALUES ($1, $2, 'participant', $3, 'fcm', 'canary-token', 'active', $4, $4, 1)"
        )).bind(device).bind(phone.session).bind(phone.id).bind(now).execute().await.unwrap();
        tx.query(sql!("UPDATE session SET device_key = 'canary-key', label = 'canary phone' WHERE id = $1")).bind(phone.session).execute().await.unwrap();
        tx.commit().await.unwrap();
        for session in [phone.session, browser.session] {
            app.delete(&format!("/v1/me/sessions/{session}")).by(&world.participant).expect(204).await;
        }
        let codes = format!("/v1/participants/{}/enrolment-codes", world.participant.id);
        for _ in 0..2 {
            app.post(&codes).by(&world.mentor).expect(201).await;
        }
        let left = || async {
            [
                count(&app, sql!("SELECT count(*) FROM session WHERE ended_at IS NOT NULL")).await,
                count(&app, sql!("SELECT count(*) FROM session WHERE label = 'canary phone' OR device_key = 'canary-key'")).await,
                count(&app, sql!("SELECT count(*) FROM device WHERE fcm_token = 'canary-token'")).await,
                count(&app, sql!("SELECT count(*) FROM enrolment_code")).await,
            ]
        };
        app.clock.advance(TimeDelta::days(89));
        tidy(&app).await;
        assert_eq!(left().await, [2, 1, 1, 2]);
        app.clock.advance(TimeDelta::days(1));
        tidy(&app).await;
        // The second code was closed by its time, not ninety days ago.
        assert_eq!(left().await, [1, 0, 0, 1], "what tells which phone it was is gone");
        assert_eq!(count(&app, sql!("SELECT count(*) FROM session WHERE ended_at IS NULL")).await, 11, "who is signed in stays so");
        tidy(&app).await;
        assert_eq!(left().await, [1, 0, 0, 1]);
    }

    async fn reminders_go_25_months_after_what_they_are_about_and_not_before(app: TestApp) {
        appointment(&app).await;
        let reminders = || count(&app, sql!("SELECT count(*) FROM reminder"));
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!("UPDATE reminder SET state = 'sent', ready_at = NULL")).execute().await.unwrap();
        tx.query(sql!("INSERT INTO used_action (reminder_id, action, used_at) SELECT id, 'confirm', due_at FROM reminder")).execute().await.unwrap();
        tx.query(sql!(
            "INSERT INTO change (centre_id, position, participant_id, subject_kind, subject_id, operation)
             SELECT centre_id, 1000 + row_number() OVER (ORDER BY id), participant_id, 'reminder', id, 'upsert' FROM reminder"
        )).execute().await.unwrap();
        // As if an assignment had been told about long ago, which lasts.
        tx.query(sql!(
            "INSERT INTO reminder (id, centre_id, participant_id, recipient_kind, recipient_id, subject_kind, subject_id, purpose,
                                   occasion, urgency, due_at, expires_at, state, created_at)
             SELECT $1, centre_id, participant_id, recipient_kind, recipient_id, 'assignment',
                    (SELECT id FROM assignment ORDER BY id LIMIT 1), purpose, occasion, urgency, due_at, expires_at, state, created_at
             FROM reminder ORDER BY id LIMIT 1"
        )).bind(Uuid::now_v7()).execute().await.unwrap();
        tx.commit().await.unwrap();
        let all = reminders().await;
        assert!(all > 3);

        app.clock.advance(TimeDelta::days(30));
        tidy(&app).await;
        assert_eq!(count(&app, sql!("SELECT count(*) FROM used_action")).await, 0, "their reminders are of no use any more");
        // Ids are of today, which is before the end of what they are about.
        app.clock.set("2028-12-31T00:00:00Z".parse().unwrap());
        tidy(&app).await;
        assert_eq!(reminders().await, all);
        app.clock.set("2029-01-02T00:00:00Z".parse().unwrap());
        tidy(&app).await;
        assert_eq!(reminders().await, 1, "an assignment that lasts keeps its own");
        assert_eq!(count(&app, sql!("SELECT count(*) FROM reminder_facts")).await, 0);
        assert_eq!(count(&app, sql!("SELECT count(*) FROM change WHERE subject_kind = 'reminder'")).await, 0);
    }

    async fn no_transaction_takes_more_than_a_batch_and_all_goes_in_the_end(app: TestApp) {
        let many = i64::from(BATCH) * 2 + 7;
        let mut tx = app.app.db.write().await.unwrap();
        for number in 0..many {
            tx.query(sql!("INSERT INTO throttle (subject, failures, last_failure_at, blocked_until) VALUES ($1, 1, $2, $2)"))
                .bind(number.to_be_bytes().as_slice()).bind(app.now()).execute().await.unwrap();
            tx.query(sql!("INSERT INTO used_proof (digest, expires_at) VALUES ($1, $2)"))
                .bind(number.to_be_bytes().as_slice()).bind(app.now()).execute().await.unwrap();
        }
        tx.commit().await.unwrap();
        app.clock.advance(TimeDelta::days(2));
        let mut tx = app.app.db.write().await.unwrap();
        for kind in [Kind::FailedTries, Kind::UsedProofs] {
            assert_eq!(kind.batch(&mut tx, &Retention::default(), app.now()).await.unwrap(), u64::from(BATCH));
        }
        tx.commit().await.unwrap();
        tidy(&app).await;
        assert_eq!(count(&app, sql!("SELECT (SELECT count(*) FROM throttle) + (SELECT count(*) FROM used_proof)")).await, 0);
    }
}
