//! Who accompanies whom.

use crate::{
    operations::{Ids, Stage},
    races::{By, deed},
    registry::{Feature, Phones, Subject, about, over},
};
use db::sql;
use serde_json::json;
use uuid::Uuid;

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    // The one made before is ended, so that two commands side by side cannot be about the same one.
    subjects: &[Subject {
        needed_by: &["listOwnCompanions"],
        is_shared: false,
        ..Subject::new("assignment_id", |stage, _, ids| Box::pin(assignment(stage, ids)))
    }],
    bodies: &[over("assignParticipant", |asked| json!({"staff_id": asked.ids.spare}))],
    deeds: &[
        deed("assign", "assignParticipant", By::Manager),
        deed("end an assignment", "endAssignment", By::Manager),
        deed("name the lead", "leadAssignment", By::Manager),
    ],
    never: &[
        // Closing a file ends no assignment, but none begins after it.
        "SELECT 'assigned after the file was closed: ' || a.id FROM assignment AS a JOIN participant AS p ON p.id = a.participant_id
         WHERE NOT p.active AND p.merged_into IS NULL AND a.ended_at IS NULL
         AND NOT EXISTS (SELECT 1 FROM _kept_assignment AS before WHERE before.id = a.id)
         AND (SELECT max(position) FROM change WHERE subject_id = a.id) > (SELECT max(position) FROM change WHERE subject_id = p.id)",
        "SELECT 'assigned to somebody who left: ' || a.id FROM assignment AS a JOIN staff AS s ON s.id = a.staff_id
         WHERE a.ended_at IS NULL AND NOT (s.active AND s.role IN ('mentor', 'counsellor'))",
        // Whoever accompanies somebody is of their centre, or posted to it.
        "SELECT 'accompanied from another centre: ' || a.id FROM assignment AS a JOIN participant AS p ON p.id = a.participant_id
         JOIN staff AS s ON s.id = a.staff_id WHERE a.ended_at IS NULL AND s.centre_id <> p.centre_id
         AND NOT EXISTS (SELECT 1 FROM posting WHERE posting.staff_id = s.id AND posting.centre_id = p.centre_id AND posting.ended_at IS NULL)
         AND (a.started_by <> a.staff_id OR EXISTS (SELECT 1 FROM audit WHERE action = 'participant.move' AND subject_id = p.id))",
    ],
    lists: &[("listOwnCompanions", "assignment_id")],
    tables: &[about("assignment", "assignment", Phones::Get(&["assignments", "companions"])).kept()],
    ..Feature::NOTHING
};

/// Of somebody who is no caller of the tests, so that ending it takes nothing from them.
async fn assignment(stage: &Stage, ids: Ids) -> Ids {
    let outsider = stage.outsider_to(&ids);
    let id = Uuid::now_v7();
    let mut tx = stage.app.app.db.write().await.expect("a transaction");
    tx.query(sql!("UPDATE assignment SET ended_at = started_at, ended_by = started_by WHERE staff_id = $1 AND participant_id = $2 AND ended_at IS NULL"))
        .bind(outsider)
        .bind(ids.participant)
        .execute()
        .await
        .expect("the former one");
    tx.query(sql!(
        "INSERT INTO assignment (id, participant_id, staff_id, started_at, started_by, version) VALUES ($1, $2, $3, $4, $3, 1)"
    ))
    .bind(id)
    .bind(ids.participant)
    .bind(outsider)
    .bind(stage.app.now())
    .execute()
    .await
    .expect("an assignment");
    tx.commit().await.expect("an assignment");
    ids.with("assignment_id", id)
}
