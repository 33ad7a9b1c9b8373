//! What happened around so many people: rows made by the database itself, which is fast.

use chrono::TimeDelta;
use contract::time::Instant;
use db::{Tx, sql};
use muwakaba_tests::TestApp;

fn long_ago(app: &TestApp) -> Instant {
    app.now().saturating_sub(TimeDelta::days(700))
}

/// Of everybody who is assigned to somebody, one an hour over two years; few of them in the state that is asked for.
pub async fn appointments(app: &TestApp, tx: &mut Tx) {
    tx.query(sql!(
        "INSERT INTO appointment (id, centre_id, participant_id, host_id, kind, state, local_start, local_end, zone, starts_at,
                                  ends_at, holds_time, place_kind, created_by, created_at, version)
         WITH RECURSIVE number (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < 40000),
              person (k, id, centre_id, staff_id) AS (
                  SELECT row_number() OVER (ORDER BY a.id), p.id, p.centre_id, a.staff_id
                  FROM assignment AS a JOIN participant AS p ON p.id = a.participant_id WHERE a.ended_at IS NULL
              )
         SELECT ",
        lite "unhex(printf('%012x7%03x8%015x', i, 1, i))",
        pg "(lpad(to_hex(i), 12, '0') || '70018' || lpad(to_hex(i), 15, '0'))::uuid",
        ", person.centre_id, person.id, person.staff_id, 'social_counselling',
                CASE WHEN i % 997 = 0 THEN 'change_requested' WHEN i % 7 = 0 THEN 'no_show' ELSE 'attended' END,
                '2026-12-01T10:00:00', '2026-12-01T10:45:00', 'Africa/Casablanca',
                $1 + ",
        lite "(i * 7919 % 17000) * 3600000000, $1 + (i * 7919 % 17000) * 3600000000 + 2700000000",
        pg "(i * 7919 % 17000) * INTERVAL '1 hour', $1 + (i * 7919 % 17000) * INTERVAL '1 hour' + INTERVAL '45 minutes'",
        ", FALSE, 'phone', person.staff_id, $1, 1
         FROM number JOIN person ON person.k = number.i % (SELECT count(*) FROM person) + 1"
    ))
    .bind(long_ago(app))
    .execute()
    .await
    .expect("appointments");
}

/// Two of each appointment, to the participant and to the host, and one note.
pub async fn reminders(tx: &mut Tx) {
    tx.query(sql!(
        "INSERT INTO reminder (id, centre_id, participant_id, recipient_kind, recipient_id, subject_kind, subject_id, purpose,
                               occasion, urgency, due_at, expires_at, state, created_at)
         SELECT a.id, a.centre_id, a.participant_id, 'staff', a.host_id, 'appointment', a.id, 'appointment_answered', '', 'normal',
                a.starts_at, a.ends_at, 'sent', a.created_at
         FROM appointment AS a WHERE a.place_kind = 'phone' AND a.id NOT IN (SELECT subject_id FROM reminder)"
    ))
    .execute()
    .await
    .expect("reminders");
    tx.query(sql!(
        "INSERT INTO reminder_facts (reminder_id, facts)
         SELECT reminder.id, (SELECT facts FROM reminder_facts ORDER BY reminder_id LIMIT 1) FROM reminder
         WHERE reminder.id NOT IN (SELECT reminder_id FROM reminder_facts)"
    ))
    .execute()
    .await
    .expect("their facts");
    tx.query(sql!(
        "INSERT INTO used_action (reminder_id, action, used_at)
         SELECT reminder.id, 'confirm', reminder.due_at FROM reminder
         WHERE reminder.id NOT IN (SELECT reminder_id FROM used_action)"
    ))
    .execute()
    .await
    .expect("buttons that were used");
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

/// The latest change of everything, and of everybody who had somebody once, that they no longer have them.
pub async fn feed(tx: &mut Tx) {
    tx.query(sql!(
        "INSERT INTO change (centre_id, position, participant_id, audience, subject_kind, subject_id, operation)
         SELECT thing.centre_id, 1000 + row_number() OVER (PARTITION BY thing.centre_id ORDER BY thing.subject_id, thing.subject_kind),
                thing.participant_id, thing.audience, thing.subject_kind, thing.subject_id, thing.operation
         FROM (
             SELECT centre_id, id AS participant_id, ",
        lite "NULL",
        pg "CAST(NULL AS uuid)",
        " AS audience, 'participant' AS subject_kind, id AS subject_id, 'upsert' AS operation FROM participant
             UNION ALL SELECT centre_id, participant_id, NULL, 'appointment', id, 'upsert' FROM appointment
             UNION ALL SELECT centre_id, participant_id, NULL, 'reminder', id, 'upsert' FROM reminder
             UNION ALL SELECT p.centre_id, p.id, NULL, 'assignment', a.id, 'upsert'
                       FROM assignment AS a JOIN participant AS p ON p.id = a.participant_id
             UNION ALL SELECT p.centre_id, p.id, a.staff_id, 'participant', p.id, 'revoke'
                       FROM assignment AS a JOIN participant AS p ON p.id = a.participant_id
                       WHERE a.id IN (SELECT id FROM assignment WHERE ended_at IS NOT NULL)
         ) AS thing WHERE thing.subject_id NOT IN (SELECT subject_id FROM change)"
    ))
    .execute()
    .await
    .expect("a feed");
    tx.query(sql!(
        "UPDATE change_counter SET position = (SELECT max(position) FROM change WHERE change.centre_id = change_counter.centre_id)"
    ))
    .execute()
    .await
    .expect("how far it has come");
}

