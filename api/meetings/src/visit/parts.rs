//! What was recorded together with a visit, in one go: needs that were found or closed, strengths, and whatever else a feature lets a phone
//! do. Each is a mutation of its own, in one request to `POST /v1/sync` that names the visit or in the one that logs it, and is answered alone; so
//! a part that is refused takes nothing from the visit, nor from the others. Here stands only which ones belong to which visit. No feature says
//! that it takes part: whatever can be done without network can be a part.

use super::words::VisitId;
use contract::{SubjectId, time::Instant};
use db::{Result as Stored, Tx, sql};
use kernel::page::Paging;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What was recorded together with a visit.
#[derive(Debug, Serialize, ToSchema, sqlx::FromRow)]
pub struct VisitPart {
    /// By which place it has in the list.
    #[serde(skip)]
    pub id: Uuid,
    /// What was done, by the name of its operation in this contract.
    pub operation: String,
    /// The kind of thing that it was done to.
    pub subject_kind: String,
    /// Which one.
    pub subject_id: SubjectId,
    /// When it was recorded, by the clock of the phone.
    pub recorded_at: Instant,
}

/// How many parts are told beside a visit that is withdrawn.
const TOLD: i64 = 50;

/// The first of what was recorded together with a visit, in its order, and whether there is more.
pub async fn first(tx: &mut Tx, visit: VisitId) -> Stored<(Vec<VisitPart>, bool)> {
    let mut parts: Vec<VisitPart> = tx
        .query(sql!(
            "SELECT id, operation, subject_kind, subject_id, recorded_at FROM visit_part WHERE visit_id = $1 ORDER BY id LIMIT ",
            lite "+",
            "$2"
        ))
        .bind(visit)
        .bind(TOLD + 1)
        .all()
        .await?;
    let more = i64::try_from(parts.len()).is_ok_and(|rows| rows > TOLD);
    if more {
        parts.pop();
    }
    Ok((parts, more))
}

/// What was recorded together with a visit, in its order, with one more than the page holds. The caller has seen that the visit is in scope.
pub async fn list(tx: &mut Tx, visit: VisitId, paging: Paging<Uuid>) -> Stored<Vec<VisitPart>> {
    tx.query(sql!(
        "SELECT id, operation, subject_kind, subject_id, recorded_at FROM visit_part WHERE visit_id = $1 AND id > $3
         ORDER BY id LIMIT ",
        lite "+",
        "$2"
    ))
    .bind(visit)
    .bind(paging.rows())
    .bind(paging.after.unwrap_or_default())
    .all()
    .await
}
