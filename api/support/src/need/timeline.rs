//! What a participant's timeline tells of needs, to staff and to the participant: that there is one, when it was recorded, and how far it has
//! come. Not of which area it is; and who found it is told to staff alone.

use super::things::NEED;
use crate::app::timeline::{Asked, Chapter, Moment};
use contract::{StaffId, time::Instant};
use db::{Result, Statement, Tx, piece};
use uuid::Uuid;

/// All of it.
pub const TIMELINE: &[Chapter] = &[|tx, asked| Box::pin(needs(tx, asked))];

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    recorded_at: Instant,
    state: String,
    found_by: StaffId,
}

async fn needs(tx: &mut Tx, asked: &Asked<'_>) -> Result<Vec<Moment>> {
    let statement = Statement::new(piece!(
        "SELECT n.id, n.recorded_at, n.state, n.found_by FROM need AS n WHERE n.withdrawn_at IS NULL AND n.participant_id = "
    ));
    let statement = asked
        .scope
        .asked(statement, asked.participant.0)
        .then(piece!(" AND (n.recorded_at, n.id) < (?, ?) ORDER BY n.recorded_at DESC, n.id DESC"))
        .bind(asked.before.at())
        .bind(asked.before.id())
        .limit(asked.rows);
    let rows: Vec<Row> = tx.query_built(statement).all().await?;
    let moment = |row: Row| Moment {
        at: row.recorded_at,
        kind: &NEED,
        id: row.id,
        part: 0,
        event: row.state,
        staff: asked.is_staff().then_some(row.found_by),
        local: None,
    };
    Ok(rows.into_iter().map(moment).collect())
}
