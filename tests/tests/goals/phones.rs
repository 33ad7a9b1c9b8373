//! What phones have of goals, and what they send of them that was done without network: the participant's own as well.

use super::{add_step, asked, new_goal, picture_path, set, step_path, texts};
use crate::{
    sync::Phone,
    visits::{about, over, path_of, push, seen, words},
};
use chrono::TimeDelta;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

/// What a phone sends that made something.
pub fn made(app: &TestApp, operation: &str, body: &Value) -> Value {
    let body = over(json!({"id": Uuid::now_v7()}), body);
    json!({"id": Uuid::now_v7(), "recorded_at": app.now().to_string(), "operation": operation, "body": body})
}

/// What a phone sends about something, relying on no version.
pub fn of(app: &TestApp, operation: &str, id: &str, body: &Value) -> Value {
    json!({"id": Uuid::now_v7(), "recorded_at": app.now().to_string(), "operation": operation, "subject_id": id, "body": body})
}

/// What a phone sends that adds a step.
pub fn step(app: &TestApp, goal: &str, what: &str) -> Value {
    of(app, "addGoalStep", goal, &json!({"id": Uuid::now_v7(), "what": what}))
}

fn known(app: &TestApp, phone: &Phone) -> Option<Value> {
    phone.things.get(&("goals".to_owned(), app.world.participant.id.to_string())).cloned()
}

fn id_of(sent: &Value) -> String {
    sent["body"]["id"].as_str().unwrap().to_owned()
}

