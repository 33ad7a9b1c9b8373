//! What a participant's timeline tells of where their file stood: to which state it came, when and by whom. To staff alone, and to none of them
//! why: that is read in the log, as far as each may read it.

use crate::app::timeline::{Asked, Chapter, Moment};
use contract::{StaffId, time::Instant};
use db::{Result, Statement, Tx, piece};
use identity::things::PARTICIPANT;

/// All of it.
pub const TIMELINE: &[Chapter] = &[|tx, asked| Box::pin(changes(tx, asked))];

#[derive(sqlx::FromRow)]
struct Row {
    at: Instant,
    version: i64,
    to_status: String,
    author_id: StaffId,
}

async fn changes(tx: &mut Tx, asked: &Asked<'_>) -> Result<Vec<Moment>> {
    if !asked.is_staff() {
        return Ok(Vec::new());
    }
    let statement = Statement::new(piece!(
        "SELECT s.at, s.version, s.to_status, s.author_id FROM status_change AS s WHERE s.participant_id = "
    ));
    let statement = asked
        .scope
        .asked(statement, asked.participant.0)
        .then(piece!(
            " AND (s.at, s.participant_id, s.version) < (?, ?, ?) ORDER BY s.at DESC, s.version DESC"
        ))
        .bind(asked.before.at())
        .bind(asked.before.id())
        .bind(asked.before.part())
        .limit(asked.rows);
    let rows: Vec<Row> = tx.query_built(statement).all().await?;
    let moment = |row: Row| Moment {
        at: row.at,
        kind: &PARTICIPANT,
        id: asked.participant.0,
        part: row.version,
        event: row.to_status,
        staff: Some(row.author_id),
        local: None,
    };
    Ok(rows.into_iter().map(moment).collect())
}
