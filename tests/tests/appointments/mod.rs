//! Appointments from agreement to outcome.

mod agenda;
mod canaries;
mod deadlocks;
mod follow_ups;
mod hosts;
mod leaving;
mod life;
mod lists;
mod outcomes;
mod proposals;
mod races;
pub mod registration;
mod replanning;
mod seed;
mod slips;
mod time;
mod zone_data;

pub use registration::FEATURE;

use muwakaba_tests::{Answer, TestApp};
use serde_json::{Value, json};

/// What a mentor sends for the participant of the world.
pub fn new_appointment(app: &TestApp, local_start: &str) -> Value {
    json!({
        "participant_id": app.world.participant.id,
        "host_id": app.world.mentor.id,
        "kind": "social_counselling",
        "local_start": local_start,
        "duration_minutes": 45,
        "place": {"kind": "address", "details": "Rue des Orangers 12, Casablanca"},
        "guidance": "Bring the form",
    })
}

/// Schedules one.
pub async fn schedule(app: &TestApp, local_start: &str) -> Answer {
    app.post("/v1/appointments")
        .by(&app.world.mentor.again(&app.app))
        .json(new_appointment(app, local_start))
        .expect(201)
        .await
}

/// How many lines of the audit log are about this action.
pub async fn audited(app: &TestApp, action: &str) -> i64 {
    let mut tx = app.app.db.read().await.unwrap();
    let count = tx.query(db::sql!("SELECT count(*) FROM audit WHERE action = $1"));
    count.bind(action).scalar().await.unwrap()
}

/// Awaits all of them, each on a task of its own.
pub async fn join_all<T: Send + 'static>(
    futures: impl Iterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let tasks: Vec<_> = futures.map(tokio::spawn).collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.expect("the request ends"));
    }
    results
}
