//! The people as they were before an operation did something to them.

use super::Stage;
use crate::registry::features;
use db::sql;

impl Stage {
    /// Undoes what an operation did to the people.
    pub async fn reset(&self) {
        let mut tx = self.app.app.db.write().await.expect("a transaction");
        tx.query(sql!(
            "UPDATE staff SET password_hash = $1, password_change_due = $2, password_expires_at = NULL,
                              authenticator_sealed = NULL, authenticator_pending_sealed = NULL, authenticator_step = NULL"
        ))
        .bind(self.password_hash.as_str())
        .bind(false)
        .execute()
        .await
        .expect("credentials");
        for ids in [&self.own, &self.centre, &self.elsewhere] {
            tx.query(sql!(
                "UPDATE assignment SET ended_at = started_at, ended_by = started_by WHERE staff_id = $1 AND participant_id = $2 AND ended_at IS NULL"
            ))
            .bind(ids.spare)
            .bind(ids.participant)
            .execute()
            .await
            .expect("assignments");
            // Whoever was moved to another centre is back.
            tx.query(sql!("UPDATE participant SET centre_id = $2 WHERE id = $1"))
                .bind(ids.participant)
                .bind(ids.centre)
                .execute()
                .await
                .expect("participants");
        }
        let world = &self.app.world;
        for (participant, staff) in [
            (&world.participant, &world.mentor),
            (&world.participant, &world.counsellor),
            (&world.other_participant, &world.other_mentor),
            (&world.foreign_participant, &world.foreign_mentor),
        ] {
            tx.query(sql!(
                "UPDATE assignment SET ended_at = NULL, ended_by = NULL
                 WHERE id = (SELECT id FROM assignment WHERE participant_id = $1 AND staff_id = $2 ORDER BY id LIMIT 1)
                   AND ended_at IS NOT NULL"
            ))
            .bind(participant.id)
            .bind(staff.id)
            .execute()
            .await
            .expect("assignments");
        }
        for reset in features().filter_map(|feature| feature.reset) {
            reset(self, &mut tx).await;
        }
        tx.commit().await.expect("the people are as before");
    }
}
