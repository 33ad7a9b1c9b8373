//! The reminders of an appointment, planned anew by every change in the same transaction: what was sent stays, the rest is
//! replaced by what the appointment, as it now stands, asks for.

use super::store::{self, Row};
use crate::{
    app::App,
    error::{Error, Result},
};
use contract::{
    ParticipantId, StaffId,
    time::{Instant, ZoneName},
};
use db::{Tx, sql};
use notifications::{
    outbox,
    plan::{AppointmentFacts, LastEvent, diff, plan_appointment},
    policy::ReminderPolicy,
};

pub use notifications::plan::AppointmentEvent;

#[derive(sqlx::FromRow)]
struct Surroundings {
    reminder_policy: Option<String>,
    centre_zone: ZoneName,
    participant_zone: ZoneName,
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
    for row in store::hosted(tx, participant, host, now).await? {
        plan_again(app, tx, &row, None, row.starts_at, now).await?;
    }
    Ok(())
}

/// Plans the reminders of `row` as it now stands. `event` is what just happened to it; without one (new zone data, another
/// policy) the last one that people were told about still counts.
pub async fn plan_again(
    app: &App,
    tx: &mut Tx,
    row: &Row,
    event: Option<AppointmentEvent>,
    former_start: Instant,
    now: Instant,
) -> Result<()> {
    let around: Surroundings = tx
        .query(sql!(
            "SELECT centre.reminder_policy, centre.zone AS centre_zone, participant.zone AS participant_zone
             FROM centre, participant WHERE centre.id = $1 AND participant.id = $2"
        ))
        .bind(row.centre_id)
        .bind(row.participant_id)
        .one()
        .await?;
    let policy = ReminderPolicy::of_centre(around.reminder_policy.as_deref()).map_err(Error::internal)?;
    let existing = outbox::existing(tx, row.id.0).await?;
    let last_event = event
        .map(|event| LastEvent { event, at: now, former_start: Some(former_start) })
        .or_else(|| LastEvent::recall(&existing));
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
        place_kind: row.place_kind,
        last_event,
        participant_zone: around.participant_zone,
        host_zone: around.centre_zone,
    };
    let wanted = plan_appointment(&facts, &policy, &app.zones, now);
    outbox::apply(tx, &diff(&existing, &wanted), now, &*app.ids).await?;
    Ok(())
}
