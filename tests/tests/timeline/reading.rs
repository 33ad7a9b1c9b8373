//! What it tells, in which order, and to whom.

use crate::{people::assign, visits};
use chrono::TimeDelta;
use contract::ProblemCode;
use muwakaba_tests::{SignedIn, TestApp, both_databases};
use serde_json::{Value, json};

fn path(app: &TestApp) -> String {
    format!("/v1/participants/{}/timeline", app.world.participant.id)
}

async fn told(app: &TestApp, person: &SignedIn, query: &str) -> Value {
    app.get(&format!("{}{query}", path(app))).by(&person.again(&app.app)).expect(200).await.json()
}

/// Kind and event of each entry.
fn lines(page: &Value) -> Vec<String> {
    let entries = page["items"].as_array().unwrap().iter();
    entries
        .map(|one| format!("{} {}", one["kind"].as_str().unwrap(), one["event"].as_str().unwrap()))
        .collect()
}

/// An appointment in a week, and a visit an hour ago; an assignment that begins and ends now.
async fn lived(app: &TestApp) {
    let world = &app.world;
    app.post("/v1/appointments").by(&world.mentor.again(&app.app)).json(json!({
        "participant_id": world.participant.id, "host_id": world.mentor.id, "kind": "psychological_counselling",
        "local_start": "2026-12-01T10:00:00", "duration_minutes": 30, "place": {"kind": "phone"},
    })).expect(201).await;
    visits::log(app, &world.mentor, visits::new_visit(app)).await;
    app.clock.advance(TimeDelta::minutes(1));
    let assignment = assign(app, &world.participant.id.to_string(), world.other_mentor.id).await;
    app.clock.advance(TimeDelta::minutes(1));
    app.post(&format!("/v1/assignments/{assignment}/end"))
        .by(&world.manager.again(&app.app))
        .expect(200)
        .await;
}

both_databases! {
    async fn everything_stands_in_one_order_whoever_keeps_it(app: TestApp) {
        let world = &app.world;
        lived(&app).await;
        let all = [
            "appointment scheduled", "assignment ended", "assignment started", "assignment started", "assignment started", "visit home",
        ];
        for person in [&world.mentor, &world.counsellor, &world.manager] {
            let page = told(&app, person, "").await;
            assert_eq!(lines(&page), all);
            assert_eq!([&page["items"][0]["local_at"], &page["items"][0]["zone"]], [&json!("2026-12-01T10:00:00"), &json!("Africa/Casablanca")]);
            // What kind of counselling it is, and what was found, is read where it is kept.
            assert!(!page.to_string().contains("psychological") && !page.to_string().contains("brother"));
        }
        assert_eq!(lines(&told(&app, &world.participant, "").await), all[..5], "what staff write for themselves is not told");
        for outsider in [&world.other_mentor, &world.other_manager, &world.foreign_mentor, &world.other_participant] {
            app.get(&path(&app)).by(&outsider.again(&app.app)).refused(ProblemCode::NotFound).await;
        }
        for nobody in [&world.administrator, &world.observer] {
            app.get(&path(&app)).by(&nobody.again(&app.app)).refused(ProblemCode::NotForThisRole).await;
        }
    }

    async fn page_by_page_nothing_is_left_out_or_told_twice(app: TestApp) {
        let world = &app.world;
        lived(&app).await;
        let whole = told(&app, &world.manager, "").await;
        for limit in 1..=4 {
            let (mut found, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = told(&app, &world.manager, &format!("?limit={limit}{cursor}")).await;
                found.extend(page["items"].as_array().unwrap().clone());
                match page.get("next_cursor") {
                    Some(next) => cursor = format!("&cursor={}", next.as_str().unwrap()),
                    None => break,
                }
            }
            assert_eq!(json!(found), whole["items"], "{limit} a page");
        }
        app.get(&format!("{}?cursor=x", path(&app))).by(&world.manager.again(&app.app)).refused(ProblemCode::Invalid).await;
    }
}
