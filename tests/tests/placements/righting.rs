//! What was recorded wrongly of a milestone: put right beside what it said, or taken back, so that somebody is asked again.

use super::{command, needed_for, new_placement, over, planned, record, states};
use crate::{
    appointments::audited,
    consents::{contact, give},
    sync::Phone,
    visits::{about, push, seen, words},
};
use chrono::TimeDelta;
use contract::ProblemCode;
use muwakaba::background::reconciler;
use muwakaba_tests::{Answer, TestApp, both_databases};
use serde_json::{Value, json};

const CORRECT: &str = "correct-milestone";
const WITHDRAW: &str = "withdraw-milestone";

fn known(on: &str) -> Value {
    json!({"milestone": "days_30", "evidence": "payslip", "confidence": "high", "on": on})
}

fn mistaken() -> Value {
    json!({"milestone": "days_30", "reason": "The payslip was the cousin's"})
}

/// One since that day whose first milestone was verified.
async fn held_since(app: &TestApp, start: &str) -> Answer {
    let body = over(new_placement(app), &json!({"on": start}));
    let recorded = record(app, &app.world.mentor, body).await;
    command(app, &recorded, "verify-milestone", known("2026-11-20")).await;
    recorded
}

async fn stands(app: &TestApp, placement: &Answer) -> Value {
    seen(app, &app.world.manager, placement.header("location")).await
}

async fn former(app: &TestApp, placement: &Answer) -> Vec<Value> {
    let path = format!("{}/corrections", placement.header("location"));
    seen(app, &app.world.counsellor, &path).await["items"].as_array().unwrap().clone()
}

async fn pass(app: &TestApp, days: i64) {
    app.clock.advance(TimeDelta::days(days));
    reconciler::run(&app.app).await.unwrap();
}

