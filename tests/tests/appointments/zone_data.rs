//! New zone data where there are thousands of appointments, where one of them is unreadable, and where several nodes have different data.

use super::{new_appointment, schedule};
use care::{
    App,
    appointment::rederive::{self, Watch, ZoneDataRefused, store},
};
use contract::{
    AppointmentId, AppointmentKind, AppointmentState, PlaceKind, TimeOrigin,
    time::{Instant, ZoneDataVersion, ZoneName, Zones},
};
use db::sql;
use muwakaba_tests::{Database, TestApp, both_databases};
use std::{path::Path, sync::Arc};
use uuid::Uuid;

/// More than SQLite takes values for, at six a row of the change feed.
const MANY: usize = 6_100;

/// The same service with zone data by which Casablanca is still at UTC+1.
fn with_old_data(app: &TestApp) -> App {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mobile-contract/fixtures/zoneinfo-2025b");
    let old = Zones::from_directory(&directory, ZoneDataVersion::parse("2025b")).expect("the old zone data");
    app.app.with_zones(Arc::new(old))
}

/// Writes many appointments of one centre, one after the other, with instants by the old data.
async fn write_many(app: &TestApp, old: &App) -> Instant {
    let zone: ZoneName = "Africa/Casablanca".parse().expect("a zone");
    let first: Instant = "2026-12-01T00:00:00Z".parse().expect("an instant");
    let hosts = [&app.world.mentor, &app.world.counsellor, &app.world.manager];
    let numbers: Vec<usize> = (0..MANY).collect();
    for chunk in numbers.chunks(500) {
        let mut tx = app.app.db.write().await.unwrap();
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO appointment (id, centre_id, participant_id, host_id, kind, state, local_start, local_end, zone,
                                          starts_at, ends_at, holds_time, time_origin, place_kind, created_by, created_at, version)
                 VALUES {rows}"
            ),
            chunk.len(),
            17,
        );
        for number in chunk {
            let after = |minutes: usize| {
                first.saturating_add(chrono::TimeDelta::minutes(i64::try_from(minutes).unwrap()))
            };
            let (starts, ends) = (after(number * 10), after(number * 10 + 10));
            query = query
                .bind(AppointmentId::new(&*app.app.ids))
                .bind(app.world.centre)
                .bind(if number % 2 == 0 { app.world.participant.id } else { app.world.other_participant.id })
                .bind(hosts[number % 3].id)
                .bind(AppointmentKind::SocialCounselling)
                .bind(AppointmentState::Confirmed)
                .bind(old.zones.to_local(starts, &zone).unwrap())
                .bind(old.zones.to_local(ends, &zone).unwrap())
                .bind(zone.clone())
                .bind(starts)
                .bind(ends)
                .bind(true)
                .bind(TimeOrigin::Set)
                .bind(PlaceKind::Phone)
                .bind(app.world.manager.id)
                .bind(first)
                .bind(1_i64);
        }
        query.execute().await.unwrap();
        tx.commit().await.unwrap();
    }
    first
}

async fn starts(app: &TestApp, id: Uuid) -> Instant {
    let mut tx = app.app.db.read().await.unwrap();
    tx.query(sql!("SELECT starts_at FROM appointment WHERE id = $1")).bind(id).scalar().await.unwrap()
}

async fn booked_by(app: &TestApp, node: &App, local_start: &str) -> Uuid {
    let node = app.restarted(node.clone()).await;
    let body = new_appointment(app, local_start);
    let made = node.post("/v1/appointments").by(&app.world.mentor).json(body).expect(201).await;
    made.string("/id").parse().unwrap()
}

