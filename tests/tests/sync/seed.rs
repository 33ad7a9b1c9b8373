//! What phones have been told in a large database: rows made by the database itself, which is fast.

use crate::plans::Crowd;
use db::{Tx, sql};

/// All of it.
pub async fn fill(crowd: &mut Crowd) {
    let mut tx = crowd.app.app.db.write().await.expect("a transaction");
    feed(&mut tx).await;
    seen(&mut tx).await;
    epochs(crowd, &mut tx).await;
    tx.commit().await.expect("a feed");
}

/// The latest change of everything, and of everybody who had somebody once, that they no longer have them.
async fn feed(tx: &mut Tx) {
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
}

/// The service was started often.
async fn epochs(crowd: &Crowd, tx: &mut Tx) {
    tx.query(sql!(
        "INSERT INTO epoch (number, id, began_at)
         WITH RECURSIVE number (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < 3000)
         SELECT i, ",
        lite "unhex(printf('%032x', i))",
        pg "lpad(to_hex(i), 32, '0')::uuid",
        ", $1 FROM number"
    ))
    .bind(crowd.long_ago())
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
async fn seen(tx: &mut Tx) {
    tx.query(sql!(
        "INSERT INTO sync_seen (session_id, participant_id, staff_id, line_id, seen_at, day)
         SELECT a.id, a.participant_id, a.staff_id, (SELECT id FROM audit ORDER BY id LIMIT 1), a.started_at, 20780 FROM assignment AS a"
    ))
    .execute()
    .await
    .expect("who was seen");
}
