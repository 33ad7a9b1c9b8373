//! Two who set at once what somebody alone is asked, on PostgreSQL: on SQLite there is one writer.

use super::seen;
use crate::races::beside::beside;
use muwakaba_tests::{Database, SignedIn, TestApp, http::Request};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};

fn set(app: &TestApp, person: &SignedIn, version: i64) -> Request {
    let path = format!("/v1/participants/{}/custom-questions", app.world.participant.id);
    let question = json!({"kind": "yes_no", "text": "هل نمتم؟"});
    app.put(&path).by(&person.again(&app.app)).if_match(version).json(json!({"questions": [question]}))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_set_custom_questions_at_once_one_learns_of_the_other() {
    let Some(database) = Database::postgres().await else { return };
    let mut looker = PgConnection::connect(&database.url).await.expect("a connection");
    let app = TestApp::start(database).await;
    let world = &app.world;
    let path = format!("/v1/participants/{}/custom-questions", world.participant.id);
    for n in 1..100 {
        let version = seen(&app, &world.mentor, &path).await["version"].as_i64().unwrap();
        let (first, second) = (set(&app, &world.mentor, version), set(&app, &world.counsellor, version));
        let course = beside(&app, &mut looker, first, n, second).await;
        let mut statuses = course.answers.map(|answer| answer.status);
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412], "held at statement {n}");
        let now: Value = seen(&app, &world.mentor, &path).await;
        assert_eq!(now["version"], json!(version + 1), "held at statement {n}");
        if !course.was_held {
            return;
        }
    }
    panic!("it never ends");
}