both_databases! {
    async fn thousands_of_one_centre_move_at_once(app: TestApp) {
        let old = with_old_data(&app);
        rederive::if_zone_data_changed(&old).await.unwrap();
        let first = write_many(&app, &old).await;
        let done = rederive::if_zone_data_changed(&app.app).await.unwrap().expect("the data changed");
        assert_eq!((done.looked_at, done.moved, done.overlapping, done.set_aside), (MANY, MANY, 0, 0));
        let mut tx = app.app.db.read().await.unwrap();
        let (count, earliest): (i64, Instant) = tx
            .query(sql!("SELECT count(*), min(starts_at) FROM appointment WHERE holds_time AND version = 2")).one().await.unwrap();
        assert_eq!((usize::try_from(count).unwrap(), earliest), (MANY, first.saturating_add(chrono::TimeDelta::hours(1))));
        let (told, subjects, last, counter): (i64, i64, i64, i64) = tx
            .query(sql!(
                "SELECT count(*), count(DISTINCT subject_id), max(position),
                        (SELECT position FROM change_counter WHERE centre_id = $1)
                 FROM change WHERE centre_id = $1 AND subject_kind = 'appointment'"
            ))
            .bind(app.world.centre).one().await.unwrap();
        assert_eq!((usize::try_from(told).unwrap(), usize::try_from(subjects).unwrap(), last), (MANY, MANY, counter));
    }

    async fn one_that_cannot_be_derived_is_set_aside_and_stops_nothing(app: TestApp) {
        let old = with_old_data(&app);
        rederive::if_zone_data_changed(&old).await.unwrap();
        let [good, lost, garbled] = [
            booked_by(&app, &old, "2026-12-08T10:00:00").await,
            booked_by(&app, &old, "2026-12-08T12:00:00").await,
            booked_by(&app, &old, "2026-12-08T14:00:00").await,
        ];
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!("UPDATE appointment SET zone = 'Mars/Olympus_Mons' WHERE id = $1")).bind(lost).execute().await.unwrap();
        tx.query(sql!("UPDATE appointment SET local_start = 'after lunch' WHERE id = $1")).bind(garbled).execute().await.unwrap();
        tx.commit().await.unwrap();
        let done = rederive::if_zone_data_changed(&app.app).await.unwrap().expect("the data changed");
        assert_eq!((done.moved, done.set_aside), (1, 2));
        assert_eq!(starts(&app, good).await, "2026-12-08T10:00:00Z".parse().unwrap());
        assert_eq!(starts(&app, garbled).await, "2026-12-08T13:00:00Z".parse().unwrap(), "it keeps what it had");
        let mut tx = app.app.db.read().await.unwrap();
        let (count, some) = store::unresolved(&mut tx, 10).await.unwrap();
        let mut ids: Vec<Uuid> = some.iter().map(|(id, _)| id.0).collect();
        ids.sort_unstable();
        assert_eq!((count, ids), (2, vec![lost, garbled]));
        drop(tx);
        assert_eq!(rederive::if_zone_data_changed(&app.app).await.unwrap(), None, "once is enough");
    }

    async fn older_data_is_refused_and_changes_nothing(app: TestApp) {
        rederive::if_zone_data_changed(&app.app).await.unwrap();
        let made = schedule(&app, "2026-12-08T10:00:00").await;
        let id = made.string("/id").parse().unwrap();
        let old = with_old_data(&app);
        let refused = rederive::if_zone_data_changed(&old).await.unwrap_err();
        assert!(matches!(refused, ZoneDataRefused::Older { .. }), "{refused}");
        assert!(refused.to_string().contains("2025b") && refused.to_string().contains("tzdata"), "{refused}");
        assert_eq!(starts(&app, id).await, "2026-12-08T10:00:00Z".parse().unwrap());
        assert_eq!(rederive::if_zone_data_changed(&app.app).await.unwrap(), None, "the newer data is still the one in use");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_node_with_older_data_writes_meanwhile_does_not_stay_wrong() {
    let Some(database) = Database::postgres().await else { return };
    let app = TestApp::start(database).await;
    let old = with_old_data(&app);
    rederive::if_zone_data_changed(&old).await.unwrap();
    // The node with older data runs on while the other one starts, and afterwards.
    let before = booked_by(&app, &old, "2026-12-08T10:00:00").await;
    rederive::if_zone_data_changed(&app.app).await.unwrap().expect("the data changed");
    let between = booked_by(&app, &old, "2026-12-08T12:00:00").await;
    let mut watch = Watch::default();
    assert_eq!(watch.look(&app.app).await.unwrap(), 1, "written while nobody watched");
    let after = booked_by(&app, &old, "2026-12-08T14:00:00").await;
    let right = schedule(&app, "2026-12-08T16:00:00").await.string("/id").parse().unwrap();
    assert_eq!(watch.look(&app.app).await.unwrap(), 1);
    assert_eq!(watch.look(&app.app).await.unwrap(), 0, "and then there is nothing left");
    for (id, hour) in [(before, 10), (between, 12), (after, 14), (right, 16)] {
        assert_eq!(starts(&app, id).await, format!("2026-12-08T{hour}:00:00Z").parse().unwrap());
    }
    let mut tx = app.app.db.read().await.unwrap();
    let due: Vec<Instant> = tx
        .query(sql!("SELECT due_at FROM reminder WHERE subject_id = $1 AND purpose = 'appointment_soon' AND state = 'planned'"))
        .bind(after)
        .scalars()
        .await
        .unwrap();
    assert_eq!(due, ["2026-12-08T12:00:00Z".parse().unwrap()], "two hours before, by the newer data");
    // The node with older data sees the newer edition and leaves everything alone.
    assert_eq!(Watch::default().look(&old).await.unwrap(), 0);
}
