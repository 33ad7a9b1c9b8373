//! What it tells, in which order, and to whom.

use crate::{
    contacts, needs,
    people::{assign, command},
    placements,
    visits::{self, over},
};
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

/// In pages of any size the same is told as in one.
async fn whole_page_by_page(app: &TestApp, person: &SignedIn) {
    let whole = told(app, person, "").await;
    for limit in 1..=4 {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = told(app, person, &format!("?limit={limit}{cursor}")).await;
            found.extend(page["items"].as_array().unwrap().clone());
            match page.get("next_cursor") {
                Some(next) => cursor = format!("&cursor={}", next.as_str().unwrap()),
                None => break,
            }
        }
        assert_eq!(json!(found), whole["items"], "{limit} a page");
    }
}

both_databases! {
    async fn what_was_asked_and_answered_or_begun_and_ended_at_one_moment_is_each_told_once(app: TestApp) {
        let world = &app.world;
        let asked = crate::hand_overs::asked(&app).await;
        crate::hand_overs::answer(&app, &asked, &world.other_mentor, "refuse").expect(200).await;
        let plan = crate::aftercare_plans::usual(&app).await;
        crate::aftercare_plans::command(&app, &world.mentor, &plan, "end", 1).json(json!({"reason": "completed"})).expect(200).await;
        let whole = lines(&told(&app, &world.mentor, "").await);
        for line in ["hand_over asked", "hand_over refused", "plan started", "plan ended"] {
            assert_eq!(whole.iter().filter(|one| *one == line).count(), 1, "{line}: {whole:?}");
        }
        whole_page_by_page(&app, &world.mentor).await;
    }

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

    async fn where_a_file_stood_is_told_to_staff_and_why_it_rests_to_nobody(app: TestApp) {
        let world = &app.world;
        let id = world.participant.id;
        for (word, body) in [
            ("pause", json!({"reason": "new_detention", "note": "The sister called"})),
            ("resume", json!({})),
            ("complete", json!({"reason": "goal_reached"})),
            ("reopen", json!({"reason": "closed_by_mistake"})),
        ] {
            command(&app, id, word, body).expect(200).await;
        }
        // All at one moment of the test's clock: they stand in the order in which they were.
        let stood = ["participant active", "participant completed", "participant active", "participant paused"];
        for person in [&world.mentor, &world.counsellor, &world.manager] {
            let page = told(&app, person, "").await;
            let found: Vec<_> = lines(&page).into_iter().filter(|line| line.starts_with("participant ")).collect();
            assert_eq!(found, stood);
            let one = page["items"].as_array().unwrap().iter().find(|one| one["event"] == "paused").unwrap();
            assert_eq!((&one["id"], &one["staff_id"]), (&json!(id), &json!(world.manager.id)));
            for hidden in ["detention", "sister", "goal_reached", "by_mistake"] {
                assert!(!page.to_string().contains(hidden), "{hidden}");
            }
        }
        let own = told(&app, &world.participant.on_another_device(&app.app).await, "").await;
        assert!(!lines(&own).iter().any(|line| line.starts_with("participant ")), "{own}");
        whole_page_by_page(&app, &world.manager).await;
    }

    async fn placements_are_told_stage_by_stage_with_what_was_held_and_the_end(app: TestApp) {
        let world = &app.world;
        let begun = placements::record(&app, &world.mentor, over(placements::new_placement(&app), &json!({"stage": "offer", "on": "2026-10-01"}))).await;
        placements::command(&app, &begun, "record-stage", json!({"stage": "start", "outcome": "reached", "on": "2026-10-05"})).await;
        placements::command(&app, &begun, "verify-milestone", json!({"milestone": "days_30", "evidence": "payslip", "confidence": "high", "on": "2026-11-10"})).await;
        app.clock.advance(TimeDelta::minutes(1));
        placements::command(&app, &begun, "end", json!({"reason": "new_detention", "until": "2026-11-20"})).await;
        let refused = placements::record(&app, &world.mentor, over(placements::new_placement(&app), &json!({"stage": "interview"}))).await;
        placements::command(&app, &refused, "record-stage", json!({"stage": "interview", "outcome": "refused", "on": "2026-11-20"})).await;
        let mistaken = placements::record(&app, &world.mentor, placements::new_placement(&app)).await;
        placements::command(&app, &mistaken, "withdraw", json!({"reason": "It was the cousin"})).await;
        let of = |page: &Value, id: &str| -> Vec<String> {
            let entries = page["items"].as_array().unwrap().iter();
            entries.filter(|one| one["id"] == id).map(|one| one["event"].as_str().unwrap().to_owned()).collect()
        };
        for person in [&world.mentor, &world.manager, &world.participant] {
            let page = told(&app, person, "").await;
            assert_eq!(of(&page, &begun.string("/id")), ["ended", "days_30", "start", "offer"]);
            assert_eq!(of(&page, &refused.string("/id")), ["interview_refused", "interview"]);
            assert!(of(&page, &mistaken.string("/id")).is_empty(), "what was entered by mistake was not");
            assert!(!page.to_string().contains("detention") && !page.to_string().contains("payslip"));
            whole_page_by_page(&app, person).await;
        }
        let staff = |page: &Value| page["items"].as_array().unwrap().iter()
            .filter(|one| one["kind"] == "placement").map(|one| one["staff_id"].clone()).collect::<Vec<_>>();
        assert_eq!(staff(&told(&app, &world.manager, "").await), vec![json!(world.mentor.id); 6]);
        assert_eq!(staff(&told(&app, &world.participant, "").await), vec![Value::Null; 6]);
    }

    async fn page_by_page_nothing_is_left_out_or_told_twice(app: TestApp) {
        let world = &app.world;
        lived(&app).await;
        whole_page_by_page(&app, &world.manager).await;
        app.get(&format!("{}?cursor=x", path(&app))).by(&world.manager.again(&app.app)).refused(ProblemCode::Invalid).await;
    }
}
