//! Changing a plan: what is shown is what is done, and only ahead of today.

use super::{command, days, opening, seen, starting::TUESDAYS, template, usual, weeks};
use crate::{appointments::audited, check_ins::answers, plan_templates};
use contract::{ProblemCode, time::Instant};
use muwakaba::background::reconciler;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// On Thursdays instead.
fn on_thursdays() -> Value {
    json!({"phases": [{"phase_id": "first", "recurrence": "FREQ=WEEKLY;BYDAY=TH"}]})
}

async fn preview(app: &TestApp, path: &str, version: i64, proposal: &Value) -> Value {
    command(app, &app.world.mentor, path, "preview", version).json(proposal.clone()).expect(200).await.json()
}

fn with(proposal: &Value, preview: &Value) -> Value {
    let mut body = proposal.clone();
    body["fingerprint"] = preview["fingerprint"].clone();
    body
}

fn on(steps: &Value) -> Vec<&str> {
    steps.as_array().unwrap().iter().map(|step| step["on"].as_str().unwrap()).collect()
}

/// The Thursdays of eight weeks from the day on which a test begins.
const THURSDAYS: [&str; 7] =
    ["2026-12-03", "2026-12-10", "2026-12-17", "2026-12-24", "2026-12-31", "2027-01-07", "2027-01-14"];

