//! Two transactions that wait for each other: PostgreSQL ends one, and its caller does not notice.

use super::schedule;
use db::sql;
use muwakaba_tests::{Database, TestApp};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_victim_of_a_deadlock_is_carried_out_again() {
    let Some(database) = Database::postgres().await else { return };
    let app = TestApp::start(database).await;
    let made = schedule(&app, "2026-12-01T10:00:00").await;
    let id = Uuid::parse_str(&made.string("/id")).unwrap();

    // Somebody holds the participant, for whom the request will wait once it holds the appointment.
    let mut other = app.database.db.write().await.unwrap();
    // It never looks for a deadlock itself, so that it is not the one that is ended.
    other
        .query(sql!("SELECT set_config('deadlock_timeout', '10min', TRUE)"))
        .scalar::<String>()
        .await
        .unwrap();
    let hold = sql!("SELECT id FROM participant WHERE id = $1", pg " FOR UPDATE");
    other.query(hold).bind(app.world.participant.id).scalar::<Uuid>().await.unwrap();
    let request = tokio::spawn(
        app.post(&format!("{}/confirm", made.header("location")))
            .by(&app.world.participant)
            .if_match(1)
            .header("idempotency-key", "once")
            .send(),
    );
    app.database.until_somebody_waits().await;

    // And now wants the appointment: neither can go on. The request has waited longer, so it is the first to be looked at.
    let hold = sql!("SELECT id FROM appointment WHERE id = $1", pg " FOR UPDATE");
    other.query(hold).bind(id).scalar::<Uuid>().await.expect("the request is the one that is ended");
    other.commit().await.unwrap();

    let answer = request.await.unwrap();
    assert_eq!((answer.status, answer.version()), (200, 2), "{}", answer.text());
    let mut tx = app.database.db.read().await.unwrap();
    let deeds =
        tx.query(sql!("SELECT count(*) FROM audit WHERE action = 'appointment.confirm'")).scalar::<i64>();
    assert_eq!(deeds.await.unwrap(), 1, "it was done once");
}