/// The service was started often.
pub async fn epochs(app: &TestApp, tx: &mut Tx) {
    tx.query(sql!(
        "INSERT INTO epoch (number, id, began_at)
         WITH RECURSIVE number (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < 3000)
         SELECT i, ",
        lite "unhex(printf('%032x', i))",
        pg "lpad(to_hex(i), 32, '0')::uuid",
        ", $1 FROM number"
    ))
    .bind(long_ago(app))
    .execute()
    .await
    .expect("epochs");
    tx.query(sql!(
        "INSERT INTO epoch_position (epoch, centre_id, position) SELECT epoch.number, centre.id, 0 FROM epoch CROSS JOIN centre"
    ))
    .execute()
    .await
    .expect("how far the feeds had come");
}

/// Everybody was told about everybody in their caseload, in some line of the audit log.
pub async fn seen(tx: &mut Tx) {
    tx.query(sql!(
        "INSERT INTO sync_seen (session_id, participant_id, staff_id, line_id, seen_at, day)
         SELECT a.id, a.participant_id, a.staff_id, (SELECT id FROM audit ORDER BY id LIMIT 1), a.started_at, 20780 FROM assignment AS a"
    ))
    .execute()
    .await
    .expect("who was seen");
}

/// A line of the audit log for each appointment, their ids telling their time.
pub async fn audit(app: &TestApp, tx: &mut Tx) {
    tx.query(sql!(
        "INSERT INTO audit (id, at, centre_id, actor_kind, actor_id, action, subject_kind, subject_id, participant_id, details,
                            opens_file)
         WITH line (i, at, centre_id, host_id, participant_id) AS (
             SELECT row_number() OVER (ORDER BY a.starts_at, a.id), a.starts_at, a.centre_id, a.host_id, a.participant_id
             FROM appointment AS a WHERE a.starts_at < $1
         )
         SELECT ",
        lite "unhex(printf('%012x7%03x8%015x', at / 1000, 1, i))",
        pg "(lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0') || '70018' || lpad(to_hex(i), 15, '0'))::uuid",
        ", at, centre_id, 'staff', host_id, 'appointment.read', 'appointment', participant_id, participant_id, '{}', TRUE FROM line"
    ))
    .bind(app.now().saturating_sub(TimeDelta::days(2)))
    .execute()
    .await
    .expect("audit lines");
}

/// Several of everybody of the staff, and of some participants.
pub async fn sessions(app: &TestApp, tx: &mut Tx) {
    tx.query(sql!(
        "INSERT INTO session (id, person_kind, staff_id, label, generation, rotated_at, created_at, expires_at)
         WITH RECURSIVE number (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < 6000),
              person (k, id) AS (SELECT row_number() OVER (ORDER BY id), id FROM staff)
         SELECT ",
        lite "unhex(printf('%012x7%03x8%015x', i, 1, i))",
        pg "(lpad(to_hex(i), 12, '0') || '70018' || lpad(to_hex(i), 15, '0'))::uuid",
        ", 'staff', person.id, 'a browser', 1, $1, $1, $2
         FROM number JOIN person ON person.k = number.i % (SELECT count(*) FROM person) + 1"
    ))
    .bind(app.now())
    .bind(app.now().saturating_add(TimeDelta::days(30)))
    .execute()
    .await
    .expect("sessions");
    tx.query(sql!(
        "INSERT INTO session (id, person_kind, participant_id, label, generation, rotated_at, created_at, expires_at)
         WITH person (k, id) AS (SELECT row_number() OVER (ORDER BY id), id FROM participant)
         SELECT ",
        lite "unhex(printf('%012x7%03x8%015x', k, 2, k))",
        pg "(lpad(to_hex(k), 12, '0') || '70028' || lpad(to_hex(k), 15, '0'))::uuid",
        ", 'participant', id, 'a phone', 1, $1, $1, $2 FROM person"
    ))
    .bind(app.now())
    .bind(app.now().saturating_add(TimeDelta::days(30)))
    .execute()
    .await
    .expect("sessions");
    tx.query(sql!(
        "INSERT INTO device (id, session_id, person_kind, person_id, channel, fcm_token, state, created_at, refreshed_at, version)
         SELECT id, id, 'participant', participant_id, 'fcm', ",
        lite "hex(id)",
        pg "id::text",
        ", 'active', created_at, created_at, 1 FROM session WHERE participant_id IS NOT NULL"
    ))
    .execute()
    .await
    .expect("devices");
}
