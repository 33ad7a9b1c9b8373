//! What can be done with an appointment, and by whom.

use super::{new_appointment, schedule};
use contract::{ProblemCode, SubjectKind};
use db::sql;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::json;

both_databases! {
    async fn a_participant_confirms_and_the_mentor_sees_it(app: TestApp) {
        let made = schedule(&app, "2026-12-01T10:00:00").await;
        let path = made.header("location").to_owned();
        assert_eq!(made.json()["state"], "scheduled");
        let seen = app.get(&path).by(&app.world.participant).expect(200).await;
        assert_eq!(seen.json()["possible_commands"], json!(["confirm", "decline", "ask_to_move"]));
        assert_eq!(seen.json()["guidance"], "Bring the form");

        let confirm = || app.post(&format!("{path}/confirm")).by(&app.world.participant).if_match(seen.version());
        let confirmed = confirm().expect(200).await;
        assert_eq!((confirmed.version(), confirmed.string("/state")), (2, "confirmed".to_owned()));

        let now = app.get(&path).by(&app.world.mentor).expect(200).await;
        assert_eq!(now.json()["state"], "confirmed");
        let problem = app.post(&format!("{path}/confirm")).by(&app.world.participant).if_match(2).refused(ProblemCode::CommandRefused).await;
        assert_eq!(problem.possible_commands.unwrap(), ["decline", "ask_to_move"]);
        assert_eq!(problem.subject.unwrap().kind, SubjectKind::Appointment);
    }

    async fn after_a_confirmation_only_the_last_reminders_remain(app: TestApp) {
        let made = schedule(&app, "2026-12-08T10:00:00").await;
        let path = made.header("location").to_owned();
        assert_eq!(planned(&app).await, [
            "appointment_scheduled", "appointment_in_seven_days", "appointment_in_three_days",
            "appointment_tomorrow", "appointment_unconfirmed", "appointment_soon",
        ].map(str::to_owned).into_iter().collect());
        app.post(&format!("{path}/confirm")).by(&app.world.participant).if_match(1).expect(200).await;
        let left = planned(&app).await;
        assert!(left.contains("appointment_tomorrow") && left.contains("appointment_soon"), "{left:?}");
        assert!(!left.contains("appointment_in_seven_days") && !left.contains("appointment_unconfirmed"), "{left:?}");
        app.post(&format!("{path}/cancel")).by(&app.world.mentor).if_match(2).json(json!({})).expect(200).await;
        let left = planned(&app).await;
        assert!(!left.contains("appointment_tomorrow") && left.contains("appointment_cancelled"), "{left:?}");
    }

    async fn outcomes_are_recorded_once_it_has_started_and_corrected_with_a_reason(app: TestApp) {
        let made = schedule(&app, "2026-12-01T10:00:00").await;
        let path = made.header("location").to_owned();
        let record = |version| app.post(&format!("{path}/record-outcome")).if_match(version).json(json!({"outcome": "did_not_come"}));
        record(1).by(&app.world.mentor).refused(ProblemCode::CommandRefused).await;
        app.clock.set("2026-12-01T10:50:00Z".parse().unwrap());
        let mentor = app.world.mentor.again(&app.app);
        record(1).by(&mentor).expect(200).await;
        app.post(&format!("{path}/correct-outcome")).by(&mentor).if_match(2).json(json!({"outcome": "did_not_come", "side": "person", "accepted": true})).refused(ProblemCode::Invalid).await;
        let corrected = app.post(&format!("{path}/correct-outcome")).by(&mentor).if_match(2)
            .json(json!({"outcome": "did_not_come", "side": "person", "cause": "illness", "accepted": true, "reason": "In hospital"})).expect(200).await;
        assert_eq!(corrected.json()["state"], "did_not_come");
        let mut tx = app.app.db.read().await.unwrap();
        let kept: Vec<String> = tx.query(sql!("SELECT outcome FROM appointment_outcome ORDER BY id")).scalars().await.unwrap();
        assert_eq!(kept, ["no_show", "excused"], "an outcome is corrected, never erased");
    }

    async fn a_move_asks_the_participant_again(app: TestApp) {
        let made = schedule(&app, "2026-12-01T10:00:00").await;
        let path = made.header("location").to_owned();
        let asked = app.post(&format!("{path}/ask-to-move")).by(&app.world.participant).if_match(1)
            .json(json!({"wish": "After work"})).expect(200).await;
        assert_eq!(asked.json()["change_wish"], "After work");
        let moved = app.post(&format!("{path}/move")).by(&app.world.mentor).if_match(2)
            .json(json!({"local_start": "2026-12-01T17:30"})).expect(200).await;
        assert_eq!(moved.json()["state"], "scheduled");
        assert_eq!(moved.json()["starts_at"], "2026-12-01T17:30:00Z");
        assert_eq!(moved.json()["local_end"], "2026-12-01T18:15:00");
        assert!(moved.json().get("change_wish").is_none());
        app.post(&format!("{path}/move")).by(&app.world.participant).if_match(3)
            .json(json!({"local_start": "2026-12-01T18:30"})).refused(ProblemCode::CommandRefused).await;
    }

    async fn bad_input_names_the_field(app: TestApp) {
        for (field, value, pointer, code) in [
            ("local_start", json!("2026-11-01T10:00:00"), "/local_start", "past"),
            ("local_start", json!("2036-11-01T10:00:00"), "/local_start", "too_far"),
            ("local_start", json!("2026-12-01T10:00:00Z"), "/local_start", "value"),
            ("local_start", json!("2026-13-41T10:00:00"), "/local_start", "value"),
            ("duration_minutes", json!(4), "/duration_minutes", "range"),
            ("duration_minutes", json!("45"), "/duration_minutes", "type"),
            ("duration_minutes", json!(-1), "/duration_minutes", "value"),
            ("kind", json!("execution"), "/kind", "unknown_word"),
            ("place", json!({"kind": "address"}), "/place/details", "required"),
            ("place", json!({"kind": "address", "details": " "}), "/place/details", "value"),
            ("zone", json!("Africa/Atlantis"), "/zone", "value"),
            ("host_id", json!(app.world.foreign_mentor.id), "/host_id", "unknown"),
            ("host_id", json!("me"), "/host_id", "value"),
            ("extra", json!(1), "/extra", "unknown_field"),
        ] {
            let mut body = new_appointment(&app, "2026-12-01T10:00:00");
            body[field] = value.clone();
            let problem = app.post("/v1/appointments").by(&app.world.mentor).json(body).refused(ProblemCode::Invalid).await;
            let fault = &problem.errors[0];
            assert_eq!((fault.pointer.as_str(), fault.code.as_str()), (pointer, code), "{field} {value}: {fault:?}");
        }
        let mut tx = app.app.db.read().await.unwrap();
        assert_eq!(tx.query(sql!("SELECT count(*) FROM appointment")).scalar::<i64>().await.unwrap(), 0);
    }

    async fn nothing_is_put_into_closed_hours_without_a_reason(app: TestApp) {
        let mut tx = app.app.db.write().await.unwrap();
        let hours = r#"{"hours": [{"weekday": "tuesday", "opens": "09:00", "closes": "12:00"}], "closed_days": [{"date": "2026-12-08", "label": "Inventory"}]}"#;
        tx.query(sql!("UPDATE centre SET calendar = $1")).bind(hours).execute().await.unwrap();
        tx.commit().await.unwrap();
        let made = schedule(&app, "2026-12-01T10:00:00").await;
        for closed in ["2026-12-01T11:30:00", "2026-12-02T10:00:00", "2026-12-08T10:00:00", "2026-12-01T23:40:00"] {
            app.post("/v1/appointments").by(&app.world.mentor).json(new_appointment(&app, closed)).refused(ProblemCode::CentreClosed).await;
        }
        let mut with_reason = new_appointment(&app, "2026-12-02T18:00:00");
        with_reason["override_reason"] = json!("The participant works until five");
        app.post("/v1/appointments").by(&app.world.mentor).json(with_reason).expect(201).await;
        let path = format!("{}/move", made.header("location"));
        app.post(&path).by(&app.world.mentor).if_match(1).json(json!({"local_start": "2026-12-08T10:00"})).refused(ProblemCode::CentreClosed).await;
        let moved = app.post(&path).by(&app.world.mentor).if_match(1)
            .json(json!({"local_start": "2026-12-08T10:00", "override_reason": "Urgent"})).expect(200).await;
        assert_eq!(moved.json()["reason"], "Urgent");
    }

    async fn notes_are_read_by_those_they_are_for(app: TestApp) {
        let path = schedule(&app, "2026-12-01T10:00:00").await.header("location").to_owned();
        let notes = format!("{path}/notes");
        for (writer, visibility) in [(&app.world.mentor, "everyone"), (&app.world.mentor, "staff"), (&app.world.counsellor, "author")] {
            app.post(&notes).by(writer).json(json!({"visibility": visibility, "body": format!("for {visibility}")})).expect(201).await;
        }
        app.post(&notes).by(&app.world.mentor).json(json!({"visibility": "author", "body": "x"})).refused(ProblemCode::Invalid).await;
        app.post(&notes).by(&app.world.participant).json(json!({"visibility": "everyone", "body": "x"})).refused(ProblemCode::NotForThisRole).await;
        for (reader, expected) in [
            (&app.world.participant, vec!["everyone"]),
            (&app.world.mentor, vec!["everyone", "staff"]),
            (&app.world.manager, vec!["everyone", "staff"]),
            (&app.world.counsellor, vec!["everyone", "staff", "author"]),
        ] {
            let list = app.get(&notes).by(reader).expect(200).await.json();
            let seen: Vec<_> = list["items"].as_array().unwrap().iter().map(|note| note["visibility"].as_str().unwrap().to_owned()).collect();
            assert_eq!(seen, expected);
        }
        app.get(&notes).by(&app.world.other_mentor).refused(ProblemCode::NotFound).await;
    }
}

async fn planned(app: &TestApp) -> std::collections::BTreeSet<String> {
    let mut tx = app.app.db.read().await.unwrap();
    let purposes: Vec<String> =
        tx.query(sql!("SELECT purpose FROM reminder WHERE state = 'planned'")).scalars().await.unwrap();
    purposes.into_iter().collect()
}
