//! A visit that is withdrawn while something that was recorded together with it arrives, on PostgreSQL: on SQLite there is one writer.

use super::{log, new_visit, path_of, seen};
use crate::{check_ins, races::beside::beside};
use muwakaba_tests::{Database, TestApp};
use serde_json::json;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_that_arrives_as_its_visit_is_withdrawn_is_carried_out() {
    let Some(database) = Database::postgres().await else { return };
    let mut looker = PgConnection::connect(&database.url).await.expect("a connection");
    let app = TestApp::start(database).await;
    let mentor = &app.world.mentor;
    for n in 1..150 {
        let logged = log(&app, mentor, new_visit(&app)).await;
        let path = path_of(&logged);
        let check_in = check_ins::open(&app).await.rsplit('/').next().unwrap().to_owned();
        let part = json!({
            "id": Uuid::now_v7(), "recorded_at": app.now().to_string(), "operation": "submitCheckIn", "subject_id": check_in,
            "base_version": 1, "visit_id": logged.json()["id"], "body": check_ins::answers("very_bad"),
        });
        let reason = json!({"reason": "Entered twice"});
        let first =
            app.post(&format!("{path}/withdraw")).by(&mentor.again(&app.app)).if_match(1).json(reason);
        let second = app.post("/v1/sync").by(&mentor.again(&app.app)).json(json!({"mutations": [part]}));
        let course = beside(&app, &mut looker, first, n, second).await;
        let [withdrawn, pushed] = course.answers;
        assert_eq!((withdrawn.status, pushed.status), (200, 200), "held at statement {n}");
        assert_eq!(pushed.string("/results/0/result"), "applied", "held at statement {n}");
        let parts = seen(&app, mentor, &format!("{path}/parts")).await;
        assert_eq!(parts["items"][0]["subject_id"], json!(check_in), "held at statement {n}");
        if !course.was_held {
            return;
        }
    }
    panic!("it never ends");
}
