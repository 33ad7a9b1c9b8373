//! When a week is made, once for each centre however many nodes there are.

use super::{MADE_AT, listed, made, pass_until, usual_hours};
use chrono::TimeDelta;
use db::sql;
use muwakaba::background::reconciler;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::json;

async fn change_centre(app: &TestApp, version: i64, change: serde_json::Value) {
    let path = format!("/v1/centres/{}", app.world.centre);
    app.patch(&path)
        .by(&app.world.administrator.again(&app.app))
        .if_match(version)
        .json(change)
        .expect(200)
        .await;
    reconciler::run(&app.app).await.unwrap();
}

/// How many there are of the weeks that follow the one in which the test begins.
async fn count(app: &TestApp) -> i64 {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(sql!("SELECT count(*) FROM digest WHERE centre_id = $1 AND week >= '2026-11-30'"))
        .bind(app.world.centre)
        .scalar()
        .await
        .unwrap()
}

both_databases! {
    async fn it_is_made_as_the_centre_opens_first_in_the_week_and_stays(app: TestApp) {
        usual_hours(&app).await;
        pass_until(&app, "2026-11-30T08:29:59Z").await;
        assert!(listed(&app, &app.world.manager).await.is_empty());
        pass_until(&app, MADE_AT).await;
        let [digest] = &listed(&app, &app.world.manager).await[..] else { panic!("one") };
        assert_eq!(
            [&digest["week"], &digest["local_made"], &digest["counted_from"], &digest["counted_until"]],
            [&json!("2026-11-30"), &json!("2026-11-30T08:30:00"), &json!("2026-11-23"), &json!("2026-11-29")]
        );
        assert_eq!([&digest["zone"], &digest["made_at"]], [&json!("Africa/Casablanca"), &json!(MADE_AT)]);
        // The week goes on, and the picture does not.
        crate::work_items::raise(&app, care::work_item::WorkCause::JobLost, &app.world.participant).await;
        pass_until(&app, "2026-12-04T16:00:00Z").await;
        assert_eq!(&listed(&app, &app.world.manager).await[0], digest);
        pass_until(&app, "2026-12-07T08:30:00Z").await;
        let weeks = listed(&app, &app.world.manager).await;
        assert_eq!(weeks.iter().map(|one| one["week"].as_str().unwrap()).collect::<Vec<_>>(), ["2026-12-07", "2026-11-30"]);
        assert_eq!(weeks[0]["work"]["open"], json!(1));
    }

    async fn a_monday_that_is_closed_makes_it_tuesday_and_a_closed_week_makes_none(app: TestApp) {
        usual_hours(&app).await;
        let hours: Vec<_> = ["monday", "tuesday"].map(|day| json!({"weekday": day, "opens": "09:00", "closes": "12:00"})).into();
        let closed: Vec<_> = ["2026-11-30", "2026-12-07", "2026-12-08"].map(|day| json!({"date": day, "label": "Closed"})).into();
        change_centre(&app, 1, json!({"calendar": {"hours": hours, "closed_days": closed}})).await;
        pass_until(&app, "2026-12-01T08:59:59Z").await;
        assert_eq!(count(&app).await, 0);
        pass_until(&app, "2026-12-01T09:00:00Z").await;
        assert_eq!(count(&app).await, 1);
        pass_until(&app, "2026-12-13T23:00:00Z").await;
        assert_eq!(count(&app).await, 1, "the week was closed");
        pass_until(&app, "2026-12-14T09:00:00Z").await;
        assert_eq!(count(&app).await, 2);
        // Whatever the calendar says afterwards, a week has one.
        change_centre(&app, 2, json!({"calendar": {"hours": [{"weekday": "friday", "opens": "09:00", "closes": "12:00"}]}})).await;
        pass_until(&app, "2026-12-18T09:00:00Z").await;
        assert_eq!(count(&app).await, 2);
    }

    async fn a_service_that_was_down_on_monday_makes_it_when_it_is_up(app: TestApp) {
        usual_hours(&app).await;
        pass_until(&app, "2026-12-03T14:00:00Z").await;
        let [digest] = &listed(&app, &app.world.manager).await[..] else { panic!("one") };
        assert_eq!([&digest["week"], &digest["made_at"]], [&json!("2026-11-30"), &json!("2026-12-03T14:00:00Z")]);
        pass_until(&app, "2026-12-28T14:00:00Z").await;
        let weeks = listed(&app, &app.world.manager).await;
        assert_eq!(weeks.len(), 2, "weeks that nobody looked at are not made up: {weeks:?}");
        assert_eq!(weeks[0]["counted_from"], json!("2026-12-21"));
    }

    async fn another_look_and_another_node_make_no_second(app: TestApp) {
        made(&app).await;
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!("UPDATE agenda SET ready_at = $1 WHERE subject_kind = 'digest'")).bind(app.now()).execute().await.unwrap();
        tx.commit().await.unwrap();
        let node = app.app.clone();
        let (here, there) = tokio::join!(reconciler::run(&app.app), reconciler::run(&node));
        here.unwrap();
        there.unwrap();
        assert_eq!(count(&app).await, 1);
        let mut tx = app.app.db.read().await.unwrap();
        let told: i64 = tx.query(sql!("SELECT count(*) FROM reminder WHERE subject_kind = 'digest'")).scalar().await.unwrap();
        assert_eq!(told, 2, "one for the manager of each centre");
        // The database refuses a second itself.
        let mut tx = app.app.db.write().await.unwrap();
        let second = tx.query(sql!(
            "INSERT INTO digest (id, centre_id, week, zone, local_made, made_at, counted_from, counted_until, figures)
             SELECT $1, centre_id, week, zone, local_made, made_at, counted_from, counted_until, figures FROM digest WHERE centre_id = $2"
        ));
        assert!(second.bind(app.app.ids.next()).bind(app.world.centre).execute().await.is_err());
    }

    async fn a_centre_that_came_this_week_has_none_of_it(app: TestApp) {
        let new = json!({"name": "Oujda", "zone": "Africa/Casablanca"});
        let made = app.post("/v1/centres").by(&app.world.administrator).json(new).expect(201).await;
        let id: uuid::Uuid = made.string("/id").parse().unwrap();
        let of_centre = async || -> i64 {
            let mut tx = app.app.db.read().await.unwrap();
            tx.query(sql!("SELECT count(*) FROM digest WHERE centre_id = $1")).bind(id).scalar().await.unwrap()
        };
        app.clock.advance(TimeDelta::days(2));
        app.patch(&format!("/v1/centres/{id}")).by(&app.world.administrator.again(&app.app)).if_match(1).json(json!({"zone": "Europe/Paris"})).expect(200).await;
        reconciler::run(&app.app).await.unwrap();
        assert_eq!(of_centre().await, 0);
        // At half past eight in Paris.
        pass_until(&app, "2026-11-30T07:29:59Z").await;
        assert_eq!(of_centre().await, 0);
        pass_until(&app, "2026-11-30T07:30:00Z").await;
        assert_eq!(of_centre().await, 1);
    }
}
