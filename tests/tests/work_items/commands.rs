//! What can be done with a work item.

use super::{list, path_of, raise, raise_about, resolve, seen, the_one};
use crate::appointments::audited;
use care::work_item::WorkCause;
use chrono::TimeDelta;
use contract::ProblemCode;
use muwakaba_tests::{Answer, SignedIn, TestApp, both_databases};
use serde_json::{Value, json};

async fn told(
    app: &TestApp,
    person: &SignedIn,
    path: &str,
    command: &str,
    version: i64,
    body: Option<Value>,
) -> Answer {
    let request = app.post(&format!("{path}/{command}")).by(&person.again(&app.app)).if_match(version);
    match body {
        Some(body) => request.json(body).expect(200).await,
        None => request.expect(200).await,
    }
}

both_databases! {
    async fn it_is_taken_released_and_done(app: TestApp) {
        let world = &app.world;
        raise(&app, WorkCause::JobLost, &world.participant).await;
        let path = path_of(&the_one(&app).await);
        let taken = told(&app, &world.counsellor, &path, "take", 1, None).await;
        assert_eq!((taken.string("/state"), taken.version()), ("taken".to_owned(), 2));
        assert_eq!(taken.json()["responsible_id"], json!(world.counsellor.id));
        assert!(list(&app, &world.mentor, "").await.is_empty());
        assert_eq!(list(&app, &world.counsellor, "").await.len(), 1);
        // Whoever has not taken it does not release it, and a lost race is told.
        app.post(&format!("{path}/release")).by(&world.mentor).if_match(2).refused(ProblemCode::CommandRefused).await;
        app.post(&format!("{path}/release")).by(&world.counsellor.again(&app.app)).if_match(1).refused(ProblemCode::Changed).await;
        told(&app, &world.counsellor, &path, "release", 2, None).await;
        assert_eq!(list(&app, &world.mentor, "").await.len(), 1);
        // Whoever sees that it is done says so.
        let done = told(&app, &world.counsellor, &path, "finish", 3, None).await.json();
        assert_eq!([&done["state"], &done["closed_by"]], [&json!("done"), &json!(world.counsellor.id)]);
        assert!(done["responded_at"].is_string());
        assert!(list(&app, &world.mentor, "").await.is_empty());
        let problem = app.post(&format!("{path}/take")).by(&world.mentor.again(&app.app)).if_match(4).refused(ProblemCode::CommandRefused).await;
        assert_eq!(problem.possible_commands, Some(Vec::new()));
        assert_eq!(audited(&app, "work_item.finish").await, 1);
    }

    async fn it_is_handed_over_when_the_other_accepts(app: TestApp) {
        let world = &app.world;
        raise(&app, WorkCause::JobLost, &world.participant).await;
        let path = path_of(&the_one(&app).await);
        let ask = |staff: uuid::Uuid| app.post(&format!("{path}/hand-over")).by(&world.mentor).if_match(1).json(json!({"staff_id": staff}));
        for nobody in [world.other_mentor.id, world.foreign_mentor.id, world.administrator.id, world.participant.id, world.mentor.id] {
            let problem = ask(nobody).refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].pointer, "/staff_id");
        }
        let asked = ask(world.counsellor.id).expect(200).await.json();
        assert_eq!([&asked["asked_id"], &asked["responsible_id"]], [&json!(world.counsellor.id), &json!(world.mentor.id)]);
        // Both see it until it is answered.
        assert_eq!((list(&app, &world.mentor, "").await.len(), list(&app, &world.counsellor, "").await.len()), (1, 1));
        app.post(&format!("{path}/accept")).by(&world.mentor).if_match(2).refused(ProblemCode::CommandRefused).await;
        told(&app, &world.counsellor, &path, "refuse", 2, None).await;
        assert!(list(&app, &world.counsellor, "").await.is_empty());
        told(&app, &world.mentor, &path, "hand-over", 3, Some(json!({"staff_id": world.manager.id}))).await;
        told(&app, &world.mentor, &path, "withdraw-hand-over", 4, None).await;
        told(&app, &world.mentor, &path, "hand-over", 5, Some(json!({"staff_id": world.manager.id}))).await;
        let accepted = told(&app, &world.manager, &path, "accept", 6, None).await.json();
        assert_eq!([&accepted["state"], &accepted["responsible_id"]], [&json!("taken"), &json!(world.manager.id)]);
        assert_eq!((list(&app, &world.mentor, "").await.len(), list(&app, &world.manager, "").await.len()), (0, 1));
    }

    async fn it_is_put_out_of_sight_as_its_cause_allows(app: TestApp) {
        let world = &app.world;
        let alarm = raise(&app, WorkCause::CheckInAlarm, &world.participant).await;
        let item = the_one(&app).await;
        assert_eq!(item["snoozable_days"], json!([]));
        app.post(&format!("{}/snooze", path_of(&item))).by(&world.mentor).if_match(1).json(json!({"days": 1})).refused(ProblemCode::CommandRefused).await;
        resolve(&app, WorkCause::CheckInAlarm, alarm).await;
        raise(&app, WorkCause::PaperStuck, &world.participant).await;
        let item = the_one(&app).await;
        let path = path_of(&item);
        assert_eq!(item["snoozable_days"], json!([1, 3, 7, 14]));
        let snooze = |body: Value| app.post(&format!("{path}/snooze")).by(&world.mentor).if_match(1).json(body);
        for (body, pointer) in [
            (json!({"days": 2}), "/days"),
            (json!({"days": 0}), "/days"),
            (json!({"days": 15}), "/days"),
            (json!({"days": 14}), "/reason"),
            (json!({"days": 1, "reason": "tired"}), "/reason"),
            (json!({}), "/days"),
        ] {
            let problem = snooze(body.clone()).refused(ProblemCode::Invalid).await;
            assert_eq!(problem.errors[0].pointer, pointer, "{body}");
        }
        let snoozed = snooze(json!({"days": 14, "reason": "agreed_with_person"})).expect(200).await.json();
        assert_eq!([&snoozed["local_snoozed_until"], &snoozed["reason"]], [&json!("2026-12-07T00:00:00"), &json!("agreed_with_person")]);
        // Its window is anew: five days on which the centre is open from that Monday on.
        assert_eq!(snoozed["window"]["local_end"], "2026-12-12T23:59:00");
        assert!(list(&app, &world.mentor, "").await.is_empty());
        assert_eq!(list(&app, &world.mentor, "?snoozed=true").await.len(), 1);
    }

    async fn closing_is_undone_within_ten_minutes_by_whoever_closed_it(app: TestApp) {
        let world = &app.world;
        raise(&app, WorkCause::JobLost, &world.participant).await;
        let path = path_of(&the_one(&app).await);
        app.post(&format!("{path}/dismiss")).by(&world.mentor).if_match(1).json(json!({"reason": "lazy"})).refused(ProblemCode::Invalid).await;
        let dismissed = told(&app, &world.mentor, &path, "dismiss", 1, Some(json!({"reason": "nothing_wrong"}))).await.json();
        assert_eq!([&dismissed["state"], &dismissed["reason"]], [&json!("dismissed"), &json!("nothing_wrong")]);
        app.post(&format!("{path}/undo")).by(&world.counsellor).if_match(2).refused(ProblemCode::CommandRefused).await;
        app.clock.advance(TimeDelta::seconds(599));
        let open = told(&app, &world.mentor, &path, "undo", 2, None).await.json();
        assert_eq!((&open["state"], open.get("reason"), open.get("closed_at")), (&json!("open"), None, None));
        told(&app, &world.mentor, &path, "finish", 3, None).await;
        app.clock.advance(TimeDelta::minutes(10));
        app.post(&format!("{path}/undo")).by(&world.mentor.again(&app.app)).if_match(4).refused(ProblemCode::CommandRefused).await;
    }

    async fn what_has_no_cause_any_more_is_not_opened_again(app: TestApp) {
        let world = &app.world;
        let gone = raise(&app, WorkCause::JobLost, &world.participant).await;
        let path = path_of(&the_one(&app).await);
        told(&app, &world.mentor, &path, "finish", 1, None).await;
        resolve(&app, WorkCause::JobLost, gone).await;
        app.post(&format!("{path}/undo")).by(&world.mentor).if_match(3).refused(ProblemCode::CommandRefused).await;
        // What came again meanwhile is another item, and there is one of it.
        raise_about(&app, WorkCause::NoContact, world.participant.id, world.centre, world.participant.id).await;
        let path = path_of(&the_one(&app).await);
        told(&app, &world.mentor, &path, "finish", 1, None).await;
        raise_about(&app, WorkCause::NoContact, world.participant.id, world.centre, world.participant.id).await;
        app.post(&format!("{path}/undo")).by(&world.mentor).if_match(2).refused(ProblemCode::AlreadyExists).await;
        assert_eq!(list(&app, &world.mentor, "").await.len(), 1);
    }

    async fn a_cause_that_goes_away_takes_its_item_with_it(app: TestApp) {
        let world = &app.world;
        let subject = raise(&app, WorkCause::JobLost, &world.participant).await;
        let path = path_of(&the_one(&app).await);
        resolve(&app, WorkCause::NoContact, subject).await;
        assert_eq!(list(&app, &world.mentor, "").await.len(), 1, "another cause");
        resolve(&app, WorkCause::JobLost, subject).await;
        let item = seen(&app, &world.mentor, &path).await;
        assert_eq!((&item["state"], item.get("closed_by")), (&json!("resolved"), None));
        assert!(list(&app, &world.mentor, "").await.is_empty());
    }
}
