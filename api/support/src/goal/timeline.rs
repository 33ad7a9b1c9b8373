//! What a participant's timeline tells of goals, to staff and to the participant: that there is one, when it was written down, and how far it
//! has come. Who wrote it down is told to staff alone, and nobody if it was the participant.

use super::things::GOAL;
use crate::app::timeline::{Asked, Chapter, Moment};
use contract::{StaffId, time::Instant};
use db::{Result, Statement, Tx, piece};
use uuid::Uuid;

/// All of it.
pub const TIMELINE: &[Chapter] = &[|tx, asked| Box::pin(goals(tx, asked))];

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    recorded_at: Instant,
    state: String,
    written_by: Option<StaffId>,
}

async fn goals(tx: &mut Tx, asked: &Asked<'_>) -> Result<Vec<Moment>> {
    let statement = Statement::new(piece!(
        "SELECT g.id, g.recorded_at, g.state, g.written_by FROM goal AS g WHERE g.withdrawn_at IS NULL AND g.participant_id = "
    ));
    let statement = asked
        .scope
        .asked(statement, asked.participant.0)
        .then(piece!(" AND (g.recorded_at, g.id) < (?, ?) ORDER BY g.recorded_at DESC, g.id DESC"))
        .bind(asked.before.at())
        .bind(asked.before.id())
        .limit(asked.rows);
    let rows: Vec<Row> = tx.query_built(statement).all().await?;
    let moment = |row: Row| Moment {
        at: row.recorded_at,
        kind: &GOAL,
        id: row.id,
        part: 0,
        event: row.state,
        staff: row.written_by.filter(|_| asked.is_staff()),
        local: None,
    };
    Ok(rows.into_iter().map(moment).collect())
}
