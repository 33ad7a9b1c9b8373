//! Reading what belongs to a participant: what stands in the log afterwards, and how many people one person opens in an hour.

use super::{each, register_named};
use chrono::TimeDelta;
use muwakaba_tests::{Answer, TestApp, both_databases, world::SignedIn};
use serde_json::json;

/// An appointment of this participant with the manager; its path.
async fn appointment(app: &TestApp, participant: &str, day: u32) -> String {
    appointment_by(app, &app.world.manager, participant, day).await
}

/// The same, made by this manager.
async fn appointment_by(app: &TestApp, manager: &SignedIn, participant: &str, day: u32) -> String {
    let body = json!({
        "participant_id": participant, "host_id": app.world.manager.id, "kind": "legal_counselling",
        "local_start": format!("2026-12-{day:02}T10:00:00"), "duration_minutes": 30, "place": {"kind": "phone"},
    });
    let made = app.post("/v1/appointments").by(manager).json(body).expect(201).await;
    made.header("location").to_owned()
}

/// What this person read, as the administrator sees it, the newest first.
async fn readings(app: &TestApp, reader: &SignedIn) -> Vec<(String, Option<String>, i64)> {
    let administrator = app.world.administrator.again(&app.app);
    let log =
        app.get(&format!("/v1/audit?actor_id={}", reader.id)).by(&administrator).expect(200).await.json();
    let lines = log["items"].as_array().expect("a list");
    let reading = lines.iter().map(|line| {
        let about = line["participant_id"].as_str().map(str::to_owned);
        (
            line["action"].as_str().expect("an action").to_owned(),
            about,
            line["details"]["count"].as_i64().unwrap_or(1),
        )
    });
    reading.filter(|(action, ..)| action.contains("read") || action.ends_with("list")).collect()
}

