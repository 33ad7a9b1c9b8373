//! Work items: what raises them, whose they are, what can be done with them, what becomes of them as time passes, and what phones have.

mod commands;
mod lists;
mod passing;
mod people;
mod phones;
mod registration;

pub use registration::FEATURE;

use care::work_item::{self, Raise, WorkCause};
use contract::{CentreId, ParticipantId};
use muwakaba_tests::{SignedIn, TestApp};
use serde_json::Value;
use uuid::Uuid;

/// Raises one about this participant of the centre, as a feature does; a subject of its own.
pub async fn raise(app: &TestApp, cause: WorkCause, participant: &SignedIn) -> Uuid {
    let subject = Uuid::now_v7();
    raise_about(app, cause, participant.id, app.world.centre, subject).await;
    subject
}

/// Raises one about this subject.
pub async fn raise_about(
    app: &TestApp,
    cause: WorkCause,
    participant: Uuid,
    centre: CentreId,
    subject: Uuid,
) {
    let mut tx = app.app.db.write().await.unwrap();
    let what = Raise { cause, subject, participant: ParticipantId(participant), centre };
    work_item::raise(&app.app, &mut tx, what, app.now()).await.unwrap();
    app.app.commit(tx).await.unwrap();
}

/// The cause is gone.
pub async fn resolve(app: &TestApp, cause: WorkCause, subject: Uuid) {
    let mut tx = app.app.db.write().await.unwrap();
    work_item::resolve(&app.app, &mut tx, cause, subject, app.now()).await.unwrap();
    app.app.commit(tx).await.unwrap();
}

/// What this person's list shows, asked like this.
pub async fn list(app: &TestApp, person: &SignedIn, query: &str) -> Vec<Value> {
    let listed = app.get(&format!("/v1/work-items{query}")).by(&person.again(&app.app)).expect(200).await;
    listed.json()["items"].as_array().unwrap().clone()
}

/// The causes in this person's list.
pub async fn causes(app: &TestApp, person: &SignedIn) -> Vec<String> {
    list(app, person, "").await.iter().map(|item| item["cause"].as_str().unwrap().to_owned()).collect()
}

/// The only item about the participant, as the manager reads it.
pub async fn the_one(app: &TestApp) -> Value {
    let query = format!("?participant_id={}&snoozed=true", app.world.participant.id);
    let items = list(app, &app.world.manager, &query).await;
    assert_eq!(items.len(), 1, "{items:?}");
    items[0].clone()
}

/// The path of an item.
pub fn path_of(item: &Value) -> String {
    format!("/v1/work-items/{}", item["id"].as_str().unwrap())
}

/// How it reads for this person.
pub async fn seen(app: &TestApp, person: &SignedIn, path: &str) -> Value {
    app.get(path).by(&person.again(&app.app)).expect(200).await.json()
}
