//! What becomes of work items as time passes, and who hears of it.

use super::{list, path_of, raise, raise_about, resolve, the_one};
use crate::notifications::{dispatch, phone, push_service, read};
use care::{
    appointment::rederive,
    work_item::{self, Raise, WorkCause},
};
use chrono::TimeDelta;
use contract::{
    ParticipantId,
    time::{Instant, ZoneDataVersion, Zones},
};
use db::sql;
use muwakaba::background::reconciler;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::json;
use std::{path::Path, sync::Arc};
use uuid::Uuid;

/// What is planned about work items: why, and to whom.
async fn planned(app: &TestApp) -> Vec<(String, Uuid)> {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(sql!(
        "SELECT purpose, recipient_id FROM reminder WHERE subject_kind = 'work_item' AND state = 'planned' ORDER BY purpose, recipient_id"
    ))
    .all()
    .await
    .unwrap()
}

async fn pass(app: &TestApp, by: TimeDelta) {
    app.clock.advance(by);
    reconciler::run(&app.app).await.unwrap();
}

both_databases! {
    async fn what_is_overdue_rises_to_the_managers_once(app: TestApp) {
        let world = &app.world;
        raise(&app, WorkCause::JobLost, &world.participant).await;
        let due: Instant = "2026-11-24T23:59:00Z".parse().unwrap();
        pass(&app, due.since(app.now()) - TimeDelta::microseconds(1)).await;
        assert!(list(&app, &world.manager, "").await.is_empty());
        pass(&app, TimeDelta::microseconds(1)).await;
        let [risen] = &list(&app, &world.manager, "").await[..] else { panic!("one") };
        assert_eq!([&risen["rose_at"], &risen["responsible_id"]], [&json!("2026-11-24T23:59:00Z"), &json!(world.mentor.id)]);
        assert_eq!(list(&app, &world.mentor, "").await.len(), 1, "it is still the lead's");
        assert_eq!(planned(&app).await, [("work_item_risen".to_owned(), world.manager.id)]);
        let version = risen["version"].clone();
        pass(&app, TimeDelta::days(3)).await;
        assert_eq!(list(&app, &world.manager, "").await[0]["version"], version);
    }

    async fn what_was_put_out_of_sight_comes_back_and_is_due_later(app: TestApp) {
        let world = &app.world;
        raise(&app, WorkCause::JobLost, &world.participant).await;
        let path = path_of(&the_one(&app).await);
        app.post(&format!("{path}/snooze")).by(&world.mentor).if_match(1).json(json!({"days": 3})).expect(200).await;
        // Its first window passes while nobody sees it.
        pass(&app, TimeDelta::days(2)).await;
        assert!(list(&app, &world.manager, "").await.is_empty());
        pass(&app, TimeDelta::hours(14)).await;
        let [back] = &list(&app, &world.mentor, "").await[..] else { panic!("one") };
        assert_eq!((back.get("snoozed_until"), &back["window"]["local_end"]), (None, &json!("2026-11-27T23:59:00")));
        pass(&app, TimeDelta::days(2)).await;
        assert_eq!(list(&app, &world.manager, "").await.len(), 1);
    }

    async fn whoever_is_needed_now_hears_it_at_once_and_by_nothing_that_tells_of_whom(app: TestApp) {
        let (world, service) = (&app.world, push_service(&app).await);
        phone(&app, &service, &world.mentor).await;
        phone(&app, &service, &world.counsellor).await;
        let subject = raise(&app, WorkCause::CheckInAlarm, &world.participant).await;
        dispatch(&app).await;
        let received = service.received();
        assert_eq!(received.len(), 1, "the lead alone");
        let payload = read(&received[0]);
        let said = format!("{} {}", payload.title, payload.body);
        for word in ["Canaria", "check", "alarm"] {
            assert!(!said.contains(word), "{said}");
        }
        // It comes again: it rings again.
        app.clock.advance(TimeDelta::minutes(5));
        raise_about(&app, WorkCause::CheckInAlarm, world.participant.id, world.centre, subject).await;
        dispatch(&app).await;
        assert_eq!(service.received().len(), 2);
        // What waits in the list rings nobody.
        raise(&app, WorkCause::NoContact, &world.participant).await;
        dispatch(&app).await;
        assert_eq!(service.received().len(), 2);
    }

    async fn what_is_seen_to_rings_nobody_any_more(app: TestApp) {
        let world = &app.world;
        // Late on a Monday: it would ring in the morning.
        app.clock.advance(TimeDelta::hours(12));
        let subject = raise(&app, WorkCause::CallWanted, &world.participant).await;
        assert_eq!(planned(&app).await, [("work_item_urgent".to_owned(), world.mentor.id)]);
        resolve(&app, WorkCause::CallWanted, subject).await;
        assert!(planned(&app).await.is_empty());
    }

    async fn no_window_moves_on_the_wall_when_zones_change(app: TestApp) {
        let world = &app.world;
        // Zone data from before Morocco left its hour.
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mobile-contract/fixtures/zoneinfo-2025b");
        let version = ZoneDataVersion::parse("2025b");
        let old = app.app.with_zones(Arc::new(Zones::from_directory(&directory, version).unwrap()));
        rederive::if_zone_data_changed(&old).await.unwrap();
        let mut tx = old.db.write().await.unwrap();
        let what = Raise {
            cause: WorkCause::JobLost, subject: Uuid::now_v7(), participant: ParticipantId(world.participant.id), centre: world.centre,
        };
        work_item::raise(&old, &mut tx, what, app.now()).await.unwrap();
        old.commit(tx).await.unwrap();
        let before = the_one(&app).await["window"].clone();
        assert_eq!([&before["local_end"], &before["ends_at"]], [&json!("2026-11-24T23:59:00"), &json!("2026-11-24T22:59:00Z")]);
        rederive::if_zone_data_changed(&app.app).await.unwrap();
        let after = the_one(&app).await["window"].clone();
        assert_eq!([&after["local_end"], &after["ends_at"]], [&json!("2026-11-24T23:59:00"), &json!("2026-11-24T23:59:00Z")]);
    }
}
