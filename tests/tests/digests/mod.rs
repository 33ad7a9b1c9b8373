//! The week of a centre in figures: when it is made and how often, what it says, who reads it and who hears of it, and what phones have.

mod making;
mod phones;
mod reading;
mod registration;

pub use registration::FEATURE;

use db::sql;
use kernel::agenda::{self, Kind};
use muwakaba::background::reconciler;
use muwakaba_tests::{SignedIn, TestApp};
use serde_json::{Value, json};

/// When the first of these tests' digests is made: the test's clock starts on a Monday at ten, so that is a week later, as the centre opens.
pub const MADE_AT: &str = "2026-11-30T08:30:00Z";

/// The centre opens on working days from 8:30 on, and has been there for a while.
pub async fn usual_hours(app: &TestApp) {
    let mut tx = app.app.db.write().await.unwrap();
    let day = |name: &str| json!({"weekday": name, "opens": "08:30", "closes": "16:30"});
    let hours = ["monday", "tuesday", "wednesday", "thursday", "friday"].map(day);
    tx.query(sql!("UPDATE centre SET calendar = $1, created_at = $2"))
        .bind(json!({"hours": hours}).to_string())
        .bind(app.now().saturating_sub(chrono::TimeDelta::days(400)))
        .execute()
        .await
        .unwrap();
    let at = app.now().saturating_add(chrono::TimeDelta::hours(158));
    for centre in [app.world.centre, app.world.other_centre] {
        agenda::note(&mut tx, Kind::new("digest"), centre, &[centre.0], at).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Time passes until this moment.
pub async fn pass_until(app: &TestApp, moment: &str) {
    let until: contract::time::Instant = moment.parse().unwrap();
    app.clock.advance(until.since(app.now()));
    reconciler::run(&app.app).await.unwrap();
}

/// The first digest of each centre is made.
pub async fn made(app: &TestApp) -> Value {
    usual_hours(app).await;
    pass_until(app, MADE_AT).await;
    let items = listed(app, &app.world.manager).await;
    assert_eq!(items.len(), 1, "{items:?}");
    items[0].clone()
}

/// The weeks that this person finds.
pub async fn listed(app: &TestApp, person: &SignedIn) -> Vec<Value> {
    let page = app.get("/v1/digests").by(&person.again(&app.app)).expect(200).await.json();
    page["items"].as_array().unwrap().clone()
}

/// The path of a digest.
pub fn path_of(digest: &Value) -> String {
    format!("/v1/digests/{}", digest["id"].as_str().unwrap())
}
