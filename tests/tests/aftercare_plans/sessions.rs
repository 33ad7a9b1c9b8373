//! Conversations that are to be arranged: nothing is put into anybody's calendar, and whoever is in charge is asked in time.

use super::{command, seen, usual};
use crate::{
    appointments::{new_appointment, schedule},
    work_items::causes,
};
use contract::{AppointmentId, ProblemCode, time::Instant};
use db::sql;
use muwakaba::background::reconciler;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

async fn paths(app: &TestApp) -> (String, Vec<String>) {
    let path = usual(app).await;
    let plan = seen(app, &app.world.mentor, &path).await;
    let sessions = plan["sessions"].as_array().unwrap();
    let ids = sessions.iter().map(|one| format!("/v1/plan-sessions/{}", one["id"].as_str().unwrap()));
    (path, ids.collect())
}

async fn open(app: &TestApp) -> usize {
    reconciler::run(&app.app).await.unwrap();
    causes(app, &app.world.mentor).await.iter().filter(|cause| *cause == "session_to_arrange").count()
}

fn to(id: &str) -> Value {
    json!({"appointment_id": id})
}

both_databases! {
    async fn whoever_is_in_charge_is_asked_a_week_before(app: TestApp) {
        paths(&app).await;
        assert_eq!(open(&app).await, 1);
        app.clock.set(at("2026-12-20T23:59:59Z"));
        assert_eq!(open(&app).await, 1);
        app.clock.set(at("2026-12-21T00:00:00Z"));
        assert_eq!(open(&app).await, 2);
        // Once for each, however often it is looked at.
        app.clock.set(at("2026-12-22T00:00:00Z"));
        assert_eq!(open(&app).await, 2);
    }

    async fn an_appointment_arranges_it_and_its_fall_undoes_that(app: TestApp) {
        let world = &app.world;
        let (plan, sessions) = paths(&app).await;
        let first = &sessions[0];
        let appointment = schedule(&app, "2026-12-02T10:00:00").await.string("/id");
        command(&app, &world.mentor, first, "link", 2).json(to(&appointment)).refused(ProblemCode::Changed).await;
        let linked = command(&app, &world.mentor, first, "link", 1).json(to(&appointment)).expect(200).await.json();
        assert_eq!((&linked["state"], &linked["possible_commands"], &linked["version"]), (&json!("arranged"), &json!([]), &json!(2)));
        assert_eq!(open(&app).await, 0);
        assert_eq!(seen(&app, &world.participant, &plan).await["sessions"][0]["appointment_id"], json!(appointment));
        // It is nobody else's.
        let problem = command(&app, &world.mentor, &sessions[1], "link", 1).json(to(&appointment)).refused(ProblemCode::Invalid).await;
        assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), ("/appointment_id", "taken"));
        let path = format!("/v1/appointments/{appointment}");
        app.post(&format!("{path}/cancel")).by(&world.mentor.again(&app.app)).header("if-match", "*").json(json!({})).expect(200).await;
        assert_eq!(seen(&app, &world.mentor, first).await["state"], json!("to_arrange"));
        assert_eq!(open(&app).await, 1);
        let other = schedule(&app, "2026-12-03T10:00:00").await.string("/id");
        command(&app, &world.mentor, first, "link", 2).json(to(&other)).expect(200).await;
        assert_eq!(open(&app).await, 0);
    }

    async fn what_falls_after_the_plan_ended_is_arranged_by_nobody(app: TestApp) {
        let world = &app.world;
        let (plan, sessions) = paths(&app).await;
        let first = &sessions[0];
        let appointment = schedule(&app, "2026-12-02T10:00:00").await.string("/id");
        command(&app, &world.mentor, first, "link", 1).json(to(&appointment)).expect(200).await;
        command(&app, &world.mentor, &plan, "end", 1).json(json!({"reason": "completed"})).expect(200).await;
        assert_eq!(seen(&app, &world.mentor, first).await["state"], json!("arranged"));
        let path = format!("/v1/appointments/{appointment}/cancel");
        app.post(&path).by(&world.mentor.again(&app.app)).header("if-match", "*").json(json!({})).expect(200).await;
        assert_eq!(open(&app).await, 0);
        let fallen = seen(&app, &world.mentor, first).await;
        assert_eq!((&fallen["state"], &fallen["possible_commands"]), (&json!("dropped"), &json!([])));
        let other = schedule(&app, "2026-12-03T10:00:00").await.string("/id");
        command(&app, &world.mentor, first, "link", 2).json(to(&other)).refused(ProblemCode::CommandRefused).await;
    }

    async fn what_does_not_fit_is_refused_by_its_field(app: TestApp) {
        let world = &app.world;
        let (_, sessions) = paths(&app).await;
        let mut body = new_appointment(&app, "2026-12-02T10:00:00");
        body["kind"] = json!("administrative");
        let other_kind = app.post("/v1/appointments").by(&world.mentor.again(&app.app)).json(body).expect(201).await.string("/id");
        let mut body = new_appointment(&app, "2026-12-02T12:00:00");
        body["participant_id"] = json!(world.other_participant.id);
        body["host_id"] = json!(world.other_mentor.id);
        let anothers = app.post("/v1/appointments").by(&world.manager.again(&app.app)).json(body).expect(201).await.string("/id");
        let fallen = schedule(&app, "2026-12-04T10:00:00").await.string("/id");
        app.post(&format!("/v1/appointments/{fallen}/cancel")).by(&world.mentor.again(&app.app)).header("if-match", "*").json(json!({})).expect(200).await;
        for (id, code) in [(other_kind, "wrong_kind"), (anothers, "unknown"), (fallen, "over")] {
            let problem = command(&app, &world.mentor, &sessions[0], "link", 1).json(to(&id)).refused(ProblemCode::Invalid).await;
            assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), ("/appointment_id", code));
        }
        for person in [&world.other_mentor, &world.foreign_mentor, &world.other_manager] {
            app.get(&sessions[0]).by(&person.again(&app.app)).refused(ProblemCode::NotFound).await;
        }
    }

    async fn an_outcome_that_was_left_behind_lets_nothing_fall(app: TestApp) {
        let world = &app.world;
        let (_, sessions) = paths(&app).await;
        let appointment = schedule(&app, "2026-12-02T10:00:00").await.string("/id");
        command(&app, &world.mentor, &sessions[0], "link", 1).json(to(&appointment)).expect(200).await;
        let id: AppointmentId = appointment.parse().unwrap();
        // A node of the former version corrected it to an absence that is accepted; then it is said again here.
        for (behind, state) in [(1_i64, "arranged"), (0, "to_arrange")] {
            let mut tx = app.app.db.write().await.unwrap();
            tx.query(sql!(
                "UPDATE appointment SET state = 'excused', outcome = 'did_not_take_place', outcome_version = version - $1 WHERE id = $2"
            ))
            .bind(behind).bind(id).execute().await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(seen(&app, &world.mentor, &sessions[0]).await["state"], json!(state));
        }
    }

    async fn one_that_is_not_needed_needs_nobody(app: TestApp) {
        let world = &app.world;
        let (_, sessions) = paths(&app).await;
        let cancelled = command(&app, &world.counsellor, &sessions[0], "cancel", 1).expect(200).await.json();
        assert_eq!((&cancelled["state"], &cancelled["possible_commands"]), (&json!("cancelled"), &json!(["link"])));
        assert_eq!(open(&app).await, 0);
        command(&app, &world.mentor, &sessions[0], "cancel", 2).refused(ProblemCode::CommandRefused).await;
        // It stays so whatever is planned besides.
        app.clock.set(at("2026-12-01T10:00:00Z"));
        assert_eq!(open(&app).await, 0);
        assert_eq!(seen(&app, &world.mentor, &sessions[0]).await["state"], json!("cancelled"));
        let appointment = schedule(&app, "2026-12-02T10:00:00").await.string("/id");
        command(&app, &world.mentor, &sessions[0], "link", 2).json(to(&appointment)).expect(200).await;
    }
}
