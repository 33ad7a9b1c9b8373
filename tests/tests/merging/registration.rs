//! What the sweeps go through of merging.

use super::all_of_this;
use crate::{
    operations::{Ids, Stage},
    races::{By, deed},
    registry::{Feature, Phones, State, Subject, about, over},
};
use db::sql;
use serde_json::json;
use uuid::Uuid;

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[Subject {
        needed_by: &["mergeParticipants"],
        is_shared: false,
        ..Subject::new("other_id", |stage, _, ids| {
            Box::pin(async {
                let other = another(stage, &ids).await;
                ids.with("other_id", other)
            })
        })
    }],
    states: &[State { operation: "unmergeParticipant", make: |stage, _, ids| Box::pin(merged(stage, ids)) }],
    bodies: &[over("mergeParticipants", |_| json!({"kept": all_of_this()}))],
    deeds: &[
        deed("merge two files", "mergeParticipants", By::Manager),
        deed("let a merged file stand for itself", "unmergeParticipant", By::Manager),
    ],
    never: &[
        "SELECT 'merged and accompanied: ' || id FROM participant
         WHERE (merged_into IS NOT NULL) <> (status = 'merged') OR (merged_into IS NOT NULL AND active)",
        "SELECT 'merged without a word: ' || p.id FROM participant AS p
         WHERE p.merged_into IS NOT NULL AND NOT EXISTS (
             SELECT 1 FROM file_merge AS m WHERE m.merged_id = p.id AND m.survivor_id = p.merged_into AND m.unmerged_at IS NULL)",
        "SELECT 'ahead of a merged file: ' || a.id FROM appointment AS a JOIN participant AS p ON p.id = a.participant_id
         WHERE p.status = 'merged' AND a.state IN ('proposed', 'scheduled', 'confirmed', 'change_requested')
           AND a.starts_at > '{now}'::timestamptz",
        "SELECT 'reminded about a merged file: ' || r.id FROM reminder AS r JOIN participant AS p ON p.id = r.participant_id
         WHERE p.status = 'merged' AND r.state = 'planned'",
        "SELECT 'merged into a file of another centre: ' || p.id FROM participant AS p JOIN participant AS s ON s.id = p.merged_into
         WHERE p.centre_id <> s.centre_id",
    ],
    counted: &["participant.merge", "participant.be_merged", "participant.unmerge", "participant.give_back"],
    tables: &[
        about(
            "file_merge",
            "merged file",
            Phones::GetNothing("into which file one was merged is in it, and what it said is looked up by the service alone"),
        )
        .unseeded("no list reads it"),
        about("file_merge_move", "what was carried over", Phones::MACHINERY).unseeded("no list reads it"),
    ],
    unsung: &[("file_merge.taken_sealed", "fields of a file, each of which is looked for there")],
    reset: Some(|_, tx| {
        Box::pin(async {
            for statement in [
                sql!("DELETE FROM file_merge_move"),
                sql!("DELETE FROM file_merge"),
                sql!("UPDATE participant SET merged_into = NULL WHERE merged_into IS NOT NULL"),
                sql!("UPDATE participant SET status = 'withdrawn' WHERE status = 'merged'"),
            ] {
                tx.query(statement).execute().await.expect("no file is merged");
            }
        })
    }),
    // Few files are merged, whatever the number of people.
    small: crate::registry::Small { scans: &["file_merge"], ..Feature::NOTHING.small },
    ..Feature::NOTHING
};

/// Another file of the same centre.
async fn another(stage: &Stage, ids: &Ids) -> Uuid {
    let manager = stage.manager_of(ids).await;
    let body = json!({"name": format!("Second {}", stage.serial()), "language": "fr"});
    let registered = stage.app.post("/v1/participants").by(&manager).json(body).expect(201).await;
    registered.string("/id").parse().expect("an id")
}

/// The participant's file was merged into another one.
async fn merged(stage: &Stage, ids: Ids) -> Ids {
    let survivor = another(stage, &ids).await;
    let mut tx = stage.app.app.db.write().await.expect("a transaction");
    tx.query(sql!("DELETE FROM file_merge WHERE merged_id = $1"))
        .bind(ids.participant)
        .execute()
        .await
        .expect("nothing before");
    tx.query(sql!(
        "UPDATE participant SET status = 'merged', active = FALSE, merged_into = $1 WHERE id = $2"
    ))
    .bind(survivor)
    .bind(ids.participant)
    .execute()
    .await
    .expect("a merged file");
    tx.query(sql!(
        "INSERT INTO file_merge (id, survivor_id, merged_id, merged_at, merged_by, from_status)
         VALUES ($1, $2, $3, $4, (SELECT staff.id FROM staff WHERE staff.role = 'manager' ORDER BY staff.id LIMIT 1), 'active')"
    ))
    .bind(Uuid::now_v7())
    .bind(survivor)
    .bind(ids.participant)
    .bind(stage.app.now())
    .execute()
    .await
    .expect("how it came about");
    tx.commit().await.expect("a merged file");
    ids
}
