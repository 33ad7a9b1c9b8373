//! What the stand-in gets while somebody is away, and that it ends with the last day.

use super::{days, said};
use crate::{
    appointments::audited,
    notifications::{dispatch, phone, push_service},
    sync::Phone,
    work_items::{causes, path_of, raise, seen, the_one},
};
use care::work_item::WorkCause;
use chrono::TimeDelta;
use contract::{ProblemCode, time::Instant};
use muwakaba::background::reconciler;
use muwakaba_tests::{SignedIn, TestApp, both_databases};
use serde_json::json;

async fn until(app: &TestApp, instant: &str) {
    let then: Instant = instant.parse().unwrap();
    app.clock.advance(then.since(app.now()));
    reconciler::run(&app.app).await.unwrap();
}

async fn reads_the_file(app: &TestApp, person: &SignedIn) -> bool {
    let path = format!("/v1/participants/{}", app.world.participant.id);
    app.get(&path).by(&person.again(&app.app)).send().await.status == 200
}

both_databases! {
    async fn the_stand_in_has_the_people_and_what_needs_somebody_about_them(app: TestApp) {
        let world = &app.world;
        raise(&app, WorkCause::JobLost, &world.participant).await;
        said(&app, &world.mentor, days("2026-11-25", "2026-11-26", Some(world.other_mentor.id))).await;
        until(&app, "2026-11-24T23:59:59Z").await;
        assert_eq!((causes(&app, &world.mentor).await.len(), reads_the_file(&app, &world.other_mentor).await), (1, false));
        until(&app, "2026-11-25T00:00:00Z").await;
        assert!(reads_the_file(&app, &world.other_mentor).await);
        assert_eq!((causes(&app, &world.mentor).await.len(), causes(&app, &world.other_mentor).await.len()), (0, 1));
        assert_eq!(the_one(&app).await["responsible_id"], json!(world.other_mentor.id));
        // Who leads stays as it is: the participant's person is only away.
        let history = seen(&app, &world.manager, &format!("/v1/participants/{}/assignments", world.participant.id)).await;
        let leads: Vec<_> = history["items"].as_array().unwrap().iter().filter(|one| one["leads"] == json!(true)).collect();
        assert_eq!((leads.len(), &leads[0]["staff_id"]), (1, &json!(world.mentor.id)));
        assert!(reads_the_file(&app, &world.mentor).await, "whoever is away may still look");
        until(&app, "2026-11-26T23:59:59Z").await;
        assert!(reads_the_file(&app, &world.other_mentor).await);
        until(&app, "2026-11-27T00:00:00Z").await;
        assert!(!reads_the_file(&app, &world.other_mentor).await);
        assert_eq!(the_one(&app).await["responsible_id"], json!(world.mentor.id));
        assert_eq!((audited(&app, "absence.begin").await, audited(&app, "absence.end").await), (1, 1));
    }

    async fn a_stand_in_who_takes_the_person_over_does_not_lose_them_with_the_absence(app: TestApp) {
        let world = &app.world;
        let made = said(&app, &world.mentor, days("2026-11-23", "2026-11-26", Some(world.other_mentor.id))).await;
        reconciler::run(&app.app).await.unwrap();
        assert!(reads_the_file(&app, &world.other_mentor).await);
        let path = crate::hand_overs::asked(&app).await;
        crate::hand_overs::answer(&app, &path, &world.other_mentor, "accept").expect(200).await;
        app.post(&format!("/v1/absences/{}/end", made.string("/id"))).by(&world.mentor.again(&app.app)).expect(200).await;
        assert!(reads_the_file(&app, &world.other_mentor).await, "they accompany the participant in their own right");
        assert!(!reads_the_file(&app, &world.mentor).await);
    }

    async fn a_stand_in_reads_what_is_merged_meanwhile_for_as_long_as_they_stand_in(app: TestApp) {
        let world = &app.world;
        let other = crate::merging::second(&app).await;
        let made = said(&app, &world.mentor, days("2026-11-23", "2026-11-26", Some(world.other_mentor.id))).await;
        reconciler::run(&app.app).await.unwrap();
        crate::merging::merge(&app, world.participant.id, other, crate::merging::all_of_this()).expect(200).await;
        let path = format!("/v1/participants/{other}");
        app.get(&path).by(&world.other_mentor.again(&app.app)).expect(200).await;
        app.post(&format!("/v1/absences/{}/end", made.string("/id"))).by(&world.mentor.again(&app.app)).expect(200).await;
        app.get(&path).by(&world.other_mentor.again(&app.app)).refused(ProblemCode::NotFound).await;
        app.get(&path).by(&world.mentor.again(&app.app)).expect(200).await;
    }

    async fn a_stand_in_who_accompanies_the_other_file_keeps_the_one_that_goes_on(app: TestApp) {
        let world = &app.world;
        let other = crate::merging::second(&app).await;
        crate::people::assign(&app, &other.to_string(), world.other_mentor.id).await;
        let made = said(&app, &world.mentor, days("2026-11-23", "2026-11-26", Some(world.other_mentor.id))).await;
        reconciler::run(&app.app).await.unwrap();
        crate::merging::merge(&app, world.participant.id, other, crate::merging::all_of_this()).expect(200).await;
        app.post(&format!("/v1/absences/{}/end", made.string("/id"))).by(&world.mentor.again(&app.app)).expect(200).await;
        assert!(reads_the_file(&app, &world.other_mentor).await, "they accompanied the person before");
    }

    async fn whoever_accompanied_anyway_keeps_doing_so(app: TestApp) {
        let world = &app.world;
        let made = said(&app, &world.mentor, days("2026-11-23", "2026-11-26", Some(world.counsellor.id))).await;
        reconciler::run(&app.app).await.unwrap();
        raise(&app, WorkCause::JobLost, &world.participant).await;
        assert_eq!(causes(&app, &world.counsellor).await, ["job_lost"]);
        app.post(&format!("/v1/absences/{}/end", made.string("/id"))).by(&world.mentor.again(&app.app)).expect(200).await;
        assert!(causes(&app, &world.counsellor).await.is_empty());
        assert!(reads_the_file(&app, &world.counsellor).await);
        assert_eq!(causes(&app, &world.mentor).await, ["job_lost"]);
    }

    async fn without_a_stand_in_who_is_there_it_is_the_managers(app: TestApp) {
        let world = &app.world;
        raise(&app, WorkCause::JobLost, &world.participant).await;
        let made = said(&app, &world.mentor, days("2026-11-23", "2026-11-26", None)).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(causes(&app, &world.manager).await, ["job_lost"]);
        app.post(&format!("/v1/absences/{}/end", made.string("/id"))).by(&world.manager.again(&app.app)).expect(200).await;
        assert!(causes(&app, &world.manager).await.is_empty());
        // The stand-in falls ill as well.
        said(&app, &world.mentor, days("2026-11-23", "2026-11-26", Some(world.counsellor.id))).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(causes(&app, &world.counsellor).await, ["job_lost"]);
        said(&app, &world.counsellor, days("2026-11-23", "2026-11-24", None)).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!((causes(&app, &world.counsellor).await.len(), causes(&app, &world.manager).await.len()), (0, 1));
    }

    async fn an_account_that_is_closed_is_not_away_any_more(app: TestApp) {
        let world = &app.world;
        said(&app, &world.other_mentor, days("2026-11-23", "2026-12-26", Some(world.mentor.id))).await;
        reconciler::run(&app.app).await.unwrap();
        let path = format!("/v1/participants/{}", world.other_participant.id);
        app.get(&path).by(&world.mentor).expect(200).await;
        let account = format!("/v1/staff/{}", world.other_mentor.id);
        let version = seen(&app, &world.manager, &account).await["version"].as_i64().unwrap();
        app.patch(&account).by(&world.manager.again(&app.app)).if_match(version).json(json!({"active": false})).expect(200).await;
        app.get(&path).by(&world.mentor.again(&app.app)).refused(ProblemCode::NotFound).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(causes(&app, &world.manager).await, ["no_lead"]);
        app.clock.advance(TimeDelta::days(60));
        reconciler::run(&app.app).await.unwrap();
        let mut tx = app.app.db.read().await.unwrap();
        assert_eq!(kernel::agenda::set_aside(&mut tx, 1).await.unwrap().count, 0);
    }

    async fn an_alarm_rings_whoever_is_there(app: TestApp) {
        let (world, service) = (&app.world, push_service(&app).await);
        for person in [&world.counsellor, &world.manager] {
            phone(&app, &service, person).await;
        }
        said(&app, &world.mentor, days("2026-11-23", "2026-11-26", Some(world.counsellor.id))).await;
        reconciler::run(&app.app).await.unwrap();
        raise(&app, WorkCause::CheckInAlarm, &world.participant).await;
        dispatch(&app).await;
        assert_eq!(service.received().len(), 1, "the stand-in");
        let mut phone = Phone::fresh(&app, &world.manager.again(&app.app)).await;
        said(&app, &world.counsellor, days("2026-11-23", "2026-11-24", None)).await;
        reconciler::run(&app.app).await.unwrap();
        dispatch(&app).await;
        assert_eq!(service.received().len(), 2, "the manager, when the stand-in is away as well");
        phone.follow(&app, &world.manager.again(&app.app), 200).await;
        let item = phone.things.iter().find(|((list, _), _)| list == "work_items").unwrap().1;
        assert_eq!(item.get("responsible_id"), None);
    }

    async fn what_they_had_taken_is_the_stand_ins_too(app: TestApp) {
        let world = &app.world;
        raise(&app, WorkCause::JobLost, &world.participant).await;
        let path = path_of(&the_one(&app).await);
        app.post(&format!("{path}/take")).by(&world.mentor).if_match(1).expect(200).await;
        said(&app, &world.mentor, days("2026-11-23", "2026-11-26", Some(world.other_mentor.id))).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(causes(&app, &world.other_mentor).await, ["job_lost"]);
        assert!(causes(&app, &world.mentor).await.is_empty());
    }

    async fn a_host_does_not_lose_whom_they_are_to_meet(app: TestApp) {
        let world = &app.world;
        said(&app, &world.mentor, days("2026-11-23", "2026-11-23", Some(world.other_mentor.id))).await;
        reconciler::run(&app.app).await.unwrap();
        app.post("/v1/appointments").by(&world.other_mentor).json(json!({
            "participant_id": world.participant.id, "host_id": world.other_mentor.id, "kind": "social_counselling",
            "local_start": "2026-11-25T10:00:00", "duration_minutes": 30, "place": {"kind": "phone"},
        })).expect(201).await;
        until(&app, "2026-11-24T00:00:00Z").await;
        assert!(reads_the_file(&app, &world.other_mentor).await);
    }

    async fn two_in_a_row_follow_each_other_in_whichever_order_they_were_said(app: TestApp) {
        let world = &app.world;
        said(&app, &world.mentor, days("2026-11-25", "2026-11-25", Some(world.counsellor.id))).await;
        said(&app, &world.mentor, days("2026-11-24", "2026-11-24", Some(world.other_mentor.id))).await;
        raise(&app, WorkCause::JobLost, &world.participant).await;
        until(&app, "2026-11-24T00:00:00Z").await;
        assert_eq!(causes(&app, &world.other_mentor).await, ["job_lost"]);
        until(&app, "2026-11-25T00:00:00Z").await;
        assert_eq!((causes(&app, &world.counsellor).await.len(), reads_the_file(&app, &world.other_mentor).await), (1, false));
        let mut tx = app.app.db.read().await.unwrap();
        assert_eq!(kernel::agenda::set_aside(&mut tx, 1).await.unwrap().count, 0);
    }

    async fn who_could_see_the_file_and_since_when_is_in_the_log(app: TestApp) {
        let world = &app.world;
        said(&app, &world.mentor, days("2026-11-23", "2026-11-23", Some(world.other_mentor.id))).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(audited(&app, "assignment.start").await, 1);
        until(&app, "2026-11-24T00:00:00Z").await;
        assert_eq!(audited(&app, "assignment.end").await, 1);
    }
}
