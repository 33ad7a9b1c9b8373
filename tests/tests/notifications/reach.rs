//! What staff are told about a participant is for those who may see the participant: when it is planned, sent and shown.

use super::{dispatch, phone, push_service};
use crate::people::assign;
use chrono::TimeDelta;
use contract::ProblemCode;
use db::sql;
use http::StatusCode;
use muwakaba_demo::phone::push_service::Failure;
use muwakaba_tests::{TestApp, both_databases, world::SignedIn};
use serde_json::json;

/// An appointment that this person hosts; its path.
async fn hosted_by(app: &TestApp, host: &SignedIn, day: u32) -> String {
    let body = json!({
        "participant_id": app.world.participant.id, "host_id": host.id, "kind": "administrative",
        "local_start": format!("2026-12-{day:02}T10:00:00"), "duration_minutes": 45, "place": {"kind": "phone"},
    });
    let manager = app.world.manager.again(&app.app);
    app.post("/v1/appointments").by(&manager).json(body).expect(201).await.header("location").to_owned()
}

/// The participant will not come.
async fn decline(app: &TestApp, path: &str) {
    let participant = app.world.participant.again(&app.app);
    app.post(&format!("{path}/decline")).by(&participant).if_match(1).json(json!({})).expect(200).await;
}

/// The ids of what this person was told.
async fn told(app: &TestApp, person: &SignedIn) -> Vec<String> {
    crate::people::each(&app.get("/v1/notifications").by(&person.again(&app.app)).expect(200).await, "id")
}

/// Ends the assignment of the world's mentor to the world's participant.
async fn end_assignment(app: &TestApp) {
    let manager = app.world.manager.again(&app.app);
    let history = format!("/v1/participants/{}/assignments", app.world.participant.id);
    let history = app.get(&history).by(&manager).expect(200).await.json();
    let mut assignments = history["items"].as_array().expect("a list").iter();
    let of_mentor =
        assignments.find(|one| one["staff_id"] == json!(app.world.mentor.id)).expect("the mentor's");
    let end = format!("/v1/assignments/{}/end", of_mentor["id"].as_str().expect("an id"));
    app.post(&end).by(&manager).expect(200).await;
}

/// Ends every assignment of this person as no command does it: what waits is not withdrawn.
async fn end_assignment_behind_the_back(app: &TestApp, person: &SignedIn) {
    let mut tx = app.app.db.write().await.expect("a transaction");
    let end =
        tx.query(sql!("UPDATE assignment SET ended_at = started_at WHERE staff_id = $1")).bind(person.id);
    end.execute().await.expect("ended");
    tx.commit().await.expect("ended");
}

/// How many reminders to this person stand in this state.
async fn count(app: &TestApp, person: &SignedIn, state: &str) -> i64 {
    let mut tx = app.database.db.read().await.expect("a transaction");
    tx.query(sql!("SELECT count(*) FROM reminder WHERE recipient_id = $1 AND state = $2"))
        .bind(person.id)
        .bind(state)
        .scalar()
        .await
        .expect("a count")
}

both_databases! {
    async fn an_ended_assignment_ends_what_is_shown_and_what_waits(app: TestApp) {
        let (mentor, service) = (&app.world.mentor, push_service(&app).await);
        let declined = hosted_by(&app, mentor, 1).await;
        hosted_by(&app, mentor, 2).await;
        decline(&app, &declined).await;
        dispatch(&app).await;
        let seen = told(&app, mentor).await;
        assert_eq!((seen.len(), count(&app, mentor, "planned").await), (1, 1));
        let one = format!("/v1/notifications/{}", seen[0]);
        app.get(&one).by(mentor).expect(200).await;

        end_assignment(&app).await;
        assert!(told(&app, mentor).await.is_empty());
        app.get(&one).by(mentor).refused(ProblemCode::NotFound).await;
        assert_eq!((count(&app, mentor, "planned").await, count(&app, mentor, "superseded").await), (0, 2));
        assert!(count(&app, &app.world.participant, "planned").await > 0, "the participant's go on");
        let log = app.get("/v1/audit").by(&app.world.manager).expect(200).await.json();
        let ended = log["items"].as_array().expect("a list").iter().find(|line| line["action"] == "assignment.end");
        assert_eq!(ended.expect("a line")["details"]["reminders_withdrawn"], 1);

        // Nothing reaches the mentor, whatever happens to the appointments that they still host.
        phone(&app, &service, mentor).await;
        app.clock.set("2026-12-01T10:30:00Z".parse().expect("an instant"));
        dispatch(&app).await;
        assert!(service.received().is_empty());
    }

    async fn whoever_is_assigned_again_hears_of_what_is_to_come(app: TestApp) {
        let mentor = &app.world.mentor;
        hosted_by(&app, mentor, 1).await;
        end_assignment(&app).await;
        assert_eq!(count(&app, mentor, "planned").await, 0);
        let to_participant = count(&app, &app.world.participant, "planned").await;
        assign(&app, &app.world.participant.id.to_string(), mentor.id).await;
        assert_eq!(count(&app, mentor, "planned").await, 1);
        assert_eq!(count(&app, &app.world.participant, "planned").await, to_participant, "nothing is planned twice");
    }

    async fn a_host_who_is_not_assigned_any_more_is_not_told(app: TestApp) {
        let (service, mentor) = (push_service(&app).await, &app.world.mentor);
        phone(&app, &service, mentor).await;
        let path = hosted_by(&app, mentor, 1).await;
        end_assignment_behind_the_back(&app, mentor).await;
        decline(&app, &path).await;
        assert!(told(&app, mentor).await.is_empty());
        dispatch(&app).await;
        assert!(service.received().is_empty());
        assert_eq!((count(&app, mentor, "sent").await, count(&app, mentor, "planned").await), (0, 0));
    }

    async fn a_retry_is_not_sent_either(app: TestApp) {
        let (service, mentor) = (push_service(&app).await, &app.world.mentor);
        phone(&app, &service, mentor).await;
        let path = hosted_by(&app, mentor, 1).await;
        service.script(Failure::status(StatusCode::SERVICE_UNAVAILABLE));
        decline(&app, &path).await;
        dispatch(&app).await;
        assert_eq!(count(&app, mentor, "sending").await, 1);
        end_assignment_behind_the_back(&app, mentor).await;
        app.clock.advance(TimeDelta::minutes(30));
        dispatch(&app).await;
        assert!(service.received().is_empty());
        // The other one asked the mentor to call, before the participant declined.
        assert_eq!((count(&app, mentor, "sending").await, count(&app, mentor, "superseded").await), (0, 2));
    }

    async fn managers_hear_of_their_centre_until_they_are_managers_no_more(app: TestApp) {
        let (world, manager) = (&app.world, &app.world.manager);
        let declined = hosted_by(&app, manager, 1).await;
        hosted_by(&app, manager, 2).await;
        decline(&app, &declined).await;
        dispatch(&app).await;
        assert_eq!((told(&app, manager).await.len(), count(&app, manager, "planned").await), (1, 1));
        let account = format!("/v1/staff/{}", manager.id);
        let change = app.patch(&account).by(&world.administrator).if_match(1).json(json!({"role": "mentor"}));
        change.expect(200).await;
        assert_eq!(count(&app, manager, "planned").await, 0);
        let mentor_now = manager.on_another_device(&app.app).await;
        assert!(told(&app, &mentor_now).await.is_empty());
    }
}
