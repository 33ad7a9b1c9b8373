//! Starting a plan: what is planned, who reads what of it, and what is refused.

use super::{FIRST, command, days, new_plan, opening, path_of, seen, start, template, usual, weeks};
use crate::{appointments::audited, plan_templates, work_items::causes};
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::both_databases;
use serde_json::{Value, json};

/// The Tuesdays of eight weeks from the day on which a test begins.
pub const TUESDAYS: [&str; 7] =
    ["2026-12-01", "2026-12-08", "2026-12-15", "2026-12-22", "2026-12-29", "2027-01-05", "2027-01-12"];

fn over(mut body: Value, fields: &Value) -> Value {
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    body
}

both_databases! {
    async fn eight_weeks_are_planned_as_if_somebody_had(app: TestApp) {
        let world = &app.world;
        let template = template(&app).await;
        let plan = start(&app, &world.mentor, new_plan(&app, &template)).await;
        assert_eq!(plan.version(), 1);
        let plan = plan.json();
        assert_eq!((&plan["state"], &plan["number"]), (&json!("running"), &json!(1)));
        assert_eq!(days(&plan), TUESDAYS);
        assert_eq!(opening(&app).await, TUESDAYS);
        assert_eq!(weeks(&plan), ["2026-11-30", "2026-12-28"]);
        let phases: Vec<&Value> = plan["phases"].as_array().unwrap().iter().map(|phase| &phase["starts_on"]).collect();
        assert_eq!(phases, [&json!("2026-12-01"), &json!("2027-01-26"), &json!("2027-05-26")]);
        assert_eq!((audited(&app, "plan.start").await, audited(&app, "check_in.plan").await), (1, 7));
        // They are reminded of like all others.
        let mut tx = app.app.db.read().await.unwrap();
        let reminders: i64 = tx
            .query(sql!("SELECT count(*) FROM reminder WHERE subject_kind = 'check_in' AND purpose = 'check_in_open' AND state = 'planned'"))
            .scalar().await.unwrap();
        drop(tx);
        assert_eq!(reminders, 7);
        // The first conversation is to be arranged within the week before; the other later.
        assert_eq!(causes(&app, &world.mentor).await, ["session_to_arrange"]);
    }

    async fn each_reads_what_is_theirs_to_know(app: TestApp) {
        let world = &app.world;
        let path = usual(&app).await;
        for person in [&world.mentor, &world.counsellor, &world.manager] {
            let read = seen(&app, person, &path).await;
            assert_eq!((&read["name"]["text"], &read["staff"]["readiness"]), (&json!("Votre accompagnement"), &json!(["national_card", "rehabilitation"])));
            // Not even staff's phones say which kind a conversation is.
            assert!(!read.to_string().contains("counselling") && !read.to_string().contains("talks"));
            let listed = seen(&app, person, &format!("/v1/participants/{}/plans", world.participant.id)).await;
            assert_eq!(listed["items"], json!([read]));
            let session = format!("/v1/plan-sessions/{}", read["sessions"][0]["id"].as_str().unwrap());
            let session = seen(&app, person, &session).await;
            assert_eq!((&session["kind"], &session["state"]), (&json!("social_counselling"), &json!("to_arrange")));
        }
        let own = seen(&app, &world.participant, &path).await;
        assert_eq!(own["name"], json!({"text": "مواكبتكم", "language": "ar"}));
        assert_eq!((own.get("staff"), days(&own).len()), (None, 7));
        for word in ["counselling", "talks", "rehabilitation", "template"] {
            assert!(!own.to_string().contains(word), "{word}");
        }
        let session = format!("/v1/plan-sessions/{}", own["sessions"][0]["id"].as_str().unwrap());
        for path in [&session, &format!("{path}/versions")] {
            app.get(path).by(&world.participant.again(&app.app)).refused(ProblemCode::NotForThisRole).await;
        }
        for person in [&world.other_mentor, &world.other_manager, &world.foreign_mentor, &world.other_participant] {
            app.get(&path).by(&person.again(&app.app)).refused(ProblemCode::NotFound).await;
        }
        for person in [&world.administrator, &world.observer] {
            app.get(&path).by(&person.again(&app.app)).refused(ProblemCode::NotForThisRole).await;
        }
    }

    async fn nobody_waits_for_what_they_may_not_see(app: TestApp) {
        let world = &app.world;
        let path = usual(&app).await;
        let template = template(&app).await;
        let foreign = plan_templates::make(&app, &world.other_manager, &plan_templates::content()).await.string("/id");
        let manager = || world.other_manager.again(&app.app);
        app.statements.take();
        command(&app, &world.other_manager, &path, "end", 1).json(json!({"reason": "completed"})).refused(ProblemCode::NotFound).await;
        app.post("/v1/plans").by(&manager()).json(new_plan(&app, &foreign)).refused(ProblemCode::NotFound).await;
        app.post(&format!("/v1/plan-templates/{template}/retire")).by(&manager()).if_match(1).refused(ProblemCode::NotFound).await;
        let held = ["FROM plan WHERE id = $1", "SELECT id FROM participant WHERE id = $1", "FROM plan_template WHERE id = $1"];
        for statement in app.statements.take() {
            assert!(!held.iter().any(|held| statement.contains(held)), "{statement}");
        }
    }

    async fn one_runs_at_a_time(app: TestApp) {
        let world = &app.world;
        let path = usual(&app).await;
        let other = template(&app).await;
        let again = || app.post("/v1/plans").by(&world.manager.again(&app.app)).json(new_plan(&app, &other));
        again().refused(ProblemCode::CommandRefused).await;
        command(&app, &world.mentor, &path, "end", 1).json(json!({"reason": "replaced"})).expect(200).await;
        assert!(opening(&app).await.is_empty());
        assert!(causes(&app, &world.mentor).await.is_empty());
        again().expect(201).await;
        assert_eq!(opening(&app).await, TUESDAYS);
    }

    async fn what_would_have_been_before_today_is_not_planned(app: TestApp) {
        let template = template(&app).await;
        // Somebody was released three weeks ago; today is a Monday.
        let body = over(new_plan(&app, &template), &json!({"starts_on": "2026-11-03"}));
        let plan = start(&app, &app.world.manager, body).await.json();
        assert_eq!(days(&plan)[..2], ["2026-11-24", "2026-12-01"]);
        assert_eq!(plan["phases"][1]["starts_on"], json!("2026-12-29"));
        assert!(days(&plan).iter().all(|day| day.as_str() <= "2027-01-18"));
    }

    async fn what_cannot_be_started_names_its_field(app: TestApp) {
        let world = &app.world;
        let (own, retired) = (template(&app).await, template(&app).await);
        let foreign = plan_templates::make(&app, &world.other_manager, &plan_templates::content()).await.string("/id");
        app.post(&format!("/v1/plan-templates/{retired}/retire")).by(&world.manager.again(&app.app)).if_match(1).expect(200).await;
        let phases = |phase: Value| json!({"phases": [phase]});
        for (body, fault) in [
            (new_plan(&app, &foreign), "/plan_template_id unknown"),
            (new_plan(&app, &retired), "/plan_template_id retired"),
            (over(new_plan(&app, &own), &json!({"template_number": 2})), "/template_number unknown"),
            (over(new_plan(&app, &own), &json!({"starts_on": "2024-01-01"})), "/starts_on past"),
            (over(new_plan(&app, &own), &json!({"starts_on": "2027-12-01"})), "/starts_on too_far"),
            (over(new_plan(&app, &own), &phases(json!({"phase_id": "ninth"}))), "/phases/0/phase_id unknown"),
            (over(new_plan(&app, &own), &phases(json!({"phase_id": "third", "starts_on": FIRST}))), "/phases/0/starts_on order"),
            (over(new_plan(&app, &own), &phases(json!({"phase_id": "first", "recurrence": "FREQ=DAILY;UNTIL=20261130"}))), "/phases/0/recurrence until"),
        ] {
            let problem = app.post("/v1/plans").by(&world.mentor.again(&app.app)).json(body).refused(ProblemCode::Invalid).await;
            assert_eq!(format!("{} {}", problem.errors[0].pointer, problem.errors[0].code), fault);
        }
        let wrong = over(new_plan(&app, &own), &phases(json!({"phase_id": "first", "recurrence": "FREQ=DAILY;INTERVAL=0"})));
        let problem = app.post("/v1/plans").by(&world.mentor.again(&app.app)).json(wrong).refused(ProblemCode::Invalid).await;
        assert_eq!(problem.errors[0].pointer, "/phases/0/recurrence");
        let other = over(new_plan(&app, &own), &json!({"participant_id": world.other_participant.id}));
        app.post("/v1/plans").by(&world.mentor.again(&app.app)).json(other).refused(ProblemCode::NotFound).await;
        app.post("/v1/plans").by(&world.participant).json(new_plan(&app, &own)).refused(ProblemCode::NotForThisRole).await;
        assert!(opening(&app).await.is_empty());
    }

    async fn a_template_that_is_published_anew_changes_no_plan(app: TestApp) {
        let world = &app.world;
        let template = template(&app).await;
        let path = path_of(&start(&app, &world.mentor, new_plan(&app, &template)).await);
        let before = seen(&app, &world.mentor, &path).await;
        let mut other = plan_templates::content();
        other["phases"][0]["check_ins"]["recurrence"] = json!("FREQ=DAILY");
        let publish = app.post(&format!("/v1/plan-templates/{template}/versions")).by(&world.manager.again(&app.app));
        publish.if_match(1).json(json!({"content": other})).expect(200).await;
        muwakaba::background::reconciler::run(&app.app).await.unwrap();
        assert_eq!(seen(&app, &world.mentor, &path).await, before);
    }
}
