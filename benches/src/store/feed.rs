//! The change feed as it would be had the service written everything itself.

use care::App;
use db::sql;

use super::begin;
use crate::Failure;

/// Writes the latest change of each person, assignment and appointment.
pub async fn settle(app: &App) -> Result<(), Failure> {
    let mut tx = begin(app).await?;
    tx.query(sql!(
        "INSERT INTO change (centre_id, position, participant_id, subject_kind, subject_id, operation)
         SELECT thing.centre_id, row_number() OVER (PARTITION BY thing.centre_id ORDER BY thing.subject_id), thing.participant_id,
                thing.subject_kind, thing.subject_id, 'upsert'
         FROM (
             SELECT centre_id, id AS participant_id, 'participant' AS subject_kind, id AS subject_id FROM participant
             UNION ALL SELECT centre_id, participant_id, 'appointment', id FROM appointment
             UNION ALL SELECT participant.centre_id, participant.id, 'assignment', assignment.id
                       FROM assignment JOIN participant ON participant.id = assignment.participant_id
         ) AS thing"
    ))
    .execute()
    .await?;
    tx.query(sql!(
        "INSERT INTO change_counter (centre_id, position) SELECT centre_id, max(position) FROM change GROUP BY centre_id"
    ))
    .execute()
    .await?;
    Ok(tx.commit().await?)
}
