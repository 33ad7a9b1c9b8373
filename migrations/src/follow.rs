//! What one centre's change feed tells of a participant goes over to another's: all of it, whatever kind of thing it is about, so that
//! whoever has them from now on gets their whole state, and whoever had them is left with nothing.

use crate::{Result, Tx};
use uuid::Uuid;

/// How many rows of the feed one statement writes; SQLite takes at most 32,766 values.
const CHUNK: usize = 1_000;

/// A participant who is another centre's from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Follow {
    /// Who.
    pub participant: Uuid,
    /// Whose they were.
    pub from: Uuid,
    /// Whose they are.
    pub to: Uuid,
}

impl Follow {
    /// Both counters are held by now, since both feeds were told something: nobody else writes to them, and nothing comes in between.
    /// That the participant is gone stays as it was noted, and so does what is for one staff member alone. What is known by the
    /// participant's id, as a list that everybody has one of, goes along like all else.
    pub(crate) async fn write(self, tx: &mut Tx) -> Result<()> {
        let Self { participant, from, to } = self;
        // By the participant: without statistics SQLite would rather read all that the centre has.
        let told: Vec<(String, Uuid)> = tx
            .query(crate::sql!(
                "SELECT subject_kind, subject_id FROM change
                 WHERE participant_id = $1 AND ",
                lite "+",
                "centre_id = $2 AND audience IS NULL AND operation = 'upsert'
                   AND NOT EXISTS (
                       SELECT 1 FROM change AS there
                       WHERE there.subject_id = change.subject_id AND there.subject_kind = change.subject_kind AND ",
                lite "+",
                "there.centre_id = $3 AND there.audience IS NULL
                   )
                 ORDER BY position"
            ))
            .bind(participant)
            .bind(from)
            .bind(to)
            .all()
            .await?;
        let count = i64::try_from(told.len()).unwrap_or(i64::MAX);
        let last: i64 = tx
            .query(crate::sql!(
                "UPDATE change_counter SET position = position + $2 WHERE centre_id = $1 RETURNING position"
            ))
            .bind(to)
            .bind(count)
            .scalar()
            .await?;
        let mut position = last - count;
        for chunk in told.chunks(CHUNK) {
            let mut query = tx.query_rows(
                crate::sql!(
                    "INSERT INTO change (centre_id, position, participant_id, subject_kind, subject_id, operation)
                     VALUES {rows}"
                ),
                chunk.len(),
                6,
            );
            for (subject_kind, subject) in chunk {
                position += 1;
                query = query
                    .bind(to)
                    .bind(position)
                    .bind(participant)
                    .bind(subject_kind.as_str())
                    .bind(*subject)
                    .bind("upsert");
            }
            query.execute().await?;
        }
        tx.query(crate::sql!(
            "DELETE FROM change WHERE participant_id = $1 AND ",
            lite "+",
            "centre_id = $2 AND audience IS NULL AND (subject_id <> $1 OR operation = 'upsert')"
        ))
        .bind(participant)
        .bind(from)
        .execute()
        .await
        .map(drop)
    }
}
