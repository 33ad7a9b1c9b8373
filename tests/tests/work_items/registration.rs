//! What the sweeps go through of work items.

use super::{raise, raise_about};
use crate::{
    operations::{Ids, Stage},
    plans::{CHUNK, Crowd},
    races::{By, deed},
    registry::{Feature, Phones, State, Subject, about, over},
    visits::phones,
};
use care::work_item::{WorkCause, WorkItemId};
use chrono::TimeDelta;
use contract::CentreId;
use db::sql;
use muwakaba_tests::{SignedIn, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[Subject {
        needed_by: &["listWorkItems", "summarizeWorkItems"],
        version: Some(sql!("SELECT version FROM work_item WHERE id = $1")),
        ..Subject::new("work_item_id", |stage, _, ids| Box::pin(item(stage, ids)))
    }],
    states: &[
        State { operation: "releaseWorkItem", make: |stage, _, ids| Box::pin(taken(stage, ids)) },
        State { operation: "acceptWorkItem", make: |stage, _, ids| Box::pin(asked(stage, ids)) },
        State { operation: "refuseWorkItem", make: |stage, _, ids| Box::pin(asked(stage, ids)) },
        State { operation: "withdrawWorkItemHandOver", make: |stage, _, ids| Box::pin(asked(stage, ids)) },
        State { operation: "undoWorkItem", make: |stage, _, ids| Box::pin(done(stage, ids)) },
    ],
    bodies: &[over("handOverWorkItem", |asked| json!({"staff_id": asked.ids.companion}))],
    deeds: &[
        deed("take a work item", "takeWorkItem", By::Manager),
        deed("release a work item", "releaseWorkItem", By::Mentor),
        deed("hand a work item over", "handOverWorkItem", By::Manager),
        deed("accept a work item", "acceptWorkItem", By::Mentor),
        deed("refuse a work item", "refuseWorkItem", By::Mentor),
        deed("withdraw a hand-over", "withdrawWorkItemHandOver", By::Manager),
        deed("finish a work item", "finishWorkItem", By::Mentor),
        deed("dismiss a work item", "dismissWorkItem", By::Mentor),
        deed("snooze a work item", "snoozeWorkItem", By::Mentor),
        deed("undo a work item", "undoWorkItem", By::Mentor),
    ],
    never: &[
        "SELECT 'a work item left behind: ' || w.id FROM work_item AS w JOIN participant AS p ON p.id = w.participant_id
         WHERE w.centre_id <> p.centre_id
           -- What another centre is asked is its managers' to answer.
           AND w.cause <> 'hand_over_asked'",
        "SELECT 'open about a closed file: ' || w.id FROM work_item AS w JOIN participant AS p ON p.id = w.participant_id
         WHERE NOT p.active AND w.closed_at IS NULL AND w.cause NOT IN ('person_died', 'hand_over_asked')",
        "SELECT 'closed and open: ' || id FROM work_item WHERE (closed_at IS NULL) <> (state IN ('open', 'taken'))",
    ],
    lists: &[("listWorkItems", "work_item_id")],
    filters: &[("listWorkItems", "snoozed", "true")],
    tables: &[about("work_item", "work item", Phones::Get(&["work_items"]))],
    planned: &["work_item"],
    seed: Some(|crowd| Box::pin(fill(crowd))),
    recorded: &[
        |app| Box::pin(of_one(app, "takeWorkItem", json!({}))),
        |app| Box::pin(of_one(app, "finishWorkItem", json!({}))),
        |app| Box::pin(of_one(app, "dismissWorkItem", json!({"reason": "nothing_wrong"}))),
        |app| Box::pin(of_one(app, "snoozeWorkItem", json!({"days": 1}))),
    ],
    ..Feature::NOTHING
};

async fn of_one(app: &TestApp, operation: &str, body: Value) -> (SignedIn, Value) {
    let subject = raise(app, WorkCause::JobLost, &app.world.participant).await;
    let mut tx = app.app.db.read().await.expect("a transaction");
    let id: WorkItemId = tx
        .query(sql!("SELECT id FROM work_item WHERE subject_id = $1"))
        .bind(subject)
        .scalar()
        .await
        .expect("an item");
    (app.world.mentor.clone(), phones::about(app, operation, &id.to_string(), 1, &body))
}

/// One that is open.
async fn item(stage: &Stage, ids: Ids) -> Ids {
    let subject = Uuid::now_v7();
    let centre = CentreId(ids.centre);
    raise_about(&stage.app, WorkCause::JobLost, ids.participant, centre, subject).await;
    let mut tx = stage.app.app.db.read().await.expect("a transaction");
    let id: Uuid = tx
        .query(sql!("SELECT id FROM work_item WHERE subject_id = $1"))
        .bind(subject)
        .scalar()
        .await
        .expect("an item");
    ids.with("work_item_id", id)
}

async fn command(stage: &Stage, ids: Ids, by: &SignedIn, command: &str, body: Option<Value>) -> Ids {
    let path = format!("/v1/work-items/{}/{command}", ids.of("work_item_id"));
    let request = stage.app.post(&path).by(by).if_match(1);
    match body {
        Some(body) => request.json(body).expect(200).await,
        None => request.expect(200).await,
    };
    ids
}

/// The companion's.
async fn taken(stage: &Stage, ids: Ids) -> Ids {
    let companion = stage.companion_of(&ids).await;
    command(stage, ids, &companion, "take", None).await
}

/// The companion is asked by the manager.
async fn asked(stage: &Stage, ids: Ids) -> Ids {
    let manager = stage.manager_of(&ids).await;
    let body = json!({"staff_id": ids.companion});
    command(stage, ids, &manager, "hand-over", Some(body)).await
}

/// Closed by the companion.
async fn done(stage: &Stage, ids: Ids) -> Ids {
    let companion = stage.companion_of(&ids).await;
    command(stage, ids, &companion, "finish", None).await
}

/// A long history of each, and something open of a few.
async fn fill(crowd: &mut Crowd) {
    let (app, now) = (&crowd.app, crowd.app.now());
    let mut tx = app.app.db.write().await.expect("a transaction");
    let mut rows = Vec::new();
    for (number, (participant, centre, _)) in crowd.participants.iter().enumerate() {
        rows.push((*participant, *centre, true));
        if number % 40 == 0 {
            rows.push((*participant, *centre, false));
        }
    }
    for chunk in rows.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO work_item (id, centre_id, participant_id, cause, subject_id, state, zone, local_due, due_at, opened_at, raised_at,
                                        times, raised_version, closed_at, version) VALUES {rows}"
            ),
            chunk.len(),
            15,
        );
        for (participant, centre, is_closed) in chunk {
            let then = now.saturating_sub(TimeDelta::days(9));
            query = query
                .bind(app.app.ids.next())
                .bind(*centre)
                .bind(*participant)
                .bind("check_in_missed")
                .bind(app.app.ids.next())
                .bind(if *is_closed { "resolved" } else { "open" })
                .bind("Africa/Casablanca")
                .bind("2026-11-16T16:30:00")
                .bind(then)
                .bind(then)
                .bind(then)
                .bind(1_i64)
                .bind(1_i64)
                .bind(is_closed.then_some(now))
                .bind(1_i64);
        }
        query.execute().await.expect("work items");
    }
    tx.commit().await.expect("work items");
    // The feed tells of it.
    raise(&crowd.app, WorkCause::JobLost, &crowd.app.world.participant).await;
}
