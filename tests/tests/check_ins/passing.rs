//! What time does by itself: it opens, it is missed, and after a grace somebody is asked to call. Reading tells the truth to the microsecond,
//! whether or not a timer has run.

use super::{answers, command, new_check_ins, over, plan, raised, save, seen};
use care::appointment::rederive;
use chrono::TimeDelta;
use contract::{
    ProblemCode,
    time::{Instant, ZoneDataVersion, Zones},
};
use db::sql;
use muwakaba::background::reconciler;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::json;
use std::{path::Path, sync::Arc};

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

const MICRO: TimeDelta = TimeDelta::microseconds(1);

/// One that opens on the first of December at nine and closes on the fifth at eight.
async fn ahead(app: &TestApp) -> String {
    let made = plan(app, &app.world.mentor, new_check_ins(app, &["2026-12-01"])).await;
    format!("/v1/check-ins/{}", made.string("/items/0/id"))
}

async fn reminders(app: &TestApp, state: &str) -> Vec<String> {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(sql!(
        "SELECT purpose FROM reminder WHERE subject_kind = 'check_in' AND state = $1 ORDER BY due_at, id"
    ))
    .bind(state)
    .scalars()
    .await
    .unwrap()
}

/// When the agenda looks at it next.
async fn noted(app: &TestApp) -> Vec<String> {
    let mut tx = app.app.db.read().await.unwrap();
    let rows: Vec<Instant> = tx
        .query(sql!("SELECT ready_at FROM agenda WHERE subject_kind = 'check_in'"))
        .scalars()
        .await
        .unwrap();
    rows.into_iter().map(|at| at.to_string()).collect()
}

