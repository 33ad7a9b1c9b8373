//! Who wants the app and has no phone for long, and whom a reminder did not reach: work for whoever is in charge, which goes when its cause does.

use super::order;
use crate::{
    appointments,
    notifications::{dispatch, phone, push_service},
    people::{close_file, command, register_named},
    work_items::{causes, list},
};
use care::work_item::WorkCause;
use chrono::TimeDelta;
use contract::{CentreId, ParticipantId, time::Instant};
use db::{Tx, sql};
use http::StatusCode;
use kernel::agenda;
use muwakaba::background::reconciler;
use muwakaba_demo::phone::push_service::Failure;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::json;
use uuid::Uuid;

async fn no_device(app: &TestApp) -> Vec<serde_json::Value> {
    let items = list(app, &app.world.mentor, "").await;
    items.into_iter().filter(|item| item["cause"] == json!(WorkCause::NoDevice)).collect()
}

/// The participant's file rested for a moment, so that the agenda knows them: the people of the world were never registered.
async fn opened(app: &TestApp) {
    command(app, app.world.participant.id, "pause", json!({"reason": "travel"})).expect(200).await;
    let path = format!("/v1/participants/{}/resume", app.world.participant.id);
    app.post(&path).by(&app.world.manager.again(&app.app)).header("if-match", "*").expect(200).await;
}

/// A reminder to the participant that every channel has given up, as a dispatcher leaves it, with the line that it writes.
async fn fails(app: &TestApp, tx: &mut Tx, appointment: Uuid, now: Instant) {
    let (participant, centre) = (ParticipantId(app.world.participant.id), app.world.centre);
    tx.query(sql!(
        "UPDATE reminder SET state = 'failed', ready_at = NULL, settled_at = $1
         WHERE id = (SELECT id FROM reminder WHERE subject_id = $2 AND recipient_id = $3 AND state <> 'failed' ORDER BY due_at LIMIT 1)"
    ))
    .bind(now)
    .bind(appointment)
    .bind(participant)
    .execute()
    .await
    .unwrap();
    agenda::note(tx, care::push::UNDELIVERED, CentreId(centre.0), &[participant.0], now).await.unwrap();
}

async fn fail(app: &TestApp, appointment: Uuid) {
    let mut tx = app.app.db.write().await.unwrap();
    fails(app, &mut tx, appointment, app.now()).await;
    app.app.commit(tx).await.unwrap();
    reconciler::run(&app.app).await.unwrap();
}

