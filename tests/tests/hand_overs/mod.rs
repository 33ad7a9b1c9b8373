//! Hand-overs: nothing changes until somebody says yes, whoever is asked learns no more than they need, and what is moot ends by itself.

mod centres;
mod colleagues;
mod moot;
mod phones;
mod races;
mod registration;
mod told;

pub use registration::FEATURE;

use contract::CentreId;
use db::sql;
use muwakaba_tests::{Answer, SignedIn, TestApp, http::Request};
use serde_json::{Value, json};
use uuid::Uuid;

/// The assignment by which this staff member accompanies this participant.
pub async fn assignment_of(app: &TestApp, staff: Uuid, participant: Uuid) -> Uuid {
    let mut tx = app.app.db.read().await.expect("a transaction");
    tx.query(sql!(
        "SELECT id FROM assignment WHERE staff_id = $1 AND participant_id = $2 AND ended_at IS NULL"
    ))
    .bind(staff)
    .bind(participant)
    .scalar()
    .await
    .expect("an assignment")
}

/// What is asked of a colleague: to accompany somebody in the place of another, and to lead.
pub fn in_the_place(of: Uuid) -> Value {
    json!({"staff_id": of, "takes_lead": true, "ends_former": true, "note": "She looks for work near the harbour"})
}

/// Asks it about the world's participant, in the place of its mentor.
pub async fn asking(app: &TestApp, by: &SignedIn, body: Value) -> Request {
    let assignment = assignment_of(app, app.world.mentor.id, app.world.participant.id).await;
    app.post(&format!("/v1/assignments/{assignment}/hand-over")).by(&by.again(&app.app)).json(body)
}

/// The mentor asks the other mentor; where the hand-over is.
pub async fn asked(app: &TestApp) -> String {
    let body = in_the_place(app.world.other_mentor.id);
    asking(app, &app.world.mentor, body).await.expect(201).await.header("location").to_owned()
}

/// The manager asks the other centre; where the hand-over is.
pub async fn asked_of_centre(app: &TestApp) -> String {
    let path = format!("/v1/participants/{}/hand-over", app.world.participant.id);
    let body = json!({"centre_id": app.world.other_centre, "note": "Moves to her sister's"});
    let made = app.post(&path).by(&app.world.manager.again(&app.app)).json(body).expect(201).await;
    made.header("location").to_owned()
}

/// An answer to it, as it was first asked.
pub fn answer(app: &TestApp, path: &str, by: &SignedIn, command: &str) -> Request {
    let request = app.post(&format!("{path}/{command}")).by(&by.again(&app.app)).if_match(1);
    if command == "refuse" { request.json(json!({"reason": "no_time"})) } else { request }
}

/// What this person reads there.
pub async fn seen(app: &TestApp, person: &SignedIn, path: &str) -> Value {
    app.get(path).by(&person.again(&app.app)).expect(200).await.json()
}

/// Whether this person can open the participant's file.
pub async fn opens_the_file(app: &TestApp, person: &SignedIn) -> bool {
    let path = format!("/v1/participants/{}", app.world.participant.id);
    app.get(&path).by(&person.again(&app.app)).send().await.status == 200
}

/// A participant goes to another centre: asked by the manager of the one, accepted by that of the other.
pub async fn goes(
    app: &TestApp,
    participant: Uuid,
    (from, to): (&SignedIn, &SignedIn),
    centre: CentreId,
) -> Answer {
    let path = format!("/v1/participants/{participant}/hand-over");
    let asked =
        app.post(&path).by(&from.again(&app.app)).json(json!({"centre_id": centre})).expect(201).await;
    let accept = format!("{}/accept", asked.header("location"));
    app.post(&accept).by(&to.again(&app.app)).if_match(1).expect(200).await
}

/// The participant goes from the world's centre to the other one.
pub async fn moved(app: &TestApp, participant: Uuid) -> Answer {
    let world = &app.world;
    goes(app, participant, (&world.manager, &world.other_manager), world.other_centre).await
}
