//! Planning who is reminded of the next step of a visit, in the transaction that changes it.

use super::{
    store::Row,
    words::{VisitId, VisitReaders},
};
use crate::{App, accompanied};
use contract::{
    StaffId, Subject, SubjectKind,
    time::{Instant, ZoneName},
};
use db::{Tx, sql};
use kernel::error::{Error, Result};
use notifications::{
    outbox,
    plan::{diff, plan},
    policy::ReminderPolicy,
    subjects::visit::{NextStep, VisitFacts},
};

/// What a plan is made from besides the visit.
#[derive(sqlx::FromRow)]
struct Surroundings {
    reminder_policy: Option<String>,
    centre_zone: ZoneName,
    is_accompanied: bool,
}

/// Plans the reminder of `row` as it now stands. Centre and participant are held until the transaction ends, so that nobody changes what the
/// plan is made from without planning again what was planned meanwhile.
pub async fn plan_again(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    let around: Surroundings = tx
        .query(sql!(
            "SELECT centre.reminder_policy, centre.zone AS centre_zone, participant.active AND participant.status <> 'paused' AS is_accompanied
             FROM centre, participant WHERE centre.id = $1 AND participant.id = $2",
            pg " FOR SHARE OF centre, participant"
        ))
        .bind(row.centre_id)
        .bind(row.participant_id)
        .one()
        .await?;
    let policy = ReminderPolicy::of_centre(around.reminder_policy.as_deref()).map_err(Error::internal)?;
    let outbox::Existing { readable, unreadable } =
        outbox::existing(tx, Subject { kind: SubjectKind::Visit, id: row.id.0 }, now).await?;
    let facts = VisitFacts {
        id: row.id.0,
        centre_id: row.centre_id,
        participant_id: row.participant_id,
        in_charge: in_charge(tx, row).await?,
        next_step: next_step(row),
        is_accompanied: around.is_accompanied,
        centre_zone: around.centre_zone,
    };
    let mut change = diff(&readable, &plan(&facts, &policy, &app.zones, now));
    if !row.has_open_step() {
        // A later version of this service wrote them about a step that is no more.
        change.supersede.extend(&unreadable);
        change.recall.extend(&unreadable);
    }
    Ok(outbox::apply(tx, &change, now, &*app.ids).await?)
}

/// Whoever logged it, while they accompany the participant; else those who do, unless they may not read what is to be done.
async fn in_charge(tx: &mut Tx, row: &Row) -> Result<Vec<StaffId>> {
    let companions = accompanied::companions(tx, row.participant_id).await?;
    Ok(match row.readers {
        _ if companions.contains(&row.author_id) => vec![row.author_id],
        VisitReaders::Staff => companions,
        VisitReaders::Author => Vec::new(),
    })
}

fn next_step(row: &Row) -> Option<NextStep> {
    let (Some(local), Some(at)) = (row.next_step_local, row.next_step_at) else { return None };
    row.has_open_step().then(|| NextStep { local, zone: row.zone.clone(), at })
}

/// Derives when a next step is due from the zone data in use, and plans its reminder again.
pub async fn derive_again(app: &App, tx: &mut Tx, row: &mut Row, now: Instant) -> Result<()> {
    let Some(local) = row.next_step_local else { return Ok(()) };
    let at = app.zones.resolve(local, &row.zone).map_err(Error::internal)?.instant;
    if row.next_step_at == Some(at) {
        return Ok(());
    }
    row.next_step_at = Some(at);
    row.version += 1;
    set_due(tx, row.id, at, row.version).await?;
    tx.changed(row.changed());
    plan_again(app, tx, row, now).await
}

async fn set_due(tx: &mut Tx, id: VisitId, at: Instant, version: i64) -> Result<()> {
    tx.query(sql!("UPDATE visit SET next_step_at = $1, version = $2 WHERE id = $3"))
        .bind(at)
        .bind(version)
        .bind(id)
        .execute()
        .await?;
    Ok(())
}
