//! Whose list an item is on, in which order, and who reads it.

use super::{causes, list, path_of, raise, raise_about, seen, the_one};
use care::work_item::WorkCause;
use contract::ProblemCode;
use muwakaba_tests::both_databases;
use serde_json::json;
use uuid::Uuid;

both_databases! {
    async fn it_is_the_leads_and_of_nobody_else(app: TestApp) {
        let world = &app.world;
        let subject = raise(&app, WorkCause::JobLost, &world.participant).await;
        let [item] = &list(&app, &world.mentor, "").await[..] else { panic!("one") };
        assert_eq!(
            [&item["cause"], &item["subject_id"], &item["state"], &item["urgency"], &item["responsible_id"], &item["times"]],
            [&json!("job_lost"), &json!(subject), &json!("open"), &json!("high"), &json!(world.mentor.id), &json!(1)]
        );
        assert_eq!(item["participant_name"], muwakaba_tests::world::CANARY_NAME);
        // Raised on a Monday at ten; a working day later it is Tuesday, when the centre closes, which in these tests is late.
        assert_eq!(item["window"], json!({
            "local_end": "2026-11-24T23:59:00", "zone": "Africa/Casablanca", "ends_at": "2026-11-24T23:59:00Z", "part_of_day": "evening",
        }));
        for other in [&world.counsellor, &world.other_mentor, &world.manager, &world.foreign_mentor, &world.other_manager] {
            assert!(list(&app, other, "").await.is_empty());
        }
        // Whoever else accompanies the participant sees it beside them, and the manager by whose it is.
        let of_person = format!("?participant_id={}", world.participant.id);
        for other in [&world.counsellor, &world.manager] {
            assert_eq!(list(&app, other, &of_person).await.len(), 1);
        }
        let of_mentor = format!("?staff_id={}", world.mentor.id);
        assert_eq!(list(&app, &world.manager, &of_mentor).await.len(), 1);
        assert!(list(&app, &world.other_manager, &of_mentor).await.is_empty());
        for outsider in [&world.other_mentor, &world.foreign_mentor, &world.other_manager] {
            app.get(&format!("/v1/work-items{of_person}")).by(outsider).refused(ProblemCode::NotFound).await;
            app.get(&path_of(item)).by(outsider).refused(ProblemCode::NotFound).await;
        }
        app.get(&format!("/v1/work-items{of_mentor}")).by(&world.counsellor).refused(ProblemCode::NotForThisRole).await;
        for nobody in [&world.participant, &world.administrator, &world.observer] {
            app.get("/v1/work-items").by(nobody).refused(ProblemCode::NotForThisRole).await;
            app.get(&path_of(item)).by(nobody).refused(ProblemCode::NotForThisRole).await;
        }
    }

    async fn the_same_cause_again_is_counted_and_another_is_another(app: TestApp) {
        let world = &app.world;
        let subject = Uuid::now_v7();
        for _ in 0..3 {
            raise_about(&app, WorkCause::CheckInMissed, world.participant.id, world.centre, subject).await;
        }
        assert_eq!(the_one(&app).await["times"], json!(3));
        raise_about(&app, WorkCause::CallWanted, world.participant.id, world.centre, subject).await;
        assert_eq!(causes(&app, &world.mentor).await, ["call_wanted", "check_in_missed"]);
    }

    async fn the_most_urgent_is_first_then_the_soonest_on_any_page(app: TestApp) {
        let world = &app.world;
        for cause in [WorkCause::PaperStuck, WorkCause::NoContact, WorkCause::CheckInAlarm, WorkCause::OutcomeNotRecorded, WorkCause::JobLost] {
            raise(&app, cause, &world.participant).await;
        }
        let order = ["check_in_alarm", "job_lost", "outcome_not_recorded", "no_contact", "paper_stuck"];
        assert_eq!(causes(&app, &world.mentor).await, order);
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/v1/work-items?limit=2{cursor}");
            let page = app.get(&path).by(&world.mentor.again(&app.app)).expect(200).await.json();
            found.extend(page["items"].as_array().unwrap().iter().map(|item| item["cause"].as_str().unwrap().to_owned()));
            match page.get("next_cursor") {
                Some(next) => cursor = format!("&cursor={}", next.as_str().unwrap()),
                None => break,
            }
        }
        assert_eq!(found, order);
        app.get("/v1/work-items?cursor=x").by(&world.mentor).refused(ProblemCode::Invalid).await;
    }

    async fn an_appointment_that_is_booked_eases_what_can_wait_for_it(app: TestApp) {
        let world = &app.world;
        raise(&app, WorkCause::JobLost, &world.participant).await;
        assert_eq!(the_one(&app).await["urgency"], "high");
        let start = "2026-12-01T10:00:00";
        let booked = app.post("/v1/appointments").by(&world.mentor.again(&app.app)).json(json!({
            "participant_id": world.participant.id, "host_id": world.mentor.id, "kind": "social_counselling",
            "local_start": start, "duration_minutes": 30, "place": {"kind": "phone"},
        })).expect(201).await.string("/id");
        let item = the_one(&app).await;
        assert_eq!(item["urgency"], "normal");
        assert_eq!(item["booked"], json!({"appointment_id": booked, "local_start": start, "zone": "Africa/Casablanca"}));
        raise(&app, WorkCause::CheckInAlarm, &world.participant).await;
        assert_eq!(list(&app, &world.mentor, "").await[0]["urgency"], "alarm");
        app.post(&format!("/v1/appointments/{booked}/cancel")).by(&world.mentor.again(&app.app)).if_match(1).json(json!({"reason": "x"})).expect(200).await;
        assert_eq!(list(&app, &world.mentor, "").await[1]["urgency"], "high");
    }

    async fn a_manager_sees_how_the_centres_work_stands(app: TestApp) {
        let world = &app.world;
        raise(&app, WorkCause::JobLost, &world.participant).await;
        raise(&app, WorkCause::JobLost, &world.other_participant).await;
        let item = raise(&app, WorkCause::PaperStuck, &world.participant).await;
        let paper = list(&app, &world.mentor, "").await.into_iter().find(|one| one["subject_id"] == json!(item)).unwrap();
        let path = path_of(&paper);
        app.post(&format!("{path}/snooze")).by(&world.mentor.again(&app.app)).if_match(1).json(json!({"days": 14, "reason": "waiting_for_others"})).expect(200).await;
        raise_about(&app, WorkCause::NoContact, world.foreign_participant.id, world.other_centre, Uuid::now_v7()).await;
        let summary = seen(&app, &world.manager, "/v1/work-items/summary").await;
        assert_eq!(summary["by_cause"], json!([
            {"cause": "job_lost", "open": 2, "untaken": 2, "overdue": 0, "snoozed": 0},
            {"cause": "paper_stuck", "open": 1, "untaken": 1, "overdue": 0, "snoozed": 1},
        ]));
        assert_eq!((&summary["people_accompanied"], &summary["people_without_lead"]), (&json!(2), &json!(0)));
        for nobody in [&world.mentor, &world.participant, &world.administrator, &world.observer] {
            app.get("/v1/work-items/summary").by(&nobody.again(&app.app)).refused(ProblemCode::NotForThisRole).await;
        }
    }
}
