//! Milestones: when each falls due, who is asked, what is taken as known, and what becomes of it if nobody knows.

use super::{command, needed_for, new_placement, over, planned, record, states};
use crate::{
    absences::{days, said},
    appointments::audited,
    consents::{contact, give},
    notifications::{dispatch, phone, push_service, read},
    people::close_file,
};
use care::appointment::rederive;
use chrono::TimeDelta;
use contract::{
    ProblemCode,
    time::{Instant, ZoneDataVersion, Zones},
};
use db::sql;
use muwakaba::background::reconciler;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};

/// How it was learnt on that day.
fn known(evidence: &str, on: &str) -> Value {
    json!({"milestone": "days_30", "evidence": evidence, "confidence": "medium", "on": on})
}

/// Time passes, and what is done as it passes is done.
async fn pass(app: &TestApp, days: i64) {
    app.clock.advance(TimeDelta::days(days));
    reconciler::run(&app.app).await.unwrap();
}

async fn stands(app: &TestApp, path: &str) -> Value {
    app.get(path).by(&app.world.manager.again(&app.app)).expect(200).await.json()
}

/// Who is to be reminded.
async fn listeners(app: &TestApp) -> Vec<uuid::Uuid> {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(sql!(
        "SELECT DISTINCT recipient_id FROM reminder WHERE subject_kind = 'placement' AND state = 'planned'"
    ))
    .scalars()
    .await
    .unwrap()
}

