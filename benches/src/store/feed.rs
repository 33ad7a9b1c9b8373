//! The change feed as it would be had the service written everything itself.

use care::App;
use db::sql;

use super::{History, Shape, begin};
use crate::Failure;

/// Writes the latest change of each person, assignment and appointment, and of what else there is of them.
pub async fn settle(app: &App, shape: &Shape) -> Result<(), Failure> {
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
    if shape.history != History::NONE {
        tx.query(sql!(
            "INSERT INTO change (centre_id, position, participant_id, subject_kind, subject_id, operation)
             SELECT thing.centre_id, latest.position + row_number() OVER (PARTITION BY thing.centre_id ORDER BY thing.subject_id),
                    thing.participant_id, thing.subject_kind, thing.subject_id, 'upsert'
             FROM (
                 SELECT centre_id, participant_id, 'check_in' AS subject_kind, id AS subject_id FROM check_in
                 UNION ALL SELECT centre_id, participant_id, 'visit', id FROM visit
                 UNION ALL SELECT centre_id, participant_id, 'contact_attempt', id FROM contact_attempt
                 UNION ALL SELECT centre_id, participant_id, 'work_item', id FROM work_item
                 UNION ALL SELECT centre_id, participant_id, 'plan', id FROM plan
                 UNION ALL SELECT centre_id, participant_id, 'plan_session', id FROM plan_session
                 UNION ALL SELECT centre_id, participant_id, 'goals', participant_id FROM goal_list
             ) AS thing
             JOIN (SELECT centre_id, max(position) AS position FROM change GROUP BY centre_id) AS latest ON latest.centre_id = thing.centre_id"
        ))
        .execute()
        .await?;
    }
    tx.query(sql!(
        "INSERT INTO change_counter (centre_id, position) SELECT centre_id, max(position) FROM change GROUP BY centre_id"
    ))
    .execute()
    .await?;
    Ok(tx.commit().await?)
}
