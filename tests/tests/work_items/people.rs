//! Whose work items are when people come and go: exactly one leads while anybody accompanies a participant, and what is open follows.

use super::{causes, list, path_of, raise, seen, the_one};
use crate::{
    notifications::{dispatch, phone, push_service},
    people::{assign, close_file},
    sync::Phone,
};
use care::work_item::WorkCause;
use chrono::TimeDelta;
use contract::ProblemCode;
use muwakaba::background::reconciler;
use muwakaba_tests::{SignedIn, TestApp, both_databases};
use serde_json::{Value, json};

/// Who accompanies the participant now, and whether they lead.
async fn companions(app: &TestApp) -> Vec<(Value, bool)> {
    let path = format!("/v1/participants/{}/assignments", app.world.participant.id);
    let listed = seen(app, &app.world.manager, &path).await;
    let lasting = listed["items"].as_array().unwrap().iter().filter(|one| one.get("ended_at").is_none());
    lasting.map(|one| (one["staff_id"].clone(), one["leads"].as_bool().unwrap())).collect()
}

/// The assignment of this staff member to the participant.
async fn assignment_of(app: &TestApp, person: &SignedIn) -> String {
    let path = format!("/v1/participants/{}/assignments", app.world.participant.id);
    let listed = seen(app, &app.world.manager, &path).await;
    let own = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["staff_id"] == json!(person.id))
        .unwrap()
        .clone();
    format!("/v1/assignments/{}", own["id"].as_str().unwrap())
}

async fn end(app: &TestApp, person: &SignedIn) {
    let path = assignment_of(app, person).await;
    app.post(&format!("{path}/end")).by(&app.world.manager.again(&app.app)).expect(200).await;
}

