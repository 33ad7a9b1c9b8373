//! The rule against double booking reads the hours around an appointment, whatever lies behind, and leans on the longest
//! appointment there may be.

use crate::appointments::{new_appointment, schedule};
use chrono::TimeDelta;
use contract::{AppointmentId, ProblemCode, time::Instant};
use db::{Result, Tx, sql};
use muwakaba_tests::{Database, TestApp, both_databases};
use serde_json::json;
use sqlx::{Connection, SqliteConnection};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

const LONGEST: TimeDelta = TimeDelta::hours(8);

/// An appointment of the world's mentor and participant, past the service's own rules.
async fn book(app: &TestApp, tx: &mut Tx, starts_at: Instant, lasts: TimeDelta) -> Result<AppointmentId> {
    let id = AppointmentId::new(&*app.app.ids);
    tx.query(sql!(
        "INSERT INTO appointment (id, centre_id, participant_id, host_id, kind, state, local_start, local_end, zone, starts_at,
                                  ends_at, holds_time, place_kind, created_by, created_at, version)
         VALUES ($1, $2, $3, $4, 'social_counselling', 'scheduled', '2026-12-01T10:00:00', '2026-12-01T10:45:00',
                 'Africa/Casablanca', $5, $6, TRUE, 'phone', $4, $5, 1)"
    ))
    .bind(id)
    .bind(app.world.centre)
    .bind(app.world.participant.id)
    .bind(app.world.mentor.id)
    .bind(starts_at)
    .bind(starts_at.saturating_add(lasts))
    .execute()
    .await?;
    Ok(id)
}

both_databases! {
    async fn no_appointment_lasts_longer_than_eight_hours(app: TestApp) {
        let start = app.now();
        let mut tx = app.app.db.write().await.unwrap();
        let id = book(&app, &mut tx, start, LONGEST).await.unwrap();
        tx.commit().await.unwrap();
        let too_long = LONGEST + TimeDelta::microseconds(1);
        let mut tx = app.app.db.write().await.unwrap();
        let refused = book(&app, &mut tx, start.saturating_add(TimeDelta::days(1)), too_long).await.unwrap_err();
        assert!(refused.violates("appointment_lasts_eight_hours_at_most"), "{refused}");
        drop(tx);
        let mut tx = app.app.db.write().await.unwrap();
        let refused = tx.query(sql!("UPDATE appointment SET ends_at = $1 WHERE id = $2"))
            .bind(start.saturating_add(too_long)).bind(id).execute().await.unwrap_err();
        assert!(refused.violates("appointment_lasts_eight_hours_at_most"), "{refused}");
    }

    async fn the_last_minute_of_the_longest_appointment_is_taken(app: TestApp) {
        let mut whole_day = new_appointment(&app, "2026-12-01T08:30:00");
        whole_day["duration_minutes"] = json!(480);
        whole_day["override_reason"] = json!("a fair");
        app.post("/v1/appointments").by(&app.world.mentor).json(whole_day).expect(201).await;
        app.post("/v1/appointments").by(&app.world.mentor)
            .json(new_appointment(&app, "2026-12-01T16:29:00")).refused(ProblemCode::TimeTaken).await;
        schedule(&app, "2026-12-01T16:30:00").await;
    }
}

/// How many steps SQLite takes for one booking and for one move after so many appointments of the same two people.
async fn steps(app: &TestApp, before: i64) -> (u64, u64) {
    let at = |hour: i64| app.now().saturating_add(TimeDelta::hours(hour));
    let mut tx = app.app.db.write().await.unwrap();
    for hour in 0..before {
        book(app, &mut tx, at(hour), TimeDelta::minutes(45)).await.unwrap();
    }
    let other = book(app, &mut tx, at(before), TimeDelta::minutes(45)).await.unwrap();
    tx.commit().await.unwrap();
    let mut connection = SqliteConnection::connect(&app.database.url).await.unwrap();
    let counted = Arc::new(AtomicU64::new(0));
    let count = counted.clone();
    connection.lock_handle().await.unwrap().set_progress_handler(1, move || {
        count.fetch_add(1, Ordering::Relaxed);
        true
    });
    let mut steps_of = async |statement: &'static str, starts_at: Instant| {
        counted.store(0, Ordering::Relaxed);
        sqlx::query(statement)
            .bind(starts_at.as_micros())
            .bind(starts_at.saturating_add(TimeDelta::minutes(45)).as_micros())
            .bind(other.0)
            .execute(&mut connection)
            .await
            .unwrap();
        counted.load(Ordering::Relaxed)
    };
    let insert = steps_of(
        "INSERT INTO appointment (id, centre_id, participant_id, host_id, kind, state, local_start, local_end, zone, starts_at,
                                  ends_at, holds_time, place_kind, created_by, created_at, version)
         SELECT randomblob(16), centre_id, participant_id, host_id, kind, state, local_start, local_end, zone, $1, $2, holds_time,
                place_kind, created_by, created_at, version FROM appointment WHERE id = $3",
        at(before + 1),
    )
    .await;
    let update =
        steps_of("UPDATE appointment SET starts_at = $1, ends_at = $2 WHERE id = $3", at(before + 2)).await;
    (insert, update)
}

#[tokio::test]
async fn a_booking_costs_the_same_whatever_lies_behind() {
    let short = steps(&TestApp::start(Database::sqlite().await).await, 20).await;
    let long = steps(&TestApp::start(Database::sqlite().await).await, 400).await;
    assert_eq!(short, long);
}
