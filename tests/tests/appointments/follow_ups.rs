//! What of appointments needs somebody of the staff as time passes, and when it is gone again.

use super::{new_appointment, schedule};
use crate::work_items::list;
use chrono::TimeDelta;
use contract::time::Instant;
use db::sql;
use muwakaba::background::reconciler;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};

async fn at(app: &TestApp, time: &str) {
    app.clock.set(time.parse().unwrap());
    reconciler::run(&app.app).await.unwrap();
}

/// The causes in the mentor's list, with how often each came.
async fn causes(app: &TestApp) -> Vec<(String, i64)> {
    let items = list(app, &app.world.mentor, "").await;
    let read = |item: &Value| (item["cause"].as_str().unwrap().to_owned(), item["times"].as_i64().unwrap());
    items.iter().map(read).collect()
}

fn once(cause: &str) -> Vec<(String, i64)> {
    vec![(cause.to_owned(), 1)]
}

async fn command(app: &TestApp, path: &str, name: &str, version: i64, body: Value) {
    let mentor = app.world.mentor.again(&app.app);
    app.post(&format!("{path}/{name}")).by(&mentor).if_match(version).json(body).expect(200).await;
}

both_databases! {
    async fn an_appointment_that_nobody_answers_needs_somebody_when_the_host_is_told(app: TestApp) {
        let path = schedule(&app, "2026-12-01T10:00:00").await.header("location").to_owned();
        let mut tx = app.app.db.read().await.unwrap();
        let told: Instant = tx.query(sql!("SELECT due_at FROM reminder WHERE purpose = 'appointment_unconfirmed'")).scalar().await.unwrap();
        drop(tx);
        at(&app, &told.saturating_sub(TimeDelta::seconds(1)).to_string()).await;
        assert!(causes(&app).await.is_empty());
        at(&app, &told.to_string()).await;
        assert_eq!(causes(&app).await, once("appointment_unanswered"));
        app.clock.advance(TimeDelta::minutes(10));
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(causes(&app).await, once("appointment_unanswered"), "it is looked at once");
        app.post(&format!("{path}/confirm")).by(&app.world.participant.again(&app.app)).if_match(1).expect(200).await;
        assert!(causes(&app).await.is_empty(), "any answer resolves it");
    }

    async fn whoever_answered_in_time_needs_nobody(app: TestApp) {
        let path = schedule(&app, "2026-12-01T10:00:00").await.header("location").to_owned();
        app.post(&format!("{path}/confirm")).by(&app.world.participant).if_match(1).expect(200).await;
        at(&app, "2026-12-01T09:59:00Z").await;
        assert!(causes(&app).await.is_empty());
    }

    async fn what_was_moved_is_looked_at_at_its_new_time(app: TestApp) {
        let path = schedule(&app, "2026-12-01T10:00:00").await.header("location").to_owned();
        command(&app, &path, "move", 1, json!({"local_start": "2026-12-10T10:00"})).await;
        at(&app, "2026-12-03T10:00:00Z").await;
        assert!(causes(&app).await.is_empty());
        at(&app, "2026-12-09T12:00:00Z").await;
        assert_eq!(causes(&app).await, once("appointment_unanswered"));
        command(&app, &path, "move", 2, json!({"local_start": "2026-12-20T10:00"})).await;
        assert!(causes(&app).await.is_empty());
    }

    async fn an_outcome_that_nobody_records_needs_somebody_after_a_day(app: TestApp) {
        let path = schedule(&app, "2026-12-01T10:00:00").await.header("location").to_owned();
        app.post(&format!("{path}/confirm")).by(&app.world.participant).if_match(1).expect(200).await;
        at(&app, "2026-12-02T10:44:59Z").await;
        assert!(causes(&app).await.is_empty());
        at(&app, "2026-12-02T10:45:00Z").await;
        assert_eq!(causes(&app).await, once("outcome_not_recorded"));
        at(&app, "2026-12-02T10:50:00Z").await;
        assert_eq!(causes(&app).await, once("outcome_not_recorded"));
        command(&app, &path, "record-outcome", 2, json!({"outcome": "took_place"})).await;
        assert!(causes(&app).await.is_empty());
    }

    async fn only_an_absence_that_counts_needs_somebody(app: TestApp) {
        let path = schedule(&app, "2026-12-01T10:00:00").await.header("location").to_owned();
        at(&app, "2026-12-01T11:00:00Z").await;
        command(&app, &path, "record-outcome", 1, json!({"outcome": "did_not_come"})).await;
        assert_eq!(causes(&app).await, once("did_not_come"));
        command(&app, &path, "correct-outcome", 2, json!({"outcome": "did_not_take_place", "side": "host", "reason": "r"})).await;
        assert!(causes(&app).await.is_empty());
        command(&app, &path, "correct-outcome", 3, json!({"outcome": "did_not_come", "side": "person", "accepted": true, "reason": "r"})).await;
        assert!(causes(&app).await.is_empty());
        command(&app, &path, "correct-outcome", 4, json!({"outcome": "did_not_come", "side": "person", "reason": "r"})).await;
        assert_eq!(causes(&app).await, once("did_not_come"));
    }

    async fn nobody_is_asked_about_a_closed_file_or_what_is_long_ago(app: TestApp) {
        schedule(&app, "2026-12-01T10:00:00").await;
        // Nothing ran for two months.
        at(&app, "2027-02-01T10:00:00Z").await;
        assert!(causes(&app).await.is_empty());
        let mut tx = app.app.db.read().await.unwrap();
        let left: i64 = tx.query(sql!("SELECT count(*) FROM agenda WHERE subject_kind = 'appointment_follow_up'")).scalar().await.unwrap();
        assert_eq!(left, 0);
        drop(tx);
        let manager = app.world.manager.again(&app.app);
        let body = new_appointment(&app, "2027-02-02T10:00:00");
        app.post("/v1/appointments").by(&manager).json(body).expect(201).await;
        app.clock.set("2027-02-02T12:00:00Z".parse().unwrap());
        crate::people::close_file(&app, app.world.participant.id).await;
        at(&app, "2027-02-04T12:00:00Z").await;
        assert!(list(&app, &app.world.manager, "").await.iter().all(|item| item["cause"] != "outcome_not_recorded"));
    }

    async fn what_nobody_answered_needs_nobody_once_they_have_met_or_the_time_is_over(app: TestApp) {
        let path = schedule(&app, "2026-12-01T10:00:00").await.header("location").to_owned();
        at(&app, "2026-11-30T18:00:00Z").await;
        assert_eq!(causes(&app).await, once("appointment_unanswered"));
        at(&app, "2026-12-01T10:30:00Z").await;
        command(&app, &path, "record-outcome", 1, json!({"outcome": "took_place"})).await;
        assert!(causes(&app).await.is_empty(), "they came all the same");
        let another = new_appointment(&app, "2026-12-05T10:00:00");
        app.post("/v1/appointments").by(&app.world.manager.again(&app.app)).json(another).expect(201).await;
        at(&app, "2026-12-04T18:00:00Z").await;
        assert_eq!(causes(&app).await, once("appointment_unanswered"));
        at(&app, "2026-12-05T10:45:00Z").await;
        assert!(causes(&app).await.is_empty(), "nobody can answer any more");
    }

    async fn an_absence_of_long_ago_that_is_put_right_calls_nobody(app: TestApp) {
        let path = schedule(&app, "2026-12-01T10:00:00").await.header("location").to_owned();
        at(&app, "2026-12-01T11:00:00Z").await;
        command(&app, &path, "record-outcome", 1, json!({"outcome": "took_place"})).await;
        at(&app, "2027-03-01T11:00:00Z").await;
        command(&app, &path, "correct-outcome", 2, json!({"outcome": "did_not_come", "side": "person", "reason": "r"})).await;
        assert!(causes(&app).await.iter().all(|(cause, _)| cause != "did_not_come"));
    }
}
