//! What time does: the next weeks are planned, once, whoever does it; and what falls on a closed day moves.

use super::{command, days, opening, seen, starting::TUESDAYS, usual, weeks};
use chrono::{Datelike, TimeDelta};
use contract::time::Instant;
use db::sql;
use muwakaba::background::reconciler;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

async fn noted(app: &TestApp) -> Vec<String> {
    let mut tx = app.app.db.read().await.unwrap();
    let rows: Vec<Instant> =
        tx.query(sql!("SELECT ready_at FROM agenda WHERE subject_kind = 'plan'")).scalars().await.unwrap();
    rows.into_iter().map(|at| at.to_string()).collect()
}

/// Lets it be looked at, whatever its time.
async fn look(app: &TestApp, path: &str) {
    let id: Uuid = path.rsplit('/').next().unwrap().parse().unwrap();
    let mut tx = app.app.db.write().await.unwrap();
    care::plan::timers::note(&mut tx, app.world.centre, &[id], app.now()).await.unwrap();
    tx.commit().await.unwrap();
    reconciler::run(&app.app).await.unwrap();
}

/// The centre is open always but on these days.
async fn close(app: &TestApp, version: i64, closed: &[&str]) {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let hours: Vec<Value> =
        days.iter().map(|day| json!({"weekday": day, "opens": "00:00", "closes": "23:59"})).collect();
    let closed: Vec<Value> = closed.iter().map(|day| json!({"date": day, "label": "Eid"})).collect();
    let body = json!({"calendar": {"hours": hours, "closed_days": closed}});
    let path = format!("/v1/centres/{}", app.world.centre);
    app.patch(&path).by(&app.world.manager.again(&app.app)).if_match(version).json(body).expect(200).await;
    reconciler::run(&app.app).await.unwrap();
}

both_databases! {
    async fn each_day_is_planned_when_it_comes_near_and_once(app: TestApp) {
        let path = usual(&app).await;
        assert_eq!(noted(&app).await, ["2026-11-24T00:00:00Z"]);
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(opening(&app).await, TUESDAYS);
        app.clock.set(at("2026-11-24T00:00:00Z"));
        reconciler::run(&app.app).await.unwrap();
        let eight = opening(&app).await;
        assert_eq!((eight.len(), eight.last().map(String::as_str)), (8, Some("2027-01-19")));
        // However often it is looked at.
        for _ in 0..3 {
            look(&app, &path).await;
        }
        assert_eq!(opening(&app).await, eight);
        assert_eq!(noted(&app).await, ["2026-12-01T00:00:00Z"]);
        // After a time in which nothing ran, what was is not planned, and what lies ahead is, once.
        app.clock.set(at("2027-02-24T12:00:00Z"));
        reconciler::run(&app.app).await.unwrap();
        let after = opening(&app).await;
        assert_eq!(after[..8], eight[..]);
        assert_eq!(after[8..], ["2027-03-09", "2027-03-23", "2027-04-06", "2027-04-20"]);
        assert_eq!(days(&seen(&app, &app.world.manager, &path).await), after[8..]);
    }

    async fn a_change_beside_two_nodes_plans_each_day_once(app: TestApp) {
        let path = usual(&app).await;
        // The next Tuesday comes near, and somebody wants Thursdays.
        app.clock.set(at("2026-11-24T00:00:00Z"));
        let mut body = json!({"phases": [{"phase_id": "first", "recurrence": "FREQ=WEEKLY;BYDAY=TH"}]});
        let shown = command(&app, &app.world.mentor, &path, "preview", 1).json(body.clone()).expect(200).await.json();
        body["fingerprint"] = shown["fingerprint"].clone();
        let node = app.app.clone();
        let (changed, here, there) = tokio::join!(
            command(&app, &app.world.mentor, &path, "change", 1).json(body).send(),
            reconciler::run(&app.app),
            reconciler::run(&node),
        );
        here.unwrap();
        there.unwrap();
        // What the nodes planned meanwhile was not shown.
        assert!([200, 409].contains(&changed.status), "{}", changed.text());
        reconciler::run(&app.app).await.unwrap();
        let open = opening(&app).await;
        let mut once = open.clone();
        once.dedup();
        assert_eq!(open, once);
        assert_eq!(days(&seen(&app, &app.world.mentor, &path).await), open);
        let weekday = if changed.status == 200 { chrono::Weekday::Thu } else { chrono::Weekday::Tue };
        assert!(open.iter().all(|day| day.parse::<chrono::NaiveDate>().unwrap().weekday() == weekday), "{open:?}");
    }

    async fn the_database_refuses_a_day_twice(app: TestApp) {
        let path = usual(&app).await;
        let plan: care::plan::PlanId = path.rsplit('/').next().unwrap().parse().unwrap();
        let mut tx = app.app.db.write().await.unwrap();
        let copied = tx
            .query(sql!(
                "UPDATE plan_check_in SET original_on = '2026-12-01' WHERE plan_id = $1 AND original_on = '2026-12-08'"
            ))
            .bind(plan)
            .execute()
            .await;
        assert!(copied.is_err_and(|error| error.violates("plan_check_in_plan_id_original_on_key")));
    }

    async fn a_plan_is_over_when_its_last_phase_is(app: TestApp) {
        usual(&app).await;
        // Month after month, until it has been over for long.
        for day in 1..=30 {
            app.clock.set(at("2026-11-24T09:00:00Z").saturating_add(TimeDelta::days(28 * day)));
            reconciler::run(&app.app).await.unwrap();
        }
        assert!(noted(&app).await.is_empty());
        let all = opening(&app).await;
        let mut once = all.clone();
        once.dedup();
        assert_eq!(all, once);
        assert_eq!(all.last().map(String::as_str), Some("2028-10-31"));
    }

    async fn a_closed_day_moves_what_lies_ahead_and_its_own_date_is_kept(app: TestApp) {
        let world = &app.world;
        let path = usual(&app).await;
        close(&app, 1, &["2026-12-08", "2026-12-09"]).await;
        let plan = seen(&app, &world.participant, &path).await;
        assert_eq!(plan["check_ins"][1]["on"], json!("2026-12-10"));
        assert_eq!(plan["check_ins"][1]["original_on"], json!("2026-12-08"));
        let check_in = format!("/v1/check-ins/{}", plan["check_ins"][1]["check_in_id"].as_str().unwrap());
        let read = seen(&app, &world.mentor, &check_in).await;
        assert_eq!((&read["local_opens"], &read["opens_at"], &read["version"]), (&json!("2026-12-10T09:00:00"), &json!("2026-12-10T09:00:00Z"), &json!(1)));
        assert_eq!(read["pause"]["original_local_opens"], json!("2026-12-08T09:00:00"));
        assert_eq!(days(&plan), opening(&app).await);
        // It was announced by mistake.
        close(&app, 2, &[]).await;
        assert_eq!(opening(&app).await, TUESDAYS);
        // A whole week moves a conversation.
        let week: Vec<String> = (28..=31).map(|day| format!("2026-12-{day}")).chain((1..=3).map(|day| format!("2027-01-0{day}"))).collect();
        let week: Vec<&str> = week.iter().map(String::as_str).collect();
        close(&app, 3, &week).await;
        assert_eq!(weeks(&seen(&app, &world.mentor, &path).await), ["2026-11-30", "2027-01-04"]);
    }
}
