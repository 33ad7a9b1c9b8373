//! The steps of the schema on a database that has data already.

use crate::appointments::schedule;
use muwakaba::background::reconciler;
use muwakaba_tests::{World, both_databases};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

const FIRST_STEP: [&str; 2] = [
    include_str!("../../../migrations/sqlite/0001_initial.sql"),
    include_str!("../../../migrations/postgres/0001_initial.sql"),
];

/// The facts of every reminder, in the reminders' order.
const FACTS: &str = "SELECT facts FROM reminder_facts ORDER BY reminder_id";

/// A raw connection, for statements that no program has.
enum Raw {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Raw {
    async fn connect(url: &str) -> Self {
        if url.starts_with("sqlite:") {
            Self::Sqlite(SqliteConnection::connect(url).await.unwrap())
        } else {
            Self::Postgres(PgConnection::connect(url).await.unwrap())
        }
    }

    async fn run(&mut self, statements: &str) {
        let statements = AssertSqlSafe(statements.to_owned());
        match self {
            Self::Sqlite(connection) => drop(sqlx::raw_sql(statements).execute(connection).await.unwrap()),
            Self::Postgres(connection) => drop(sqlx::raw_sql(statements).execute(connection).await.unwrap()),
        }
    }

    async fn texts(&mut self, statement: &'static str) -> Vec<String> {
        match self {
            Self::Sqlite(connection) => sqlx::query_scalar(statement).fetch_all(connection).await.unwrap(),
            Self::Postgres(connection) => sqlx::query_scalar(statement).fetch_all(connection).await.unwrap(),
        }
    }

