//! What a participant's timeline tells of calls: that somebody told them something in person, when and how. Participants read none.

use super::things::REMINDER_CALL;
use crate::app::timeline::{Asked, Chapter, Moment};
use contract::{
    StaffId,
    time::{Instant, LocalDateTime, ZoneName},
};
use db::{Result, Statement, Tx, piece};
use uuid::Uuid;

/// All of it.
pub const TIMELINE: &[Chapter] = &[|tx, asked| Box::pin(calls(tx, asked))];

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    at: Instant,
    local_at: LocalDateTime,
    zone: ZoneName,
    how: String,
    staff_id: StaffId,
}

async fn calls(tx: &mut Tx, asked: &Asked<'_>) -> Result<Vec<Moment>> {
    if !asked.is_staff() {
        return Ok(Vec::new());
    }
    let statement = Statement::new(piece!(
        "SELECT t.id, t.at, t.local_at, t.zone, t.how, t.staff_id FROM reminder_call AS t
         WHERE t.withdrawn_at IS NULL AND t.participant_id = "
    ));
    let statement = asked
        .scope
        .asked(statement, asked.participant.0)
        .then(piece!(" AND (t.at, t.id) < (?, ?) ORDER BY t.at DESC, t.id DESC"))
        .bind(asked.before.at())
        .bind(asked.before.id())
        .limit(asked.rows);
    let rows: Vec<Row> = tx.query_built(statement).all().await?;
    let moment = |row: Row| Moment {
        at: row.at,
        kind: &REMINDER_CALL,
        id: row.id,
        part: 0,
        event: row.how,
        staff: Some(row.staff_id),
        local: Some((row.local_at, row.zone)),
    };
    Ok(rows.into_iter().map(moment).collect())
}