both_databases! {
    async fn it_falls_due_is_asked_for_missed_and_achieved_later(app: TestApp) {
        let recorded = record(&app, &app.world.mentor, new_placement(&app)).await;
        let path = recorded.header("location").to_owned();
        pass(&app, 22).await;
        assert!(needed_for(&app).await.is_empty());
        for _ in 0..2 {
            pass(&app, 1).await;
            assert_eq!(needed_for(&app).await, ["milestone_due"]);
        }
        assert_eq!(states(&stands(&app, &path).await), ["pending"; 4]);
        pass(&app, 14).await;
        let missed = stands(&app, &path).await;
        assert_eq!(states(&missed), ["missed", "pending", "pending", "pending"]);
        assert_eq!((&missed["milestones"][0]["closed_for"], &missed["version"]), (&json!("not_verified"), &json!(2)));
        assert_eq!(needed_for(&app).await, ["milestone_missed"]);
        assert_eq!(audited(&app, "placement.miss_milestone").await, 1);
        let achieved = command(&app, &recorded, "verify-milestone", known("payslip", "2026-12-31")).await;
        assert_eq!(states(&achieved.json()), ["achieved", "pending", "pending", "pending"]);
        for (field, value) in [("evidence", json!("payslip")), ("confidence", json!("medium")), ("held_on", json!("2026-12-31")), ("verified_by", json!(app.world.mentor.id))] {
            assert_eq!(achieved.json()["milestones"][0][field], value, "{field}");
        }
        assert!(needed_for(&app).await.is_empty());
        assert_eq!(planned(&app).await.first().map(String::as_str), Some("2027-02-14T09:00:00Z"));
        let again = app.post(&format!("{path}/verify-milestone")).by(&app.world.mentor.again(&app.app)).if_match(3).json(known("payslip", "2026-12-31"));
        again.refused(ProblemCode::CommandRefused).await;
    }

    async fn an_employer_is_asked_only_if_they_may_know(app: TestApp) {
        let recorded = record(&app, &app.world.mentor, over(new_placement(&app), &json!({"on": "2026-10-01"}))).await;
        let path = format!("{}/verify-milestone", recorded.header("location"));
        let verify = |version, body: Value| app.post(&path).by(&app.world.counsellor).if_match(version).json(body);
        let problem = verify(1, known("employer", "2026-11-10")).refused(ProblemCode::Invalid).await;
        assert_eq!((&*problem.errors[0].pointer, &*problem.errors[0].code), ("/evidence", "not_allowed"));
        for (on, code) in [("2026-10-30", "before_due"), ("2026-11-25", "future")] {
            let problem = verify(1, known("payslip", on)).refused(ProblemCode::Invalid).await;
            assert_eq!((&*problem.errors[0].pointer, &*problem.errors[0].code), ("/on", code));
        }
        give(&app, &app.world.participant, contact(&app, &recorded.string("/id"), "The bakery")).await;
        let problem = verify(1, known("employer", "2026-11-10")).refused(ProblemCode::Invalid).await;
        assert_eq!(&*problem.errors[0].code, "not_allowed", "they consent, and it was agreed that the employer knows nothing");
        let agreed = command(&app, &recorded, "agree-employer-knowledge", json!({"employer_knowledge": "centre_helps", "agreed_on": "2026-11-20"})).await;
        assert_eq!((agreed.string("/agreed_on"), agreed.string("/witness_id")), ("2026-11-20".to_owned(), app.world.mentor.id.to_string()));
        let verified = verify(2, known("employer", "2026-11-10")).expect(200).await;
        assert_eq!(verified.json()["milestones"][0]["evidence_consent"], json!("given"));
        let taken_back = command(&app, &recorded, "agree-employer-knowledge", json!({"employer_knowledge": "nothing"})).await;
        assert_eq!((taken_back.json().get("agreed_on"), taken_back.json().get("witness_id")), (None, None));
        assert_eq!(states(&taken_back.json())[0], "achieved");
    }

    async fn whoever_accompanies_them_is_reminded_in_words_that_tell_nothing(app: TestApp) {
        let service = push_service(&app).await;
        record(&app, &app.world.mentor, new_placement(&app)).await;
        phone(&app, &service, &app.world.mentor).await;
        app.clock.advance(TimeDelta::days(23));
        dispatch(&app).await;
        let received = service.received();
        assert_eq!(received.len(), 1);
        let payload = read(received.last().unwrap());
        let said = format!("{} {}", payload.title, payload.body).to_lowercase();
        for word in ["work", "job", "placement", "milestone", "days", "employ"] {
            assert!(!said.contains(word), "{said}");
        }
    }

    async fn nobody_is_asked_about_whom_nobody_accompanies(app: TestApp) {
        let world = &app.world;
        let recorded = record(&app, &world.mentor, new_placement(&app)).await;
        close_file(&app, world.participant.id).await;
        assert!(planned(&app).await.is_empty());
        pass(&app, 60).await;
        assert!(needed_for(&app).await.is_empty());
        let read = app.get(recorded.header("location")).by(&world.manager.again(&app.app)).expect(200).await;
        assert_eq!(states(&read.json()), ["pending"; 4]);
        let reopen = format!("/v1/participants/{}/reopen", world.participant.id);
        let manager = world.manager.again(&app.app);
        app.post(&reopen).by(&manager).header("if-match", "*").json(json!({"reason": "came_back"})).expect(200).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(needed_for(&app).await, ["milestone_due"]);
        assert_eq!(planned(&app).await, ["2027-02-14T09:00:00Z", "2027-05-15T09:00:00Z", "2027-11-16T09:00:00Z"]);
    }

    async fn what_was_asked_before_a_file_closed_is_asked_again(app: TestApp) {
        let world = &app.world;
        let recorded = record(&app, &world.mentor, new_placement(&app)).await;
        pass(&app, 23).await;
        assert_eq!(needed_for(&app).await, ["milestone_due"]);
        let send = async |command: &str, reason: &str| {
            let path = format!("/v1/participants/{}/{command}", world.participant.id);
            let manager = world.manager.again(&app.app);
            app.post(&path).by(&manager).header("if-match", "*").json(json!({"reason": reason})).expect(200).await
        };
        send("withdraw", "asked_to_stop").await;
        assert!(needed_for(&app).await.is_empty());
        pass(&app, 30).await;
        send("reopen", "came_back").await;
        reconciler::run(&app.app).await.unwrap();
        // Nothing was missed meanwhile, and whoever is asked again has as long as ever.
        assert_eq!(needed_for(&app).await, ["milestone_due"]);
        assert_eq!(states(&stands(&app, recorded.header("location")).await), ["pending"; 4]);
        pass(&app, 13).await;
        assert_eq!(states(&stands(&app, recorded.header("location")).await), ["pending"; 4]);
        // A loss with nothing behind it comes back as well.
        command(&app, &recorded, "end", json!({"reason": "dismissed", "until": "2027-01-20"})).await;
        assert!(needed_for(&app).await.contains(&"job_lost".to_owned()));
        send("withdraw", "asked_to_stop").await;
        assert!(needed_for(&app).await.is_empty());
        send("reopen", "came_back").await;
        assert!(needed_for(&app).await.contains(&"job_lost".to_owned()));
    }

    async fn whoever_stands_in_is_reminded_while_the_lead_is_away(app: TestApp) {
        let world = &app.world;
        record(&app, &world.mentor, new_placement(&app)).await;
        assert_eq!(listeners(&app).await, [world.mentor.id]);
        said(&app, &world.mentor, days("2026-11-23", "2026-11-26", Some(world.other_mentor.id))).await;
        for _ in 0..2 {
            reconciler::run(&app.app).await.unwrap();
        }
        assert_eq!(listeners(&app).await, [world.other_mentor.id]);
        pass(&app, 5).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(listeners(&app).await, [world.mentor.id]);
    }

    async fn nobody_is_asked_while_the_file_rests(app: TestApp) {
        let world = &app.world;
        let recorded = record(&app, &world.mentor, new_placement(&app)).await;
        let file = format!("/v1/participants/{}", world.participant.id);
        let send = async |command: &str, body: Value| {
            let manager = world.manager.again(&app.app);
            app.post(&format!("{file}/{command}")).by(&manager).header("if-match", "*").json(body).expect(200).await
        };
        send("pause", json!({"reason": "illness"})).await;
        assert!(planned(&app).await.is_empty());
        pass(&app, 60).await;
        assert!(needed_for(&app).await.is_empty());
        let manager = world.manager.again(&app.app);
        app.post(&format!("{file}/resume")).by(&manager).header("if-match", "*").expect(200).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(needed_for(&app).await, ["milestone_due"]);
        assert_eq!(states(&stands(&app, recorded.header("location")).await), ["pending"; 4]);
    }

    async fn what_cannot_be_read_stops_nothing_else(app: TestApp) {
        let world = &app.world;
        let broken = record(&app, &world.mentor, new_placement(&app)).await;
        let whole = record(&app, &world.mentor, new_placement(&app)).await;
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!("UPDATE placement SET started = 'some day' WHERE id = $1")).bind(broken.string("/id").parse::<uuid::Uuid>().unwrap()).execute().await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..4 {
            pass(&app, 30).await;
        }
        assert_eq!(states(&stands(&app, whole.header("location")).await)[0], "missed");
        let mut tx = app.app.db.read().await.unwrap();
        let aside: Vec<uuid::Uuid> = tx.query(sql!("SELECT subject_id FROM agenda WHERE ready_at IS NULL")).scalars().await.unwrap();
        assert_eq!(aside, [broken.string("/id").parse::<uuid::Uuid>().unwrap()]);
    }

    async fn new_zone_data_move_no_milestone_on_the_wall(app: TestApp) {
        // Zone data from before Morocco left its hour.
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mobile-contract/fixtures/zoneinfo-2025b");
        let old = app.app.with_zones(Arc::new(Zones::from_directory(&directory, ZoneDataVersion::parse("2025b")).unwrap()));
        rederive::if_zone_data_changed(&old).await.unwrap();
        let recorded = record(&app, &app.world.mentor, new_placement(&app)).await;
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!("UPDATE milestone SET due_at = $1 WHERE milestone = 'days_30'")).bind("2026-12-16T08:00:00Z".parse::<Instant>().unwrap()).execute().await.unwrap();
        tx.commit().await.unwrap();
        rederive::if_zone_data_changed(&app.app).await.unwrap();
        let read = stands(&app, recorded.header("location")).await;
        assert_eq!((&read["milestones"][0]["local_due"], &read["milestones"][0]["due_at"]), (&json!("2026-12-16T09:00:00"), &json!("2026-12-16T09:00:00Z")));
        assert_eq!(planned(&app).await.first().map(String::as_str), Some("2026-12-16T09:00:00Z"));
    }

    async fn another_zone_of_the_centre_and_another_policy_are_heeded(app: TestApp) {
        let world = &app.world;
        let recorded = record(&app, &world.mentor, new_placement(&app)).await;
        let centre = format!("/v1/centres/{}", world.centre);
        let policy = json!({"reminder_policy": {"quiet_hours": {"from": "20:00", "until": "11:00"}}});
        app.patch(&centre).by(&world.manager).if_match(1).json(policy).expect(200).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(planned(&app).await.first().map(String::as_str), Some("2026-12-16T11:00:00Z"));
        app.patch(&centre).by(&world.administrator).if_match(2).json(json!({"zone": "Europe/Paris"})).expect(200).await;
        reconciler::run(&app.app).await.unwrap();
        let read = stands(&app, recorded.header("location")).await;
        assert_eq!((&read["milestones"][0]["zone"], &read["milestones"][0]["due_at"]), (&json!("Europe/Paris"), &json!("2026-12-16T08:00:00Z")));
        assert_eq!(planned(&app).await.first().map(String::as_str), Some("2026-12-16T10:00:00Z"));
    }

    async fn placements_follow_whose_they_are(app: TestApp) {
        let world = &app.world;
        let recorded = record(&app, &world.mentor, new_placement(&app)).await;
        let path = recorded.header("location").to_owned();
        crate::hand_overs::moved(&app, world.participant.id).await;
        for person in [&world.manager, &world.mentor] {
            app.get(&path).by(person).refused(ProblemCode::NotFound).await;
        }
        assert_eq!(app.get(&path).by(&world.other_manager).expect(200).await.string("/state"), "running");
        assert!(planned(&app).await.is_empty(), "nobody there accompanies them yet");
        let assigned = json!({"staff_id": world.foreign_mentor.id});
        app.post(&format!("/v1/participants/{}/assignments", world.participant.id)).by(&world.other_manager).json(assigned).expect(201).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(planned(&app).await.len(), 4);
        assert_eq!(listeners(&app).await, [world.foreign_mentor.id]);
    }
}
