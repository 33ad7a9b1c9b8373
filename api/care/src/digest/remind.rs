//! Letting a centre's managers know that their week is there to look at, and that one of them has looked.

use super::{
    store::{self, Place, Row},
    words::DigestId,
};
use crate::App;
use contract::{PersonKind, StaffId, Subject, SubjectKind, time::Instant};
use db::Tx;
use kernel::error::{Error, Result};
use notifications::{
    outbox,
    plan::{Recipient, diff, plan},
    policy::ReminderPolicy,
    subjects::digest::DigestFacts,
};

/// Plans what is told of a digest that was just made. Where a centre has nobody yet, there is nothing to tell of.
pub async fn plan_first(app: &App, tx: &mut Tx, row: &Row, place: &Place, now: Instant) -> Result<()> {
    let Some(participant_id) = store::somebody(tx, row.centre_id).await? else { return Ok(()) };
    let policy = ReminderPolicy::of_centre(place.reminder_policy.as_deref()).map_err(Error::internal)?;
    let facts = DigestFacts {
        id: row.id.0,
        centre_id: row.centre_id,
        participant_id,
        managers: store::managers(tx, row.centre_id).await?,
        zone: row.zone.clone(),
        made_at: row.made_at,
        local_made: row.local_made,
    };
    let change = diff(&[], &plan(&facts, &policy, &app.zones, now));
    Ok(outbox::apply(tx, &change, now, &*app.ids).await?)
}

/// This manager looked: what was sent is seen, and what was not sent yet need not be any more.
pub async fn looked(app: &App, id: DigestId, reader: StaffId, now: Instant) -> Result<()> {
    let mut tx = app.db.write().await?;
    let recipient = Recipient { kind: PersonKind::Staff, id: reader.0 };
    outbox::looked_at(&mut tx, Subject { kind: SubjectKind::Digest, id: id.0 }, recipient, now).await?;
    app.commit(tx).await
}
