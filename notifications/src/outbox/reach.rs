//! What staff are told about a participant is for those who may see the participant, when it is sent and not only when it was
//! planned. Ending an assignment withdraws what waits, in the same transaction, on every device; a dispatcher asks once more
//! when it takes a reminder, since a host may never have been assigned, or a role may have changed.
//!
//! The view `caseload` says who may see whom. Administrators see no participant; what they are told for oversight names none (see
//! [`for_oversight!`](crate::for_oversight)).

/// SQL: whether the staff member whom a reminder is for has the person in their caseload.
macro_rules! in_caseload {
    () => {
        "EXISTS (SELECT 1 FROM caseload WHERE caseload.staff_id = reminder.recipient_id \
          AND caseload.participant_id = reminder.participant_id)"
    };
}

pub(super) use in_caseload;

use contract::time::Instant;
use contract::{ParticipantId, ReminderId, StaffId, SubjectKind};
use db::{Result, Tx, sql};
use uuid::Uuid;

use crate::for_oversight;

/// Withdraws what waits for this staff member about participants whom they may no longer see. Returns how many reminders.
pub async fn withdraw_out_of_reach(tx: &mut Tx, staff: StaffId, now: Instant) -> Result<usize> {
    let withdrawn: Vec<ReminderId> = tx
        .query(sql!(
            "UPDATE reminder SET state = 'superseded', ready_at = NULL, settled_at = $2
             WHERE recipient_id = $1 AND state IN ('planned', 'sending') AND recipient_kind = 'staff'
               AND NOT (",
            in_caseload!(),
            " OR ",
            for_oversight!(),
            ") RETURNING id"
        ))
        .bind(staff)
        .bind(now)
        .scalars()
        .await?;
    end_deliveries(tx, &withdrawn).await?;
    // One of their devices took it, another is to be tried again.
    let recalled: Vec<ReminderId> = tx
        .query(sql!(
            "SELECT DISTINCT reminder.id FROM delivery JOIN reminder ON reminder.id = delivery.reminder_id
             WHERE delivery.ready_at IS NOT NULL AND delivery.device_id IN (SELECT id FROM device WHERE person_id = $1 AND gone_at IS NULL)
               AND reminder.recipient_id = $1 AND recipient_kind = 'staff'
               AND NOT (",
            in_caseload!(),
            " OR ",
            for_oversight!(),
            ")"
        ))
        .bind(staff)
        .scalars()
        .await?;
    end_deliveries(tx, &recalled).await?;
    Ok(withdrawn.len() + recalled.len())
}

/// Withdraws what waits for a participant whose file was closed: they are told of nothing any more. Returns how many reminders.
pub async fn withdraw_from_participant(
    tx: &mut Tx,
    participant: ParticipantId,
    now: Instant,
) -> Result<usize> {
    let withdrawn: Vec<ReminderId> = tx
        .query(sql!(
            "UPDATE reminder SET state = 'superseded', ready_at = NULL, settled_at = $2
             WHERE recipient_id = $1 AND recipient_kind = 'participant' AND state IN ('planned', 'sending')
             RETURNING id"
        ))
        .bind(participant)
        .bind(now)
        .scalars()
        .await?;
    // One of their devices took it, another is to be tried again.
    let recalled: Vec<ReminderId> = tx
        .query(sql!(
            "SELECT DISTINCT reminder_id FROM delivery
             WHERE ready_at IS NOT NULL AND device_id IN (SELECT id FROM device WHERE person_id = $1)"
        ))
        .bind(participant)
        .scalars()
        .await?;
    end_deliveries(tx, &withdrawn).await?;
    end_deliveries(tx, &recalled).await?;
    Ok(withdrawn.len() + recalled.len())
}

/// Withdraws what waits for anybody about these subjects of one kind, of which nobody is told any more. Returns how many reminders.
pub async fn withdraw_about(
    tx: &mut Tx,
    kind: SubjectKind,
    subjects: &[Uuid],
    now: Instant,
) -> Result<usize> {
    let mut count = 0;
    for chunk in subjects.chunks(500) {
        let mut query = tx
            .query_rows(
                sql!(
                    "UPDATE reminder SET state = 'superseded', ready_at = NULL, settled_at = ?
                     WHERE state IN ('planned', 'sending') AND subject_kind = ? AND subject_id IN ({rows}) RETURNING id"
                ),
                chunk.len(),
                1,
            )
            .bind(now)
            .bind(kind);
        for subject in chunk {
            query = query.bind(*subject);
        }
        let withdrawn: Vec<ReminderId> = query.scalars().await?;
        // One of somebody's devices took it, another is to be tried again.
        let mut query = tx
            .query_rows(
            sql!(
                "SELECT id FROM reminder WHERE subject_kind = ? AND subject_id IN ({rows})
                   AND EXISTS (SELECT 1 FROM delivery WHERE delivery.reminder_id = reminder.id AND delivery.ready_at IS NOT NULL)"
            ),
            chunk.len(),
            1,
        )
            .bind(kind);
        for subject in chunk {
            query = query.bind(*subject);
        }
        let waiting: Vec<ReminderId> = query.scalars().await?;
        end_deliveries(tx, &waiting).await?;
        count += withdrawn.iter().filter(|id| !waiting.contains(id)).count() + waiting.len();
    }
    Ok(count)
}

/// Withdraws those of these reminders that are for staff who may not see their participant, and returns them.
pub(super) async fn withdraw(tx: &mut Tx, reminders: &[ReminderId], now: Instant) -> Result<Vec<ReminderId>> {
    if reminders.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = tx
        .query_rows(
            sql!(
                "UPDATE reminder SET state = 'superseded', ready_at = NULL, settled_at = ?
                 WHERE id IN ({rows}) AND state IN ('planned', 'sending') AND recipient_kind = 'staff'
               AND NOT (",
                in_caseload!(),
                " OR ",
                for_oversight!(),
                ") RETURNING id"
            ),
            reminders.len(),
            1,
        )
        .bind(now);
    for id in reminders {
        query = query.bind(*id);
    }
    let withdrawn: Vec<ReminderId> = query.scalars().await?;
    end_deliveries(tx, &withdrawn).await?;
    Ok(withdrawn)
}

/// Those of these reminders, whatever their states, that are for staff who may not see their participant.
pub(super) async fn out_of_reach(tx: &mut Tx, reminders: &[ReminderId]) -> Result<Vec<ReminderId>> {
    let mut query = tx.query_rows(
        sql!(
            "SELECT id FROM reminder WHERE id IN ({rows}) AND recipient_kind = 'staff'
               AND NOT (",
            in_caseload!(),
            " OR ",
            for_oversight!(),
            ")"
        ),
        reminders.len(),
        1,
    );
    for id in reminders {
        query = query.bind(*id);
    }
    query.scalars().await
}

/// What still waits for another try waits no longer.
pub(super) async fn end_deliveries(tx: &mut Tx, reminders: &[ReminderId]) -> Result<()> {
    // As many as one statement of SQLite can hold many times over.
    for chunk in reminders.chunks(500) {
        let mut query = tx.query_rows(
            sql!(
                "UPDATE delivery SET state = 'superseded', ready_at = NULL
                 WHERE state = 'waiting' AND reminder_id IN ({rows})"
            ),
            chunk.len(),
            1,
        );
        for id in chunk {
            query = query.bind(*id);
        }
        query.execute().await?;
    }
    Ok(())
}
