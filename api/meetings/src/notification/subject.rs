//! The subjects of reminders, whatever their kinds: what each feature says of its own.

use super::store::Row;
use crate::app::{
    App,
    buttons::{Held, Reader, Standing},
};
use contract::time::Instant;
use db::Tx;
use kernel::error::Result;
use std::collections::HashMap;
use uuid::Uuid;

/// How the subjects of these reminders stand: one statement for each kind that is among them. Those without buttons are not there.
pub async fn standings(app: &App, tx: &mut Tx, rows: &[Row]) -> Result<HashMap<Uuid, Box<dyn Standing>>> {
    let mut standings = HashMap::new();
    for reminded in app.features.iter().filter_map(|feature| feature.reminded) {
        let of_kind = rows.iter().filter(|row| row.subject_kind == reminded.kind());
        let ids: Vec<Uuid> = of_kind.map(|row| row.subject_id).collect();
        if !ids.is_empty() {
            standings.extend(reminded.standings(tx, &ids).await?);
        }
    }
    Ok(standings)
}

/// The subject of this reminder, held for a change, if it is still its reader's and has buttons.
pub async fn hold(app: &App, tx: &mut Tx, reminder: &Row, now: Instant) -> Result<Option<Box<dyn Held>>> {
    let mut known = app.features.iter().filter_map(|feature| feature.reminded);
    let Some(reminded) = known.find(|reminded| reminded.kind() == reminder.subject_kind) else {
        return Ok(None);
    };
    let reader = Reader {
        kind: reminder.recipient_kind,
        id: reminder.recipient_id,
        participant: reminder.participant_id,
        subject: reminder.subject_id,
    };
    reminded.hold(tx, reader, now).await
}
