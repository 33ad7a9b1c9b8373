//! Reminders that exist already follow a new policy, a new zone of their centre and a participant who moved away.

use super::{new_appointment, schedule};
use contract::time::Instant;
use db::sql;
use muwakaba::background::reconciler;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};

/// When the reminder of two hours before is due, for every appointment that still waits for it.
async fn soon(app: &TestApp) -> Vec<Instant> {
    let mut tx = app.app.db.read().await.unwrap();
    let due = tx.query(sql!(
        "SELECT due_at FROM reminder WHERE purpose = 'appointment_soon' AND state = 'planned' ORDER BY due_at, id"
    ));
    due.scalars().await.unwrap()
}

async fn left(app: &TestApp) -> i64 {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(sql!(
        "SELECT count(*) FROM agenda WHERE subject_kind NOT IN ('appointment_follow_up', 'digest')"
    ))
    .scalar()
    .await
    .unwrap()
}

async fn change_centre(app: &TestApp, version: i64, change: Value) {
    let path = format!("/v1/centres/{}", app.world.centre);
    app.patch(&path)
        .by(&app.world.administrator.again(&app.app))
        .if_match(version)
        .json(change)
        .expect(200)
        .await;
    reconciler::run(&app.app).await.unwrap();
}

/// How many reminders wait.
async fn waiting(app: &TestApp) -> i64 {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(sql!("SELECT count(*) FROM reminder WHERE state = 'planned'")).scalar().await.unwrap()
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

both_databases! {
    async fn new_quiet_hours_hold_for_reminders_that_exist(app: TestApp) {
        let path = schedule(&app, "2026-12-08T10:00:00").await.header("location").to_owned();
        crate::notifications::dispatch(&app).await;
        assert_eq!(soon(&app).await, [at("2026-12-08T08:00:00Z")]);
        let before = crate::notifications::plan(&app, &path).await;
        change_centre(&app, 1, json!({"reminder_policy": {"quiet_hours": {"from": "20:00", "until": "09:00"}}})).await;
        assert_eq!(soon(&app).await, [at("2026-12-08T09:00:00Z")], "the morning begins later");
        assert_eq!(crate::notifications::plan(&app, &path).await, before, "what was sent stays, and nothing is said twice");
        let read = app.get(&path).by(&app.world.mentor).expect(200).await;
        assert_eq!(read.version(), 1, "the appointment itself is what it was");
        // Nobody is reminded of what the policy leaves out, and again of what it takes in.
        change_centre(&app, 2, json!({"reminder_policy": {"appointments": {"lead_times": []}}})).await;
        assert!(soon(&app).await.is_empty());
        change_centre(&app, 3, json!({"reminder_policy": null})).await;
        assert_eq!(soon(&app).await, [at("2026-12-08T08:00:00Z")]);
        assert_eq!(left(&app).await, 0);
        // A calendar moves nothing that people agreed on.
        change_centre(&app, 4, json!({"calendar": {"hours": []}})).await;
        assert_eq!(soon(&app).await, [at("2026-12-08T08:00:00Z")]);
    }

    async fn a_notice_that_waits_for_the_morning_comes_with_the_new_morning(app: TestApp) {
        app.clock.set(at("2026-11-23T22:30:00Z"));
        let mut body = new_appointment(&app, "2026-12-08T10:00:00");
        body["guidance"] = json!("Bring the form");
        let made = app.post("/v1/appointments").by(&app.world.mentor.again(&app.app)).json(body).expect(201).await;
        let cancel = format!("{}/cancel", made.header("location"));
        app.post(&cancel).by(&app.world.mentor.again(&app.app)).if_match(1).json(json!({})).expect(200).await;
        change_centre(&app, 1, json!({"reminder_policy": {"quiet_hours": {"from": "21:00", "until": "06:30"}}})).await;
        let mut tx = app.app.db.read().await.unwrap();
        let waiting: Vec<(String, Instant)> =
            tx.query(sql!("SELECT purpose, due_at FROM reminder WHERE state = 'planned'")).all().await.unwrap();
        assert_eq!(waiting, [("appointment_cancelled".to_owned(), at("2026-11-24T06:30:00Z"))]);
    }

    async fn a_policy_that_tells_nobody_loses_no_memory(app: TestApp) {
        // Nobody is told of anything at once; there is one reminder, for whoever has confirmed as well.
        let policy = |morning: &str| json!({"reminder_policy": {
            "quiet_hours": {"from": "22:00", "until": morning},
            "appointments": {
                "lead_times": [{"before": {"days": 7}, "once_confirmed": true}],
                "notices": {"scheduled": false, "proposed": false, "moved": false, "cancelled": false},
                "escalation": {"answered": false, "missed": false, "lapsed": false, "unconfirmed_hours": null},
            },
        }});
        change_centre(&app, 1, policy("07:00")).await;
        // The week before has begun, so it is to be sent now.
        let path = schedule(&app, "2026-11-28T10:00:00").await.header("location").to_owned();
        assert_eq!(waiting(&app).await, 1);
        let confirm = format!("{path}/confirm");
        app.post(&confirm).by(&app.world.participant).if_match(1).expect(200).await;
        assert_eq!(waiting(&app).await, 0, "whoever has answered knows");
        change_centre(&app, 2, policy("07:30")).await;
        assert_eq!(waiting(&app).await, 0, "and has still answered when it is planned again");
    }

    async fn the_nights_of_somebody_who_moved_are_those_of_their_new_home(app: TestApp) {
        schedule(&app, "2026-12-08T10:00:00").await;
        let file = format!("/v1/participants/{}", app.world.participant.id);
        let change = |version, zone: &str| app.patch(&file).by(&app.world.mentor).if_match(version).json(json!({"zone": zone}));
        change(1, "America/Toronto").expect(200).await;
        assert_eq!(reconciler::run(&app.app).await.unwrap(), 1);
        // 08:00 in Casablanca is 03:00 there; the evening before ends at 21:00.
        assert_eq!(soon(&app).await, [at("2026-12-08T01:45:00Z")]);
        change(2, "Africa/Casablanca").expect(200).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(soon(&app).await, [at("2026-12-08T08:00:00Z")]);
        assert_eq!(left(&app).await, 0);
    }

    async fn a_new_policy_is_one_row_and_unfolds_in_pages(app: TestApp) {
        const MANY: usize = 130;
        for number in 0..MANY {
            let mut body = new_appointment(&app, &format!("2026-12-{:02}T{:02}:{:02}:00", 8 + number / 60, 10 + number % 60 / 12, number % 12 * 5));
            body["duration_minutes"] = json!(5);
            app.post("/v1/appointments").by(&app.world.mentor).json(body).expect(201).await;
        }
        let path = format!("/v1/centres/{}", app.world.centre);
        let change = json!({"reminder_policy": {"quiet_hours": {"from": "20:00", "until": "09:00"}}});
        let before = soon(&app).await;
        app.patch(&path).by(&app.world.manager).if_match(1).json(change).expect(200).await;
        assert_eq!((left(&app).await, soon(&app).await == before), (1, true));
        // Whatever happened to the process meanwhile: it is noted, and planned by whoever comes. A centre is taken up for each state, and
        // for what is over.
        assert_eq!(reconciler::run(&app.app).await.unwrap(), MANY + 5);
        assert_eq!((left(&app).await, reconciler::run(&app.app).await.unwrap()), (0, 0));
        assert!(soon(&app).await.iter().all(|due| due.to_string()[11..16] >= *"09:00"));
        assert_eq!(soon(&app).await.len(), MANY);
    }

    async fn every_fault_leaves_the_change_and_its_row_out_or_in(app: TestApp) {
        schedule(&app, "2026-12-08T10:00:00").await;
        let path = format!("/v1/centres/{}", app.world.centre);
        let change = json!({"reminder_policy": {"quiet_hours": {"from": "20:00", "until": "09:00"}}});
        for n in 1..100 {
            app.faults.arm(n);
            let answer = app.patch(&path).by(&app.world.manager).if_match(1).json(change.clone()).send().await;
            if app.faults.disarm() {
                assert_eq!((answer.status, left(&app).await), (200, 1), "{}", answer.text());
                assert!(n > 5, "only {n} statements");
                return;
            }
            assert_eq!((answer.status, left(&app).await), (500, 0), "fault {n}");
        }
        panic!("the change never ended");
    }
}
