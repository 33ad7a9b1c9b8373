//! What happens in people's lives: a pause, the end of a file, another centre; and what the timeline tells.

use super::{FIRST, command, days, new_plan, opening, path_of, seen, start, template, usual, weeks};
use crate::{people, work_items::causes};
use chrono::{NaiveDate, TimeDelta};
use contract::time::Instant;
use muwakaba::background::reconciler;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

async fn pause(app: &TestApp) {
    people::command(app, app.world.participant.id, "pause", json!({"reason": "illness"})).expect(200).await;
}

async fn resume(app: &TestApp) {
    let path = format!("/v1/participants/{}/resume", app.world.participant.id);
    let resume = app.post(&path).by(&app.world.manager.again(&app.app)).header("if-match", "*");
    resume.expect(200).await;
    reconciler::run(&app.app).await.unwrap();
}

fn weekly(first: &str, count: i64) -> Vec<String> {
    let first: NaiveDate = first.parse().unwrap();
    (0..count).map(|week| (first + TimeDelta::days(7 * week)).to_string()).collect()
}

both_databases! {
    async fn a_pause_moves_all_that_lies_behind_and_doubles_nothing(app: TestApp) {
        let world = &app.world;
        let path = usual(&app).await;
        app.clock.set(at("2026-11-30T12:00:00Z"));
        reconciler::run(&app.app).await.unwrap();
        pause(&app).await;
        let resting = seen(&app, &world.participant, &path).await;
        assert_eq!((&resting["state"], &resting["paused_on"]), (&json!("paused"), &json!("2026-11-30")));
        command(&app, &world.mentor, &path, "preview", 1).json(json!({})).refused(contract::ProblemCode::CommandRefused).await;
        // Nothing is planned while it rests, however long.
        app.clock.set(at("2026-12-10T12:00:00Z"));
        reconciler::run(&app.app).await.unwrap();
        let planned = opening(&app).await.len();
        resume(&app).await;
        let plan = seen(&app, &world.mentor, &path).await;
        assert_eq!(plan["staff"]["pauses"], json!([{"from": "2026-11-30", "days": 10}]));
        // Eight weeks of the first phase, ten days later each; the second begins ten days later as well.
        assert_eq!(opening(&app).await, weekly("2026-12-11", 8));
        assert_eq!(days(&plan), opening(&app).await);
        assert!(opening(&app).await.len() >= planned);
        assert_eq!(plan["phases"][1]["starts_on"], json!("2027-02-05"));
        assert_eq!(plan["check_ins"][0]["original_on"], json!(FIRST));
        assert_eq!(weeks(&plan), ["2026-12-07", "2027-01-11"]);
        // From then on as ever, and a second pause as the first.
        app.clock.set(at("2026-12-12T12:00:00Z"));
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(opening(&app).await.last().map(String::as_str), Some("2027-02-05"));
        pause(&app).await;
        app.clock.set(at("2026-12-15T12:00:00Z"));
        resume(&app).await;
        let all = opening(&app).await;
        // The first was open when it began.
        assert_eq!(all[1], "2026-12-21");
        let ahead = days(&seen(&app, &world.mentor, &path).await);
        assert_eq!(ahead, all[all.len() - ahead.len()..]);
        let mut once = all.clone();
        once.dedup();
        assert_eq!(once, all);
    }

    async fn what_is_looked_at_days_later_moves_by_the_pause_alone(app: TestApp) {
        let world = &app.world;
        let path = usual(&app).await;
        app.clock.set(at("2026-11-30T12:00:00Z"));
        pause(&app).await;
        app.clock.set(at("2026-12-10T12:00:00Z"));
        let resume = app.post(&format!("/v1/participants/{}/resume", world.participant.id));
        resume.by(&world.manager.again(&app.app)).header("if-match", "*").expect(200).await;
        // No node ran for three days.
        app.clock.set(at("2026-12-13T12:00:00Z"));
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(opening(&app).await[..8], weekly("2026-12-11", 8));
        let plan = seen(&app, &world.mentor, &path).await;
        assert_eq!(plan["staff"]["pauses"], json!([{"from": "2026-11-30", "days": 10}]));
        assert_eq!(plan["check_ins"][0]["on"], json!("2026-12-18"));
    }

    async fn a_phase_that_begins_on_a_day_of_its_own_moves_with_the_pause(app: TestApp) {
        let world = &app.world;
        let template = template(&app).await;
        let mut body = new_plan(&app, &template);
        body["phases"] = json!([{"phase_id": "second", "starts_on": "2026-12-15"}]);
        let path = path_of(&start(&app, &world.mentor, body).await);
        app.clock.set(at("2026-12-10T12:00:00Z"));
        reconciler::run(&app.app).await.unwrap();
        pause(&app).await;
        app.clock.set(at("2026-12-20T12:00:00Z"));
        resume(&app).await;
        let plan = seen(&app, &world.mentor, &path).await;
        assert_eq!((&plan["phases"][1]["starts_on"], &plan["staff"]["adjustments"][0]["starts_on"]), (&json!("2026-12-25"), &json!("2026-12-25")));
        assert_eq!(days(&plan)[0], "2026-12-25");
        // Nothing is otherwise than it was: so nothing is to be done.
        let shown = command(&app, &world.mentor, &path, "preview", 1).json(json!({})).expect(200).await.json();
        assert_eq!((&shown["added"], &shown["cancelled"], &shown["moved"]), (&json!([]), &json!([]), &json!([])));
        let versions = seen(&app, &world.mentor, &format!("{path}/versions")).await;
        assert_eq!(versions["items"][0]["adjustments"][0]["starts_on"], json!("2026-12-25"));
    }

    async fn what_is_ended_while_it_rests_does_not_come_back(app: TestApp) {
        let path = usual(&app).await;
        app.clock.set(at("2026-11-30T12:00:00Z"));
        pause(&app).await;
        app.clock.set(at("2026-12-10T12:00:00Z"));
        command(&app, &app.world.manager, &path, "end", 1).json(json!({"reason": "asked_for"})).expect(200).await;
        assert!(opening(&app).await.is_empty());
        resume(&app).await;
        assert!(opening(&app).await.is_empty());
        assert_eq!(seen(&app, &app.world.manager, &path).await["state"], json!("ended"));
    }

    async fn a_pause_within_a_day_moves_nothing(app: TestApp) {
        let path = usual(&app).await;
        let before = opening(&app).await;
        pause(&app).await;
        resume(&app).await;
        assert_eq!(opening(&app).await, before);
        assert_eq!(seen(&app, &app.world.mentor, &path).await["state"], json!("running"));
    }

    async fn a_closed_file_ends_it_for_good(app: TestApp) {
        let world = &app.world;
        let path = usual(&app).await;
        people::close_file(&app, world.participant.id).await;
        let ended = seen(&app, &world.manager, &path).await;
        assert_eq!((&ended["state"], &ended["end"]["reason"]), (&json!("ended"), &json!("file_closed")));
        assert_eq!((days(&ended).len(), weeks(&ended).len(), opening(&app).await.len()), (0, 0, 0));
        assert!(causes(&app, &world.manager).await.is_empty());
        let template = template(&app).await;
        let again = || app.post("/v1/plans").by(&world.manager.again(&app.app)).json(new_plan(&app, &template));
        again().refused(contract::ProblemCode::NotFound).await;
        people::reopen_file(&app, world.participant.id).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(seen(&app, &world.manager, &path).await["state"], json!("ended"));
        assert!(opening(&app).await.is_empty());
        again().expect(201).await;
    }

    async fn no_plan_is_started_while_the_file_rests(app: TestApp) {
        let template = template(&app).await;
        pause(&app).await;
        let start = app.post("/v1/plans").by(&app.world.manager.again(&app.app)).json(new_plan(&app, &template));
        start.refused(contract::ProblemCode::CommandRefused).await;
    }

    async fn it_goes_along_to_another_centre(app: TestApp) {
        let world = &app.world;
        let path = usual(&app).await;
        let before = opening(&app).await;
        crate::hand_overs::moved(&app, world.participant.id).await;
        reconciler::run(&app.app).await.unwrap();
        let moved = seen(&app, &world.other_manager, &path).await;
        assert_eq!((days(&moved), &moved["state"]), (before, &json!("running")));
        app.get(&path).by(&world.manager.again(&app.app)).refused(contract::ProblemCode::NotFound).await;
        // It follows the former centre's template, which nobody there changes any more, and goes on.
        app.clock.set(at("2026-11-24T00:00:00Z"));
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(days(&seen(&app, &world.other_manager, &path).await).len(), 8);
    }

    async fn the_timeline_tells_when_it_began_changed_and_ended(app: TestApp) {
        let world = &app.world;
        let template = template(&app).await;
        let started = start(&app, &world.mentor, new_plan(&app, &template)).await;
        let path = path_of(&started);
        app.clock.set(at("2026-11-23T11:00:00Z"));
        let proposal = json!({"phases": [{"phase_id": "first", "recurrence": "FREQ=DAILY"}]});
        let mut body = proposal.clone();
        let shown = command(&app, &world.mentor, &path, "preview", 1).json(proposal).expect(200).await.json();
        body["fingerprint"] = shown["fingerprint"].clone();
        command(&app, &world.mentor, &path, "change", 1).json(body).expect(200).await;
        app.clock.set(at("2026-11-23T12:00:00Z"));
        command(&app, &world.mentor, &path, "end", 2).json(json!({"reason": "asked_for"})).expect(200).await;
        let timeline = format!("/v1/participants/{}/timeline?limit=200", world.participant.id);
        for (person, knows_who) in [(&world.participant, false), (&world.manager, true)] {
            let told = seen(&app, person, &timeline).await;
            let moments: Vec<&Value> = told["items"].as_array().unwrap().iter().filter(|one| one["kind"] == json!("plan")).collect();
            let events: Vec<&Value> = moments.iter().map(|one| &one["event"]).collect();
            assert_eq!(events, [&json!("ended"), &json!("changed"), &json!("started")]);
            assert!(moments.iter().all(|one| one.get("staff_id").is_some() == knows_who), "{moments:?}");
        }
    }
}