both_databases! {
    async fn a_phone_has_what_the_reading_operation_gives(app: TestApp) {
        let world = &app.world;
        let path = path_of(&set(&app, &world.mentor).await);
        for person in [&world.participant, &world.mentor, &world.counsellor, &world.manager] {
            let phone = Phone::fresh(&app, &person.again(&app.app)).await;
            assert_eq!(known(&app, &phone), Some(seen(&app, person, &picture_path(&app)).await));
        }
        for person in [&world.other_participant, &world.other_mentor, &world.foreign_mentor] {
            assert_eq!(known(&app, &Phone::fresh(&app, &person.again(&app.app)).await), None);
        }
        let mut phone = Phone::fresh(&app, &world.participant.again(&app.app)).await;
        add_step(&app, &world.mentor, &path, "Ask").await;
        phone.follow(&app, &world.participant.again(&app.app), 200).await;
        assert_eq!(known(&app, &phone), Some(seen(&app, &world.participant, &picture_path(&app)).await));
    }

    async fn a_week_without_network_is_sent_late_and_again_changes_nothing(app: TestApp) {
        for person in [&app.world.participant, &app.world.mentor] {
            let noted = app.now().to_string();
            let goal = made(&app, "setGoal", &new_goal(&app));
            let id = id_of(&goal);
            let (first, second) = (step(&app, &id, "Ask"), step(&app, &id, "Pay"));
            let (asked_for, paid) = (id_of(&first), id_of(&second));
            let week = [
                goal,
                first,
                second,
                about(&app, "markGoalStep", &asked_for, 1, &json!({"state": "achieved"})),
                about(&app, "correctGoalStep", &asked_for, 2, &json!({"what": "Ask twice", "reason": "r"})),
                of(&app, "orderGoalSteps", &id, &json!({"steps": [paid, asked_for]})),
                of(&app, "orderGoals", &app.world.participant.id.to_string(), &json!({"goals": [id]})),
                about(&app, "correctGoal", &id, 1, &json!({"what": "Drive", "reason": "r"})),
                about(&app, "closeGoal", &id, 2, &json!({"result": "achieved"})),
                about(&app, "reopenGoal", &id, 3, &json!({})),
            ];
            let week: Vec<&Value> = week.iter().collect();
            app.clock.advance(TimeDelta::days(3));
            let results = push(&app, person, &week).await;
            assert_eq!(words(&results), ["applied"; 10], "{results:?}");
            assert_eq!(words(&push(&app, person, &week).await), ["duplicate"; 10]);
            let picture = seen(&app, person, &picture_path(&app)).await;
            assert_eq!(texts(&picture)[0], ("Drive".to_owned(), vec!["Pay".to_owned(), "Ask twice".to_owned()]));
            let marked = &picture["goals"][0]["steps"][1];
            assert_eq!((marked["marked_at"].as_str(), picture["goals"][0]["goal"]["noted_at"].as_str()), (Some(&*noted), Some(&*noted)));
            let end = [
                about(&app, "withdrawGoalStep", &paid, 1, &json!({"reason": "r"})),
                about(&app, "withdrawGoal", &id, 4, &json!({"reason": "r"})),
            ];
            assert_eq!(words(&push(&app, person, &[&end[0], &end[1]]).await), ["applied"; 2]);
            assert!(texts(&seen(&app, person, &picture_path(&app)).await).is_empty());
        }
    }

    async fn two_who_tick_off_other_steps_are_in_no_conflict(app: TestApp) {
        let world = &app.world;
        let path = path_of(&set(&app, &world.mentor).await);
        let id = path.rsplit('/').next().unwrap().to_owned();
        let steps = [step_path(&add_step(&app, &world.mentor, &path, "a").await), step_path(&add_step(&app, &world.mentor, &path, "b").await)];
        let own = |step: &str| step.rsplit('/').next().unwrap().to_owned();
        let tick = |step: &str, base, state: &str| about(&app, "markGoalStep", &own(step), base, &json!({"state": state}));
        assert_eq!(words(&push(&app, &world.participant, &[&tick(&steps[0], 1, "achieved")]).await), ["applied"]);
        assert_eq!(words(&push(&app, &world.mentor, &[&tick(&steps[1], 1, "achieved")]).await), ["applied"]);
        // Both said the same: it is so. One says something else of what they have not seen: they learn of it.
        assert_eq!(words(&push(&app, &world.mentor, &[&tick(&steps[0], 1, "achieved")]).await), ["applied"]);
        assert_eq!(words(&push(&app, &world.mentor, &[&tick(&steps[0], 1, "not")]).await), ["conflict"]);
        let close = |base, result: &str| about(&app, "closeGoal", &id, base, &json!({"result": result}));
        assert_eq!(words(&push(&app, &world.participant, &[&close(1, "achieved")]).await), ["applied"]);
        assert_eq!(words(&push(&app, &world.mentor, &[&close(1, "achieved"), &close(1, "not")]).await), ["applied", "conflict"]);
        // A step that was done stays done, also where the goal was closed meanwhile.
        asked(&app, &world.mentor, &steps[1], "mark", 2, json!({"state": "open"})).expect(200).await;
        assert_eq!(words(&push(&app, &world.participant, &[&tick(&steps[1], 3, "partly")]).await), ["applied"]);
    }

    async fn what_is_refused_stays_with_whoever_wrote_it(app: TestApp) {
        let world = &app.world;
        for _ in 0..5 {
            set(&app, &world.mentor).await;
        }
        let sixth = made(&app, "setGoal", &new_goal(&app));
        let without_id = json!({"id": Uuid::now_v7(), "recorded_at": app.now().to_string(), "operation": "setGoal", "body": new_goal(&app)});
        let of_another = made(&app, "setGoal", &over(new_goal(&app), &json!({"participant_id": world.other_participant.id})));
        let results = push(&app, &world.participant, &[&sixth, &without_id, &of_another]).await;
        assert_eq!(words(&results), ["refused"; 3]);
        assert_eq!(results[0]["problem"]["code"], json!("command_refused"));
        // A manager withdraws what staff wrote, and does nothing else.
        let goal = seen(&app, &world.manager, &picture_path(&app)).await["goals"][0]["goal"]["id"].as_str().unwrap().to_owned();
        let close = about(&app, "closeGoal", &goal, 1, &json!({"result": "not"}));
        let withdraw = about(&app, "withdrawGoal", &goal, 1, &json!({"reason": "r"}));
        assert_eq!(words(&push(&app, &world.manager, &[&close, &withdraw]).await), ["refused", "applied"]);
        // Now there is room for it.
        let sent = over(sixth, &json!({"id": Uuid::now_v7()}));
        assert_eq!(words(&push(&app, &world.participant, &[&sent]).await), ["applied"]);
    }

    async fn it_is_taken_from_whoever_lost_the_person_since(app: TestApp) {
        let world = &app.world;
        let goal = made(&app, "setGoal", &new_goal(&app));
        let (id, own) = (id_of(&goal), path_of(&set(&app, &world.participant).await));
        let added = step(&app, &id, "Ask");
        let closed = about(&app, "closeGoal", &id, 1, &json!({"result": "achieved"}));
        let marked = about(&app, "markGoalStep", &id_of(&added), 1, &json!({"state": "achieved"}));
        let others = about(&app, "closeGoal", own.rsplit('/').next().unwrap(), 1, &json!({"result": "not"}));
        let history = seen(&app, &world.manager, &format!("/v1/participants/{}/assignments", world.participant.id)).await;
        let assignment = history["items"].as_array().unwrap().iter().find(|one| one["staff_id"] == json!(world.mentor.id)).unwrap().clone();
        app.clock.advance(TimeDelta::hours(1));
        app.post(&format!("/v1/assignments/{}/end", assignment["id"].as_str().unwrap())).by(&world.manager.again(&app.app)).expect(200).await;
        app.clock.advance(TimeDelta::hours(3));
        let after = made(&app, "setGoal", &new_goal(&app));
        let results = push(&app, &world.mentor, &[&goal, &added, &marked, &closed, &others, &after]).await;
        assert_eq!(words(&results), ["applied", "applied", "applied", "applied", "refused", "refused"], "{results:?}");
        app.get(&picture_path(&app)).by(&world.mentor.again(&app.app)).expect(404).await;
    }
}
