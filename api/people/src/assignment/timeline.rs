//! What a participant's timeline tells of assignments: that somebody accompanies them from then on, and that somebody does no longer.

use super::things::ASSIGNMENT;
use crate::app::timeline::{Asked, Chapter, Moment};
use contract::{StaffId, time::Instant};
use db::{Result, Statement, Tx, piece};
use uuid::Uuid;

/// All of it.
pub const TIMELINE: &[Chapter] =
    &[|tx, asked| Box::pin(begun(tx, asked)), |tx, asked| Box::pin(ended(tx, asked))];

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    at: Instant,
    staff_id: StaffId,
}

/// Of one that began and ended at one moment, the end comes behind.
const STARTED: i64 = 0;
/// See [`STARTED`].
const ENDED: i64 = 1;

fn moments(rows: Vec<Row>, (part, event): (i64, &str)) -> Vec<Moment> {
    let moment = |row: Row| Moment {
        at: row.at,
        kind: &ASSIGNMENT,
        id: row.id,
        part,
        event: event.to_owned(),
        staff: Some(row.staff_id),
        local: None,
    };
    rows.into_iter().map(moment).collect()
}

async fn begun(tx: &mut Tx, asked: &Asked<'_>) -> Result<Vec<Moment>> {
    let statement = Statement::new(piece!(
        "SELECT a.id, a.started_at AS at, a.staff_id FROM assignment AS a WHERE a.participant_id = "
    ));
    let statement = asked
        .scope
        .asked(statement, asked.participant.0)
        .then(piece!(" AND (a.started_at, a.id, 0) < (?, ?, ?) ORDER BY a.started_at DESC, a.id DESC"))
        .bind(asked.before.at())
        .bind(asked.before.id())
        .bind(asked.before.part())
        .limit(asked.rows);
    Ok(moments(tx.query_built(statement).all().await?, (STARTED, "started")))
}

async fn ended(tx: &mut Tx, asked: &Asked<'_>) -> Result<Vec<Moment>> {
    let statement = Statement::new(piece!(
        "SELECT a.id, a.ended_at AS at, a.staff_id FROM assignment AS a WHERE a.participant_id = "
    ));
    let statement = asked
        .scope
        .asked(statement, asked.participant.0)
        .then(piece!(
            " AND a.ended_at IS NOT NULL AND (a.ended_at, a.id, 1) < (?, ?, ?) ORDER BY a.ended_at DESC, a.id DESC"
        ))
        .bind(asked.before.at())
        .bind(asked.before.id())
        .bind(asked.before.part())
        .limit(asked.rows);
    Ok(moments(tx.query_built(statement).all().await?, (ENDED, "ended")))
}
