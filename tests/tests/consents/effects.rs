//! What ends with a consent: pushes at once, and that a person moves takes it with them. Nothing of it is half done.

use super::{consent, give, with, withdraw};
use crate::notifications::{dispatch, phone, push_service, subscription};
use care::consent::{ConsentPurpose, holds};
use chrono::TimeDelta;
use contract::ParticipantId;
use db::sql;
use muwakaba::background::reconciler;
use muwakaba_tests::{TestApp, both_databases};
use notifications::outbox::{self, Lease};
use serde_json::json;

async fn tally(app: &TestApp) -> (i64, i64, i64, i64, i64, i64) {
    let mut tx = app.database.db.read().await.unwrap();
    let counts = sql!(
        "SELECT (SELECT count(*) FROM consent WHERE state = 'given'), (SELECT count(*) FROM consent_entry), (SELECT count(*) FROM audit),
                (SELECT count(*) FROM change), (SELECT count(*) FROM push_forbidden), (SELECT count(*) FROM idempotency)"
    );
    tx.query(counts).one().await.unwrap()
}

both_databases! {
    async fn until_something_is_said_the_setting_alone_decides(app: TestApp) {
        let service = push_service(&app).await;
        phone(&app, &service, &app.world.participant).await;
        crate::appointments::schedule(&app, "2026-12-01T10:00:00").await;
        assert_eq!(dispatch(&app).await.delivered, 1);
        // Agreeing changes nothing of that, nor does it ring where somebody wants no push.
        give(&app, &app.world.participant, consent(&app, "push_abroad")).await;
        app.patch("/v1/me").by(&app.world.participant).if_match(1).json(json!({"push_wanted": false})).expect(200).await;
        crate::appointments::schedule(&app, "2026-12-02T10:00:00").await;
        assert_eq!(dispatch(&app).await.in_app, 1);
        assert_eq!(service.received().len(), 1);
    }

    async fn without_consent_nothing_is_pushed_from_that_moment_on(app: TestApp) {
        let (world, service) = (&app.world, push_service(&app).await);
        phone(&app, &service, &world.participant).await;
        let path = crate::appointments::schedule(&app, "2026-12-01T10:00:00").await.header("location").to_owned();
        let withdrawn = withdraw(&app, &world.participant, "push_abroad").await;
        assert_eq!(withdrawn.json()["is_push_stopped"], json!(true));
        assert_eq!(dispatch(&app).await.in_app, 1);
        assert!(service.received().is_empty());
        let plan = app.get(&format!("{path}/reminders")).by(&world.mentor).expect(200).await.json();
        let ahead: Vec<_> = plan["items"].as_array().unwrap().iter()
            .filter(|one| one["recipient_kind"] == json!("participant") && one.get("reach").is_some())
            .map(|one| one["reach"].as_str().unwrap()).collect();
        assert!(!ahead.is_empty() && ahead.iter().all(|reach| *reach == "in_app"), "whoever relies on it sees that: {ahead:?}");
        let list = app.get("/v1/notifications").by(&world.participant).expect(200).await.json();
        assert_eq!(list["items"].as_array().unwrap().len(), 1, "it waits in the app");
        // A phone that is registered meanwhile is not pushed to either; given again, it is.
        subscription(&app, &service).await;
        app.clock.advance(TimeDelta::minutes(1));
        give(&app, &world.participant, consent(&app, "push_abroad")).await;
        app.post("/v1/appointments").by(&world.mentor).json(crate::appointments::new_appointment(&app, "2026-12-02T10:00:00")).expect(201).await;
        assert_eq!(dispatch(&app).await.delivered, 1);
    }

    async fn what_was_taken_to_be_pushed_is_not_when_it_is_looked_up_again(app: TestApp) {
        let (world, service) = (&app.world, push_service(&app).await);
        phone(&app, &service, &world.participant).await;
        crate::appointments::schedule(&app, "2026-12-01T10:00:00").await;
        let now = app.now();
        let lease = Lease { from: now, until: now.saturating_add(TimeDelta::minutes(2)) };
        let mut tx = app.app.db.write().await.unwrap();
        let claimed = outbox::claim(&mut tx, lease, 10).await.unwrap().claimed;
        tx.commit().await.unwrap();
        let reminder = claimed.iter().find(|due| due.recipient_id == world.participant.id).unwrap().id;
        let held = async || {
            let mut tx = app.app.db.read().await.unwrap();
            outbox::still_held(&mut tx, outbox::Origin::Reminder, reminder, lease).await.unwrap()
        };
        assert!(held().await);
        withdraw(&app, &world.participant, "push_abroad").await;
        assert!(!held().await);
    }

    async fn pushes_stop_when_the_time_of_the_consent_runs_out(app: TestApp) {
        let (world, service) = (&app.world, push_service(&app).await);
        phone(&app, &service, &world.participant).await;
        give(&app, &world.mentor, with(consent(&app, "push_abroad"), &json!({"expires_at": "2026-11-23T12:00:00Z"}))).await;
        app.clock.advance(TimeDelta::hours(2));
        reconciler::run(&app.app).await.unwrap();
        let new = crate::appointments::new_appointment(&app, "2026-12-02T10:00:00");
        app.post("/v1/appointments").by(&world.mentor.again(&app.app)).json(new).expect(201).await;
        dispatch(&app).await;
        assert!(service.received().is_empty());
    }

    async fn other_parts_ask_what_holds(app: TestApp) {
        let id = ParticipantId(app.world.participant.id);
        let asked = async || {
            let mut tx = app.app.db.read().await.unwrap();
            holds(&app.app, &mut tx, id, ConsentPurpose::Statistics, None, app.now()).await.unwrap()
        };
        assert!(!asked().await);
        give(&app, &app.world.mentor, with(consent(&app, "statistics"), &json!({"expires_at": "2026-11-23T12:00:00Z"}))).await;
        assert!(asked().await);
        app.clock.advance(TimeDelta::hours(2));
        assert!(!asked().await, "whether or not the service has written it down");
    }

    async fn a_consent_follows_whose_it_is(app: TestApp) {
        let world = &app.world;
        let path = format!("/v1/consents/{}", give(&app, &world.participant, consent(&app, "sms")).await.string("/id"));
        crate::hand_overs::moved(&app, world.participant.id).await;
        for person in [&world.manager, &world.mentor] {
            app.get(&path).by(person).expect(404).await;
        }
        for person in [&world.other_manager, &world.participant] {
            app.get(&path).by(person).expect(200).await;
        }
        assert_eq!(withdraw(&app, &world.other_manager, "sms").await.version(), 2);
    }

    async fn a_fault_at_any_statement_leaves_all_or_nothing(app: TestApp) {
        let body = consent(&app, "push_abroad");
        for (path, key) in [("/v1/consents", "1"), ("/v1/consents/withdraw", "2"), ("/v1/consents", "3")] {
            let mut body = body.clone();
            if path.ends_with("withdraw") {
                body = json!({"participant_id": app.world.participant.id, "purpose": "push_abroad"});
            }
            app.clock.advance(TimeDelta::seconds(1));
            let (before, mut struck) = (tally(&app).await, 0);
            let person = app.world.participant.again(&app.app);
            loop {
                app.faults.arm(struck + 1);
                let answer = app.post(path).by(&person).header("idempotency-key", key).json(body.clone()).send().await;
                if app.faults.disarm() {
                    assert_eq!(answer.status, 200, "{}", answer.text());
                    break;
                }
                struck += 1;
                assert_eq!(answer.status, 500, "fault {struck}");
                assert_eq!(tally(&app).await, before, "fault {struck} of {path}");
            }
            assert!(struck > 4, "{path}: {struck}");
        }
        assert_eq!(tally(&app).await.1, 3);
    }
}
