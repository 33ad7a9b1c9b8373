//! What a participant's timeline tells of check-ins, to staff and to the participant: that there was one, when it opened, and what became of it.

use super::{things::CHECK_IN, words::Settled};
use crate::app::timeline::{Asked, Chapter, Moment};
use contract::{
    StaffId,
    time::{Instant, LocalDateTime, ZoneName},
};
use db::{Result, Statement, Tx, piece};
use uuid::Uuid;

/// All of it.
pub const TIMELINE: &[Chapter] = &[|tx, asked| Box::pin(check_ins(tx, asked))];

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    opens_at: Instant,
    local_opens: LocalDateTime,
    zone: ZoneName,
    settled: String,
    planned_by: StaffId,
}

async fn check_ins(tx: &mut Tx, asked: &Asked<'_>) -> Result<Vec<Moment>> {
    let statement = Statement::new(piece!(
        "SELECT ci.id, ci.opens_at, ci.local_opens, ci.zone, ci.settled, ci.planned_by FROM check_in AS ci WHERE ci.participant_id = "
    ));
    let statement = asked
        .scope
        .asked(statement, asked.participant.0)
        .then(piece!(" AND (ci.opens_at, ci.id) < (?, ?) ORDER BY ci.opens_at DESC, ci.id DESC"))
        .bind(asked.before.at())
        .bind(asked.before.id())
        .limit(asked.rows);
    let rows: Vec<Row> = tx.query_built(statement).all().await?;
    let moment = |row: Row| Moment {
        at: row.opens_at,
        kind: &CHECK_IN,
        id: row.id,
        part: 0,
        // Whether time has opened or closed it is told where it is read.
        event: if row.settled == Settled::Unanswered.as_str() { "asked".to_owned() } else { row.settled },
        staff: Some(row.planned_by),
        local: Some((row.local_opens, row.zone)),
    };
    Ok(rows.into_iter().map(moment).collect())
}
