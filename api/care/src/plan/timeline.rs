//! What a participant's timeline tells of plans, to staff and to the participant: that one was started, changed, ended, and when. What it asks for
//! is told where it is kept.

use super::things::PLAN;
use crate::app::timeline::{Asked, Chapter, Moment};
use contract::{StaffId, time::Instant};
use db::{Result, Statement, Tx, piece};
use uuid::Uuid;

/// All of it.
pub const TIMELINE: &[Chapter] =
    &[|tx, asked| Box::pin(versions(tx, asked)), |tx, asked| Box::pin(endings(tx, asked))];

/// Of what was done to one plan at one moment, the versions come first, by their numbers; there are fewer than this. Then its end.
const END: i64 = 1_000_000;

#[derive(sqlx::FromRow)]
struct Version {
    id: Uuid,
    at: Instant,
    number: i64,
    made_by: StaffId,
}

async fn versions(tx: &mut Tx, asked: &Asked<'_>) -> Result<Vec<Moment>> {
    let statement = Statement::new(piece!(
        "SELECT pv.plan_id AS id, pv.made_at AS at, pv.number, pv.made_by FROM plan_version AS pv WHERE pv.participant_id = "
    ));
    let statement = asked
        .scope
        .asked(statement, asked.participant.0)
        .then(piece!(
            " AND (pv.made_at, pv.plan_id, pv.number) < (?, ?, ?)
              ORDER BY pv.made_at DESC, pv.plan_id DESC"
        ))
        .bind(asked.before.at())
        .bind(asked.before.id())
        .bind(asked.before.part())
        .limit(asked.rows);
    let rows: Vec<Version> = tx.query_built(statement).all().await?;
    let moment = |row: Version| Moment {
        at: row.at,
        kind: &PLAN,
        id: row.id,
        part: row.number,
        event: if row.number == 1 { "started" } else { "changed" }.to_owned(),
        staff: asked.is_staff().then_some(row.made_by),
        local: None,
    };
    Ok(rows.into_iter().map(moment).collect())
}

#[derive(sqlx::FromRow)]
struct Ending {
    id: Uuid,
    at: Instant,
    ended_by: Option<StaffId>,
}

async fn endings(tx: &mut Tx, asked: &Asked<'_>) -> Result<Vec<Moment>> {
    let statement = Statement::new(piece!(
        "SELECT pl.id, pl.ended_at AS at, pl.ended_by FROM plan AS pl WHERE pl.ended_at IS NOT NULL AND pl.participant_id = "
    ));
    let statement = asked
        .scope
        .asked(statement, asked.participant.0)
        .then(piece!(" AND (pl.ended_at, pl.id, 1000000) < (?, ?, ?) ORDER BY pl.ended_at DESC, pl.id DESC"))
        .bind(asked.before.at())
        .bind(asked.before.id())
        .bind(asked.before.part())
        .limit(asked.rows);
    let rows: Vec<Ending> = tx.query_built(statement).all().await?;
    let moment = |row: Ending| Moment {
        at: row.at,
        kind: &PLAN,
        id: row.id,
        part: END,
        event: "ended".to_owned(),
        staff: row.ended_by.filter(|_| asked.is_staff()),
        local: None,
    };
    Ok(rows.into_iter().map(moment).collect())
}
