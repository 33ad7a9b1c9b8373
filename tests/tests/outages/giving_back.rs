//! The time that check-ins get back for an outage: once, whatever overlaps, and never taken away again.

use super::{declared, declaring, outage, withdrawing};
use crate::check_ins::{answers, command, new_check_ins, over, plan, raised, seen};
use contract::time::Instant;
use db::sql;
use kernel::agenda::{self, Kind};
use muwakaba::background::reconciler;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// One that opens on the first of December at nine, is due on the third and closes on the fifth at eight.
async fn ahead(app: &TestApp) -> String {
    let made = plan(app, &app.world.mentor, new_check_ins(app, &["2026-12-01"])).await;
    format!("/v1/check-ins/{}", made.string("/items/0/id"))
}

/// It is this time, and what was due is done.
async fn at_time(app: &TestApp, text: &str) {
    app.clock.set(at(text));
    reconciler::run(&app.app).await.unwrap();
}

async fn closes(app: &TestApp, path: &str) -> String {
    seen(app, &app.world.mentor, path).await["local_closes"].as_str().unwrap().to_owned()
}

async fn counted(app: &TestApp) -> i64 {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(sql!("SELECT count(*) FROM check_in_outage")).scalar().await.unwrap()
}

both_databases! {
    async fn what_was_open_gets_the_time_back_and_keeps_where_it_stood(app: TestApp) {
        let world = &app.world;
        let path = ahead(&app).await;
        at_time(&app, "2026-12-03T10:00:00Z").await;
        declared(&app, "2026-12-02T14:00", "2026-12-02T20:30").await;
        reconciler::run(&app.app).await.unwrap();
        let read = seen(&app, &world.participant, &path).await;
        for (field, value) in [
            ("local_opens", json!("2026-12-01T09:00:00")),
            ("local_due", json!("2026-12-04T02:30:00")),
            ("local_closes", json!("2026-12-06T02:30:00")),
            ("closes_at", json!("2026-12-06T02:30:00Z")),
            ("version", json!(1)),
            ("outage", json!({
                "extended_by_seconds": 23_400, "original_local_due": "2026-12-03T20:00:00", "original_local_closes": "2026-12-05T20:00:00",
            })),
        ] {
            assert_eq!(read[field], value, "{field}");
        }
        assert_eq!(read.get("pause"), None);
        // It is open until then, to the microsecond, and missed a day later.
        for (moment, state) in [("2026-12-06T02:29:59.999999Z", "open"), ("2026-12-06T02:30:00Z", "missed")] {
            at_time(&app, moment).await;
            assert_eq!(seen(&app, &world.participant, &path).await["state"], json!(state), "{moment}");
        }
        at_time(&app, "2026-12-07T02:29:59Z").await;
        assert!(raised(&app).await.is_empty());
        at_time(&app, "2026-12-07T02:30:00Z").await;
        assert_eq!(raised(&app).await, ["check_in_missed"]);
    }

    async fn what_was_missed_because_of_it_is_open_again(app: TestApp) {
        let world = &app.world;
        let path = ahead(&app).await;
        at_time(&app, "2026-12-07T10:00:00Z").await;
        assert_eq!(raised(&app).await, ["check_in_missed"]);
        // The last six hours, and the day and a half after that.
        declared(&app, "2026-12-05T14:00", "2026-12-07T08:00").await;
        reconciler::run(&app.app).await.unwrap();
        let read = seen(&app, &world.participant, &path).await;
        assert_eq!((&read["state"], &read["local_closes"]), (&json!("open"), &json!("2026-12-07T14:00:00")));
        assert!(raised(&app).await.is_empty());
        // Left alone, it is missed again, and somebody is asked to call again.
        at_time(&app, "2026-12-08T14:00:00Z").await;
        assert_eq!(raised(&app).await, ["check_in_missed"]);
        let given = command(&app, &world.participant, &path, "submit", 1).json(answers("good")).expect(200).await.json();
        assert_eq!(given["is_late"], json!(true));
        assert!(raised(&app).await.is_empty());
    }

    async fn what_overlaps_is_counted_once_in_whichever_order_it_is_told(app: TestApp) {
        let path = ahead(&app).await;
        at_time(&app, "2026-12-04T10:00:00Z").await;
        for (starts, ends, closes_then) in [
            ("2026-12-02T10:00", "2026-12-02T14:00", "2026-12-06T00:00:00"),
            ("2026-12-02T12:00", "2026-12-02T16:00", "2026-12-06T02:00:00"),
            ("2026-12-02T10:00", "2026-12-02T16:00", "2026-12-06T02:00:00"),
            ("2026-12-01T08:00", "2026-12-01T10:00", "2026-12-06T03:00:00"),
            ("2026-11-30T08:00", "2026-11-30T20:00", "2026-12-06T03:00:00"),
        ] {
            declared(&app, starts, ends).await;
            reconciler::run(&app.app).await.unwrap();
            assert_eq!(closes(&app, &path).await, closes_then, "{starts}");
        }
        // An administrator says of all centres what the manager said of theirs.
        declaring(&app, &app.world.administrator, outage("2026-12-02T10:00", "2026-12-02T17:00")).expect(201).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(closes(&app, &path).await, "2026-12-06T04:00:00");
        assert_eq!(counted(&app).await, 5);
    }

    async fn looked_at_again_it_is_given_nothing_more(app: TestApp) {
        let path = ahead(&app).await;
        at_time(&app, "2026-12-03T10:00:00Z").await;
        let outage = declared(&app, "2026-12-02T14:00", "2026-12-02T20:00").await;
        for _ in 0..3 {
            let mut tx = app.app.db.write().await.unwrap();
            let id: Uuid = outage.string("/id").parse().unwrap();
            agenda::note(&mut tx, Kind::new("check_ins_of_outage"), app.world.centre, &[id], app.now()).await.unwrap();
            let all: Vec<Uuid> = tx.query(sql!("SELECT id FROM check_in")).scalars().await.unwrap();
            agenda::note(&mut tx, Kind::new("check_in"), app.world.centre, &all, app.now()).await.unwrap();
            tx.commit().await.unwrap();
            reconciler::run(&app.app).await.unwrap();
            assert_eq!((closes(&app, &path).await.as_str(), counted(&app).await), ("2026-12-06T02:00:00", 1));
        }
    }

    async fn what_is_withdrawn_takes_nothing_away_and_gives_nothing_more(app: TestApp) {
        let world = &app.world;
        let path = ahead(&app).await;
        at_time(&app, "2026-12-03T10:00:00Z").await;
        let mistaken = declared(&app, "2026-12-02T14:00", "2026-12-02T20:00").await;
        reconciler::run(&app.app).await.unwrap();
        withdrawing(&app, &world.manager, &mistaken).expect(200).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(closes(&app, &path).await, "2026-12-06T02:00:00");
        // Said anew as it was, an hour longer: that hour is given back besides.
        declared(&app, "2026-12-02T14:00", "2026-12-02T21:00").await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(closes(&app, &path).await, "2026-12-06T03:00:00");
        // What was withdrawn before anybody was told gives nothing.
        let early = declared(&app, "2026-12-01T10:00", "2026-12-01T20:00").await;
        withdrawing(&app, &world.manager, &early).expect(200).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(closes(&app, &path).await, "2026-12-06T03:00:00");
    }

    async fn whoever_answered_too_late_because_of_it_was_in_time(app: TestApp) {
        let world = &app.world;
        let path = ahead(&app).await;
        at_time(&app, "2026-12-05T21:00:00Z").await;
        let given = command(&app, &world.participant, &path, "submit", 1).json(answers("good")).expect(200).await.json();
        assert_eq!(given["is_late"], json!(true));
        declared(&app, "2026-12-05T17:00", "2026-12-05T20:00").await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(seen(&app, &world.mentor, &path).await["is_late"], json!(false));
    }

    async fn another_centre_and_a_closed_file_get_nothing(app: TestApp) {
        let world = &app.world;
        let path = ahead(&app).await;
        let foreign = over(new_check_ins(&app, &["2026-12-01"]), &json!({"participant_id": world.foreign_participant.id}));
        let foreign = plan(&app, &world.foreign_mentor, foreign).await.string("/items/0/id");
        let foreign = format!("/v1/check-ins/{foreign}");
        at_time(&app, "2026-12-07T10:00:00Z").await;
        crate::people::close_file(&app, world.participant.id).await;
        declared(&app, "2026-12-05T14:00", "2026-12-07T08:00").await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(seen(&app, &world.manager, &path).await["state"], json!("missed"));
        let read = seen(&app, &world.foreign_mentor, &foreign).await;
        assert_eq!((&read["state"], read.get("outage")), (&json!("missed"), None));
        // One everywhere reaches them page by page, centre by centre.
        declaring(&app, &world.administrator, outage("2026-12-05T14:00", "2026-12-07T08:00")).expect(201).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(seen(&app, &world.foreign_mentor, &foreign).await["state"], json!("open"));
        assert_eq!(seen(&app, &world.manager, &path).await["state"], json!("missed"));
    }

    async fn a_large_centre_is_gone_through_page_by_page(app: TestApp) {
        let days: Vec<String> = (0..26).map(|day| format!("2026-12-{:02}", day + 1)).collect();
        let days: Vec<&str> = days.iter().map(String::as_str).collect();
        let long = json!({"rule": {"opens": "09:00", "due": {"days_after": 50, "time": "20:00"}, "closes": {"days_after": 50, "time": "20:00"}}});
        for _ in 0..5 {
            plan(&app, &app.world.mentor, over(new_check_ins(&app, &days), &long)).await;
        }
        at_time(&app, "2026-12-30T10:00:00Z").await;
        declared(&app, "2026-12-29T14:00", "2026-12-29T15:00").await;
        reconciler::run(&app.app).await.unwrap();
        let mut tx = app.app.db.read().await.unwrap();
        let extended: i64 = tx.query(sql!("SELECT count(*) FROM check_in WHERE outage_micros = $1")).bind(3_600_000_000_i64).scalar().await.unwrap();
        drop(tx);
        assert_eq!((extended, counted(&app).await), (130, 130));
    }

    async fn nobody_is_told_at_night(app: TestApp) {
        let world = &app.world;
        let path = ahead(&app).await;
        at_time(&app, "2026-12-05T23:00:00Z").await;
        // It is declared at night, and what was missed is open again.
        declared(&app, "2026-12-05T08:00", "2026-12-05T22:30").await;
        reconciler::run(&app.app).await.unwrap();
        let read = seen(&app, &world.participant, &path).await;
        assert_eq!((&read["state"], &read["local_closes"]), (&json!("open"), &json!("2026-12-06T10:30:00")));
        let mut tx = app.app.db.read().await.unwrap();
        let due: Vec<Instant> = tx.query(sql!("SELECT due_at FROM reminder WHERE subject_kind = 'check_in' AND state = 'planned'")).scalars().await.unwrap();
        for due in due {
            let hour = due.to_string()[11..13].parse::<u32>().unwrap();
            assert!((8..21).contains(&hour), "{due}");
        }
    }

    async fn while_the_file_rests_no_time_goes_by_that_could_be_lost(app: TestApp) {
        let world = &app.world;
        let path = ahead(&app).await;
        let file = format!("/v1/participants/{}", world.participant.id);
        at_time(&app, "2026-12-02T10:00:00Z").await;
        let pause = app.post(&format!("{file}/pause")).by(&world.manager.again(&app.app)).header("if-match", "*");
        pause.json(json!({"reason": "illness"})).expect(200).await;
        at_time(&app, "2026-12-04T10:00:00Z").await;
        // An hour before the pause, and a day in it.
        declared(&app, "2026-12-02T09:00", "2026-12-03T09:00").await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(closes(&app, &path).await, "2026-12-05T21:00:00");
        app.post(&format!("{file}/resume")).by(&world.manager.again(&app.app)).header("if-match", "*").expect(200).await;
        reconciler::run(&app.app).await.unwrap();
        let read = seen(&app, &world.mentor, &path).await;
        assert_eq!((&read["local_closes"], &read["outage"]["extended_by_seconds"]), (&json!("2026-12-07T21:00:00"), &json!(3_600)));
        assert_eq!(read["pause"]["original_local_closes"], json!("2026-12-05T20:00:00"));
    }

    async fn a_fault_anywhere_is_made_good(app: TestApp) {
        let path = ahead(&app).await;
        at_time(&app, "2026-12-07T10:00:00Z").await;
        declared(&app, "2026-12-05T14:00", "2026-12-07T08:00").await;
        for n in 1..80 {
            app.faults.arm(n);
            let _ = reconciler::run(&app.app).await;
            let is_done = app.faults.disarm();
            // What failed is tried again, a little later each time; what was set aside, when the service starts anew.
            app.clock.advance(chrono::TimeDelta::minutes(3));
            let mut tx = app.app.db.write().await.unwrap();
            agenda::store::take_up_again(&mut tx, app.now()).await.unwrap();
            tx.commit().await.unwrap();
            if is_done {
                break;
            }
            let read: Value = seen(&app, &app.world.mentor, &path).await;
            let closes = read["local_closes"].as_str().unwrap();
            assert!(["2026-12-05T20:00:00", "2026-12-07T14:00:00"].contains(&closes), "{closes}");
        }
        reconciler::run(&app.app).await.unwrap();
        assert_eq!((closes(&app, &path).await.as_str(), counted(&app).await), ("2026-12-07T14:00:00", 1));
    }
}
