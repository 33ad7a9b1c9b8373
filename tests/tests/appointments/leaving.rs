//! What becomes of appointments when a host, a participant or only the time of one of them changes hands.

use super::{audited, new_appointment, schedule};
use crate::people::{close_file, reopen_file};
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

/// Who is still to be told what: `id purpose`.
async fn planned(app: &TestApp) -> Vec<(Uuid, String)> {
    let mut tx = app.app.db.read().await.unwrap();
    let query = tx.query(sql!(
        "SELECT recipient_id, purpose FROM reminder WHERE state = 'planned' ORDER BY due_at, purpose"
    ));
    query.all().await.unwrap()
}

fn change(app: &TestApp, person: Uuid, body: Value) -> muwakaba_tests::http::Request {
    app.patch(&format!("/v1/staff/{person}")).by(&app.world.manager).if_match(1).json(body)
}

both_databases! {
    async fn an_account_is_not_closed_over_the_heads_of_those_who_would_come(app: TestApp) {
        let world = &app.world;
        let path = schedule(&app, "2026-12-01T10:00:00").await.header("location").to_owned();
        schedule(&app, "2026-12-02T10:00:00").await;
        let refused = change(&app, world.mentor.id, json!({"active": false})).refused(ProblemCode::StillOpen).await;
        assert_eq!((refused.remaining_count, refused.remaining.len()), (Some(2), 2));
        app.get(&path).by(&world.mentor).expect(200).await;
        for (successor, code) in [(world.mentor.id, "not_allowed"), (world.foreign_mentor.id, "unknown"), (world.observer.id, "unknown")] {
            let body = json!({"active": false, "appointments_to": successor});
            let problem = change(&app, world.mentor.id, body).refused(ProblemCode::Invalid).await;
            assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), ("/appointments_to", code));
        }

        let answer = change(&app, world.mentor.id, json!({"active": false, "appointments_to": world.counsellor.id})).expect(200).await;
        assert_eq!(answer.json()["active"], false);
        let read = app.get(&path).by(&world.participant).expect(200).await;
        assert_eq!((read.version(), &read.json()["host_id"], &read.json()["local_start"]), (2, &json!(world.counsellor.id), &json!("2026-12-01T10:00:00")));
        let planned = planned(&app).await;
        assert!(planned.iter().all(|(to, _)| *to != world.mentor.id), "{planned:?}");
        let of = |person: Uuid, purpose: &str| planned.iter().filter(|(to, why)| *to == person && why == purpose).count();
        assert_eq!(of(world.counsellor.id, "appointment_handed_over"), 2);
        assert_eq!(of(world.counsellor.id, "appointment_unconfirmed"), 2);
        assert_eq!(of(world.participant.id, "appointment_tomorrow"), 2, "what the participant is told stays");
        assert_eq!((audited(&app, "appointment.hand_over").await, audited(&app, "staff.change").await), (2, 1));
    }

    async fn a_successor_accompanies_whom_they_take_over_and_is_told(app: TestApp) {
        let world = &app.world;
        let path = schedule(&app, "2026-12-01T10:00:00").await.header("location").to_owned();
        schedule(&app, "2026-12-02T10:00:00").await;
        app.get(&path).by(&world.other_mentor).expect(404).await;
        let before = audited(&app, "assignment.start").await;
        change(&app, world.mentor.id, json!({"active": false, "appointments_to": world.other_mentor.id})).expect(200).await;
        assert_eq!(app.get(&path).by(&world.other_mentor).expect(200).await.json()["host_id"], json!(world.other_mentor.id));
        assert_eq!(audited(&app, "assignment.start").await - before, 1, "once, for both appointments");
        let told = planned(&app).await.iter().filter(|(to, why)| *to == world.other_mentor.id && why == "appointment_handed_over").count();
        assert_eq!(told, 2);
    }

    async fn a_successor_who_has_no_time_is_told_which_appointments_collide(app: TestApp) {
        let world = &app.world;
        let kept = schedule(&app, "2026-12-01T10:00:00").await.string("/id");
        schedule(&app, "2026-12-02T10:00:00").await;
        let mut other = new_appointment(&app, "2026-12-01T10:30:00");
        other["host_id"] = json!(world.counsellor.id);
        other["participant_id"] = json!(world.other_participant.id);
        app.post("/v1/appointments").by(&world.manager).json(other).expect(201).await;
        let body = json!({"active": false, "appointments_to": world.counsellor.id});
        let refused = change(&app, world.mentor.id, body).refused(ProblemCode::TimeTaken).await;
        assert_eq!(refused.colliding.iter().map(|one| one.id.to_string()).collect::<Vec<_>>(), [kept]);
        assert_eq!(audited(&app, "appointment.hand_over").await, 0);
        app.get("/v1/appointments").by(&world.mentor).expect(200).await;
    }

    async fn a_role_that_receives_nobody_hands_over_and_one_that_does_keeps(app: TestApp) {
        let world = &app.world;
        schedule(&app, "2026-12-01T10:00:00").await;
        let path = format!("/v1/staff/{}", world.mentor.id);
        let by = |version, body: Value| app.patch(&path).by(&world.administrator).if_match(version).json(body);
        by(1, json!({"role": "observer"})).refused(ProblemCode::StillOpen).await;
        let early = by(1, json!({"language": "en", "appointments_to": world.counsellor.id})).refused(ProblemCode::Invalid).await;
        assert_eq!(early.errors[0].pointer, "/appointments_to");
        by(1, json!({"role": "counsellor"})).expect(200).await;
        by(2, json!({"role": "observer", "appointments_to": world.manager.id})).expect(200).await;
        let listed = app.get(&format!("/v1/appointments?host_id={}", world.manager.id)).by(&world.manager).expect(200).await.json();
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    }

    async fn what_is_over_stays_with_whoever_it_was_with(app: TestApp) {
        let world = &app.world;
        let path = schedule(&app, "2026-12-01T10:00:00").await.header("location").to_owned();
        app.post(&format!("{path}/cancel")).by(&world.mentor).if_match(1).json(json!({})).expect(200).await;
        change(&app, world.mentor.id, json!({"active": false})).expect(200).await;
        let read = app.get(&path).by(&world.manager).expect(200).await.json();
        assert_eq!(read["host_id"], json!(world.mentor.id));
    }

    async fn closing_a_file_cancels_what_lies_ahead_and_nobody_is_reminded(app: TestApp) {
        let world = &app.world;
        let path = schedule(&app, "2026-12-01T10:00:00").await.header("location").to_owned();
        let mut body = new_appointment(&app, "");
        body.as_object_mut().unwrap().remove("local_start");
        body["slots"] = json!([{"local_start": "2026-12-03T10:00"}, {"local_start": "2026-12-04T10:00"}]);
        let offered = app.post("/v1/proposals").by(&world.mentor).json(body).expect(201).await.header("location").to_owned();
        close_file(&app, world.participant.id).await;
        for path in [&path, &offered] {
            let read = app.get(path).by(&world.manager).expect(200).await;
            assert_eq!((read.version(), read.string("/state")), (2, "cancelled".to_owned()));
        }
        assert_eq!(planned(&app).await, []);
        assert_eq!(audited(&app, "appointment.cancel").await, 2);
        // The hour is free for somebody else.
        let mut other = new_appointment(&app, "2026-12-01T10:00:00");
        other["participant_id"] = json!(world.other_participant.id);
        app.post("/v1/appointments").by(&world.manager).json(other).expect(201).await;
        // Accompanied again, they have nothing that they did not agree on anew.
        reopen_file(&app, world.participant.id).await;
        assert_eq!(app.get(&path).by(&world.manager).expect(200).await.string("/state"), "cancelled");
    }

    async fn an_appointment_can_go_to_another_host_when_it_is_moved(app: TestApp) {
        let world = &app.world;
        let path = schedule(&app, "2026-12-01T10:00:00").await.header("location").to_owned();
        let to = |host: Uuid| app.post(&format!("{path}/move")).by(&world.mentor).if_match(1)
            .json(json!({"local_start": "2026-12-01T10:00", "host_id": host}));
        let refused = to(world.foreign_mentor.id).refused(ProblemCode::Invalid).await;
        assert_eq!(refused.errors[0].pointer, "/host_id");
        let moved = to(world.counsellor.id).expect(200).await.json();
        assert_eq!((&moved["host_id"], &moved["state"]), (&json!(world.counsellor.id), &json!("scheduled")));
        let planned = planned(&app).await;
        let told = |person: Uuid, purpose: &str| planned.contains(&(person, purpose.to_owned()));
        assert!(told(world.participant.id, "appointment_moved") && told(world.counsellor.id, "appointment_handed_over"), "{planned:?}");
        assert!(planned.iter().all(|(to, _)| *to != world.mentor.id));
        // The mentor's hour is free again.
        schedule(&app, "2026-12-01T12:00:00").await;
    }
}
