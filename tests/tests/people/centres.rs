//! Centres, their calendars and reminder policies.

use super::each;
use contract::ProblemCode;
use muwakaba_tests::both_databases;
use serde_json::json;

both_databases! {
    async fn administrators_run_centres(app: TestApp) {
        let administrator = &app.world.administrator;
        let new = json!({"name": "Oujda", "zone": "Africa/Casablanca", "reminder_policy": {"after_start_days": 5}});
        let made = app.post("/v1/centres").by(administrator).json(new.clone()).expect(201).await;
        assert_eq!(made.json()["calendar"]["hours"][0], json!({"weekday": "monday", "opens": "08:30", "closes": "16:30"}));
        let path = format!("/v1/centres/{}", made.string("/id"));
        let change = json!({"name": "Oujda-Angad", "reminder_policy": null});
        let changed = app.patch(&path).by(administrator).if_match(1).json(change.clone()).expect(200).await;
        assert_eq!((changed.version(), changed.string("/name")), (2, "Oujda-Angad".to_owned()));
        assert!(changed.json().get("reminder_policy").is_none());
        app.patch(&path).by(administrator).if_match(1).json(change).expect(412).await;
        assert_eq!(each(&app.get("/v1/centres").by(administrator).expect(200).await, "id").len(), 3);
        for person in [&app.world.manager, &app.world.mentor, &app.world.observer, &app.world.participant] {
            app.post("/v1/centres").by(person).json(new.clone()).refused(ProblemCode::NotForThisRole).await;
        }
    }

    async fn a_manager_keeps_the_calendar_and_policy_of_their_own_centre(app: TestApp) {
        let world = &app.world;
        let (own, other) = (format!("/v1/centres/{}", world.centre), format!("/v1/centres/{}", world.other_centre));
        let change = json!({
            "calendar": {
                "hours": [{"weekday": "saturday", "opens": "09:00", "closes": "12:00"}],
                "closed_days": [{"date": "2026-11-06", "label": "Green March", "every_year": true}],
                "ramadan": [{"first": "2027-02-08", "last": "2027-03-09", "hours": []}],
            },
            "reminder_policy": {"quiet_hours": {"from": "22:00", "until": "07:00"}},
        });
        app.patch(&own).by(&world.manager).if_match(1).json(change.clone()).expect(200).await;
        let read = app.get(&own).by(&world.manager).expect(200).await.json();
        assert_eq!(read["calendar"]["closed_days"][0]["label"], "Green March");
        assert_eq!(read["reminder_policy"]["quiet_hours"]["from"], "22:00");
        for companion in [&world.mentor, &world.counsellor] {
            let read = app.get(&own).by(companion).expect(200).await.json();
            assert_eq!(read["calendar"]["hours"][0]["weekday"], "saturday");
            assert!(read.get("reminder_policy").is_none());
            app.patch(&own).by(companion).if_match(2).json(change.clone()).refused(ProblemCode::NotForThisRole).await;
            app.get(&other).by(companion).refused(ProblemCode::NotFound).await;
        }
        app.patch(&other).by(&world.manager).if_match(1).json(change).refused(ProblemCode::NotFound).await;
        for person in [&world.observer, &world.participant] {
            app.get(&own).by(person).refused(ProblemCode::NotForThisRole).await;
        }
        let list = app.get("/v1/centres").by(&world.mentor).expect(200).await;
        assert_eq!(each(&list, "id"), [world.centre.to_string()]);
    }

    async fn what_makes_no_sense_is_refused_by_place(app: TestApp) {
        let own = format!("/v1/centres/{}", app.world.centre);
        let hours = |opens: &str, closes: &str| json!({"calendar": {"hours": [{"weekday": "monday", "opens": opens, "closes": closes}]}});
        for (change, pointer) in [
            (json!({"name": "Mine"}), "/name"),
            (json!({"zone": "Europe/Paris"}), "/zone"),
            (hours("12:00", "09:00"), "/calendar/hours/0/closes"),
            (hours("9:00", "12:00"), "/calendar/hours/0/opens"),
            (json!({"calendar": {"closed_days": [{"date": "2026-11-06", "label": ""}]}}), "/calendar/closed_days/0/label"),
            (json!({"reminder_policy": {"after_start_days": 0}}), "/reminder_policy/after_start_days"),
            (json!({"reminder_policy": {"wishes": 1}}), "/reminder_policy/wishes"),
            (json!({"reminder_policy": 7}), "/reminder_policy"),
        ] {
            let answer = app.patch(&own).by(&app.world.manager).if_match(1).json(change).send().await;
            assert_eq!((answer.status, answer.json()["errors"][0]["pointer"].as_str()), (400, Some(pointer)), "{}", answer.text());
        }
    }

    async fn who_closes_a_day_is_told_of_its_appointments_and_so_are_their_hosts(app: TestApp) {
        let world = &app.world;
        let path = format!("/v1/centres/{}", world.centre);
        let inside = crate::appointments::schedule(&app, "2026-12-01T10:00:00").await.string("/id");
        crate::appointments::schedule(&app, "2026-12-02T10:00:00").await;
        let closed = json!({"calendar": {"closed_days": [{"date": "2026-12-01", "label": "Storm"}]}});
        let changed = app.patch(&path).by(&world.manager).if_match(1).json(closed.clone()).expect(200).await;
        assert_eq!(changed.json()["appointments_when_closed"], json!([{
            "id": inside,
            "participant_id": world.participant.id,
            "host_id": world.mentor.id,
            "starts_at": "2026-12-01T10:00:00Z",
            "local_start": "2026-12-01T10:00:00",
            "zone": "Africa/Casablanca",
        }]));
        let read = app.get(&path).by(&world.manager).expect(200).await;
        assert!(read.json().get("appointments_when_closed").is_none());
        // Nothing has moved, and closing it again closes nothing.
        let appointment = app.get(&format!("/v1/appointments/{inside}")).by(&world.mentor).expect(200).await;
        assert_eq!(appointment.string("/local_start"), "2026-12-01T10:00:00");
        let again = app.patch(&path).by(&world.administrator).if_match(2).json(closed).expect(200).await;
        assert!(again.json().get("appointments_when_closed").is_none());
        // An administrator is told when, and with which host, and not who comes.
        let next_day = json!({"calendar": {"closed_days": [{"date": "2026-12-02", "label": "Storm"}]}});
        let told = app.patch(&path).by(&world.administrator).if_match(3).json(next_day).expect(200).await;
        assert!(told.json()["appointments_when_closed"][0].get("participant_id").is_none(), "{}", told.text());
        assert_eq!(told.string("/appointments_when_closed/0/host_id"), world.mentor.id.to_string());

        let mut tx = app.app.db.read().await.unwrap();
        let notices: i64 = tx
            .query(db::sql!("SELECT count(*) FROM reminder WHERE purpose = 'appointment_centre_closed' AND recipient_id = $1"))
            .bind(world.mentor.id)
            .scalar()
            .await
            .unwrap();
        assert_eq!(notices, 2);
        drop(tx);
        // Planning the appointment again keeps the notice; moving it takes the notice away.
        let confirm = app.post(&format!("/v1/appointments/{inside}/confirm")).by(&world.participant).if_match(1);
        confirm.expect(200).await;
        assert_eq!(standing(&app, &inside).await, 1);
        let moved = app.post(&format!("/v1/appointments/{inside}/move")).by(&world.mentor).if_match(2);
        moved.json(json!({"local_start": "2026-12-03T10:00:00"})).expect(200).await;
        assert_eq!(standing(&app, &inside).await, 0);
    }
}

/// How many notices of a closed centre about this appointment are still to be sent.
async fn standing(app: &muwakaba_tests::TestApp, appointment: &str) -> i64 {
    let mut tx = app.app.db.read().await.unwrap();
    let appointment: uuid::Uuid = appointment.parse().unwrap();
    tx.query(db::sql!(
        "SELECT count(*) FROM reminder
         WHERE purpose = 'appointment_centre_closed' AND subject_id = $1 AND state = 'planned'"
    ))
    .bind(appointment)
    .scalar()
    .await
    .unwrap()
}
