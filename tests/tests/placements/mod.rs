//! Placements: what somebody works at, how long it is held, and what follows when it is over.

mod consenting;
mod employers;
mod ending;
mod held;
mod phones;
mod recording;
mod registration;
mod righting;

pub use employers::FEATURE as EMPLOYERS;
pub use registration::FEATURE;

use db::sql;
use muwakaba_tests::{Answer, SignedIn, TestApp};
use serde_json::{Value, json};

pub use crate::visits::over;

/// A job of the participant, since a week before the test begins.
pub fn new_placement(app: &TestApp) -> Value {
    json!({
        "participant_id": app.world.participant.id,
        "kind": "fixed_term",
        "hours_a_week": 44,
        "stage": "start",
        "on": "2026-11-16",
    })
}

/// Records it.
pub async fn record(app: &TestApp, person: &SignedIn, body: Value) -> Answer {
    app.post("/v1/placements").by(&person.again(&app.app)).json(body).expect(201).await
}

/// A command on what was recorded, and how it stands then.
pub async fn command(app: &TestApp, recorded: &Answer, command: &str, body: Value) -> Answer {
    let path = format!("/v1/placements/{}", recorded.string("/id"));
    let mentor = app.world.mentor.again(&app.app);
    let version = app.get(&path).by(&mentor).expect(200).await.version();
    app.post(&format!("{path}/{command}")).by(&mentor).if_match(version).json(body).expect(200).await
}

/// The states of its milestones, in their order.
pub fn states(placement: &Value) -> Vec<String> {
    let milestones = placement["milestones"].as_array().expect("milestones");
    milestones.iter().map(|one| one["state"].as_str().expect("a state").to_owned()).collect()
}

/// When the reminders about placements that are still to be sent are due.
pub async fn planned(app: &TestApp) -> Vec<String> {
    let mut tx = app.app.db.read().await.expect("a transaction");
    let due: Vec<contract::time::Instant> = tx
        .query(sql!(
            "SELECT due_at FROM reminder WHERE subject_kind = 'placement' AND state = 'planned' ORDER BY due_at, id"
        ))
        .scalars()
        .await
        .expect("reminders");
    due.into_iter().map(|due| due.to_string()).collect()
}

/// The causes for which somebody is needed now.
pub async fn needed_for(app: &TestApp) -> Vec<String> {
    let mut tx = app.app.db.read().await.expect("a transaction");
    tx.query(sql!(
        "SELECT cause FROM work_item WHERE closed_at IS NULL AND cause IN ('milestone_due', 'milestone_missed', 'job_lost')
         ORDER BY cause"
    ))
    .scalars()
    .await
    .expect("work items")
}
