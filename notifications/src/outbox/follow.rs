//! What is told about a participant whom another centre accompanies from now on.

use contract::time::Instant;
use contract::{CentreId, ReminderId, SubjectKind};
use db::{Result, Tx, sql};
use uuid::Uuid;

use super::reach::{end_deliveries, in_caseload};
use crate::for_oversight;

/// Rows of one statement.
const CHUNK: usize = 500;

/// Lets every reminder about these subjects of one kind be this centre's, and withdraws what waits for staff who may not see their participant any
/// more; the participant themself is told what they were to be told. Returns how many reminders were withdrawn.
pub async fn move_to_centre(
    tx: &mut Tx,
    kind: SubjectKind,
    subjects: &[Uuid],
    centre: CentreId,
    now: Instant,
) -> Result<usize> {
    let mut count = 0;
    for chunk in subjects.chunks(CHUNK) {
        let mut query = tx
            .query_rows(
                sql!("UPDATE reminder SET centre_id = ? WHERE subject_kind = ? AND subject_id IN ({rows})"),
                chunk.len(),
                1,
            )
            .bind(centre)
            .bind(kind);
        for subject in chunk {
            query = query.bind(*subject);
        }
        query.execute().await?;
        count += withdraw_from_former_staff(tx, kind, chunk, now).await?;
    }
    Ok(count)
}

async fn withdraw_from_former_staff(
    tx: &mut Tx,
    kind: SubjectKind,
    subjects: &[Uuid],
    now: Instant,
) -> Result<usize> {
    let mut query = tx
        .query_rows(
            sql!(
                "UPDATE reminder SET state = 'superseded', ready_at = NULL, settled_at = ?
                 WHERE state IN ('planned', 'sending') AND recipient_kind = 'staff' AND subject_kind = ? AND subject_id IN ({rows})
                   AND NOT (",
                in_caseload!(),
                " OR ",
                for_oversight!(),
                ") RETURNING id"
            ),
            subjects.len(),
            1,
        )
        .bind(now)
        .bind(kind);
    for subject in subjects {
        query = query.bind(*subject);
    }
    let withdrawn: Vec<ReminderId> = query.scalars().await?;
    end_deliveries(tx, &withdrawn).await?;
    // One of their devices took it, another is to be tried again.
    let mut query = tx
        .query_rows(
        sql!(
            "SELECT id FROM reminder WHERE recipient_kind = 'staff' AND subject_kind = ? AND subject_id IN ({rows})
               AND EXISTS (SELECT 1 FROM delivery WHERE delivery.reminder_id = reminder.id AND delivery.ready_at IS NOT NULL)
               AND NOT (",
            in_caseload!(),
            " OR ",
            for_oversight!(),
            ")"
        ),
        subjects.len(),
        1,
    )
        .bind(kind);
    for subject in subjects {
        query = query.bind(*subject);
    }
    let recalled: Vec<ReminderId> = query.scalars().await?;
    end_deliveries(tx, &recalled).await?;
    Ok(withdrawn.len() + recalled.len())
}
