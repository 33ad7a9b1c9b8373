//! What a participant's timeline tells of referrals: that something was asked of a partner, when and by whom. The participant reads it, too.

use super::things::REFERRAL;
use crate::app::timeline::{Asked, Chapter, Moment};
use contract::{StaffId, time::Instant};
use db::{Result, Statement, Tx, piece};
use uuid::Uuid;

/// All of it.
pub const TIMELINE: &[Chapter] = &[|tx, asked| Box::pin(referrals(tx, asked))];

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    asked_at: Instant,
    asked_by: StaffId,
}

async fn referrals(tx: &mut Tx, asked: &Asked<'_>) -> Result<Vec<Moment>> {
    let statement = Statement::new(piece!(
        "SELECT r.id, r.asked_at, r.asked_by FROM referral AS r WHERE r.participant_id = "
    ));
    let statement = asked
        .scope
        .asked(statement, asked.participant.0)
        .then(piece!(" AND (r.asked_at, r.id) < (?, ?) ORDER BY r.asked_at DESC, r.id DESC"))
        .bind(asked.before.at())
        .bind(asked.before.id())
        .limit(asked.rows);
    let rows: Vec<Row> = tx.query_built(statement).all().await?;
    let moment = |row: Row| Moment {
        at: row.asked_at,
        kind: &REFERRAL,
        id: row.id,
        part: 0,
        event: "asked".to_owned(),
        staff: Some(row.asked_by),
        local: None,
    };
    Ok(rows.into_iter().map(moment).collect())
}
