//! The end of a placement: what it closes, whom it calls, and what the days between come to.

use super::{command, needed_for, new_placement, over, planned, record, states};
use crate::appointments::audited;
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::both_databases;
use serde_json::json;

both_databases! {
    async fn a_loss_calls_somebody_at_once_and_closes_what_was_not_reached(app: TestApp) {
        let long_ago = over(new_placement(&app), &json!({"on": "2026-08-01"}));
        let recorded = record(&app, &app.world.mentor, long_ago).await;
        let stands = command(&app, &recorded, "end", json!({"reason": "laid_off", "until": "2026-11-20"})).await;
        // The 90th day was on 30 October: it was held until then, and that can still be verified.
        assert_eq!(states(&stands.json()), ["pending", "pending", "missed", "missed"]);
        assert_eq!((stands.string("/end_reason"), stands.string("/milestones/2/closed_for")), ("laid_off".to_owned(), "ended".to_owned()));
        assert_eq!(needed_for(&app).await, ["job_lost"]);
        // Whoever is on the way to something else was seen to.
        record(&app, &app.world.mentor, over(new_placement(&app), &json!({"stage": "application", "on": "2026-11-22"}))).await;
        assert!(needed_for(&app).await.is_empty());
        assert_eq!(audited(&app, "placement.end").await, 1);
    }

    async fn what_was_entered_by_mistake_silences_no_loss(app: TestApp) {
        let lost = record(&app, &app.world.mentor, new_placement(&app)).await;
        command(&app, &lost, "end", json!({"reason": "dismissed", "until": "2026-11-20"})).await;
        let mistaken = record(&app, &app.world.mentor, over(new_placement(&app), &json!({"stage": "offer", "on": "2026-11-22"}))).await;
        assert!(needed_for(&app).await.is_empty());
        command(&app, &mistaken, "withdraw", json!({"reason": "It was his cousin"})).await;
        assert_eq!(needed_for(&app).await, ["job_lost"]);
        // What is on the way was seen to, until it comes to nothing.
        let other = record(&app, &app.world.mentor, over(new_placement(&app), &json!({"stage": "offer", "on": "2026-11-22"}))).await;
        assert!(needed_for(&app).await.is_empty());
        command(&app, &other, "record-stage", json!({"stage": "offer", "outcome": "refused", "on": "2026-11-22"})).await;
        assert_eq!(needed_for(&app).await, ["job_lost"]);
    }

    async fn a_loss_with_something_behind_it_calls_nobody(app: TestApp) {
        let first = record(&app, &app.world.mentor, new_placement(&app)).await;
        let second = record(&app, &app.world.mentor, over(new_placement(&app), &json!({"stage": "offer", "on": "2026-11-18"}))).await;
        command(&app, &first, "end", json!({"reason": "dismissed", "until": "2026-11-20"})).await;
        assert!(needed_for(&app).await.is_empty());
        command(&app, &second, "record-stage", json!({"stage": "offer", "outcome": "withdrawn", "on": "2026-11-21"})).await;
        assert_eq!(needed_for(&app).await, ["job_lost"]);
    }

    async fn something_better_is_no_loss(app: TestApp) {
        let recorded = record(&app, &app.world.mentor, new_placement(&app)).await;
        let stands = command(&app, &recorded, "end", json!({"reason": "better_job", "until": "2026-11-20"})).await;
        assert_eq!(states(&stands.json()), ["waived"; 4]);
        assert!(needed_for(&app).await.is_empty() && planned(&app).await.is_empty());
        // Said wrongly, it is one after all; and the other way round.
        let path = recorded.header("location").to_owned();
        let correct = |version, reason: &str| app.patch(&path).by(&app.world.mentor).if_match(version).json(json!({"reason": "r", "end_reason": reason}));
        assert_eq!(states(&correct(2, "dismissed").expect(200).await.json()), ["missed"; 4]);
        assert_eq!(needed_for(&app).await, ["job_lost"]);
        assert_eq!(states(&correct(3, "better_job").expect(200).await.json()), ["waived"; 4]);
        assert!(needed_for(&app).await.is_empty());
        // An end that was later than was thought opens again what had been reached by then.
        let later = json!({"reason": "r", "from": "2026-09", "until": "2026-11-22"});
        let stands = app.patch(&path).by(&app.world.mentor).if_match(4).json(later).expect(200).await;
        assert_eq!(states(&stands.json()), ["pending", "waived", "waived", "waived"]);
    }

    async fn what_may_have_been_reached_can_still_be_verified(app: TestApp) {
        let recorded = record(&app, &app.world.mentor, over(new_placement(&app), &json!({"on": "2026"}))).await;
        // Nobody knows when in the year: it may have been 320 days.
        let stands = command(&app, &recorded, "end", json!({"reason": "laid_off", "until": "2026-11-20"})).await;
        assert_eq!(states(&stands.json()), ["pending", "pending", "pending", "missed"]);
        let payslip = json!({"milestone": "days_180", "evidence": "payslip", "confidence": "medium", "on": "2026-07-31"});
        let stands = command(&app, &recorded, "verify-milestone", payslip).await;
        assert_eq!(states(&stands.json()), ["pending", "pending", "achieved", "missed"]);
        let path = format!("{}/verify-milestone", recorded.header("location"));
        let early = json!({"milestone": "days_90", "evidence": "payslip", "confidence": "medium", "on": "2026-03-31"});
        let problem = app.post(&path).by(&app.world.mentor.again(&app.app)).if_match(3).json(early).refused(ProblemCode::Invalid).await;
        assert_eq!((&*problem.errors[0].pointer, &*problem.errors[0].code), ("/on", "before_due"));
    }

    async fn an_end_before_the_start_is_refused_by_name(app: TestApp) {
        let recorded = record(&app, &app.world.mentor, new_placement(&app)).await;
        let end = format!("{}/end", recorded.header("location"));
        for (until, code) in [("2026-11-15", "before_start"), ("2026-10", "before_start"), ("2026-11-25", "future"), ("2027", "future")] {
            let body = json!({"reason": "moved", "until": until});
            let problem = app.post(&end).by(&app.world.mentor).if_match(1).json(body).refused(ProblemCode::Invalid).await;
            assert_eq!((&*problem.errors[0].pointer, &*problem.errors[0].code), ("/until", code), "{until}");
        }
        // It may have been within the month.
        app.post(&end).by(&app.world.mentor).if_match(1).json(json!({"reason": "moved", "until": "2026-11"})).expect(200).await;
    }

    async fn a_new_detention_is_told_to_the_manager_alone(app: TestApp) {
        let (world, recorded) = (&app.world, record(&app, &app.world.mentor, new_placement(&app)).await);
        let stands = command(&app, &recorded, "end", json!({"reason": "new_detention", "until": "2026-11-20"})).await;
        assert_eq!(stands.string("/end_reason"), "other");
        let path = recorded.header("location").to_owned();
        for (person, told) in [(&world.manager, "new_detention"), (&world.mentor, "other"), (&world.counsellor, "other"), (&world.participant, "other")] {
            assert_eq!(app.get(&path).by(&person.again(&app.app)).expect(200).await.string("/end_reason"), told);
        }
        // Whoever sends back what they were shown changes nothing about it.
        let as_shown = json!({"reason": "It was less", "hours_a_week": 30, "end_reason": "other"});
        app.patch(&path).by(&world.mentor.again(&app.app)).if_match(2).json(as_shown).expect(200).await;
        assert_eq!(app.get(&path).by(&world.manager.again(&app.app)).expect(200).await.string("/end_reason"), "new_detention");
        // A correction that tells of it is for the manager alone, with its reason; others see what it said before, as everybody may read it.
        let cleared = json!({"reason": "He was released at once", "end_reason": "moved"});
        app.patch(&path).by(&world.manager.again(&app.app)).if_match(3).json(cleared).expect(200).await;
        for (person, told) in [(&world.manager, json!(["new_detention", "new_detention"])), (&world.mentor, json!(["other"]))] {
            let former = app.get(&format!("{path}/corrections")).by(&person.again(&app.app)).expect(200).await;
            let items = former.json()["items"].as_array().unwrap().clone();
            assert_eq!(json!(items.iter().map(|one| one["end_reason"].clone()).collect::<Vec<_>>()), told);
            assert_eq!(former.text().contains("released"), items.len() == 2);
        }
        assert_eq!(needed_for(&app).await, ["job_lost"]);
    }

    async fn days_and_gaps_are_reckoned_from_what_is_recorded(app: TestApp) {
        let world = &app.world;
        for (kind, from, until) in [
            ("day_labour", "2026-03-01", Some("2026-03-31")),
            // Beside it, for half of the time.
            ("informal_work", "2026-03-15", Some("2026-04-10")),
            ("training", "2026-05-01", Some("2026-05-10")),
            ("insertion_contract", "2026-10", None),
        ] {
            let recorded = record(&app, &world.mentor, over(new_placement(&app), &json!({"kind": kind, "on": from}))).await;
            if let Some(until) = until {
                command(&app, &recorded, "end", json!({"reason": "season_over", "until": until})).await;
            }
        }
        let work = app.get(&format!("/v1/participants/{}/work", world.participant.id)).by(&world.participant).expect(200).await.json();
        assert_eq!((&work["as_of"], &work["in_work"]), (&json!("2026-11-23"), &json!("yes")));
        assert_eq!(work["days"], json!([
            {"counted_as": "employment", "at_least": 41, "at_most": 41},
            {"counted_as": "insertion", "at_least": 24, "at_most": 54},
            {"counted_as": "training", "at_least": 10, "at_most": 10},
        ]));
        assert_eq!(work["gaps"], json!([{"from": "2026-04-11", "until": "2026-09-30", "at_least": 173, "at_most": 203}]));
        app.get(&format!("/v1/participants/{}/work", world.participant.id)).by(&world.foreign_mentor).refused(ProblemCode::NotFound).await;
    }

    async fn a_fault_at_any_statement_leaves_nothing(app: TestApp) {
        let recorded = record(&app, &app.world.mentor, new_placement(&app)).await;
        let end = format!("{}/end", recorded.header("location"));
        let body = json!({"reason": "dismissed", "until": "2026-11-20"});
        for statement in 1.. {
            app.faults.arm(statement);
            let answer = app.post(&end).by(&app.world.mentor).if_match(1).json(body.clone()).send().await;
            if app.faults.disarm() {
                assert!(answer.status < 300 && statement > 10, "{statement}: {}", answer.text());
                break;
            }
            assert_eq!(answer.status, 500, "fault {statement}: {}", answer.text());
            let mut tx = app.database.db.read().await.unwrap();
            let left: i64 = tx.query(sql!(
                "SELECT (SELECT count(*) FROM placement WHERE state <> 'running') + (SELECT count(*) FROM milestone WHERE state <> 'pending')
                      + (SELECT count(*) FROM work_item WHERE cause = 'job_lost')
                      + (SELECT count(*) FROM audit WHERE action = 'placement.end')"
            )).scalar().await.unwrap();
            assert_eq!(left, 0, "fault {statement} left something half done");
        }
        assert_eq!(needed_for(&app).await, ["job_lost"]);
    }
}