both_databases! {
    async fn whoever_wants_the_app_and_has_no_phone_for_a_week_is_work_until_they_have_one(app: TestApp) {
        let world = &app.world;
        opened(&app).await;
        app.clock.advance(TimeDelta::days(7) - TimeDelta::minutes(1));
        reconciler::run(&app.app).await.unwrap();
        assert!(no_device(&app).await.is_empty());
        app.clock.advance(TimeDelta::minutes(1));
        reconciler::run(&app.app).await.unwrap();
        reconciler::run(&app.app).await.unwrap();
        let items = no_device(&app).await;
        assert_eq!((items.len(), &items[0]["times"]), (1, &json!(1)));
        let service = push_service(&app).await;
        phone(&app, &service, &world.participant).await;
        assert!(no_device(&app).await.is_empty());
        // The phone goes: a week later it is work again, whenever they were looked at meanwhile.
        app.clock.advance(TimeDelta::days(2));
        let devices = app.get("/v1/devices").by(&world.participant.again(&app.app)).expect(200).await;
        let path = format!("/v1/devices/{}", devices.string("/items/0/id"));
        app.delete(&path).by(&world.participant.again(&app.app)).expect(204).await;
        for day in 1..=7 {
            app.clock.advance(TimeDelta::days(1));
            reconciler::run(&app.app).await.unwrap();
            assert_eq!(no_device(&app).await.len(), usize::from(day == 7), "day {day}");
        }
    }

    async fn whoever_wants_to_be_called_needs_no_phone(app: TestApp) {
        let world = &app.world;
        opened(&app).await;
        app.clock.advance(TimeDelta::days(8));
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(no_device(&app).await.len(), 1);
        order(&app, &world.mentor, &["phone", "app"]).await;
        reconciler::run(&app.app).await.unwrap();
        assert!(no_device(&app).await.is_empty());
        order(&app, &world.mentor, &["app", "phone"]).await;
        reconciler::run(&app.app).await.unwrap();
        app.clock.advance(TimeDelta::days(7));
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(no_device(&app).await.len(), 1);
        close_file(&app, world.participant.id).await;
        app.clock.advance(TimeDelta::days(8));
        reconciler::run(&app.app).await.unwrap();
        assert!(no_device(&app).await.is_empty());
    }

    async fn whoever_has_a_phone_that_has_been_silent_for_long_is_called(app: TestApp) {
        let world = &app.world;
        opened(&app).await;
        let service = push_service(&app).await;
        phone(&app, &service, &world.participant).await;
        app.clock.advance(TimeDelta::days(30));
        let body = appointments::new_appointment(&app, "2026-12-31T10:00:00");
        app.post("/v1/appointments").by(&world.mentor.again(&app.app)).json(body).expect(201).await;
        let to_call = async || {
            let calls = app.get("/v1/calls-to-make").by(&world.mentor.again(&app.app)).expect(200).await;
            calls.json()["items"].as_array().unwrap().len()
        };
        let reached_by = async || crate::reaching::ways(&app, &world.mentor).await["reached_by"].clone();
        reconciler::run(&app.app).await.unwrap();
        assert_eq!((to_call().await, reached_by().await, no_device(&app).await.len()), (0, json!("app"), 0));
        // It is noticed. What is pushed to it is taken by its push service, and nobody knows whether somebody sees it.
        let mut tx = app.app.db.write().await.unwrap();
        assert_eq!(notifications::device::age(&mut tx, app.now(), 100).await.unwrap().stale, 1);
        app.app.commit(tx).await.unwrap();
        dispatch(&app).await;
        assert_eq!((to_call().await, reached_by().await), (1, json!(null)));
        app.clock.advance(TimeDelta::days(7) - TimeDelta::minutes(1));
        reconciler::run(&app.app).await.unwrap();
        assert!(no_device(&app).await.is_empty());
        app.clock.advance(TimeDelta::minutes(1));
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(no_device(&app).await.len(), 1);
        // A notification was shown by it, without the app being opened: that is known within a day.
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!("UPDATE device SET state = 'active', refreshed_at = $1, version = version + 1 WHERE person_id = $2"))
            .bind(app.now())
            .bind(world.participant.id)
            .execute()
            .await
            .unwrap();
        app.app.commit(tx).await.unwrap();
        app.clock.advance(TimeDelta::days(1));
        reconciler::run(&app.app).await.unwrap();
        assert!(no_device(&app).await.is_empty());
        assert_eq!(reached_by().await, json!("app"));
    }

    async fn somebody_who_is_registered_is_looked_at_after_a_week(app: TestApp) {
        let participant = register_named(&app, "Zineb").await;
        crate::people::assign(&app, &participant, app.world.mentor.id).await;
        app.clock.advance(TimeDelta::days(7));
        reconciler::run(&app.app).await.unwrap();
        let items = no_device(&app).await;
        assert_eq!((items.len(), &items[0]["participant_id"]), (1, &json!(participant)));
    }

    async fn a_reminder_that_reached_nobody_is_work_until_something_arrives(app: TestApp) {
        let world = &app.world;
        let service = push_service(&app).await;
        phone(&app, &service, &world.participant).await;
        service.set_outage(Some(Failure::status(StatusCode::BAD_REQUEST)));
        let undeliverable = async || list(&app, &world.mentor, "").await.into_iter().find(|item| item["cause"] == json!("undeliverable_reminder"));
        let pass = async || {
            dispatch(&app).await;
            reconciler::run(&app.app).await.unwrap();
        };
        appointments::schedule(&app, "2026-12-03T10:00:00").await;
        pass().await;
        pass().await;
        assert_eq!(undeliverable().await.unwrap()["times"], json!(1), "looked at twice, it is counted once");
        // Whom a phone did not tell is called.
        let calls = app.get("/v1/calls-to-make").by(&world.mentor.again(&app.app)).expect(200).await;
        assert_eq!(calls.string("/items/0/participant_id"), world.participant.id.to_string());
        // Another one: counted, not a second item.
        app.clock.advance(TimeDelta::days(1));
        appointments::schedule(&app, "2026-12-04T10:00:00").await;
        pass().await;
        assert_eq!(undeliverable().await.unwrap()["times"], json!(2));
        assert_eq!(causes(&app, &world.mentor).await.iter().filter(|cause| *cause == "undeliverable_reminder").count(), 1);
        // The next is delivered.
        service.set_outage(None);
        app.clock.advance(TimeDelta::days(2));
        pass().await;
        assert!(undeliverable().await.is_none());
        let calls = app.get("/v1/calls-to-make").by(&world.mentor.again(&app.app)).expect(200).await;
        assert!(!calls.json()["items"].to_string().contains("appointment_in_seven_days"), "their phone said it");
    }

    async fn whoever_was_told_in_person_was_reached(app: TestApp) {
        let world = &app.world;
        let made = appointments::schedule(&app, "2026-12-03T10:00:00").await;
        fail(&app, made.string("/id").parse().unwrap()).await;
        assert_eq!(causes(&app, &world.mentor).await, ["undeliverable_reminder"]);
        let calls = app.get("/v1/calls-to-make").by(&world.mentor.again(&app.app)).expect(200).await;
        let path = format!("/v1/calls-to-make/{}/settle", calls.string("/items/0/reminder_id"));
        app.post(&path).by(&world.mentor.again(&app.app)).json(json!({"how": "called"})).expect(201).await;
        app.clock.advance(TimeDelta::hours(1));
        reconciler::run(&app.app).await.unwrap();
        assert!(causes(&app, &world.mentor).await.is_empty(), "they know");
    }

    async fn it_is_over_with_its_subject(app: TestApp) {
        let world = &app.world;
        let made = appointments::schedule(&app, "2026-12-03T10:00:00").await;
        fail(&app, made.string("/id").parse().unwrap()).await;
        assert_eq!(causes(&app, &world.mentor).await, ["undeliverable_reminder"]);
        app.clock.advance(TimeDelta::days(11));
        reconciler::run(&app.app).await.unwrap();
        let open = causes(&app, &world.mentor).await;
        assert!(!open.contains(&"undeliverable_reminder".to_owned()), "{open:?}");
    }
}
