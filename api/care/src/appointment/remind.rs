//! The reminders of an appointment, planned anew by every change in the same transaction: what was sent stays, the rest is
//! replaced by what the appointment, as it now stands, asks for.

use super::{
    ahead,
    closing::{Ahead, Closing},
    memory::{self, Memory},
    store::Row,
};
use crate::App;
use contract::{
    ParticipantId, ReminderPurpose, StaffId, TimeOrigin,
    time::{Instant, ZoneName},
};
use db::{Tx, sql};
use kernel::error::{Error, Result};
use notifications::{
    outbox::{self, Existing},
    plan::{Diff, diff, plan},
    policy::ReminderPolicy,
    subjects::appointment::{AppointmentFacts, LastEvent, recall_closing, recall_hand_over},
};

pub use notifications::subjects::appointment::AppointmentEvent;

/// What the reminders of an appointment depend on besides the appointment.
#[derive(Debug, sqlx::FromRow)]
pub struct Surroundings {
    /// When the centre reminds people, as JSON.
    pub reminder_policy: Option<String>,
    /// Where the centre is.
    pub centre_zone: ZoneName,
    /// Where the participant lives.
    pub participant_zone: ZoneName,
    /// Whether somebody accompanies the participant.
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

/// Plans the reminders of this participant's appointments with this host again, which were withdrawn from somebody who could
/// not see the participant and now can.
pub async fn plan_hosted_again(
    app: &App,
    tx: &mut Tx,
    participant: ParticipantId,
    host: StaffId,
    now: Instant,
) -> Result<()> {
    for row in ahead::of_participant(tx, participant, now).await? {
        if row.host_id != host {
            continue;
        }
        plan_again(app, tx, &row, Happened::default(), now).await?;
    }
    Ok(())
}

/// Plans what the hosts hear of a centre that is closed at the time of these appointments from now on. The plans of the appointments
/// stay as they are, so nobody need be waited for who changes one of them at this moment.
pub async fn tell_closed(
    app: &App,
    tx: &mut Tx,
    closing: &Closing<'_>,
    closed: &[Ahead],
    now: Instant,
) -> Result<()> {
    let policy = ReminderPolicy::of_centre(closing.policy).map_err(Error::internal)?;
    let mut notices = Vec::new();
    for ahead in closed {
        let facts = AppointmentFacts {
            id: ahead.id,
            centre_id: closing.centre,
            participant_id: ahead.participant_id,
            host_id: ahead.host_id,
            kind: ahead.kind,
            state: ahead.state,
            local_start: ahead.local_start,
            zone: ahead.zone.clone(),
            starts_at: ahead.starts_at,
            time_origin: ahead.time_origin,
            last_offered_start: None,
            place_kind: ahead.place_kind,
            last_event: None,
            handed_over_at: None,
            closed_at: Some(now),
            is_accompanied: ahead.is_accompanied,
            participant_zone: ahead.participant_zone.clone(),
            host_zone: closing.zone.clone(),
        };
        let plan = plan(&facts, &policy, &app.zones, now);
        notices.extend(
            plan.into_iter().filter(|one| one.key.purpose == ReminderPurpose::AppointmentCentreClosed),
        );
    }
    outbox::apply(tx, &diff(&[], &notices), now, &*app.ids).await?;
    Ok(())
}

/// What just happened to an appointment, as far as somebody is told of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Happened {
    /// What. Without anything (new zone data, another policy) what happened last still counts.
    pub event: Option<AppointmentEvent>,
    /// When it would have started before.
    pub former_start: Option<Instant>,
    /// Whether it has another host now.
    pub is_handed_over: bool,
}

/// Plans the reminders of `row` as it now stands. Centre and participant are held until the transaction ends, so that nobody
/// changes what the plan is made from without planning again what was planned meanwhile.
pub async fn plan_again(app: &App, tx: &mut Tx, row: &Row, happened: Happened, now: Instant) -> Result<()> {
    let Known { around, memory }: Known = tx
        .query(sql!(
            "SELECT centre.reminder_policy, centre.zone AS centre_zone, participant.zone AS participant_zone,
                    participant.active AS is_accompanied, appointment.last_event, appointment.last_event_at,
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
    let existing = outbox::existing(tx, row.id.0, now).await?;
    let change = planned(app, row, around, &memory, existing, happened, now)?;
    memory::keep(tx, row.id, happened, now).await?;
    Ok(outbox::apply(tx, &change, now, &*app.ids).await?)
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
    let change = planned(app, row, around, &Memory::default(), Existing::default(), happened, now)?;
    Ok(outbox::apply(tx, &change, now, &*app.ids).await?)
}

fn planned(
    app: &App,
    row: &Row,
    around: Surroundings,
    memory: &Memory,
    existing: Existing,
    happened: Happened,
    now: Instant,
) -> Result<Diff> {
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
        state: row.state,
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
    Ok(change)
}