both_databases! {
    async fn equal_readings_of_one_subject_within_a_minute_are_one_line(app: TestApp) {
        let participant = app.world.participant.id.to_string();
        let one = appointment(&app, &participant, 1).await;
        let (file, list) = (format!("/v1/participants/{participant}"), format!("/v1/appointments?participant_id={participant}"));
        for _ in 0..5 {
            for path in [&one, &file, &list] {
                app.get(path).by(&app.world.mentor.again(&app.app)).expect(200).await;
            }
            app.clock.advance(TimeDelta::seconds(10));
        }
        let about = |action: &str| (action.to_owned(), Some(participant.clone()), 1);
        let once = [about("appointment.list"), about("participant.read"), about("appointment.read")];
        assert_eq!(readings(&app, &app.world.mentor).await, once);
        // Somebody else's is another line, and so is the same a minute later; another appointment is another subject.
        app.get(&file).by(&app.world.manager.again(&app.app)).expect(200).await;
        assert_eq!(readings(&app, &app.world.manager).await, [about("participant.read")]);
        app.clock.advance(TimeDelta::seconds(10));
        let mentor = app.world.mentor.again(&app.app);
        app.get(&file).by(&mentor).expect(200).await;
        let other = appointment_by(&app, &app.world.manager.again(&app.app), &participant, 2).await;
        app.get(&other).by(&mentor).expect(200).await;
        let then = readings(&app, &app.world.mentor).await;
        assert_eq!(then[..2], [about("appointment.read"), about("participant.read")]);
        assert_eq!(then[2..], once);
    }

    async fn a_list_of_many_is_another_reading_each_time(app: TestApp) {
        for _ in 0..3 {
            app.get("/v1/appointments").by(&app.world.mentor).expect(200).await;
        }
        assert_eq!(readings(&app, &app.world.mentor).await.len(), 3);
    }

    async fn whoever_loops_over_the_log_does_not_make_it_grow(app: TestApp) {
        for person in [&app.world.participant, &app.world.mentor, &app.world.manager] {
            for limit in 1..20 {
                app.get(&format!("/v1/audit?limit={limit}")).by(person).expect(200).await;
            }
            let mut tx = app.app.db.read().await.unwrap();
            let lines = tx.query(db::sql!("SELECT count(*) FROM audit WHERE actor_id = $1 AND action = 'audit.list'")).bind(person.id);
            assert_eq!(lines.scalar::<i64>().await.unwrap(), 1);
        }
    }

    async fn whatever_staff_read_of_a_participant_leaves_a_line(app: TestApp) {
        let (mentor, participant) = (&app.world.mentor, app.world.participant.id.to_string());
        let one = appointment(&app, &participant, 1).await;
        appointment(&app, &participant, 2).await;
        let read = async |path: &str| app.get(path).by(mentor).expect(200).await;
        read(&one).await;
        read(&format!("{one}/notes")).await;
        read(&format!("{one}/reminders?limit=2")).await;
        read("/v1/appointments").await;
        read(&format!("/v1/appointments?participant_id={participant}")).await;
        read(&format!("/v1/participants/{participant}")).await;
        let about = |action: &str, count| (action.to_owned(), Some(participant.clone()), count);
        assert_eq!(
            readings(&app, mentor).await,
            [
                about("participant.read", 1),
                about("appointment.list", 2),
                ("appointment.list".to_owned(), None, 2),
                about("appointment.read_reminders", 2),
                about("appointment.read_notes", 0),
                about("appointment.read", 1),
            ]
        );

        // The participant learns of what concerned them alone, by role.
        let own = app.get("/v1/audit").by(&app.world.participant).expect(200).await;
        let seen: Vec<_> = each(&own, "action").into_iter().filter(|action| !action.ends_with("schedule")).collect();
        assert_eq!(
            seen,
            ["participant.read", "appointment.list", "appointment.read_reminders", "appointment.read_notes", "appointment.read"]
        );
        assert_eq!(own.json()["items"][0]["actor"], json!({"kind": "staff", "role": "mentor"}));
    }

    async fn nobody_is_read_about_who_is_out_of_scope(app: TestApp) {
        let foreign = app.world.other_participant.id.to_string();
        let path = appointment(&app, &foreign, 1).await;
        for path in [path.clone(), format!("{path}/notes"), format!("{path}/reminders")] {
            app.get(&path).by(&app.world.mentor).expect(404).await;
        }
        app.get(&format!("/v1/appointments?participant_id={foreign}")).by(&app.world.mentor).expect(200).await;
        assert_eq!(readings(&app, &app.world.mentor).await, [("appointment.list".to_owned(), None, 0)]);
        let log = app.get("/v1/audit").by(&app.world.other_participant).expect(200).await;
        assert_eq!(each(&log, "action"), ["appointment.schedule"]);
    }

    async fn what_participants_read_of_their_own_is_not_recorded(app: TestApp) {
        let participant = &app.world.participant;
        let path = appointment(&app, &participant.id.to_string(), 1).await;
        for path in [path.clone(), format!("{path}/notes"), "/v1/appointments".to_owned()] {
            app.get(&path).by(participant).expect(200).await;
        }
        assert!(readings(&app, participant).await.is_empty());
    }

    async fn two_hundred_people_are_opened_in_an_hour_at_most(app: TestApp) {
        let manager = app.world.manager.clone();
        let mut people = Vec::new();
        for number in 0..201 {
            people.push(register_named(&app, &format!("Somebody {number}")).await);
        }
        let file = |at: usize| format!("/v1/participants/{}", people[at]);
        // Each way of opening somebody counts, and each person once.
        for (at, way) in ["", "/notes", "/reminders"].into_iter().enumerate() {
            let path = appointment(&app, &people[at], u32::try_from(at + 1).expect("a day")).await;
            app.get(&format!("{path}{way}")).by(&manager).expect(200).await;
        }
        appointment(&app, &people[3], 4).await;
        app.get(&format!("/v1/appointments?participant_id={}", people[3])).by(&manager).expect(200).await;
        for _ in 0..3 {
            app.get(&file(0)).by(&manager).expect(200).await;
        }
        for at in 4..200 {
            app.get(&file(at)).by(&manager).expect(200).await;
        }
        app.clock.advance(TimeDelta::minutes(5));
        app.get(&file(0)).by(&manager).expect(200).await;
        let refused: Answer = app.get(&file(200)).by(&manager).expect(429).await;
        assert_eq!(refused.header("retry-after"), "3300");
        let count = async |person: &str| {
            let query = format!("/v1/audit?participant_id={person}&actor_id={}", manager.id);
            let log = app.get(&query).by(&app.world.administrator).expect(200).await;
            each(&log, "action").into_iter().filter(|action| action.contains("read")).count()
        };
        assert_eq!(count(&people[200]).await, 0, "what was refused was not read");
        // Lists that name nobody, and other people's work, go on.
        app.get("/v1/participants").by(&manager).expect(200).await;
        app.get("/v1/appointments").by(&manager).expect(200).await;
        app.get(&format!("/v1/participants/{}", app.world.participant.id)).by(&app.world.mentor).expect(200).await;

        app.clock.advance(TimeDelta::minutes(55));
        app.get(&file(200)).by(&manager.again(&app.app)).expect(200).await;
    }

    async fn an_appointment_is_not_shown_unless_its_reading_is_audited(app: TestApp) {
        let path = appointment(&app, &app.world.participant.id.to_string(), 1).await;
        let lines = async || {
            let mut tx = app.database.db.read().await.expect("a transaction");
            tx.query(db::sql!("SELECT count(*) FROM audit")).scalar::<i64>().await.expect("a count")
        };
        let before = lines().await;
        for path in [path.clone(), format!("{path}/reminders"), "/v1/appointments".to_owned()] {
            let mut faults = 0;
            let reader = &app.world.mentor;
            app.faults.arm_readings(2);
            assert_eq!(app.get(&path).by(reader).send().await.status, 500, "{path}");
            while app.faults.readings_left() > 0 {
                assert_eq!(app.get(&path).by(reader).send().await.status, 500, "{path}");
            }
            loop {
                app.faults.arm(faults + 1);
                let answer = app.get(&path).by(reader).send().await;
                if app.faults.disarm() {
                    assert_eq!(answer.status, 200);
                    break;
                }
                faults += 1;
                assert_eq!(answer.status, 500, "{path}");
                assert!(!answer.text().contains(&app.world.participant.id.to_string()));
            }
            // On PostgreSQL the one statement is durable as soon as it has run.
            let line_and_commit = if app.app.db.is_embedded() { 2 } else { 1 };
            assert!(faults >= line_and_commit, "{path}: {faults}");
        }
        assert_eq!(lines().await, before + 3);
    }
}
