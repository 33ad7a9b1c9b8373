//! Two who write a goal down at once, on PostgreSQL: on SQLite there is one writer.

use super::{asked, new_goal, picture_path, set};
use crate::{
    races::beside::beside,
    visits::{path_of, seen},
};
use muwakaba_tests::{Database, SignedIn, TestApp, http::Request};
use serde_json::json;
use sqlx::{Connection, PgConnection};

fn setting(app: &TestApp, person: &SignedIn) -> Request {
    app.post("/v1/goals").by(&person.again(&app.app)).json(new_goal(app))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_two_at_once_are_the_sixth() {
    let Some(database) = Database::postgres().await else { return };
    let mut looker = PgConnection::connect(&database.url).await.expect("a connection");
    let app = TestApp::start(database).await;
    let world = &app.world;
    for _ in 0..4 {
        set(&app, &world.mentor).await;
    }
    for n in 1..100 {
        let (first, second) = (setting(&app, &world.participant), setting(&app, &world.mentor));
        let course = beside(&app, &mut looker, first, n, second).await;
        let mut answers = course.answers;
        answers.sort_unstable_by_key(|answer| answer.status);
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses, [201, 409], "held at statement {n}");
        let picture = seen(&app, &world.manager, &picture_path(&app)).await;
        let open =
            picture["goals"].as_array().unwrap().iter().filter(|one| one["goal"]["state"] == json!("open"));
        assert_eq!(open.count(), 5, "held at statement {n}");
        if !course.was_held {
            return;
        }
        let made = path_of(&answers[0]);
        let why = json!({"result": "set_aside", "set_aside_because": "other"});
        asked(&app, &world.mentor, &made, "close", 1, why).expect(200).await;
    }
    panic!("it never ends");
}
