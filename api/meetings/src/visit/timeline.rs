//! What a participant's timeline tells of visits: that there was one, when and how. Participants read none.

use super::things::VISIT;
use crate::app::timeline::{Asked, Chapter, Moment};
use contract::{
    StaffId,
    time::{Instant, LocalDateTime, ZoneName},
};
use db::{Result, Statement, Tx, piece};
use uuid::Uuid;

/// All of it.
pub const TIMELINE: &[Chapter] = &[|tx, asked| Box::pin(visits(tx, asked))];

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    starts_at: Instant,
    local_start: LocalDateTime,
    zone: ZoneName,
    kind: String,
    author_id: StaffId,
}

async fn visits(tx: &mut Tx, asked: &Asked<'_>) -> Result<Vec<Moment>> {
    if !asked.is_staff() {
        return Ok(Vec::new());
    }
    let statement = Statement::new(piece!(
        "SELECT v.id, v.starts_at, v.local_start, v.zone, v.kind, v.author_id FROM visit AS v
         WHERE v.withdrawn_at IS NULL AND v.participant_id = "
    ));
    let statement = asked
        .scope
        .asked(statement, asked.participant.0)
        .then(piece!(" AND (v.starts_at, v.id) < (?, ?) ORDER BY v.starts_at DESC, v.id DESC"))
        .bind(asked.before.at())
        .bind(asked.before.id())
        .limit(asked.rows);
    let rows: Vec<Row> = tx.query_built(statement).all().await?;
    let moment = |row: Row| Moment {
        at: row.starts_at,
        kind: &VISIT,
        id: row.id,
        part: 0,
        event: row.kind,
        staff: Some(row.author_id),
        local: Some((row.local_start, row.zone)),
    };
    Ok(rows.into_iter().map(moment).collect())
}