both_databases! {
    async fn exactly_one_leads_and_the_manager_says_who(app: TestApp) {
        let world = &app.world;
        let leads = |who: &SignedIn, is: bool| (json!(who.id), is);
        let mut found = companions(&app).await;
        found.sort_by_key(|(_, leads)| !leads);
        assert_eq!(found, [leads(&world.mentor, true), leads(&world.counsellor, false)]);
        let path = assignment_of(&app, &world.counsellor).await;
        for nobody in [&world.mentor, &world.counsellor, &world.participant, &world.administrator] {
            app.post(&format!("{path}/lead")).by(nobody).refused(ProblemCode::NotForThisRole).await;
        }
        app.post(&format!("{path}/lead")).by(&world.other_manager).refused(ProblemCode::NotFound).await;
        let named = app.post(&format!("{path}/lead")).by(&world.manager.again(&app.app)).expect(200).await;
        assert_eq!((named.json()["leads"].clone(), named.version()), (json!(true), 2));
        let mut found = companions(&app).await;
        found.sort_by_key(|(_, leads)| !leads);
        assert_eq!(found, [leads(&world.counsellor, true), leads(&world.mentor, false)]);
        // They leave: it is whoever has accompanied longest of those who stay.
        end(&app, &world.counsellor).await;
        assert_eq!(companions(&app).await, [leads(&world.mentor, true)]);
        app.post(&format!("{path}/lead")).by(&world.manager.again(&app.app)).refused(ProblemCode::CommandRefused).await;
        assign(&app, &world.participant.id.to_string(), world.other_mentor.id).await;
        let mut found = companions(&app).await;
        found.sort_by_key(|(_, leads)| !leads);
        assert_eq!(found, [leads(&world.mentor, true), leads(&world.other_mentor, false)]);
    }

    async fn phones_hear_who_leads_now(app: TestApp) {
        let world = &app.world;
        let led = |phone: &Phone| -> Vec<Value> {
            let assignments = phone.things.iter().filter(|((list, _), _)| list == "assignments");
            assignments.filter(|(_, one)| one["leads"] == json!(true)).map(|(_, one)| one["staff_id"].clone()).collect()
        };
        let mut phone = Phone::fresh(&app, &world.counsellor.again(&app.app)).await;
        assert_eq!(led(&phone), [json!(world.mentor.id)]);
        let path = assignment_of(&app, &world.counsellor).await;
        app.post(&format!("{path}/lead")).by(&world.manager.again(&app.app)).expect(200).await;
        phone.follow(&app, &world.counsellor.again(&app.app), 200).await;
        assert_eq!(led(&phone), [json!(world.counsellor.id)]);
        let path = assignment_of(&app, &world.mentor).await;
        app.post(&format!("{path}/lead")).by(&world.manager.again(&app.app)).expect(200).await;
        end(&app, &world.mentor).await;
        phone.follow(&app, &world.counsellor.again(&app.app), 200).await;
        assert_eq!(led(&phone), [json!(world.counsellor.id)]);
    }

    async fn what_is_open_follows_whoever_leads(app: TestApp) {
        let world = &app.world;
        raise(&app, WorkCause::JobLost, &world.participant).await;
        let mut phone = Phone::fresh(&app, &world.counsellor.again(&app.app)).await;
        let responsible = |phone: &Phone| {
            let mut items = phone.things.iter().filter(|((list, _), _)| list == "work_items");
            items.next().unwrap().1["responsible_id"].clone()
        };
        assert_eq!(responsible(&phone), json!(world.mentor.id));
        end(&app, &world.mentor).await;
        assert!(causes(&app, &world.mentor).await.is_empty());
        assert_eq!(causes(&app, &world.counsellor).await, ["job_lost"]);
        phone.follow(&app, &world.counsellor.again(&app.app), 200).await;
        assert_eq!(responsible(&phone), json!(world.counsellor.id));
        // What somebody took falls back when they leave.
        let path = path_of(&the_one(&app).await);
        assign(&app, &world.participant.id.to_string(), world.other_mentor.id).await;
        app.post(&format!("{path}/take")).by(&world.other_mentor).if_match(1).expect(200).await;
        assert_eq!(causes(&app, &world.other_mentor).await, ["job_lost"]);
        end(&app, &world.other_mentor).await;
        assert_eq!(causes(&app, &world.counsellor).await, ["job_lost"]);
    }

    async fn nobody_left_is_itself_something_for_the_manager(app: TestApp) {
        let world = &app.world;
        raise(&app, WorkCause::JobLost, &world.participant).await;
        end(&app, &world.mentor).await;
        assert!(causes(&app, &world.manager).await.is_empty());
        end(&app, &world.counsellor).await;
        reconciler::run(&app.app).await.unwrap();
        let mut found = causes(&app, &world.manager).await;
        found.sort_unstable();
        assert_eq!(found, ["job_lost", "no_lead"]);
        let query = format!("?participant_id={}", world.participant.id);
        assert!(list(&app, &world.manager, &query).await.iter().all(|item| item.get("responsible_id").is_none()));
        let summary = seen(&app, &world.manager, "/v1/work-items/summary").await;
        assert_eq!(summary["people_without_lead"], json!(1));
        assign(&app, &world.participant.id.to_string(), world.other_mentor.id).await;
        reconciler::run(&app.app).await.unwrap();
        assert!(causes(&app, &world.manager).await.is_empty());
        assert_eq!(causes(&app, &world.other_mentor).await, ["job_lost"]);
    }

    async fn an_account_that_is_closed_leaves_its_people_to_the_manager(app: TestApp) {
        let world = &app.world;
        raise(&app, WorkCause::PaperStuck, &world.other_participant).await;
        let version = seen(&app, &world.manager, &format!("/v1/staff/{}", world.other_mentor.id)).await["version"].as_i64().unwrap();
        app.patch(&format!("/v1/staff/{}", world.other_mentor.id)).by(&world.manager.again(&app.app)).if_match(version)
            .json(json!({"active": false})).expect(200).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(causes(&app, &world.manager).await, ["no_lead", "paper_stuck"]);
    }

    async fn an_alarm_rings_whoever_leads_since(app: TestApp) {
        let (world, service) = (&app.world, push_service(&app).await);
        phone(&app, &service, &world.counsellor).await;
        raise(&app, WorkCause::CheckInAlarm, &world.participant).await;
        dispatch(&app).await;
        assert!(service.received().is_empty());
        end(&app, &world.mentor).await;
        reconciler::run(&app.app).await.unwrap();
        dispatch(&app).await;
        assert_eq!(service.received().len(), 1);
    }

    async fn what_is_open_moves_with_the_person_and_ends_with_the_file(app: TestApp) {
        let world = &app.world;
        raise(&app, WorkCause::JobLost, &world.participant).await;
        let path = path_of(&the_one(&app).await);
        app.post(&format!("{path}/take")).by(&world.mentor).if_match(1).expect(200).await;
        crate::hand_overs::moved(&app, world.participant.id).await;
        for former in [&world.mentor, &world.manager] {
            app.get(&path).by(&former.again(&app.app)).refused(ProblemCode::NotFound).await;
        }
        let moved = seen(&app, &world.other_manager, &path).await;
        assert_eq!((&moved["state"], moved.get("responsible_id")), (&json!("open"), None));
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(causes(&app, &world.other_manager).await, ["job_lost", "no_lead"]);
        let close = json!({"reason": "asked_to_stop"});
        let withdraw = format!("/v1/participants/{}/withdraw", world.participant.id);
        app.post(&withdraw).by(&world.other_manager.again(&app.app)).if_match(2).json(close).expect(200).await;
        assert_eq!(seen(&app, &world.other_manager, &path).await["state"], "resolved");
        reconciler::run(&app.app).await.unwrap();
        assert!(causes(&app, &world.other_manager).await.is_empty());
    }

    async fn what_a_manager_took_is_the_leads_when_they_leave(app: TestApp) {
        let (world, service) = (&app.world, push_service(&app).await);
        phone(&app, &service, &world.mentor).await;
        raise(&app, WorkCause::CheckInAlarm, &world.participant).await;
        let path = path_of(&the_one(&app).await);
        app.post(&format!("{path}/take")).by(&world.manager).if_match(1).expect(200).await;
        dispatch(&app).await;
        assert!(service.received().is_empty(), "the manager sees to it");
        let mut phone = Phone::fresh(&app, &world.mentor.again(&app.app)).await;
        let account = format!("/v1/staff/{}", world.manager.id);
        let version = seen(&app, &world.administrator, &account).await["version"].as_i64().unwrap();
        app.patch(&account).by(&world.administrator.again(&app.app)).if_match(version).json(json!({"active": false})).expect(200).await;
        reconciler::run(&app.app).await.unwrap();
        dispatch(&app).await;
        assert_eq!(service.received().len(), 1);
        phone.follow(&app, &world.mentor.again(&app.app), 200).await;
        let item = phone.things.iter().find(|((list, _), _)| list == "work_items").unwrap().1;
        assert_eq!(item["responsible_id"], json!(world.mentor.id));
    }

    async fn nothing_is_opened_again_about_a_file_that_is_closed(app: TestApp) {
        let world = &app.world;
        raise(&app, WorkCause::JobLost, &world.participant).await;
        let path = path_of(&the_one(&app).await);
        app.post(&format!("{path}/finish")).by(&world.mentor).if_match(1).expect(200).await;
        close_file(&app, world.participant.id).await;
        app.post(&format!("{path}/undo")).by(&world.mentor).header("if-match", "*").refused(ProblemCode::CommandRefused).await;
    }

    async fn whoever_is_registered_and_assigned_to_nobody_is_found_a_day_later(app: TestApp) {
        let world = &app.world;
        let register = async |name: &str| {
            let body = json!({"name_latin": name, "language": "fr"});
            app.post("/v1/participants").by(&world.manager.again(&app.app)).json(body).expect(201).await.string("/id")
        };
        let (forgotten, assigned) = (register("Salma Toufiq").await, register("Driss Lahbabi").await);
        assign(&app, &assigned, world.mentor.id).await;
        app.clock.advance(TimeDelta::days(1) - TimeDelta::microseconds(1));
        reconciler::run(&app.app).await.unwrap();
        assert!(causes(&app, &world.manager).await.is_empty());
        app.clock.advance(TimeDelta::microseconds(1));
        reconciler::run(&app.app).await.unwrap();
        let items = list(&app, &world.manager.again(&app.app), "").await;
        assert_eq!(items.len(), 1);
        assert_eq!((&items[0]["cause"], &items[0]["participant_id"]), (&json!("no_lead"), &json!(forgotten)));
    }
}
