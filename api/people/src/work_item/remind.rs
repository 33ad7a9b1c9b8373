//! Planning who hears of a work item at once, in the transaction that changes it.

use super::{
    rules::Responsible,
    store::{self, Row},
    words::{WorkItemId, WorkUrgency},
};
use crate::App;
use contract::{StaffId, Subject, SubjectKind, time::Instant};
use db::{Tx, sql};
use kernel::error::{Error, Result};
use notifications::{
    outbox,
    plan::{diff, plan},
    policy::ReminderPolicy,
    subjects::work_item::{Told, WorkItemFacts},
};

/// Plans what is told of an item, read anew: whose it is may follow from what was just written.
pub async fn plan_of(app: &App, tx: &mut Tx, id: WorkItemId, now: Instant) -> Result<()> {
    match store::hold(tx, &[id.0]).await?.pop() {
        Some(row) => plan_again(app, tx, &row, now).await,
        None => Ok(()),
    }
}

/// Plans what is told of an item as it now stands; it is held. The centre is held until the transaction ends, so that nobody gives it other
/// rules without planning again what was planned meanwhile.
pub async fn plan_again(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    let (policy,): (Option<String>,) = tx
        .query(sql!("SELECT reminder_policy FROM centre WHERE id = $1", pg " FOR SHARE"))
        .bind(row.centre_id)
        .one()
        .await?;
    let policy = ReminderPolicy::of_centre(policy.as_deref()).map_err(Error::internal)?;
    let outbox::Existing { readable, unreadable } =
        outbox::existing(tx, Subject { kind: SubjectKind::WorkItem, id: row.id.0 }, now).await?;
    let facts = facts(app, tx, row).await?;
    let mut change = diff(&readable, &plan(&facts, &policy, &app.zones, now));
    if !row.state.is_open() {
        // A later version of this service wrote them about what is seen to.
        change.supersede.extend(&unreadable);
        change.recall.extend(&unreadable);
    }
    Ok(outbox::apply(tx, &change, now, &*app.ids).await?)
}

async fn facts(app: &App, tx: &mut Tx, row: &Row) -> Result<WorkItemFacts> {
    let is_open = row.state.is_open();
    let urgent = is_open && row.cause.demand().urgency == WorkUrgency::Alarm;
    let told = |to: Vec<StaffId>, at: Instant| -> Result<Told> {
        let local = app.zones.to_local(at, &row.zone).map_err(Error::internal)?;
        Ok(Told { to, at, local })
    };
    let needed = match row.responsible() {
        _ if !urgent => None,
        Responsible::Staff(staff) => Some(told(vec![staff], row.raised_at)?),
        Responsible::Managers => Some(told(store::managers(tx, row.centre_id).await?, row.raised_at)?),
    };
    // What is asked of a centre was its managers' all along.
    let rises = is_open && (row.meant_for.is_some() || !row.cause.is_for_an_answer());
    let rose = match row.rose_at.filter(|_| rises) {
        Some(at) => Some(told(store::managers(tx, row.centre_id).await?, at)?),
        None => None,
    };
    let asked = match row.asked().zip(row.asked_at).filter(|_| is_open) {
        Some((asked, at)) => Some(told(vec![asked], at)?),
        None => None,
    };
    Ok(WorkItemFacts {
        id: row.id.0,
        centre_id: row.centre_id,
        participant_id: row.participant_id,
        zone: row.zone.clone(),
        needed,
        rose,
        asked,
    })
}
