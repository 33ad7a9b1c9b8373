//! What a participant's timeline tells of hand-overs: to staff that one was asked, and what became of it; to the participant that somebody else
//! accompanies them since.

use super::{things::HAND_OVER, words::HandOverState};
use crate::app::timeline::{Asked, Chapter, Moment};
use contract::{StaffId, time::Instant};
use db::{Result, Statement, Tx, piece};
use uuid::Uuid;

/// All of it.
pub const TIMELINE: &[Chapter] =
    &[|tx, asked| Box::pin(begun(tx, asked)), |tx, asked| Box::pin(decided(tx, asked))];

/// Of what was asked and answered at one moment, the answer comes behind.
const ASKED: i64 = 0;
/// See [`ASKED`].
const DECIDED: i64 = 1;

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    at: Instant,
    staff_id: Option<StaffId>,
    state: HandOverState,
}

async fn begun(tx: &mut Tx, asked: &Asked<'_>) -> Result<Vec<Moment>> {
    // What was not answered yet, or in vain, is among staff.
    if !asked.is_staff() {
        return Ok(Vec::new());
    }
    let statement = Statement::new(piece!(
        "SELECT h.id, h.asked_at AS at, h.asked_by AS staff_id, h.state FROM hand_over AS h WHERE h.participant_id = "
    ));
    let statement = asked
        .scope
        .asked(statement, asked.participant.0)
        .then(piece!(" AND (h.asked_at, h.id, 0) < (?, ?, ?) ORDER BY h.asked_at DESC, h.id DESC"))
        .bind(asked.before.at())
        .bind(asked.before.id())
        .bind(asked.before.part())
        .limit(asked.rows);
    let rows: Vec<Row> = tx.query_built(statement).all().await?;
    Ok(rows.into_iter().map(|row| moment(row, ASKED)).collect())
}

async fn decided(tx: &mut Tx, asked: &Asked<'_>) -> Result<Vec<Moment>> {
    let statement = Statement::new(piece!(
        "SELECT h.id, h.decided_at AS at, h.decided_by AS staff_id, h.state FROM hand_over AS h WHERE h.participant_id = "
    ));
    let statement = asked
        .scope
        .asked(statement, asked.participant.0)
        .then(piece!(" AND h.decided_at IS NOT NULL"))
        .only_if(!asked.is_staff(), |statement| statement.then(piece!(" AND h.state = 'accepted'")))
        .then(piece!(" AND (h.decided_at, h.id, 1) < (?, ?, ?) ORDER BY h.decided_at DESC, h.id DESC"))
        .bind(asked.before.at())
        .bind(asked.before.id())
        .bind(asked.before.part())
        .limit(asked.rows);
    let rows: Vec<Row> = tx.query_built(statement).all().await?;
    Ok(rows.into_iter().map(|row| moment(row, DECIDED)).collect())
}

fn moment(row: Row, part: i64) -> Moment {
    let event = if part == ASKED { HandOverState::Asked } else { row.state };
    Moment {
        at: row.at,
        kind: &HAND_OVER,
        id: row.id,
        part,
        event: event.as_str().to_owned(),
        staff: row.staff_id,
        local: None,
    }
}
