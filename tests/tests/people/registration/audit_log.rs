//! The log of who did what.

use crate::{
    operations::{Ids, Stage},
    plans::Crowd,
    registry::{Feature, Phones, State, about},
};
use chrono::TimeDelta;
use db::sql;

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    states: &[State { operation: "readAuditLog", make: |stage, _, ids| Box::pin(with_a_line(stage, ids)) }],
    lists: &[("readAuditLog", "participant_id")],
    tables: &[about("audit", "audit log", Phones::OVERSIGHT)],
    seed: Some(|crowd| Box::pin(fill(crowd))),
    ..Feature::NOTHING
};

/// Everybody who may do something has done something about the target.
async fn with_a_line(stage: &Stage, ids: Ids) -> Ids {
    let path = format!("/v1/participants/{}", ids.participant);
    let companion = stage.companion_of(&ids).await;
    stage.app.get(&path).by(&companion).expect(200).await;
    ids
}

/// A line of the audit log for each appointment, their ids telling their time.
async fn fill(crowd: &Crowd) {
    let mut tx = crowd.app.app.db.write().await.expect("a transaction");
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
    .bind(crowd.app.now().saturating_sub(TimeDelta::days(2)))
    .execute()
    .await
    .expect("audit lines");
    tx.commit().await.expect("audit lines");
}