    /// The table as the first step made it.
    fn former_repetitions(&self) -> String {
        let step = match self {
            Self::Sqlite(_) => FIRST_STEP[0],
            Self::Postgres(_) => FIRST_STEP[1],
        };
        let begin = step.find("CREATE TABLE idempotency").unwrap();
        let end = step[begin..].find("CREATE INDEX").unwrap();
        step[begin..begin + end].to_owned()
    }
}

both_databases! {
    async fn devices_that_were_trusted_by_their_sessions_stay_so(app: TestApp) {
        let World { mentor, other_mentor, .. } = &app.world;
        let mut raw = Raw::connect(&app.database.url).await;
        let former = raw.former_repetitions();
        raw.run(&format!("DROP TABLE enrolled_device; DROP TABLE idempotency; {former} DELETE FROM _sqlx_migrations WHERE version = 2")).await;
        // Who, which key, when the session began, and why and when it ended.
        let sessions = [
            (mentor, "alive", 10, None),
            (mentor, "signed out", 10, Some(("signed_out", 20))),
            (mentor, "expired", 10, Some(("expired", 20))),
            (mentor, "cut off by its owner", 10, Some(("ended_by_owner", 20))),
            (mentor, "copied", 10, Some(("reuse", 20))),
            (mentor, "copied, then enrolled anew", 10, Some(("reuse", 20))),
            (mentor, "copied, then enrolled anew", 30, None),
            (mentor, "signed out, then cut off", 10, Some(("signed_out", 15))),
            (mentor, "signed out, then cut off", 16, Some(("ended_by_owner", 20))),
            (other_mentor, "signed out before all were cut off", 10, Some(("signed_out", 15))),
            (other_mentor, "one of all", 10, Some(("ended_by_staff", 20))),
            (other_mentor, "enrolled after that", 30, Some(("factor_changed", 40))),
        ];
        for (person, key, began, ended) in sessions {
            let mut tx = app.app.db.write().await.unwrap();
            let at = |second: i64| contract::time::Instant::from_seconds(1_700_000_000 + second).unwrap();
            tx.query(db::sql!(
                "INSERT INTO session (id, person_kind, staff_id, label, device_key, generation, rotated_at, created_at, expires_at, ended_at, ended_reason)
                 VALUES ($1, 'staff', $2, 'test', $3, 1, $4, $4, $4, $5, $6)"
            ))
            .bind(contract::SessionId::new(&*app.app.ids))
            .bind(person.id)
            .bind(key)
            .bind(at(began))
            .bind(ended.map(|(_, second)| at(second)))
            .bind(ended.map(|(reason, _)| reason))
            .execute().await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(app.app.db.pending_migrations().await.unwrap(), 1);
        app.app.db.migrate().await.unwrap();
        assert_eq!(
            raw.texts("SELECT device_key FROM enrolled_device ORDER BY device_key").await,
            ["alive", "copied, then enrolled anew", "enrolled after that", "expired", "signed out"]
        );
    }

    async fn reminders_keep_their_facts(app: TestApp) {
        schedule(&app, "2026-12-01T10:00:00").await;
        let mut raw = Raw::connect(&app.database.url).await;
        let before = raw.texts(FACTS).await;
        assert!(before.len() > 1, "{before:?}");
        raw.run(
            "ALTER TABLE reminder ADD COLUMN facts TEXT NOT NULL DEFAULT '';
             UPDATE reminder SET facts = (SELECT facts FROM reminder_facts WHERE reminder_id = id);
             DROP TABLE reminder_facts;
             DELETE FROM _sqlx_migrations WHERE version = 6",
        )
        .await;
        assert_eq!(app.app.db.pending_migrations().await.unwrap(), 1);
        app.app.db.migrate().await.unwrap();
        assert_eq!(raw.texts(FACTS).await, before);
    }

    async fn what_was_to_be_planned_again_is_on_the_agenda(app: TestApp) {
        schedule(&app, "2026-12-01T10:00:00").await;
        let mut raw = Raw::connect(&app.database.url).await;
        raw.run(
            "DROP TABLE agenda;
             INSERT INTO replanning (appointment_id, centre_id) SELECT id, centre_id FROM appointment;
             UPDATE reminder SET due_at = expires_at WHERE purpose = 'appointment_soon';
             DELETE FROM _sqlx_migrations WHERE version = 14",
        )
        .await;
        app.app.db.migrate().await.unwrap();
        assert_eq!(reconciler::run(&app.app).await.unwrap(), 1);
        assert!(raw.texts("SELECT purpose FROM reminder WHERE due_at = expires_at").await.is_empty());
        assert!(raw.texts("SELECT subject_kind FROM agenda WHERE subject_kind NOT IN ('appointment_follow_up', 'digest')").await.is_empty());
    }

    async fn what_a_node_of_the_former_version_notes_is_taken_over(app: TestApp) {
        schedule(&app, "2026-12-01T10:00:00").await;
        let mut raw = Raw::connect(&app.database.url).await;
        raw.run("INSERT INTO replanning (appointment_id, centre_id) SELECT id, centre_id FROM appointment").await;
        // One file has one node.
        let done = if app.app.db.is_embedded() { 0 } else { 1 };
        assert_eq!(reconciler::run(&app.app).await.unwrap(), done);
    }

    async fn of_what_changed_again_and_again_the_feed_keeps_the_latest(app: TestApp) {
        schedule(&app, "2026-12-01T10:00:00").await;
        let mut raw = Raw::connect(&app.database.url).await;
        let latest = "SELECT subject_kind FROM change ORDER BY centre_id, position";
        let before = raw.texts(latest).await;
        raw.run(
            "DROP INDEX change_by_subject; DROP INDEX change_by_participant; DROP INDEX change_by_audience;
             DROP INDEX change_of_what_is_no_more; DROP INDEX change_of_centre;
             DROP TABLE change_day;
             ALTER TABLE change DROP COLUMN audience;
             ALTER TABLE change_counter DROP COLUMN forgotten;
             -- As a former version kept it: what changed before is there as well, and behind it everything once more.
             INSERT INTO change (centre_id, position, participant_id, subject_kind, subject_id, operation)
             SELECT centre_id, position + 1000, participant_id, subject_kind, subject_id, operation FROM change;
             UPDATE change_counter SET position = position + 1000;
             DELETE FROM _sqlx_migrations WHERE version = 15",
        )
        .await;
        assert_eq!(raw.texts(latest).await.len(), before.len() * 2);
        app.app.db.migrate().await.unwrap();
        assert_eq!(raw.texts(latest).await, before);
        assert!(raw.texts("SELECT subject_kind FROM change WHERE position <= 1000").await.is_empty());
    }
}
