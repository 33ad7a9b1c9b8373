//! What is agreed on with somebody who has two files, and stands under the other one from now on: the same time, host and place, as an
//! appointment of its own, whose texts are sealed under the key of that file. The one that it takes the place of is cancelled first.

use super::{
    ahead,
    commands::{Command, Sealer, carry_out},
    hosts,
    row::Row,
    schedule::make,
    store,
    things::APPOINTMENT,
};
use crate::App;
use contract::{AppointmentId, AppointmentState, AuditId, ParticipantId, time::Instant};
use db::{Tx, sql};
use kernel::{
    access::Actor,
    audit::Audit,
    error::Result,
    protect::{
        privacy::{Address, Note, PrivateText},
        seal::{DataKey, Field, Sealed},
    },
};
use notifications::subjects::appointment::AppointmentEvent;
use uuid::Uuid;

/// One that lies ahead, with its texts opened.
pub struct Carried {
    row: Row,
    place: Option<Address>,
    guidance: Option<Note>,
    wish: Option<Note>,
    reason: Option<Note>,
}

/// Those that lie ahead of a participant and have a time, held. What offers several times is asked anew.
pub async fn take_up(
    app: &App,
    tx: &mut Tx,
    participant: ParticipantId,
    now: Instant,
) -> Result<Vec<Carried>> {
    let mut carried = Vec::new();
    for row in ahead::of_participant(tx, participant, now).await? {
        if has_a_time(&row) {
            carried.push(opened(app, row)?);
        }
    }
    Ok(carried)
}

fn has_a_time(row: &Row) -> bool {
    row.holds_time && row.slots.is_empty() && row.state() != AppointmentState::Proposed
}

fn opened(app: &App, row: Row) -> Result<Carried> {
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
    Ok(Carried {
        place: open(&key, row.id, "place_sealed", row.place_sealed.as_ref())?,
        guidance: open(&key, row.id, "guidance_sealed", row.guidance_sealed.as_ref())?,
        wish: open(&key, row.id, "change_wish_sealed", row.change_wish_sealed.as_ref())?,
        reason: open(&key, row.id, "reason_sealed", row.reason_sealed.as_ref())?,
        row,
    })
}

fn open<T: PrivateText>(
    key: &DataKey,
    id: AppointmentId,
    column: &'static str,
    sealed: Option<&Sealed>,
) -> Result<Option<T>> {
    let field = Field::new("appointment", column, id.0);
    Ok(sealed.map(|sealed| key.open_text(field, sealed)).transpose()?)
}

/// Lets one whose former place is free stand under this file; which it is there. `None` if the time is taken there, nobody receives the person
/// then, or the file is closed.
pub async fn put_down(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (carried, to): (Carried, ParticipantId),
    now: Instant,
) -> Result<Option<AppointmentId>> {
    let Carried { row, place, guidance, wish, reason } = carried;
    let Some(participant) = store::participant(tx, actor.caseload()?, to).await? else { return Ok(None) };
    let host = hosts::host(tx, participant.centre_id, row.host_id, (now, row.ends_last())).await?;
    if !host.is_some_and(|role| role.receives()) || !is_free(tx, to, &row).await? {
        return Ok(None);
    }
    let key = app.keys.participants.key(to.0, &participant.data_key)?;
    let id = AppointmentId::new(&*app.ids);
    let text = Sealer { app, key: &key, row: id };
    let made = Row {
        id,
        centre_id: participant.centre_id,
        participant_id: to,
        place_sealed: text.seal("place_sealed", place.as_ref())?,
        guidance_sealed: text.seal("guidance_sealed", guidance.as_ref())?,
        change_wish_sealed: text.seal("change_wish_sealed", wish.as_ref())?,
        reason_sealed: text.seal("reason_sealed", reason.as_ref())?,
        created_at: now,
        version: 1,
        group_versions: None,
        data_key: participant.data_key.clone(),
        ..row
    };
    make(app, tx, actor, &made, participant, AppointmentEvent::Scheduled, now).await?;
    if made.change_wish_sealed.is_some() {
        store::update(tx, &made).await?;
    }
    write_audit(app, tx, actor, &made, "schedule", now).await?;
    Ok(Some(id))
}

/// Whether nothing else takes this time of theirs.
async fn is_free(tx: &mut Tx, participant: ParticipantId, row: &Row) -> Result<bool> {
    let is_taken: bool = tx
        .query(sql!(
            "SELECT EXISTS (SELECT 1 FROM appointment
                            WHERE participant_id = $1 AND holds_time AND starts_at < $2 AND ends_at > $3)"
        ))
        .bind(participant)
        .bind(row.ends_at)
        .bind(row.starts_at)
        .scalar()
        .await?;
    Ok(!is_taken)
}

/// Cancels one of a participant that lies ahead and is as it was made, and lets it stand under the other file; whether it does. Nothing
/// happens if it has changed since.
pub async fn give_back(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (id, version): (Uuid, i64),
    (from, to): (ParticipantId, ParticipantId),
    now: Instant,
) -> Result<bool> {
    let ahead = ahead::of_participant(tx, from, now).await?;
    let is_it = |row: &Row| row.id.0 == id && row.version == version && has_a_time(row);
    let Some(mut row) = ahead.into_iter().find(is_it) else { return Ok(false) };
    let carried = opened(app, row.clone())?;
    carry_out(app, tx, actor, &mut row, Command::Cancel(None), now).await?;
    write_audit(app, tx, actor, &row, "cancel", now).await?;
    Ok(put_down(app, tx, actor, (carried, to), now).await?.is_some())
}

async fn write_audit(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    row: &Row,
    verb: &'static str,
    now: Instant,
) -> Result<()> {
    let audit = Audit::new(&APPOINTMENT, verb, row.id.0).about(row.participant_id).at(row.centre_id);
    Ok(audit.write(tx, Some(actor), AuditId::new(&*app.ids), now).await?)
}