both_databases! {
    async fn what_is_known_of_a_milestone_is_put_right_beside_what_was_said(app: TestApp) {
        let world = &app.world;
        let placement = held_since(&app, "2026-10-10").await;
        let path = format!("{}/{CORRECT}", placement.header("location"));
        app.clock.advance(TimeDelta::minutes(5));
        let right = json!({"milestone": "days_30", "reason": "It was the fund's", "evidence": "cnss_statement", "on": "2026-11-18"});
        let send = |version: i64, body: Value| app.post(&path).by(&world.counsellor.again(&app.app)).if_match(version).json(body);
        let corrected = send(2, right.clone()).expect(200).await.json();
        let one = &corrected["milestones"][0];
        assert_eq!(
            (&one["state"], &one["evidence"], &one["confidence"], &one["held_on"]),
            (&json!("achieved"), &json!("cnss_statement"), &json!("high"), &json!("2026-11-18"))
        );
        // Who verified it and when stays; who put it right stands beside.
        assert_eq!((&one["verified_by"], &corrected["version"]), (&json!(world.mentor.id), &json!(3)));
        assert!(corrected.get("corrected_at").is_some());
        let said = former(&app, &placement).await;
        assert_eq!(said.len(), 1);
        assert_eq!((&said[0]["version"], &said[0]["corrected_by"], &said[0]["reason"]), (&json!(2), &json!(world.counsellor.id), &json!("It was the fund's")));
        let was = &said[0]["verification"];
        assert_eq!((&was["milestone"], &was["evidence"], &was["held_on"]), (&json!("days_30"), &json!("payslip"), &json!("2026-11-20")));
        assert_eq!(audited(&app, "placement.correct_milestone").await, 1);
        // What was wrong about the placement itself says nothing of a milestone.
        let other = json!({"reason": "The contract says so", "hours_a_week": 30});
        app.patch(placement.header("location")).by(&world.mentor.again(&app.app)).if_match(3).json(other).expect(200).await;
        assert_eq!(former(&app, &placement).await[0].get("verification"), None);
        send(3, right).refused(ProblemCode::Changed).await;
        for (body, pointer, code) in [
            (json!({"milestone": "days_30", "reason": "r"}), "", "required"),
            (json!({"milestone": "days_30", "reason": "r", "on": "2026-11-01"}), "/on", "before_due"),
            (json!({"milestone": "days_30", "reason": "r", "on": "2026-11-25"}), "/on", "future"),
            (json!({"milestone": "days_30", "reason": "r", "evidence": "employer"}), "/evidence", "not_allowed"),
        ] {
            let problem = send(4, body).refused(ProblemCode::Invalid).await;
            assert_eq!((&*problem.errors[0].pointer, &*problem.errors[0].code), (pointer, code));
        }
        let unknown = json!({"milestone": "days_90", "reason": "r", "confidence": "low"});
        send(4, unknown).refused(ProblemCode::CommandRefused).await;
    }

    async fn an_employer_is_no_better_evidence_afterwards(app: TestApp) {
        let world = &app.world;
        let placement = held_since(&app, "2026-10-01").await;
        give(&app, &world.participant, contact(&app, &placement.string("/id"), "The bakery")).await;
        command(&app, &placement, "agree-employer-knowledge", json!({"employer_knowledge": "centre_helps", "agreed_on": "2026-11-20"})).await;
        let by = |evidence: &str| json!({"milestone": "days_30", "reason": "r", "evidence": evidence});
        let asked = command(&app, &placement, CORRECT, by("employer")).await.json();
        assert_eq!((&asked["milestones"][0]["evidence"], &asked["milestones"][0]["evidence_consent"]), (&json!("employer"), &json!("given")));
        let told = command(&app, &placement, CORRECT, by("self_report")).await.json();
        assert_eq!((&told["milestones"][0]["evidence"], told["milestones"][0].get("evidence_consent")), (&json!("self_report"), None));
        assert_eq!(former(&app, &placement).await[0]["verification"]["evidence_consent"], json!("given"));
    }

    async fn what_was_taken_back_is_asked_for_again_and_missed_in_its_time(app: TestApp) {
        let world = &app.world;
        let placement = record(&app, &world.mentor, new_placement(&app)).await;
        pass(&app, 24).await;
        command(&app, &placement, "verify-milestone", known("2026-12-16")).await;
        assert!(needed_for(&app).await.is_empty());
        let back = command(&app, &placement, WITHDRAW, mistaken()).await.json();
        assert_eq!(states(&back), ["pending"; 4]);
        for field in ["evidence", "confidence", "held_on", "verified_at", "verified_by"] {
            assert_eq!(back["milestones"][0].get(field), None, "{field}");
        }
        assert_eq!((needed_for(&app).await, audited(&app, "placement.withdraw_milestone").await), (vec!["milestone_due".to_owned()], 1));
        let said = former(&app, &placement).await;
        assert_eq!((&said[0]["reason"], &said[0]["verification"]["evidence"]), (&json!("The payslip was the cousin's"), &json!("payslip")));
        let path = format!("{}/{WITHDRAW}", placement.header("location"));
        let mentor = || world.mentor.again(&app.app);
        app.post(&path).by(&mentor()).if_match(back["version"].as_i64().unwrap()).json(mistaken()).refused(ProblemCode::CommandRefused).await;
        pass(&app, 13).await;
        assert_eq!(states(&stands(&app, &placement).await), ["pending"; 4]);
        pass(&app, 1).await;
        assert_eq!(states(&stands(&app, &placement).await)[0], "missed");
        assert_eq!(needed_for(&app).await, ["milestone_missed"]);
        // Verified late and taken back once more: their time is over.
        command(&app, &placement, "verify-milestone", known("2026-12-20")).await;
        assert!(needed_for(&app).await.is_empty());
        let missed = command(&app, &placement, WITHDRAW, mistaken()).await.json();
        assert_eq!((states(&missed)[0].as_str(), &missed["milestones"][0]["closed_for"]), ("missed", &json!("not_verified")));
        assert_eq!(needed_for(&app).await, ["milestone_missed"]);
        // And it can be known after all.
        assert_eq!(states(&command(&app, &placement, "verify-milestone", known("2026-12-20")).await.json())[0], "achieved");
        assert!(needed_for(&app).await.is_empty());
    }

    async fn whoever_is_reminded_is_reminded_again(app: TestApp) {
        let placement = held_since(&app, "2026-10").await;
        assert_eq!(planned(&app).await.first().map(String::as_str), Some("2027-01-29T09:00:00Z"));
        let back = command(&app, &placement, WITHDRAW, mistaken()).await.json();
        assert_eq!(states(&back), ["pending"; 4]);
        assert_eq!(planned(&app).await.first().map(String::as_str), Some("2026-11-30T09:00:00Z"));
        assert!(needed_for(&app).await.is_empty(), "its day has not come");
        pass(&app, 8).await;
        assert_eq!(needed_for(&app).await, ["milestone_due"]);
    }

    async fn what_ended_before_it_was_reached_is_closed(app: TestApp) {
        let placement = held_since(&app, "2026-10-01").await;
        command(&app, &placement, "end", json!({"reason": "dismissed", "until": "2026-11-20"})).await;
        let path = placement.header("location");
        let mentor = app.world.mentor.again(&app.app);
        let sooner = json!({"reason": "It was October", "until": "2026-10-20"});
        app.patch(path).by(&mentor).if_match(3).json(sooner).expect(200).await;
        assert_eq!(states(&stands(&app, &placement).await)[0], "achieved");
        let back = command(&app, &placement, WITHDRAW, mistaken()).await.json();
        assert_eq!((states(&back), &back["milestones"][0]["closed_for"]), (["missed"; 4].map(str::to_owned).to_vec(), &json!("ended")));
        assert_eq!(needed_for(&app).await, ["job_lost"]);
    }

    async fn nobody_is_asked_again_while_the_file_rests(app: TestApp) {
        let world = &app.world;
        let placement = held_since(&app, "2026-10-10").await;
        let file = format!("/v1/participants/{}", world.participant.id);
        let manager = || world.manager.again(&app.app);
        app.post(&format!("{file}/pause")).by(&manager()).header("if-match", "*").json(json!({"reason": "illness"})).expect(200).await;
        let path = format!("{}/{WITHDRAW}", placement.header("location"));
        let back = app.post(&path).by(&manager()).if_match(2).json(mistaken()).expect(200).await;
        pass(&app, 30).await;
        assert_eq!((states(&back.json())[0].as_str(), needed_for(&app).await), ("pending", vec![]));
        app.post(&format!("{file}/resume")).by(&manager()).header("if-match", "*").expect(200).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!((states(&stands(&app, &placement).await)[0].as_str(), needed_for(&app).await), ("pending", vec!["milestone_due".to_owned()]));
    }

    async fn the_timeline_and_the_phones_tell_it_no_more(app: TestApp) {
        let world = &app.world;
        let placement = held_since(&app, "2026-10-10").await;
        let timeline = format!("/v1/participants/{}/timeline", world.participant.id);
        let is_told = async || {
            let page = seen(&app, &world.participant, &timeline).await;
            page["items"].as_array().unwrap().iter().any(|one| one["event"] == "days_30")
        };
        assert!(is_told().await);
        let mut own = Phone::fresh(&app, &world.participant.again(&app.app)).await;
        command(&app, &placement, WITHDRAW, mistaken()).await;
        assert!(!is_told().await);
        own.follow(&app, &world.participant.again(&app.app), 200).await;
        let had = &own.things[&("placements".to_owned(), placement.string("/id"))];
        assert_eq!((states(had)[0].as_str(), had["milestones"][0].get("evidence")), ("pending", None));
        assert!(!had.to_string().contains("cousin"), "why is told to staff alone");
    }

    async fn a_phone_puts_right_what_it_saw_and_nothing_else(app: TestApp) {
        let world = &app.world;
        let placement = held_since(&app, "2026-10-01").await;
        let id = placement.string("/id");
        let right = |base| about(&app, "correctMilestone", &id, base, &json!({"milestone": "days_30", "reason": "r", "confidence": "low"}));
        let back = |base| about(&app, "withdrawMilestone", &id, base, &mistaken());
        let (corrected, withdrawn) = (right(2), back(3));
        // What somebody else changed of the placement meanwhile is nothing to the milestone.
        let other = json!({"reason": "r", "hours_a_week": 20});
        app.patch(placement.header("location")).by(&world.manager.again(&app.app)).if_match(2).json(other).expect(200).await;
        let results = push(&app, &world.mentor, &[&corrected, &withdrawn]).await;
        assert_eq!(words(&results), ["applied"; 2], "{results:?}");
        assert_eq!(words(&push(&app, &world.mentor, &[&corrected, &withdrawn]).await), ["duplicate"; 2]);
        let path = format!("{}/verify-milestone", placement.header("location"));
        app.post(&path).by(&world.counsellor.again(&app.app)).if_match(5).json(known("2026-11-21")).expect(200).await;
        // The second device has seen what was said before.
        for (sent, word) in [
            (right(2), "conflict"),
            (back(5), "conflict"),
            (right(9), "conflict"),
            (about(&app, "correctMilestone", &id, 6, &json!({"milestone": "days_90", "reason": "r", "confidence": "low"})), "refused"),
            (back(6), "applied"),
            (back(7), "refused"),
        ] {
            let results = push(&app, &world.mentor, &[&sent]).await;
            assert_eq!(words(&results), [word], "{results:?}");
        }
        let results = push(&app, &world.participant, &[&back(7)]).await;
        assert_eq!((words(&results), &results[0]["problem"]["code"]), (vec!["refused"], &json!("not_for_this_role")));
        assert_eq!(states(&stands(&app, &placement).await)[0], "pending");
    }

    async fn only_who_accompanies_them_takes_it_back(app: TestApp) {
        let world = &app.world;
        let placement = held_since(&app, "2026-10-10").await;
        for (command, body) in [
            (CORRECT, json!({"milestone": "days_30", "reason": "r", "confidence": "low"})),
            (WITHDRAW, mistaken()),
        ] {
            let path = format!("{}/{command}", placement.header("location"));
            for person in [&world.other_mentor, &world.foreign_mentor, &world.other_manager] {
                app.post(&path).by(&person.again(&app.app)).if_match(2).json(body.clone()).refused(ProblemCode::NotFound).await;
            }
            app.post(&path).by(&world.participant.again(&app.app)).if_match(2).json(body).refused(ProblemCode::NotForThisRole).await;
        }
        command(&app, &placement, "withdraw", json!({"reason": "It was his cousin"})).await;
        let path = format!("{}/{WITHDRAW}", placement.header("location"));
        app.post(&path).by(&world.mentor.again(&app.app)).if_match(3).json(mistaken()).refused(ProblemCode::CommandRefused).await;
    }
}
