//! What phones have of placements, and what they send of them that was done without network.

use super::{command, new_placement, over, record, states};
use crate::{
    appointments::audited,
    consents::{contact, give},
    sync::Phone,
    visits::phones::about,
};
use chrono::TimeDelta;
use muwakaba_tests::{SignedIn, TestApp, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

/// What a phone sends that recorded a placement.
pub fn recorded(app: &TestApp, body: &Value) -> Value {
    json!({"id": Uuid::now_v7(), "recorded_at": app.now().to_string(), "operation": "recordPlacement", "body": body})
}

async fn push(app: &TestApp, person: &SignedIn, mutations: &[&Value]) -> Vec<Value> {
    let body = json!({"mutations": mutations});
    let answer = app.post("/v1/sync").by(&person.again(&app.app)).json(body).expect(200).await;
    answer.json()["results"].as_array().unwrap().clone()
}

fn words(results: &[Value]) -> Vec<&str> {
    results.iter().map(|result| result["result"].as_str().unwrap()).collect()
}

fn known(phone: &Phone, id: &str) -> Option<Value> {
    phone.things.get(&("placements".to_owned(), id.to_owned())).cloned()
}

both_databases! {
    async fn a_phone_has_what_the_reading_operation_gives(app: TestApp) {
        let world = &app.world;
        let placement = record(&app, &world.mentor, new_placement(&app)).await;
        let (id, path) = (placement.string("/id"), placement.header("location").to_owned());
        command(&app, &placement, "end", json!({"reason": "new_detention", "until": "2026-11-20"})).await;
        for person in [&world.mentor, &world.counsellor, &world.manager, &world.participant] {
            let phone = Phone::fresh(&app, &person.again(&app.app)).await;
            assert_eq!(known(&phone, &id), Some(app.get(&path).by(&person.again(&app.app)).expect(200).await.json()));
        }
        for person in [&world.other_mentor, &world.foreign_mentor, &world.other_participant] {
            assert_eq!(known(&Phone::fresh(&app, &person.again(&app.app)).await, &id), None);
        }
        // What was entered by mistake goes from every phone.
        let mut own = Phone::fresh(&app, &world.participant.again(&app.app)).await;
        command(&app, &placement, "withdraw", json!({"reason": "It was his cousin"})).await;
        own.follow(&app, &world.participant.again(&app.app), 200).await;
        assert_eq!(known(&own, &id), None);
    }

    async fn what_is_long_over_stays_online(app: TestApp) {
        let world = &app.world;
        let over_and_done = record(&app, &world.mentor, new_placement(&app)).await;
        command(&app, &over_and_done, "end", json!({"reason": "moved", "until": "2026-11-20"})).await;
        let running = record(&app, &world.mentor, new_placement(&app)).await.string("/id");
        app.clock.advance(TimeDelta::days(40));
        let phone = Phone::fresh(&app, &world.mentor.again(&app.app)).await;
        assert_eq!(phone.ids("placements"), [&*running]);
    }

    async fn a_day_in_the_field_is_sent_late_and_again_changes_nothing(app: TestApp) {
        let (world, id) = (&app.world, Uuid::now_v7().to_string());
        let body = over(new_placement(&app), &json!({"id": id, "stage": "offer", "on": "2026-10-05"}));
        give(&app, &world.participant, contact(&app, &id, "The bakery")).await;
        let day = [
            recorded(&app, &body),
            about(&app, "recordPlacementStage", &id, 1, &json!({"stage": "start", "outcome": "reached", "on": "2026-10-10"})),
            about(&app, "agreeEmployerKnowledge", &id, 2, &json!({"employer_knowledge": "centre_helps", "agreed_on": "2026-10-10"})),
            about(&app, "correctPlacement", &id, 3, &json!({"reason": "r", "hours_a_week": 30})),
            about(&app, "verifyMilestone", &id, 4, &json!({"milestone": "days_30", "evidence": "employer", "confidence": "high", "on": "2026-11-20"})),
            about(&app, "endPlacement", &id, 5, &json!({"reason": "dismissed", "until": "2026-11-22"})),
        ];
        let day: Vec<&Value> = day.iter().collect();
        app.clock.advance(TimeDelta::days(3));
        let sent = push(&app, &world.mentor, &day).await;
        assert_eq!(words(&sent), ["applied"; 6], "{sent:?}");
        assert_eq!(words(&push(&app, &world.mentor, &day).await), ["duplicate"; 6]);
        let stands = app.get(&format!("/v1/placements/{id}")).by(&world.manager.again(&app.app)).expect(200).await;
        assert_eq!((stands.version(), states(&stands.json())), (6, ["achieved", "missed", "missed", "missed"].map(str::to_owned).to_vec()));
        assert_eq!(audited(&app, "placement.record").await, 1);
    }

    async fn what_others_verified_between_two_changes_of_ones_own_is_no_conflict(app: TestApp) {
        let world = &app.world;
        let placement = record(&app, &world.mentor, over(new_placement(&app), &json!({"on": "2026-08-01"}))).await;
        let id = placement.string("/id");
        let correct = about(&app, "correctPlacement", &id, 1, &json!({"reason": "r", "hours_a_week": 30}));
        let end = about(&app, "endPlacement", &id, 2, &json!({"reason": "dismissed", "until": "2026-11-22"}));
        for (version, milestone) in [(1, "days_30"), (2, "days_90")] {
            let verified = json!({"milestone": milestone, "evidence": "payslip", "confidence": "high", "on": "2026-11-20"});
            let path = format!("/v1/placements/{id}/verify-milestone");
            app.post(&path).by(&world.counsellor).if_match(version).json(verified).expect(200).await;
        }
        let results = push(&app, &world.mentor, &[&correct, &end]).await;
        assert_eq!(words(&results), ["applied"; 2], "{results:?}");
    }

    async fn only_what_was_changed_meanwhile_is_in_conflict(app: TestApp) {
        let world = &app.world;
        let placement = record(&app, &world.mentor, over(new_placement(&app), &json!({"on": "2026-10-01"}))).await;
        let id = placement.string("/id");
        let end = |base| about(&app, "endPlacement", &id, base, &json!({"reason": "dismissed", "until": "2026-11-22"}));
        let verified = json!({"milestone": "days_30", "evidence": "self_report", "confidence": "low", "on": "2026-11-20"});
        // What a milestone came to is no change of what was seen.
        command(&app, &placement, "verify-milestone", verified.clone()).await;
        let other = json!({"reason": "r", "hours_a_week": 20});
        app.patch(placement.header("location")).by(&world.manager).if_match(2).json(other).expect(200).await;
        let conflict = push(&app, &world.mentor, &[&end(1)]).await;
        assert_eq!((words(&conflict), &conflict[0]["version"]), (vec!["conflict"], &json!(3)));
        for (sent, word) in [
            (about(&app, "verifyMilestone", &id, 1, &verified), "refused"),
            (about(&app, "verifyMilestone", &id, 9, &verified), "conflict"),
            (about(&app, "endPlacement", &id, 3, &json!({"reason": "dismissed", "until": "2026-09"})), "refused"),
            (about(&app, "recordPlacement", &id, 3, &new_placement(&app)), "refused"),
            (recorded(&app, &new_placement(&app)), "refused"),
            (end(3), "applied"),
        ] {
            let results = push(&app, &world.mentor, &[&sent]).await;
            assert_eq!(words(&results), [word], "{results:?}");
        }
        let withdrawn = about(&app, "withdrawPlacement", &id, 4, &json!({"reason": "It was his cousin"}));
        let results = push(&app, &world.participant, &[&withdrawn]).await;
        assert_eq!((words(&results), &results[0]["problem"]["code"]), (vec!["refused"], &json!("not_for_this_role")));
        assert_eq!(words(&push(&app, &world.other_mentor, &[&withdrawn]).await), ["refused"]);
        assert_eq!(words(&push(&app, &world.counsellor, &[&withdrawn]).await), ["applied"]);
    }
}
