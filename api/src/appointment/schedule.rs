//! Making an appointment: who comes to whom, when on the wall, and the reminders that follow from it, in one transaction.

use super::{
    commands::{Sealer, change},
    remind::{self, AppointmentEvent},
    request::{NewAppointment, NewPlace},
    store::{self, Row},
    time::{TimeAdjustment, agree, require_open},
};
use crate::{
    access::{Actor, Scope},
    app::App,
    error::{Error, Result},
    protect::privacy::Address,
};
use contract::{AppointmentId, AppointmentState, PlaceKind, StaffRole, time::Instant};
use db::Tx;

/// Makes the appointment that somebody with this scope asks for.
pub async fn schedule(
    app: &App,
    tx: &mut Tx,
    scope: Scope,
    actor: &Actor,
    new: NewAppointment,
    now: Instant,
) -> Result<(Row, Option<TimeAdjustment>)> {
    let participant =
        store::participant(tx, scope, new.participant_id).await?.ok_or_else(Error::not_found)?;
    match store::host(tx, participant.centre_id, new.host_id).await? {
        Some(StaffRole::Mentor | StaffRole::Counsellor | StaffRole::Manager) => {}
        _ => return Err(Error::field("/host_id", "unknown", "is nobody of this centre who receives people")),
    }
    let zone = new.zone.unwrap_or_else(|| participant.centre_zone.clone());
    let time = agree(app, new.local_start, zone, new.duration_minutes, now)?;
    if new.override_reason.is_none() {
        require_open(app, &participant.calendar, &participant.centre_zone, &time)?;
    }
    let place = checked_place(new.place)?;
    let key = app.keys.participants.key(new.participant_id.0, &participant.data_key)?;
    let id = new.id.unwrap_or_else(|| AppointmentId::new(&*app.ids));
    let text = Sealer { app, key: &key, row: id };
    let row = Row {
        id,
        centre_id: participant.centre_id,
        participant_id: new.participant_id,
        host_id: new.host_id,
        kind: new.kind,
        state: AppointmentState::Scheduled,
        local_start: time.local_start,
        local_end: time.local_end,
        zone: time.zone,
        starts_at: time.starts_at,
        ends_at: time.ends_at,
        place_kind: place.0,
        place_sealed: text.seal("place_sealed", place.1.as_ref())?,
        guidance_sealed: text.seal("guidance_sealed", new.guidance.as_ref())?,
        change_wish_sealed: None,
        reason_sealed: text.seal("reason_sealed", new.override_reason.as_ref())?,
        created_at: now,
        version: 1,
        data_key: participant.data_key,
        centre_zone: participant.centre_zone,
        calendar: participant.calendar,
    };
    store::insert(tx, &row, actor.person()).await?;
    tx.changed(change(&row));
    remind::plan_again(app, tx, &row, Some(AppointmentEvent::Scheduled), row.starts_at, now).await?;
    Ok((row, time.adjustment))
}

/// The place, if it says enough.
pub fn checked_place(place: NewPlace) -> Result<(PlaceKind, Option<Address>)> {
    if place.kind == PlaceKind::Address && place.details.is_none() {
        return Err(Error::field("/place/details", "required", "an address must say where"));
    }
    Ok((place.kind, place.details))
}
