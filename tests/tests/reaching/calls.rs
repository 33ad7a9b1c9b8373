//! Whom no app tells: who is a line on whose list, when they may be called, what is said, and what ends it.

use super::{add, command, file_number, new_way, order};
use crate::{
    appointments,
    contacts::stands,
    notifications::{dispatch, phone, push_service},
    visits::{over, seen},
};
use chrono::TimeDelta;
use contract::ProblemCode;
use muwakaba_tests::{Answer, SignedIn, TestApp, both_databases};
use serde_json::{Value, json};

async fn calls(app: &TestApp, person: &SignedIn, query: &str) -> Vec<Value> {
    seen(app, person, &format!("/v1/calls-to-make{query}")).await["items"].as_array().unwrap().clone()
}

fn purposes(calls: &[Value]) -> Vec<&str> {
    calls.iter().map(|one| one["purpose"].as_str().unwrap()).collect()
}

async fn settle(app: &TestApp, call: &Value, body: Value) -> Answer {
    let path = format!("/v1/calls-to-make/{}/settle", call["reminder_id"].as_str().unwrap());
    app.post(&path).by(&app.world.mentor.again(&app.app)).json(body).expect(201).await
}

both_databases! {
    async fn each_reminder_to_somebody_without_an_app_is_a_line_of_whoever_is_in_charge(app: TestApp) {
        let world = &app.world;
        file_number(&app, "+212600000000").await;
        let made = appointments::schedule(&app, "2026-12-03T10:00:00").await;
        let mine = calls(&app, &world.mentor, "").await;
        assert_eq!(purposes(&mine), ["appointment_scheduled"]);
        let call = &mine[0];
        assert_eq!((&call["participant_id"], &call["subject"]["id"]), (&json!(world.participant.id), &made.json()["id"]));
        assert_eq!((&call["reached_by"], &call["way"]["number"]), (&json!("phone"), &json!("+212600000000")));
        assert_eq!((&call["window"]["begins_at"], &call["window"]["zone"]), (&json!("2026-11-23T10:00:00Z"), &json!("Africa/Casablanca")));
        // In the participant's language; neither with whom, nor what for; and no message where none may be left.
        assert_eq!(call["words"]["language"], json!("ar"));
        assert!(call["words"]["to_them"].as_str().unwrap().contains("10:00"), "{call}");
        assert!(!call["words"]["to_others"].as_str().unwrap().contains("موعد"), "{call}");
        assert_eq!(call["words"].get("as_message"), None);
        // Sent or not is all one: it waits in no app that they have.
        dispatch(&app).await;
        assert_eq!(calls(&app, &world.mentor, "").await.len(), 1);
        // Only whoever is in charge has it by themself; whoever accompanies them may ask.
        assert!(calls(&app, &world.counsellor, "").await.is_empty());
        let query = format!("?participant_id={}", world.participant.id);
        for person in [&world.mentor, &world.counsellor, &world.manager] {
            assert_eq!(calls(&app, person, &query).await.len(), 1);
        }
        assert!(calls(&app, &world.manager, "").await.is_empty());
        assert_eq!(calls(&app, &world.manager, &format!("?staff_id={}", world.mentor.id)).await.len(), 1);
        for person in [&world.other_mentor, &world.foreign_mentor, &world.other_manager] {
            app.get(&format!("/v1/calls-to-make{query}")).by(&person.again(&app.app)).refused(ProblemCode::NotFound).await;
        }
        app.get(&format!("/v1/calls-to-make?staff_id={}", world.mentor.id)).by(&world.counsellor.again(&app.app)).refused(ProblemCode::NotForThisRole).await;
        for person in [&world.participant, &world.administrator, &world.observer] {
            app.get("/v1/calls-to-make").by(&person.again(&app.app)).refused(ProblemCode::NotForThisRole).await;
        }
    }

    async fn a_line_ends_with_its_subject_and_with_the_app(app: TestApp) {
        let world = &app.world;
        let path = appointments::schedule(&app, "2026-12-03T10:00:00").await.header("location").to_owned();
        assert_eq!(calls(&app, &world.mentor, "").await.len(), 1);
        // Moved: what is said is the new time.
        app.post(&format!("{path}/move")).by(&world.mentor.again(&app.app)).if_match(1).json(json!({"local_start": "2026-12-04T10:00:00"})).expect(200).await;
        assert_eq!(calls(&app, &world.mentor, "").await.len(), 1);
        // Whoever gets a phone is told by it.
        let service = push_service(&app).await;
        phone(&app, &service, &world.participant).await;
        assert!(calls(&app, &world.mentor, "").await.is_empty());
        // They want to be called all the same.
        order(&app, &world.participant, &["phone", "app"]).await;
        assert_eq!(calls(&app, &world.mentor, "").await.len(), 1);
        crate::people::close_file(&app, world.participant.id).await;
        assert!(calls(&app, &world.mentor, "").await.is_empty());
    }

    async fn whoever_was_told_is_told_once_and_was_reached(app: TestApp) {
        let world = &app.world;
        appointments::schedule(&app, "2026-12-03T10:00:00").await;
        let call = calls(&app, &world.mentor, "").await.remove(0);
        let settled = settle(&app, &call, json!({"how": "called"})).await;
        assert_eq!((&settled.json()["is_contact"], &settled.json()["at"]), (&json!(true), &json!("2026-11-23T10:00:00Z")));
        assert!(calls(&app, &world.mentor, "").await.is_empty());
        let met = stands(&app).await;
        assert_eq!((&met["last"]["kind"], &met["last"]["id"]), (&json!("call"), &settled.json()["id"]));
        // Entered by mistake.
        let path = settled.header("location").to_owned();
        assert_eq!(seen(&app, &world.counsellor, &path).await, settled.json());
        let withdraw = |person: &SignedIn, version| app.post(&format!("{path}/withdraw")).by(&person.again(&app.app)).if_match(version);
        withdraw(&world.counsellor, 1).refused(ProblemCode::CommandRefused).await;
        withdraw(&world.mentor, 1).expect(200).await;
        withdraw(&world.mentor, 2).refused(ProblemCode::CommandRefused).await;
        assert_eq!((calls(&app, &world.mentor, "").await.len(), stands(&app).await.get("last")), (1, None));
        // A message is no contact, and the line is settled.
        settle(&app, &call, json!({"how": "message_left"})).await;
        assert_eq!((calls(&app, &world.mentor, "").await.len(), stands(&app).await.get("last")), (0, None));
        let path = format!("/v1/calls-to-make/{}/settle", call["reminder_id"].as_str().unwrap());
        let future = json!({"how": "called", "local_at": "2026-11-24T10:00:00"});
        let problem = app.post(&path).by(&world.mentor.again(&app.app)).json(future).refused(ProblemCode::Invalid).await;
        assert_eq!(problem.errors[0].pointer, "/local_at");
        for person in [&world.other_mentor, &world.foreign_mentor, &world.other_manager] {
            app.post(&path).by(&person.again(&app.app)).json(json!({"how": "called"})).refused(ProblemCode::NotFound).await;
        }
    }

    async fn the_next_reminder_is_the_next_line_and_an_attempt_in_vain_leaves_it(app: TestApp) {
        let world = &app.world;
        appointments::schedule(&app, "2026-12-03T10:00:00").await;
        let first = calls(&app, &world.mentor, "").await.remove(0);
        crate::contacts::tried(&app, &world.mentor, crate::contacts::new_attempt(&app)).await;
        assert_eq!(calls(&app, &world.mentor, "").await, std::slice::from_ref(&first));
        settle(&app, &first, json!({"how": "called"})).await;
        assert!(calls(&app, &world.mentor, "").await.is_empty(), "the next is not due today");
        app.clock.advance(TimeDelta::days(3));
        assert_eq!(purposes(&calls(&app, &world.mentor, "").await), ["appointment_in_seven_days"]);
        app.clock.advance(TimeDelta::days(4));
        // What was due before it is overtaken.
        assert_eq!(purposes(&calls(&app, &world.mentor, "").await), ["appointment_in_three_days"]);
    }

    async fn nobody_is_asked_to_call_at_night(app: TestApp) {
        let world = &app.world;
        appointments::schedule(&app, "2026-12-03T10:00:00").await;
        app.clock.advance(TimeDelta::hours(12));
        let call = calls(&app, &world.mentor, "").await.remove(0);
        assert_eq!(call["window"]["begins_at"], json!("2026-11-24T08:00:00Z"));
        assert_eq!(call["window"]["local_from"], json!("2026-11-24T08:00:00"));
    }

    async fn what_is_known_of_a_number_stands_beside_it(app: TestApp) {
        let world = &app.world;
        add(&app, &world.mentor, over(new_way(), &json!({"may_leave_message": true}))).await;
        appointments::schedule(&app, "2026-12-03T10:00:00").await;
        let call = calls(&app, &world.mentor, "").await.remove(0);
        assert_eq!((&call["way"]["whose"], &call["way"]["good_from"], &call["way"]["good_until"]), (&json!("neighbour"), &json!("17:00"), &json!("20:00")));
        assert!(call["words"]["as_message"].is_string());
        let body = json!({"contact_way_id": call["way"]["id"], "number": "+212600000001"});
        command(&app, &world.mentor, "wrong-number", body).expect(200).await;
        let call = calls(&app, &world.mentor, "").await.remove(0);
        assert_eq!((call.get("reached_by"), call.get("way")), (None, None), "the line stays, and says that there is no way");
        order(&app, &world.mentor, &["paper"]).await;
        assert_eq!(calls(&app, &world.mentor, "").await[0]["reached_by"], json!("paper"));
    }
}
