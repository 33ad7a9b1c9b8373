//! Planning who is reminded that a milestone falls due, in the transaction that changes the placement.

use super::{
    parts::{MilestoneRow, Whole},
    store,
    words::{MilestoneState, PlacementState},
};
use crate::App;
use contract::{
    Subject, SubjectKind,
    time::{Instant, ZoneName},
};
use db::{Tx, sql};
use kernel::error::{Error, Result};
use notifications::{
    outbox,
    plan::{diff, plan},
    policy::ReminderPolicy,
    subjects::placement::{DueMilestone, PlacementFacts},
};

/// What a plan is made from besides the placement.
#[derive(sqlx::FromRow)]
struct Surroundings {
    reminder_policy: Option<String>,
    centre_zone: ZoneName,
    is_accompanied: bool,
}

/// Plans the reminders of a placement as it now stands. Centre and participant are held until the transaction ends, so that nobody changes
/// what the plan is made from without planning again what was planned meanwhile.
pub async fn plan_again(app: &App, tx: &mut Tx, whole: &Whole, now: Instant) -> Result<()> {
    let row = &whole.row;
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
        outbox::existing(tx, Subject { kind: SubjectKind::Placement, id: row.id.0 }, now).await?;
    let milestones: Vec<DueMilestone> = whole.milestones.iter().filter(|one| is_told(one)).map(due).collect();
    let facts = PlacementFacts {
        id: row.id.0,
        centre_id: row.centre_id,
        participant_id: row.participant_id,
        in_charge: if milestones.is_empty() {
            None
        } else {
            store::in_charge(tx, row.participant_id).await?
        },
        milestones,
        is_accompanied: around.is_accompanied,
        centre_zone: around.centre_zone,
    };
    let mut change = diff(&readable, &plan(&facts, &policy, &app.zones, now));
    if row.state == PlacementState::Withdrawn {
        // A later version of this service wrote them about something that never was.
        change.supersede.extend(&unreadable);
        change.recall.extend(&unreadable);
    }
    Ok(outbox::apply(tx, &change, now, &*app.ids).await?)
}

fn is_told(one: &MilestoneRow) -> bool {
    one.state == MilestoneState::Pending
}

fn due(one: &MilestoneRow) -> DueMilestone {
    DueMilestone {
        word: one.milestone.as_str(),
        local: one.local_due,
        zone: one.zone.clone(),
        at: one.due_at,
    }
}
