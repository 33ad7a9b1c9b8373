//! Appointments of a large database: rows made by the database itself, which is fast.

use crate::plans::Crowd;
use db::{Tx, sql};
use serde_json::json;
use uuid::Uuid;

/// All of them.
pub async fn fill(crowd: &mut Crowd) {
    let id = one_with_a_note(crowd).await;
    crowd.made("appointment_id", id);
    let mut tx = crowd.app.app.db.write().await.expect("a transaction");
    appointments(crowd, &mut tx).await;
    notes(&mut tx).await;
    outcomes(&mut tx).await;
    tx.commit().await.expect("appointments");
}

/// One of the world's participant, with its reminders.
async fn one_with_a_note(crowd: &Crowd) -> Uuid {
    let app = &crowd.app;
    let made = app
        .post("/v1/appointments")
        .by(&app.world.mentor)
        .json(json!({
            "participant_id": app.world.participant.id, "host_id": app.world.mentor.id, "kind": "social_counselling",
            "local_start": "2026-12-01T10:00:00", "duration_minutes": 45, "place": {"kind": "phone"},
        }))
        .expect(201)
        .await;
    let id = made.string("/id").parse().expect("an id");
    let note = json!({"visibility": "everyone", "body": "Bring the form"});
    app.post(&format!("/v1/appointments/{id}/notes")).by(&app.world.mentor).json(note).expect(201).await;
    id
}

/// Of everybody who is assigned to somebody, one an hour over two years; few of them in the state that is asked for.
async fn appointments(crowd: &Crowd, tx: &mut Tx) {
    tx.query(sql!(
        "INSERT INTO appointment (id, centre_id, participant_id, host_id, kind, state, local_start, local_end, zone, starts_at,
                                  ends_at, holds_time, place_kind, created_by, created_at, version, outcome, outcome_side, outcome_version)
         WITH RECURSIVE number (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < 40000),
              person (k, id, centre_id, staff_id) AS (
                  SELECT row_number() OVER (ORDER BY a.id), p.id, p.centre_id, a.staff_id
                  FROM assignment AS a JOIN participant AS p ON p.id = a.participant_id WHERE a.ended_at IS NULL
              )
         SELECT ",
        lite "unhex(printf('%012x7%03x8%015x', i, 1, i))",
        pg "(lpad(to_hex(i), 12, '0') || '70018' || lpad(to_hex(i), 15, '0'))::uuid",
        ", person.centre_id, person.id, person.staff_id, 'social_counselling',
                CASE WHEN i % 997 = 0 THEN 'change_requested' WHEN i % 7 = 0 THEN 'no_show' WHEN i % 211 = 0 THEN 'excused'
                     ELSE 'attended' END,
                '2026-12-01T10:00:00', '2026-12-01T10:45:00', 'Africa/Casablanca',
                $1 + ",
        lite "(i * 7919 % 17000) * 3600000000, $1 + (i * 7919 % 17000) * 3600000000 + 2700000000",
        pg "(i * 7919 % 17000) * INTERVAL '1 hour', $1 + (i * 7919 % 17000) * INTERVAL '1 hour' + INTERVAL '45 minutes'",
        ", FALSE, 'phone', person.staff_id, $1, 1,
                CASE WHEN i % 211 = 0 THEN 'did_not_take_place' END, CASE WHEN i % 211 = 0 THEN 'host' END, CASE WHEN i % 211 = 0 THEN 1 END
         FROM number JOIN person ON person.k = number.i % (SELECT count(*) FROM person) + 1"
    ))
    .bind(crowd.long_ago())
    .execute()
    .await
    .expect("appointments");
}

/// One of each that is over.
async fn outcomes(tx: &mut Tx) {
    tx.query(sql!(
        "INSERT INTO appointment_outcome (id, appointment_id, outcome, recorded_by, recorded_at)
         SELECT a.id, a.id, a.state, a.created_by, a.ends_at FROM appointment AS a WHERE a.state IN ('attended', 'no_show', 'excused')"
    ))
    .execute()
    .await
    .expect("outcomes");
}

/// One of each appointment.
async fn notes(tx: &mut Tx) {
    tx.query(sql!(
        "INSERT INTO appointment_note (id, appointment_id, author_id, visibility, body_sealed, created_at)
         SELECT a.id, a.id, (SELECT id FROM staff ORDER BY id DESC LIMIT 1), 'author', ",
        lite "x'00'",
        pg "'\\x00'::bytea",
        ", a.created_at FROM appointment AS a WHERE a.id NOT IN (SELECT appointment_id FROM appointment_note)"
    ))
    .execute()
    .await
    .expect("notes");
}
