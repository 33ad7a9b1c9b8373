//! The reminders of an appointment, planned anew by every change in the same transaction: what was sent stays, the rest is
//! replaced by what the appointment, as it now stands, asks for.

use super::{
    follow_up,
    memory::{self, Happened, Memory},
    row::Row,
};
use crate::App;
use contract::{
    Subject, TimeOrigin,
    time::{Instant, ZoneName},
};
use db::{Tx, sql};
use kernel::error::{Error, Result};
use notifications::{
    outbox::{self, Existing},
    plan::{Diff, PlannedReminder, diff, plan},
    policy::ReminderPolicy,
    subjects::appointment::{
        AppointmentEvent, AppointmentFacts, LastEvent, recall_closing, recall_hand_over,
    },
};

/// What the reminders of an appointment depend on besides the appointment.
#[derive(Debug, sqlx::FromRow)]
pub struct Surroundings {
    /// When the centre reminds people, as JSON.
    pub reminder_policy: Option<String>,
    /// Where the centre is.
    pub centre_zone: ZoneName,
    /// Where the participant lives.
    pub participant_zone: ZoneName,
    /// Whether somebody accompanies the participant, and their file does not rest.
    pub is_accompanied: bool,
}

/// The same, and what happened to the appointment last.
#[derive(Debug, sqlx::FromRow)]
struct Known {
    #[sqlx(flatten)]
    around: Surroundings,
    #[sqlx(flatten)]
    memory: Memory,
}

/// Plans the reminders of `row` as it now stands. Centre and participant are held until the transaction ends, so that nobody
/// changes what the plan is made from without planning again what was planned meanwhile.
pub async fn plan_again(app: &App, tx: &mut Tx, row: &Row, happened: Happened, now: Instant) -> Result<()> {
    let Known { around, memory }: Known = tx
        .query(sql!(
            "SELECT centre.reminder_policy, centre.zone AS centre_zone, participant.zone AS participant_zone,
                    participant.active AND participant.status <> 'paused' AS is_accompanied, appointment.last_event, appointment.last_event_at,
                    appointment.former_start, appointment.handed_over_at
             FROM appointment, centre, participant
             WHERE appointment.id = $1 AND centre.id = $2 AND participant.id = $3",
            pg " FOR SHARE OF centre, participant"
        ))
        .bind(row.id)
        .bind(row.centre_id)
        .bind(row.participant_id)
        .one()
        .await?;
    let existing = outbox::existing(tx, Subject::appointment(row.id), now).await?;
    let (change, wanted) = planned(app, row, around, &memory, existing, happened, now)?;
    memory::keep(tx, row.id, happened, now).await?;
    outbox::apply(tx, &change, now, &*app.ids).await?;
    follow_up::note(tx, row, &wanted, now).await
}

/// Plans the reminders of an appointment that was just made. Nothing exists about it yet, and whoever made it holds what is around
/// it.
pub async fn plan_first(
    app: &App,
    tx: &mut Tx,
    row: &Row,
    around: Surroundings,
    event: AppointmentEvent,
    now: Instant,
) -> Result<()> {
    let happened = Happened { event: Some(event), ..Happened::default() };
    let (change, wanted) = planned(app, row, around, &Memory::default(), Existing::default(), happened, now)?;
    outbox::apply(tx, &change, now, &*app.ids).await?;
    follow_up::note(tx, row, &wanted, now).await
}

fn planned(
    app: &App,
    row: &Row,
    around: Surroundings,
    memory: &Memory,
    existing: Existing,
    happened: Happened,
    now: Instant,
) -> Result<(Diff, Vec<PlannedReminder>)> {
    let policy = ReminderPolicy::of_centre(around.reminder_policy.as_deref()).map_err(Error::internal)?;
    let Existing { readable: existing, unreadable } = existing;
    let last_event = happened
        .event
        .map(|event| LastEvent { event, at: now, former_start: happened.former_start })
        .or_else(|| memory.last_event(LastEvent::recall(&existing)));
    let facts = AppointmentFacts {
        id: row.id,
        centre_id: row.centre_id,
        participant_id: row.participant_id,
        host_id: row.host_id,
        kind: row.kind,
        state: row.state(),
        counts_as_absence: row.standing.counts(),
        local_start: row.local_start,
        zone: row.zone.clone(),
        starts_at: row.starts_at,
        time_origin: row.time_origin,
        last_offered_start: match row.time_origin {
            TimeOrigin::Offered => row.slots.iter().map(|slot| slot.starts_at).max(),
            TimeOrigin::Set | TimeOrigin::Chosen => None,
        },
        place_kind: row.place_kind,
        last_event,
        handed_over_at: if happened.is_handed_over {
            Some(now)
        } else {
            memory.handed_over_at.max(recall_hand_over(&existing, row.host_id))
        },
        closed_at: recall_closing(&existing, row.local_start, &row.zone),
        is_accompanied: around.is_accompanied,
        participant_zone: around.participant_zone,
        host_zone: around.centre_zone,
    };
    let wanted = plan(&facts, &policy, &app.zones, now);
    let mut change = diff(&existing, &wanted);
    if happened.event.is_some() || happened.is_handed_over {
        // A later version of this service wrote them, and nobody here knows whether they are still so.
        change.supersede.extend(&unreadable);
        change.recall.extend(&unreadable);
    }
    Ok((change, wanted))
}
