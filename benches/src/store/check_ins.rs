//! Check-ins that are open, planned as the service plans those of many (`api/meetings/src/check_in/in_bulk.rs`). What tells of their opening has
//! been sent, so that nothing is due while something else is measured.

use care::App;
use care::check_in::WindowRule;
use care::check_in::in_bulk::{Wanted, plan};
use contract::time::ZoneName;
use contract::{ParticipantId, ReminderState, StaffId};
use db::sql;
use serde_json::json;

use super::{CHUNK, Kind, Shape, begin, failed};
use crate::Failure;

/// Writes them, round by round, so that those of one person do not lie beside each other.
pub async fn settle(app: &App, shape: &Shape) -> Result<(), Failure> {
    let rule: WindowRule = serde_json::from_value(json!({
        "opens": "09:00", "due": {"days_after": 3, "time": "20:00"}, "closes": {"days_after": 5, "time": "20:00"},
    }))?;
    let today = app.zones.to_local(shape.now, &ZoneName::CASABLANCA)?.date();
    let local = today.pred_opt().and_then(|yesterday| rule.on(yesterday)).ok_or("no such day")?;
    let wanted: Vec<Wanted> = (0..shape.open_check_ins)
        .flat_map(|_| 0..shape.participants())
        .map(|number| Wanted {
            participant: ParticipantId(shape.id(Kind::Participant, number)),
            planner: StaffId(shape.id(Kind::Mentor, number % shape.mentors)),
            questionnaire: None,
            local,
        })
        .collect();
    for piece in wanted.chunks(CHUNK) {
        let mut tx = begin(app).await?;
        plan(app, &mut tx, None, piece, shape.now).await.map_err(failed)?;
        tx.commit().await?;
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let mut tx = begin(app).await?;
    tx.query(sql!(
        "UPDATE reminder SET state = $1, ready_at = NULL, settled_at = $2 WHERE state = $3 AND ready_at <= $4"
    ))
    .bind(ReminderState::Sent)
    .bind(shape.now)
    .bind(ReminderState::Planned)
    .bind(shape.now.saturating_add(shape.quiet))
    .execute()
    .await?;
    Ok(tx.commit().await?)
}
