//! What it tells, in which order, and to whom.

use crate::{contacts, needs, people::assign, visits};
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

    async fn needs_are_told_to_whom_they_are_of_and_attempts_to_staff_alone(app: TestApp) {
        let world = &app.world;
        let need = needs::found(&app, needs::new_need(&app)).await;
        let path = visits::path_of(&need);
        needs::done(&app, &path, "take-in-hand", 1, json!({})).await;
        let attempt = contacts::tried(&app, &world.counsellor, contacts::new_attempt(&app)).await;
        let of = |page: &Value, kinds: &[&str]| -> Vec<Value> {
            let entries = page["items"].as_array().unwrap().iter();
            entries.filter(|one| kinds.contains(&one["kind"].as_str().unwrap())).cloned().collect()
        };
        let both = ["need", "contact_attempt"];
        for person in [&world.mentor, &world.counsellor, &world.manager] {
            let page = told(&app, person, "").await;
            let found = of(&page, &both);
            assert_eq!(
                found,
                [
                    json!({"at": "2026-11-23T10:00:00Z", "kind": "need", "id": need.json()["id"], "event": "in_hand", "staff_id": world.mentor.id}),
                    json!({
                        "at": "2026-11-23T09:30:00Z", "kind": "contact_attempt", "id": attempt.json()["id"], "event": "called",
                        "staff_id": world.counsellor.id, "local_at": "2026-11-23T09:30:00", "zone": "Africa/Casablanca",
                    }),
                ]
            );
            // Of which area it is, and what was needed and noted, is read where it is kept.
            for hidden in ["papers", "certificate", "picked up", "next_step"] {
                assert!(!page.to_string().contains(hidden), "{hidden}");
            }
        }
        let own = of(&told(&app, &world.participant, "").await, &both);
        assert_eq!(own, [json!({"at": "2026-11-23T10:00:00Z", "kind": "need", "id": need.json()["id"], "event": "in_hand"})]);
        // What was entered by mistake was not.
        needs::done(&app, &path, "withdraw", 2, json!({"reason": "Of somebody else"})).await;
        app.post(&format!("{}/withdraw", visits::path_of(&attempt))).by(&world.counsellor.again(&app.app)).if_match(1)
            .json(json!({"reason": "Twice"})).expect(200).await;
        assert!(of(&told(&app, &world.manager, "").await, &both).is_empty());
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
