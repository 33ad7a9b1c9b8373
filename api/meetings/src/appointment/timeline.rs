//! What a participant's timeline tells of appointments: each when it begins, and how it stands.

use super::{
    standing::{Standing, Stored},
    things::APPOINTMENT,
};
use crate::app::timeline::{Asked, Chapter, Moment};
use contract::{
    StaffId,
    time::{Instant, LocalDateTime, ZoneName},
};
use db::{Result, Statement, Tx, piece};
use kernel::legible::Entry;
use uuid::Uuid;

/// All of it.
pub const TIMELINE: &[Chapter] = &[|tx, asked| Box::pin(appointments(tx, asked))];

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    starts_at: Instant,
    local_start: LocalDateTime,
    zone: ZoneName,
    /// As it is stored, for what a later version says of it in words that are not known here.
    state: String,
    #[sqlx(flatten)]
    standing: Entry<(), Stored>,
    host_id: StaffId,
}

impl Row {
    /// In the words of the contract.
    fn event(&mut self) -> String {
        let standing = self.standing.row.take().and_then(|stored| Standing::try_from(stored).ok());
        standing.map_or_else(|| self.state.clone(), |standing| standing.state().to_string())
    }
}

async fn appointments(tx: &mut Tx, asked: &Asked<'_>) -> Result<Vec<Moment>> {
    let statement = Statement::new(piece!(
        "SELECT a.id, a.starts_at, a.local_start, a.zone, a.state, a.host_id, a.outcome, a.outcome_side, a.outcome_cause, a.outcome_late,
                a.outcome_tried, a.outcome_version, a.version
         FROM appointment AS a WHERE a.participant_id = "
    ));
    let statement = asked
        .scope
        .asked(statement, asked.participant.0)
        .then(piece!(" AND (a.starts_at, a.id) < (?, ?) ORDER BY a.starts_at DESC, a.id DESC"))
        .bind(asked.before.at())
        .bind(asked.before.id())
        .limit(asked.rows);
    let rows: Vec<Row> = tx.query_built(statement).all().await?;
    let moment = |mut row: Row| Moment {
        at: row.starts_at,
        kind: &APPOINTMENT,
        id: row.id,
        part: 0,
        event: row.event(),
        staff: Some(row.host_id),
        local: Some((row.local_start, row.zone)),
    };
    Ok(rows.into_iter().map(moment).collect())
}