both_databases! {
    async fn it_opens_and_is_missed_to_the_microsecond_before_any_timer_runs(app: TestApp) {
        let world = &app.world;
        let path = ahead(&app).await;
        let (opens, closes) = (at("2026-12-01T09:00:00Z"), at("2026-12-05T20:00:00Z"));
        for (moment, state) in [
            (opens.saturating_sub(MICRO), "planned"),
            (opens, "open"),
            (closes.saturating_sub(MICRO), "open"),
            (closes, "missed"),
        ] {
            app.clock.set(moment);
            assert_eq!(seen(&app, &world.participant, &path).await["state"], json!(state), "{moment}");
            let listed = seen(&app, &world.mentor, &format!("/v1/participants/{}/check-ins", world.participant.id)).await;
            assert_eq!(listed["items"][0]["state"], json!(state), "{moment}");
            let saved = save(&app, &world.participant, &path, 1, json!({"answers": [{"question_id": "x", "option": "y"}]})).send().await;
            // Before it opens it is the state that refuses, afterwards the answer.
            let refused = if state == "planned" { 409 } else { 400 };
            assert_eq!(saved.status, refused, "{moment}");
        }
    }

    async fn the_first_and_the_last_moment_are_in_time(app: TestApp) {
        let world = &app.world;
        let made = plan(&app, &world.mentor, new_check_ins(&app, &["2026-12-01"])).await.string("/items/0/id");
        let same = [made, plan(&app, &world.mentor, new_check_ins(&app, &["2026-12-01"])).await.string("/items/0/id"),
                    plan(&app, &world.mentor, new_check_ins(&app, &["2026-12-01"])).await.string("/items/0/id")];
        let moments = [("2026-12-01T09:00:00Z", false), ("2026-12-05T19:59:59.999999Z", false), ("2026-12-05T20:00:00Z", true)];
        for (id, (moment, is_late)) in same.iter().zip(moments) {
            app.clock.set(at(moment));
            let path = format!("/v1/check-ins/{id}");
            let given = command(&app, &world.participant, &path, "submit", 1).json(answers("good")).expect(200).await.json();
            assert_eq!(given["is_late"], json!(is_late), "{moment}");
        }
    }

    async fn one_row_of_the_agenda_brings_it_through_time(app: TestApp) {
        let world = &app.world;
        let path = ahead(&app).await;
        assert_eq!(noted(&app).await, ["2026-12-01T09:00:00Z"]);
        for (moment, next, raised_by_then) in [
            ("2026-12-01T09:00:00Z", "2026-12-05T20:00:00Z", 0),
            ("2026-12-05T20:00:00Z", "2026-12-06T20:00:00Z", 0),
            ("2026-12-06T19:59:59.999999Z", "2026-12-06T20:00:00Z", 0),
        ] {
            app.clock.set(at(moment));
            reconciler::run(&app.app).await.unwrap();
            assert_eq!(noted(&app).await, [next], "{moment}");
            assert_eq!(raised(&app).await.len(), raised_by_then);
        }
        app.clock.set(at("2026-12-06T20:00:00Z"));
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(raised(&app).await, ["check_in_missed"]);
        assert!(noted(&app).await.is_empty());
        // No change of anybody's.
        assert_eq!(seen(&app, &world.mentor, &path).await["version"], json!(1));
        // Late answers are taken, kept as late, and resolve it.
        let given = command(&app, &world.participant, &path, "submit", 1).json(answers("good")).expect(200).await.json();
        assert_eq!((&given["state"], &given["is_late"]), (&json!("submitted"), &json!(true)));
        assert!(raised(&app).await.is_empty());
    }

    async fn a_missed_one_is_closed_with_a_reason_and_answers_are_still_taken(app: TestApp) {
        let world = &app.world;
        let path = ahead(&app).await;
        let excuse = |version, reason: &str| command(&app, &world.mentor, &path, "excuse", version).json(json!({"reason": reason}));
        app.clock.set(at("2026-12-05T19:59:59Z"));
        excuse(1, "travel").refused(ProblemCode::CommandRefused).await;
        app.clock.set(at("2026-12-07T10:00:00Z"));
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(raised(&app).await, ["check_in_missed"]);
        let problem = excuse(1, "laziness").refused(ProblemCode::Invalid).await;
        assert_eq!(problem.errors[0].pointer, "/reason");
        let excused = excuse(1, "outage").expect(200).await.json();
        assert_eq!((&excused["state"], &excused["excuse"]["side"]), (&json!("excused"), &json!("service")));
        assert!(raised(&app).await.is_empty());
        let given = command(&app, &world.participant, &path, "submit", 2).json(answers("very_bad")).expect(200).await.json();
        assert_eq!((&given["state"], &given["excuse"]["reason"], &given["is_late"]), (&json!("submitted"), &json!("outage"), &json!(true)));
        assert_eq!(raised(&app).await, ["check_in_alarm"]);
    }

    async fn it_is_reminded_of_three_times_and_not_once_it_is_answered(app: TestApp) {
        let world = &app.world;
        let path = ahead(&app).await;
        assert_eq!(reminders(&app, "planned").await, ["check_in_open", "check_in_half_way", "check_in_last_evening"]);
        app.clock.set(at("2026-12-01T10:00:00Z"));
        let part = json!({"answers": [{"question_id": "worry", "option": "no"}]});
        save(&app, &world.participant, &path, 1, part).expect(200).await;
        assert_eq!(reminders(&app, "planned").await.len(), 3, "it is not answered yet");
        command(&app, &world.participant, &path, "submit", 2).json(answers("good")).expect(200).await;
        assert!(reminders(&app, "planned").await.is_empty());
        reconciler::run(&app.app).await.unwrap();
        assert!(reminders(&app, "planned").await.is_empty());
    }

    async fn a_phone_is_told_and_the_text_says_nothing_of_it(app: TestApp) {
        use crate::notifications::{dispatch, phone, push_service, read};
        let (world, service) = (&app.world, push_service(&app).await);
        phone(&app, &service, &world.participant).await;
        ahead(&app).await;
        for (moment, count) in [("2026-12-01T09:00:00Z", 1), ("2026-12-03T14:30:00Z", 2), ("2026-12-05T18:00:00Z", 3), ("2026-12-20T09:00:00Z", 3)] {
            app.clock.set(at(moment));
            reconciler::run(&app.app).await.unwrap();
            dispatch(&app).await;
            assert_eq!(service.received().len(), count, "{moment}");
        }
        let payload = read(service.received().last().unwrap());
        assert!(payload.actions.is_empty());
        assert_eq!(payload.subject.kind, contract::SubjectKind::CheckIn);
        for word in ["مواكبة", "السجن", "المركز", "المرافقة"] {
            assert!(!format!("{} {}", payload.title, payload.body).contains(word), "{}", payload.body);
        }
    }

    async fn new_nights_and_new_numbers_reach_what_is_planned(app: TestApp) {
        let world = &app.world;
        let night = json!({"rule": {"opens": "07:00", "due": {"days_after": 2, "time": "20:00"}, "closes": {"days_after": 4, "time": "20:00"}}});
        plan(&app, &world.mentor, over(new_check_ins(&app, &["2026-12-01"]), &night)).await;
        let first = async || {
            let mut tx = app.app.db.read().await.unwrap();
            let due = tx.query(sql!("SELECT due_at FROM reminder WHERE subject_kind = 'check_in' AND state = 'planned' ORDER BY due_at LIMIT 1"));
            due.scalar::<Instant>().await.unwrap().to_string()
        };
        assert_eq!(first().await, "2026-12-01T08:00:00Z");
        let policy = json!({"reminder_policy": {"quiet_hours": {"from": "21:00", "until": "09:00"}}});
        app.patch(&format!("/v1/centres/{}", world.centre)).by(&world.manager).if_match(1).json(policy).expect(200).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(first().await, "2026-12-01T09:00:00Z");
        let file = format!("/v1/participants/{}", world.participant.id);
        app.patch(&file).by(&world.manager).if_match(1).json(json!({"zone": "Europe/Paris"})).expect(200).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(first().await, "2026-12-01T08:00:00Z", "nine in Paris");
    }

    async fn what_was_missed_and_told_is_left_in_peace(app: TestApp) {
        let world = &app.world;
        let path = ahead(&app).await;
        app.clock.set(at("2026-12-06T20:00:00Z"));
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(raised(&app).await, ["check_in_missed"]);
        // Whatever is different at the centre turns none of it over.
        let centre = format!("/v1/centres/{}", world.centre);
        app.patch(&centre).by(&world.manager.again(&app.app)).if_match(1).json(json!({"phone": "0522123456"})).expect(200).await;
        let mut tx = app.app.db.read().await.unwrap();
        let looked_at: i64 = tx
            .query(sql!("SELECT count(*) FROM agenda WHERE subject_kind IN ('check_in', 'check_ins_of_centre')"))
            .scalar()
            .await
            .unwrap();
        drop(tx);
        assert_eq!(looked_at, 0);
        // It stays missed when the file is closed: it belongs in the figures. Nobody has to see to it any more.
        crate::people::close_file(&app, world.participant.id).await;
        assert_eq!(seen(&app, &world.manager, &path).await["state"], json!("missed"));
        assert!(crate::work_items::causes(&app, &world.manager).await.is_empty());
    }

    async fn time_stands_still_while_the_file_rests_and_what_was_due_moves_by_the_pause(app: TestApp) {
        let world = &app.world;
        let path = ahead(&app).await;
        let file = format!("/v1/participants/{}", world.participant.id);
        app.clock.set(at("2026-12-02T10:00:00Z"));
        reconciler::run(&app.app).await.unwrap();
        let pause = app.post(&format!("{file}/pause")).by(&world.manager.again(&app.app)).header("if-match", "*");
        pause.json(json!({"reason": "illness"})).expect(200).await;
        for moment in ["2026-12-06T20:00:00Z", "2026-12-12T10:00:00Z"] {
            app.clock.set(at(moment));
            reconciler::run(&app.app).await.unwrap();
            let read = seen(&app, &world.mentor, &path).await;
            assert_eq!((&read["state"], &read["pause"]["since"]), (&json!("open"), &json!("2026-12-02T10:00:00Z")), "{moment}");
            assert!(!raised(&app).await.contains(&"check_in_missed".to_owned()), "{moment}");
            assert!(reminders(&app, "planned").await.is_empty(), "{moment}");
        }
        app.post(&format!("{file}/resume")).by(&world.manager.again(&app.app)).header("if-match", "*").expect(200).await;
        reconciler::run(&app.app).await.unwrap();
        let read = seen(&app, &world.mentor, &path).await;
        assert_eq!((&read["state"], &read["local_closes"], &read["version"]), (&json!("open"), &json!("2026-12-15T20:00:00"), &json!(1)));
        assert_eq!((read["pause"].get("since"), &read["pause"]["original_local_closes"]), (None, &json!("2026-12-05T20:00:00")));
        for (moment, is_missed) in [("2026-12-16T19:59:59Z", false), ("2026-12-16T20:00:00Z", true)] {
            app.clock.set(at(moment));
            reconciler::run(&app.app).await.unwrap();
            assert_eq!(raised(&app).await.contains(&"check_in_missed".to_owned()), is_missed, "{moment}");
        }
    }

    async fn new_zone_data_swallow_no_escalation(app: TestApp) {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mobile-contract/fixtures/zoneinfo-2025b");
        let version = ZoneDataVersion::parse("2025b");
        let old = app.app.with_zones(Arc::new(Zones::from_directory(&directory, version).unwrap()));
        rederive::if_zone_data_changed(&old).await.unwrap();
        ahead(&app).await;
        // By the former data it closes an hour later.
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!("UPDATE check_in SET closes_at = $1")).bind(at("2026-12-05T21:00:00Z")).execute().await.unwrap();
        tx.commit().await.unwrap();
        app.clock.set(at("2026-12-06T20:30:00Z"));
        reconciler::run(&app.app).await.unwrap();
        assert!(raised(&app).await.is_empty());
        rederive::if_zone_data_changed(&app.app).await.unwrap();
        app.clock.set(at("2026-12-06T21:00:00Z"));
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(raised(&app).await, ["check_in_missed"]);
    }

    async fn new_zone_data_move_no_window_on_the_wall(app: TestApp) {
        // Zone data from before Morocco left its hour.
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mobile-contract/fixtures/zoneinfo-2025b");
        let version = ZoneDataVersion::parse("2025b");
        let old = app.app.with_zones(Arc::new(Zones::from_directory(&directory, version).unwrap()));
        rederive::if_zone_data_changed(&old).await.unwrap();
        let path = ahead(&app).await;
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!("UPDATE check_in SET opens_at = $1")).bind(at("2026-12-01T08:00:00Z")).execute().await.unwrap();
        tx.commit().await.unwrap();
        rederive::if_zone_data_changed(&app.app).await.unwrap();
        let read = seen(&app, &app.world.mentor, &path).await;
        assert_eq!((&read["local_opens"], &read["opens_at"]), (&json!("2026-12-01T09:00:00"), &json!("2026-12-01T09:00:00Z")));
        assert_eq!(read["version"], json!(2));
    }
}
