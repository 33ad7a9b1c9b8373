//! What a pull costs: bytes on a slow network, and statements.

use super::Phone;
use chrono::TimeDelta;
use db::sql;
use flate2::read::GzDecoder;
use muwakaba_tests::{Answer, TestApp, both_databases};
use serde_json::{Value, json};
use std::io::Read;

const STEP: usize = 4096;

async fn packed(app: &TestApp, query: &str) -> (Answer, Value) {
    let mentor = app.world.mentor.again(&app.app);
    let answer =
        app.get(&format!("/v1/sync{query}")).by(&mentor).header("accept-encoding", "gzip").expect(200).await;
    assert_eq!((answer.header("content-encoding"), answer.header("vary")), ("gzip", "accept-encoding"));
    let mut text = String::new();
    GzDecoder::new(&answer.body[..]).read_to_string(&mut text).unwrap();
    (answer, serde_json::from_str(&text).unwrap())
}

/// People and appointments of a mentor, by SQL: each person has one a week for the next 13 weeks and the last 4.
async fn caseload(app: &TestApp, people: u32) {
    let world = &app.world;
    let manager = &world.manager;
    for number in 1..people {
        let body = json!({"name": format!("Participant Numéro {number}"), "phone": format!("+2126{number:08}"), "language": "ar", "zone": "Africa/Casablanca"});
        let made = app.post("/v1/participants").by(manager).json(body).expect(201).await;
        let id = made.string("/id");
        app.post(&format!("/v1/participants/{id}/assignments"))
            .by(manager)
            .json(json!({"staff_id": world.mentor.id}))
            .expect(201)
            .await;
    }
    let mentor = Phone::fresh(app, &world.mentor).await;
    for (number, person) in mentor.ids("participants").into_iter().enumerate() {
        for week in 0..13 {
            let start = app.now().to_chrono()
                + TimeDelta::days(week * 7 + 1)
                + TimeDelta::minutes(20 * i64::try_from(number).unwrap());
            let body = json!({
                "participant_id": person, "host_id": world.mentor.id, "kind": "social_counselling",
                "local_start": start.format("%Y-%m-%dT%H:%M:00").to_string(), "duration_minutes": 20,
                "place": {"kind": "address", "details": "Rue des Orangers 12, Casablanca"}, "guidance": "Bring the form",
            });
            let mentor = world.mentor.again(&app.app);
            app.post("/v1/appointments").by(&mentor).json(body).expect(201).await;
        }
    }
}

both_databases! {
    async fn a_caseload_of_forty_fits_a_slow_network(app: TestApp) {
        caseload(&app, 40).await;
        let (first, page) = packed(&app, "?limit=40").await;
        let (mut bytes, mut pages, mut query) = (first.body.len(), 1, format!("?cursor={}", page["cursor"].as_str().unwrap()));
        assert_eq!(page["changed"]["appointments"].as_array().unwrap().len(), 40);
        loop {
            app.statements.take();
            let (answer, page) = packed(&app, &query).await;
            let statements = app.statements.take();
            assert_eq!(answer.body.len() % STEP, 0);
            // Who calls, how the feed stands, the moment, the feed, at most one a form, what was seen.
            assert!(statements.len() <= 16, "{} {statements:?}", statements.len());
            bytes += answer.body.len();
            pages += 1;
            if page["more"] == json!(false) {
                break;
            }
            query = format!("?cursor={}", page["cursor"].as_str().unwrap());
        }
        println!("first page {} bytes, {:.1} s at 20 kbit/s; all {bytes} bytes in {pages} pages", first.body.len(), first.body.len() as f64 * 8.0 / 20_000.0);
        assert!(first.body.len() <= 5 * STEP, "{}", first.body.len());
        assert!(bytes <= 150 * 1024, "{bytes}");
    }

    async fn a_page_shows_only_how_many_steps_it_is_long(app: TestApp) {
        let plain = app.get("/v1/sync").by(&app.world.mentor).expect(200).await;
        assert_eq!((plain.body.len() % STEP, plain.header("content-encoding")), (0, ""));
        assert!(plain.header("cache-control").contains("no-store"));
        let (_, page) = packed(&app, "").await;
        assert_eq!(page, plain.json());
        let phone = Phone::fresh(&app, &app.world.mentor).await;
        let (nothing, _) = packed(&app, &format!("?cursor={}", phone.cursor.unwrap())).await;
        assert!(nothing.body.len() < 1024);
        // Other answers are never compressed.
        let other = app.get("/v1/me").by(&app.world.mentor).header("accept-encoding", "gzip").expect(200).await;
        assert_eq!(other.header("content-encoding"), "");
        let mut tx = app.app.db.read().await.unwrap();
        assert!(tx.query(sql!("SELECT count(*) FROM sync_seen")).scalar::<i64>().await.unwrap() > 0);
    }
}