both_databases! {
    async fn what_was_shown_is_done(app: TestApp) {
        let world = &app.world;
        let path = usual(&app).await;
        let shown = preview(&app, &path, 1, &on_thursdays()).await;
        assert_eq!((on(&shown["added"]), on(&shown["cancelled"])), (THURSDAYS.to_vec(), TUESDAYS.to_vec()));
        assert_eq!((on(&shown["kept"]), &shown["effective_on"]), (vec!["2026-11-30", "2026-12-28"], &json!("2026-11-24")));
        // Looking changes nothing, however often.
        assert_eq!(preview(&app, &path, 1, &on_thursdays()).await, shown);
        assert_eq!(opening(&app).await, TUESDAYS);
        let changed = command(&app, &world.mentor, &path, "change", 1).json(with(&on_thursdays(), &shown)).expect(200).await.json();
        assert_eq!((&changed["number"], &changed["version"]), (&json!(2), &json!(2)));
        assert_eq!((days(&changed), weeks(&changed)), (THURSDAYS.map(str::to_owned).to_vec(), vec!["2026-11-30".to_owned(), "2026-12-28".to_owned()]));
        assert_eq!(opening(&app).await, THURSDAYS);
        let versions = seen(&app, &world.counsellor, &format!("{path}/versions")).await;
        let numbers: Vec<(&Value, &Value)> = versions["items"].as_array().unwrap().iter().map(|one| (&one["number"], &one["effective_on"])).collect();
        assert_eq!(numbers, [(&json!(2), &json!("2026-11-24")), (&json!(1), &json!("2026-12-01"))]);
        assert_eq!(versions["items"][0]["adjustments"], on_thursdays()["phases"]);
        assert_eq!((audited(&app, "plan.change").await, audited(&app, "check_in.cancel").await), (1, 7));
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(opening(&app).await, THURSDAYS);
    }

    async fn another_outcome_than_was_shown_is_refused(app: TestApp) {
        let world = &app.world;
        let path = usual(&app).await;
        let shown = preview(&app, &path, 1, &on_thursdays()).await;
        let change = |version, body: Value| command(&app, &world.mentor, &path, "change", version).json(body);
        let mut forged = with(&on_thursdays(), &shown);
        forged["fingerprint"] = json!("other");
        change(1, forged).refused(ProblemCode::CommandRefused).await;
        // Something else than was shown, under the same fingerprint.
        let daily = json!({"phases": [{"phase_id": "first", "recurrence": "FREQ=DAILY"}]});
        change(1, with(&daily, &shown)).refused(ProblemCode::CommandRefused).await;
        // Somebody called one of them off meanwhile.
        let plan = seen(&app, &world.mentor, &path).await;
        let check_in = format!("/v1/check-ins/{}", plan["check_ins"][1]["check_in_id"].as_str().unwrap());
        command(&app, &world.mentor, &check_in, "cancel", 1).json(json!({"reason": "asked_for"})).expect(200).await;
        change(1, with(&on_thursdays(), &shown)).refused(ProblemCode::CommandRefused).await;
        let shown = preview(&app, &path, 1, &on_thursdays()).await;
        assert_eq!(on(&shown["cancelled"]).len(), 6);
        change(1, with(&on_thursdays(), &shown)).expect(200).await;
        // Whoever had seen the former plan is told.
        change(1, with(&on_thursdays(), &shown)).refused(ProblemCode::Changed).await;
        command(&app, &world.mentor, &path, "preview", 1).json(on_thursdays()).refused(ProblemCode::Changed).await;
    }

    async fn what_was_shown_yesterday_is_shown_again(app: TestApp) {
        let world = &app.world;
        let path = usual(&app).await;
        app.clock.set(at("2026-11-23T23:55:00Z"));
        let shown = preview(&app, &path, 1, &on_thursdays()).await;
        assert_eq!(shown["effective_on"], json!("2026-11-24"));
        app.clock.set(at("2026-11-24T00:05:00Z"));
        let change = |body: Value| command(&app, &world.mentor, &path, "change", 1).json(body);
        change(with(&on_thursdays(), &shown)).refused(ProblemCode::CommandRefused).await;
        let again = preview(&app, &path, 1, &on_thursdays()).await;
        assert_eq!((&again["effective_on"], &again["cancelled"]), (&json!("2026-11-25"), &shown["cancelled"]));
        change(with(&on_thursdays(), &again)).expect(200).await;
    }

    async fn what_was_opened_or_answered_stays(app: TestApp) {
        let world = &app.world;
        let path = usual(&app).await;
        let plan = seen(&app, &world.mentor, &path).await;
        let id = |index: usize| plan["check_ins"][index]["check_in_id"].as_str().unwrap().to_owned();
        app.clock.set(at("2026-12-01T10:00:00Z"));
        reconciler::run(&app.app).await.unwrap();
        command(&app, &world.participant, &format!("/v1/check-ins/{}", id(0)), "submit", 1).json(answers("good")).expect(200).await;
        app.clock.set(at("2026-12-08T10:00:00Z"));
        reconciler::run(&app.app).await.unwrap();
        let shown = preview(&app, &path, 1, &on_thursdays()).await;
        assert!(on(&shown["cancelled"]).iter().all(|day| *day > "2026-12-08"));
        command(&app, &world.mentor, &path, "change", 1).json(with(&on_thursdays(), &shown)).expect(200).await;
        let state = async |id: String| seen(&app, &world.mentor, &format!("/v1/check-ins/{id}")).await["state"].clone();
        assert_eq!((state(id(0)).await, state(id(1)).await, state(id(2)).await), (json!("submitted"), json!("open"), json!("cancelled")));
        let open = opening(&app).await;
        assert_eq!(open[..3], ["2026-12-01", "2026-12-08", "2026-12-10"]);
    }

    async fn a_phase_begins_earlier_and_another_template_is_followed(app: TestApp) {
        let world = &app.world;
        let path = usual(&app).await;
        let earlier = json!({"phases": [{"phase_id": "second", "starts_on": "2026-12-15"}]});
        let shown = preview(&app, &path, 1, &earlier).await;
        assert_eq!(on(&shown["cancelled"]), ["2026-12-22", "2027-01-05"]);
        assert!(shown["added"].as_array().unwrap().is_empty());
        command(&app, &world.manager, &path, "change", 1).json(with(&earlier, &shown)).expect(200).await;
        let other = plan_templates::make(&app, &world.manager, &json!({
            "name": plan_templates::content()["name"], "phases": [plan_templates::phase("only", 6, "weeks", "FREQ=WEEKLY;BYDAY=MO")],
        })).await.string("/id");
        let proposal = json!({"plan_template_id": other});
        let shown = preview(&app, &path, 2, &proposal).await;
        // The conversations of the former are not needed any more.
        let kinds: Vec<&Value> = shown["cancelled"].as_array().unwrap().iter().filter(|step| step["kind"] == json!("session")).collect();
        assert_eq!(kinds.len(), 2);
        let changed = command(&app, &world.manager, &path, "change", 2).json(with(&proposal, &shown)).expect(200).await.json();
        assert_eq!(days(&changed)[..2], ["2026-12-07", "2026-12-14"]);
        assert!(weeks(&changed).is_empty());
        assert!(crate::work_items::causes(&app, &world.mentor).await.is_empty());
    }

    async fn what_cannot_be_changed_names_its_field(app: TestApp) {
        let world = &app.world;
        let path = usual(&app).await;
        let retired = template(&app).await;
        app.post(&format!("/v1/plan-templates/{retired}/retire")).by(&world.manager.again(&app.app)).if_match(1).expect(200).await;
        for (proposal, fault) in [
            (json!({"plan_template_id": retired}), "/plan_template_id retired"),
            (json!({"template_number": 1}), "/template_number not_allowed"),
            (json!({"phases": [{"phase_id": "first", "starts_on": "2026-12-02"}]}), "/phases/0/starts_on not_allowed"),
            (json!({"phases": [{"phase_id": "second", "starts_on": "2026-11-30"}]}), "/phases/0/starts_on order"),
        ] {
            let problem = command(&app, &world.mentor, &path, "preview", 1).json(proposal).refused(ProblemCode::Invalid).await;
            assert_eq!(format!("{} {}", problem.errors[0].pointer, problem.errors[0].code), fault);
        }
        command(&app, &world.mentor, &path, "end", 1).json(json!({"reason": "file_closed"})).refused(ProblemCode::Invalid).await;
        command(&app, &world.mentor, &path, "end", 1).json(json!({"reason": "completed"})).expect(200).await;
        command(&app, &world.mentor, &path, "preview", 2).json(json!({})).refused(ProblemCode::CommandRefused).await;
        command(&app, &world.mentor, &path, "end", 2).json(json!({"reason": "completed"})).refused(ProblemCode::CommandRefused).await;
        command(&app, &world.participant, &path, "end", 2).json(json!({"reason": "completed"})).refused(ProblemCode::NotForThisRole).await;
    }
}
