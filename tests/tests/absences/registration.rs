//! What the sweeps go through of absences.

use crate::{
    operations::{Ids, Stage},
    plans::{CHUNK, Crowd},
    races::{By, deed},
    registry::{Feature, Phones, Subject, about, over},
};
use contract::CentreId;
use db::{Tx, sql};
use kernel::agenda::{self, Kind};
use serde_json::json;
use uuid::Uuid;

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[
        Subject {
            needed_by: &["listAbsences"],
            is_shared: false,
            ..Subject::new("absence_id", |stage, _, ids| Box::pin(absence(stage, ids)))
        },
        Subject::new("stand_in_id", |_, _, ids| {
            Box::pin(async move {
                let spare = ids.spare;
                ids.with("stand_in_id", spare)
            })
        }),
    ],
    bodies: &[over("recordAbsence", |asked| json!({"stand_in_id": asked.ids.spare}))],
    lists: &[("listAbsences", "absence_id")],
    deeds: &[deed("be away", "recordAbsence", By::Mentor), deed("be back", "endAbsence", By::Manager)],
    never: &[
        "SELECT 'away twice: ' || x.id FROM absence AS x JOIN absence AS y ON y.staff_id = x.staff_id AND x.id < y.id
         WHERE x.ended_at IS NULL AND y.ended_at IS NULL AND x.from_day <= y.until_day AND y.from_day <= x.until_day",
        "SELECT 'somebody who left is away: ' || x.id FROM absence AS x JOIN staff AS s ON s.id = x.staff_id
         WHERE x.ended_at IS NULL AND NOT (s.active AND s.role IN ('mentor', 'counsellor'))",
        "SELECT 'stands in for nobody who is away: ' || a.id FROM assignment AS a JOIN absence AS x ON x.id = a.absence_id
         WHERE a.ended_at IS NULL AND x.ended_at IS NOT NULL",
    ],
    versioned: &["absence"],
    counted: &["absence.record", "absence.end", "absence.begin"],
    tables: &[about("absence", "absence", Phones::ONLINE)],
    seed: Some(|crowd| Box::pin(fill_crowd(crowd))),
    reset: Some(|stage, tx| Box::pin(reset(stage, tx))),
    ..Feature::NOTHING
};

/// Of whoever accompanies the participant, begun, with a stand-in who accompanies them for it.
async fn absence(stage: &Stage, ids: Ids) -> Ids {
    stage.reset().await;
    let (id, now) = (Uuid::now_v7(), stage.app.now());
    let ends_at: contract::time::Instant = "2027-08-21T00:00:00Z".parse().expect("an instant");
    let mut tx = stage.app.app.db.write().await.expect("a transaction");
    tx.query(sql!(
        "INSERT INTO absence (id, staff_id, centre_id, stand_in_id, from_day, until_day, starts_at, ends_at, created_by, created_at, began_at, version)
         VALUES ($1, $2, $3, $4, '2026-08-01', '2027-08-20', $6, $5, $2, $6, $6, 1)"
    ))
    .bind(id)
    .bind(ids.companion)
    .bind(ids.centre)
    .bind(ids.spare)
    .bind(ends_at)
    .bind(now)
    .execute()
    .await
    .expect("an absence");
    tx.query(sql!(
        "INSERT INTO assignment (id, participant_id, staff_id, started_at, started_by, absence_id, version) VALUES ($1, $2, $3, $4, $5, $6, 1)"
    ))
    .bind(Uuid::now_v7())
    .bind(ids.participant)
    .bind(ids.spare)
    .bind(now)
    .bind(ids.companion)
    .bind(id)
    .execute()
    .await
    .expect("an assignment");
    agenda::note(&mut tx, Kind::new("absence"), CentreId(ids.centre), &[id], ends_at).await.expect("noted");
    tx.commit().await.expect("an absence");
    ids.with("absence_id", id)
}

async fn reset(_: &Stage, tx: &mut Tx) {
    tx.query(sql!("UPDATE absence SET ended_at = starts_at, ended_by = created_by WHERE ended_at IS NULL"))
        .execute()
        .await
        .expect("absences");
    tx.query(sql!(
        "UPDATE assignment SET ended_at = started_at, ended_by = started_by WHERE absence_id IS NOT NULL AND ended_at IS NULL"
    ))
    .execute()
    .await
    .expect("assignments");
}

/// Some of everybody, long over.
async fn fill_crowd(crowd: &mut Crowd) {
    let (app, then) = (&crowd.app, crowd.long_ago());
    let mut tx = app.app.db.write().await.expect("a transaction");
    let mentor = app.world.mentor.id;
    let own = |(staff, centre): (contract::StaffId, contract::CentreId)| (staff.0, staff.0, centre);
    let mut rows: Vec<_> = (0..4).flat_map(|_| crowd.staff.iter().copied().map(own)).collect();
    rows.extend((0..40).map(|_| (mentor, crowd.staff[0].0.0, app.world.centre)));
    rows.extend((0..40).map(|_| (crowd.staff[0].0.0, mentor, app.world.centre)));
    for chunk in rows.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO absence (id, staff_id, centre_id, stand_in_id, from_day, until_day, starts_at, ends_at, created_by, created_at,
                                      began_at, ended_at, version) VALUES {rows}"
            ),
            chunk.len(),
            13,
        );
        for (staff, stand_in, centre) in chunk {
            query = query
                .bind(app.app.ids.next())
                .bind(*staff)
                .bind(*centre)
                .bind(*stand_in)
                .bind("2025-01-01")
                .bind("2025-01-02")
                .bind(then)
                .bind(then)
                .bind(*staff)
                .bind(then)
                .bind(then)
                .bind(then)
                .bind(2_i64);
        }
        query.execute().await.expect("absences");
    }
    tx.commit().await.expect("absences");
    crowd.made("stand_in_id", mentor);
}
