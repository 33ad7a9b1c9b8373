//! What a participant's timeline tells of consents: what was said of each last, and when. The participant reads it, too.

use super::things::CONSENT;
use crate::app::timeline::{Asked, Chapter, Moment};
use contract::time::Instant;
use db::{Result, Statement, Tx, piece};
use uuid::Uuid;

/// All of it.
pub const TIMELINE: &[Chapter] = &[|tx, asked| Box::pin(consents(tx, asked))];

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    since: Instant,
    state: String,
}

async fn consents(tx: &mut Tx, asked: &Asked<'_>) -> Result<Vec<Moment>> {
    let statement =
        Statement::new(piece!("SELECT c.id, c.since, c.state FROM consent AS c WHERE c.participant_id = "));
    let statement = asked
        .scope
        .asked(statement, asked.participant.0)
        .then(piece!(" AND (c.since, c.id) < (?, ?) ORDER BY c.since DESC, c.id DESC"))
        .bind(asked.before.at())
        .bind(asked.before.id())
        .limit(asked.rows);
    let rows: Vec<Row> = tx.query_built(statement).all().await?;
    let moment = |row: Row| Moment {
        at: row.since,
        kind: &CONSENT,
        id: row.id,
        part: 0,
        event: row.state,
        staff: None,
        local: None,
    };
    Ok(rows.into_iter().map(moment).collect())
}
