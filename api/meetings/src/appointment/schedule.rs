//! Making an appointment: who comes to whom, when on the wall (or at which times they can choose from), and the reminders that
//! follow from it, in one transaction.

use super::things::APPOINTMENT;
use super::{
    commands::{Sealer, change},
    host::bring_in,
    offer::several,
    remind::{self, Surroundings},
    request::{NewAppointment, NewPlace, NewProposal},
    row::Row,
    slots,
    standing::Standing,
    store::{self, ParticipantFacts},
    time::{AgreedTime, TimeAdjustment, agree, require_open},
};
use crate::App;
use contract::{
    AppointmentId, AppointmentKind, AppointmentState, ParticipantId, PlaceKind, StaffId, TimeOrigin,
    time::Instant,
};
use db::{Change, Operation, Tx};
use kernel::{
    access::{Actor, Scope},
    audit::Audit,
    error::{Error, Result},
    protect::privacy::{Address, Note},
};
use notifications::subjects::appointment::AppointmentEvent;

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
    let zone = new.zone.unwrap_or_else(|| participant.hours.zone.clone());
    let time = agree(app, new.local_start, zone, new.duration_minutes, now)?;
    if new.override_reason.is_none() {
        require_open(app, &participant.hours, &time)?;
    }
    let adjustment = time.adjustment;
    let draft = Draft {
        id: new.id,
        participant_id: new.participant_id,
        host_id: new.host_id,
        kind: new.kind,
        place: new.place,
        guidance: new.guidance,
        reason: new.override_reason,
    };
    let row = draft.row(app, &participant, &time, now)?;
    make(app, tx, actor, &row, participant, AppointmentEvent::Scheduled, now).await?;
    Ok((row, adjustment))
}

/// The line of the audit log about an appointment that was made, perhaps at a time when the centre is closed.
pub fn scheduled(row: &Row, overrides: bool) -> Audit {
    Audit::new(&APPOINTMENT, "schedule", row.id.0)
        .about(row.participant_id)
        .with("kind", row.kind.as_str())
        .with("override", overrides)
}

/// Makes an appointment whose time the participant is to choose.
pub async fn propose(
    app: &App,
    tx: &mut Tx,
    scope: Scope,
    actor: &Actor,
    new: NewProposal,
    now: Instant,
) -> Result<Row> {
    let participant =
        store::participant(tx, scope, new.participant_id).await?.ok_or_else(Error::not_found)?;
    let zone = new.zone.unwrap_or_else(|| participant.hours.zone.clone());
    let hours = Some(&participant.hours).filter(|_| new.override_reason.is_none());
    let times = several(app, &new.slots, &zone, new.duration_minutes, hours, now)?;
    let first = times.first().ok_or_else(|| Error::field("/slots", "length", "must be from 2 to 5"))?;
    let draft = Draft {
        id: new.id,
        participant_id: new.participant_id,
        host_id: new.host_id,
        kind: new.kind,
        place: new.place,
        guidance: new.guidance,
        reason: new.override_reason,
    };
    let mut row = draft.row(app, &participant, first, now)?;
    row.standing = Standing::of(AppointmentState::Proposed);
    row.offer(app, &times);
    make(app, tx, actor, &row, participant, AppointmentEvent::Proposed, now).await?;
    slots::look_again(tx, &mut row, now).await?;
    Ok(row)
}

/// What is asked for, but for the time.
struct Draft {
    id: Option<AppointmentId>,
    participant_id: ParticipantId,
    host_id: StaffId,
    kind: AppointmentKind,
    place: NewPlace,
    guidance: Option<Note>,
    reason: Option<Note>,
}

impl Draft {
    fn row(self, app: &App, participant: &ParticipantFacts, time: &AgreedTime, now: Instant) -> Result<Row> {
        let place = checked_place(self.place)?;
        let key = app.keys.participants.key(self.participant_id.0, &participant.data_key)?;
        let id = self.id.unwrap_or_else(|| AppointmentId::new(&*app.ids));
        let text = Sealer { app, key: &key, row: id };
        Ok(Row {
            id,
            centre_id: participant.centre_id,
            participant_id: self.participant_id,
            host_id: self.host_id,
            kind: self.kind,
            standing: Standing::of(AppointmentState::Scheduled),
            local_start: time.local_start,
            local_end: time.local_end,
            zone: time.zone.clone(),
            starts_at: time.starts_at,
            ends_at: time.ends_at,
            time_origin: TimeOrigin::Set,
            holds_time: true,
            slots: Vec::new(),
            place_kind: place.0,
            place_sealed: text.seal("place_sealed", place.1.as_ref())?,
            guidance_sealed: text.seal("guidance_sealed", self.guidance.as_ref())?,
            change_wish_sealed: None,
            reason_sealed: text.seal("reason_sealed", self.reason.as_ref())?,
            created_at: now,
            version: 1,
            group_versions: None,
            data_key: participant.data_key.clone(),
        })
    }
}

/// Keeps an appointment, and plans what is to be said of it.
pub async fn make(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    row: &Row,
    participant: ParticipantFacts,
    event: AppointmentEvent,
    now: Instant,
) -> Result<()> {
    bring_in(app, tx, actor, row, now).await?;
    store::insert(tx, row, actor.person(), (event, now)).await?;
    if !row.slots.is_empty() {
        slots::replace(tx, row).await?;
    }
    tx.changed(Change { operation: Operation::Create, ..change(row) });
    let around = Surroundings {
        reminder_policy: participant.reminder_policy,
        centre_zone: participant.hours.zone,
        participant_zone: participant.zone,
        // Only whose file is open was found.
        is_accompanied: !participant.is_paused,
    };
    remind::plan_first(app, tx, row, around, event, now).await
}

/// The place, if it says enough.
pub fn checked_place(place: NewPlace) -> Result<(PlaceKind, Option<Address>)> {
    if place.kind == PlaceKind::Address && place.details.is_none() {
        return Err(Error::field("/place/details", "required", "an address must say where"));
    }
    Ok((place.kind, place.details))
}
