//! The operations on appointments.

use super::{
    answer::{Appointment, situation},
    commands::{Command, Sealer, carry_out, change},
    remind::{self, AppointmentEvent},
    request::{ChangeWish, CorrectedOutcome, Filter, NewAppointment, NewOutcome, NewPlace, NewTime, Reason},
    store::{self, Row},
    time::{agree, require_open},
};
use crate::{
    app::App,
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Digest, IfMatch, Path, Query},
    openapi::{ChangeProblems, CreateProblems, ReadProblems},
    page::{self, Page},
    protect::privacy::Address,
    reply::Reply,
};
use axum::{extract::State, response::Response};
use contract::{AppointmentId, AppointmentState, PlaceKind, StaffRole};

/// Schedule an appointment
///
/// For mentors and counsellors of the participant and the manager of their centre. The participant is told at once, and
/// reminded as the centre's policy says. What is stored is the wall-clock time; `starts_at` is derived from it.
#[utoipa::path(
    post, path = "/appointments", tag = "appointments", operation_id = "scheduleAppointment",
    request_body = NewAppointment,
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeating the request under the same key gives the same answer", max_length = 128)),
    responses((status = 201, description = "Scheduled", body = Appointment, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn create(State(app): State<App>, call: Call, body: Body<NewAppointment>) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let mut work = app.begin(&call, body.digest).await?;
    let new = body.value;
    let participant =
        store::participant(&mut work.tx, scope, new.participant_id).await?.ok_or_else(Error::not_found)?;
    match store::host(&mut work.tx, participant.centre_id, new.host_id).await? {
        Some(StaffRole::Mentor | StaffRole::Counsellor | StaffRole::Manager) => {}
        _ => return Err(Error::field("/host_id", "unknown", "is nobody of this centre who receives people")),
    }
    let zone = new.zone.unwrap_or_else(|| participant.centre_zone.clone());
    let time = agree(&app, new.local_start, zone, new.duration_minutes, work.now)?;
    if new.override_reason.is_none() {
        require_open(&app, &participant.calendar, &participant.centre_zone, &time)?;
    }
    let place = checked_place(new.place)?;
    let key = app.keys.participants.key(new.participant_id.0, &participant.data_key)?;
    let id = new.id.unwrap_or_else(|| AppointmentId::new(&*app.ids));
    let text = Sealer { app: &app, key: &key, row: id };
    let row = Row {
        id,
        centre_id: participant.centre_id,
        participant_id: new.participant_id,
        host_id: new.host_id,
        kind: new.kind,
        state: AppointmentState::Scheduled,
        local_start: time.local_start,
        local_end: time.local_end,
        zone: time.zone.clone(),
        starts_at: time.starts_at,
        ends_at: time.ends_at,
        place_kind: place.0,
        place_sealed: text.seal("place_sealed", place.1.as_ref())?,
        guidance_sealed: text.seal("guidance_sealed", new.guidance.as_ref())?,
        change_wish_sealed: None,
        reason_sealed: text.seal("reason_sealed", new.override_reason.as_ref())?,
        created_at: work.now,
        version: 1,
        data_key: participant.data_key,
        centre_zone: participant.centre_zone,
        calendar: participant.calendar,
    };
    store::insert(&mut work.tx, &row, call.actor.person()).await?;
    work.tx.changed(change(&row));
    let event = Some(AppointmentEvent::Scheduled);
    remind::plan_again(&app, &mut work.tx, &row, event, row.starts_at, work.now).await?;
    let mut answer = Appointment::seen_by(&call.actor, &row, &app, work.now)?;
    answer.time_adjustment = time.adjustment;
    let reply = Reply::created(format!("/v1/appointments/{}", row.id), &answer)?.version(row.version);
    let audit = Audit::new("appointment.schedule", row.id.0)
        .about(row.participant_id)
        .with("kind", row.kind.as_str());
    work.finish(audit, reply).await
}

/// The place, if it says enough.
fn checked_place(place: NewPlace) -> Result<(PlaceKind, Option<Address>)> {
    if place.kind == PlaceKind::Address && place.details.is_none() {
        return Err(Error::field("/place/details", "required", "an address must say where"));
    }
    Ok((place.kind, place.details))
}

/// List appointments
///
/// By start. A participant sees their own, mentors and counsellors those of the participants assigned to them, a manager
/// those of the centre.
#[utoipa::path(
    get, path = "/appointments", tag = "appointments", operation_id = "listAppointments",
    params(Filter),
    responses((status = 200, description = "A page of appointments", body = Page<Appointment>), ReadProblems)
)]
pub async fn list(State(app): State<App>, call: Call, Query(filter): Query<Filter>) -> Result<Reply> {
    let scope = call.actor.caseload()?;
    let after = page::read_cursor(filter.cursor.as_deref())?;
    let mut tx = app.db.read().await?;
    let rows = store::list(&mut tx, scope, &filter, after).await?;
    let now = app.clock.now();
    let limit = filter.limit.unwrap_or(page::DEFAULT_LIMIT);
    let page = page::paged(rows, limit, |row| (row.starts_at.as_micros(), row.id.0))?;
    let items = page
        .items
        .iter()
        .map(|row| Appointment::seen_by(&call.actor, row, &app, now))
        .collect::<Result<Vec<_>>>()?;
    Reply::ok(&Page { items, next_cursor: page.next_cursor })
}

/// Read an appointment
///
/// For the participant, those who accompany them, and the manager of their centre.
#[utoipa::path(
    get, path = "/appointments/{appointment_id}", tag = "appointments", operation_id = "readAppointment",
    params(("appointment_id" = AppointmentId, Path)),
    responses((status = 200, description = "The appointment", body = Appointment, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<AppointmentId>) -> Result<Reply> {
    let scope = call.actor.caseload()?;
    let mut tx = app.db.read().await?;
    let row = store::load(&mut tx, scope, id).await?.ok_or_else(Error::not_found)?;
    Ok(Reply::ok(&Appointment::seen_by(&call.actor, &row, &app, app.clock.now())?)?.version(row.version))
}

/// Carries out what the caller asks of an appointment that is as they last saw it.
async fn change_by(
    app: &App,
    call: &Call,
    id: AppointmentId,
    seen: IfMatch,
    digest: Digest,
    command: impl FnOnce(&Row, contract::time::Instant) -> Result<Command>,
) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let mut work = app.begin(call, digest).await?;
    let mut row = store::load_for_change(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    seen.check(row.version)?;
    let command = command(&row, work.now)?;
    let (word, adjustment) = (command.audited_as(), adjustment(&command));
    let from = situation(&call.actor, &row, work.now).state;
    carry_out(app, &mut work.tx, &call.actor, &mut row, command, work.now).await?;
    let mut answer = Appointment::seen_by(&call.actor, &row, app, work.now)?;
    answer.time_adjustment = adjustment;
    let audit = Audit::new(word, row.id.0)
        .about(row.participant_id)
        .with("from", from.as_str())
        .with("to", row.state.as_str());
    work.finish(audit, Reply::ok(&answer)?.version(row.version)).await
}

const fn adjustment(command: &Command) -> Option<super::time::TimeAdjustment> {
    match command {
        Command::Move(time, ..) => time.adjustment,
        _ => None,
    }
}

macro_rules! command_operation {
    ($(#[$doc:meta])* $name:ident, $path:literal, $operation:literal $(, $body:ident: $request:ty)?; $command:expr) => {
        $(#[$doc])*
        #[utoipa::path(
            post, path = $path, tag = "appointments", operation_id = $operation,
            $(request_body = $request,)?
            params(
                ("appointment_id" = AppointmentId, Path),
                ("If-Match" = String, Header, description = "The ETag that was read", example = "\"1\""),
                ("Idempotency-Key" = Option<String>, Header, description = "Repeating the request under the same key gives the same answer", max_length = 128)
            ),
            responses((status = 200, description = "How it stands now", body = Appointment, headers(("ETag" = String))), ChangeProblems)
        )]
        pub async fn $name(
            State(app): State<App>,
            call: Call,
            Path(id): Path<AppointmentId>,
            seen: IfMatch,
            $($body: Body<$request>,)?
        ) -> Result<Response> {
            #[allow(unused_mut, unused_assignments, reason = "commands without a body have the digest of an empty one")]
            let mut digest = Digest::empty();
            $(digest = $body.digest;)?
            #[allow(clippy::redundant_closure_call, reason = "the closure is the command's own line")]
            change_by(&app, &call, id, seen, digest, ($command)(&app $(, $body.value)?)).await
        }
    };
}

type Made = Result<Command>;

command_operation!(
    /// Confirm an appointment
    ///
    /// "I will come." For the participant; staff may do it for a participant who told them.
    confirm, "/appointments/{appointment_id}/confirm", "confirmAppointment";
    |_: &App| |_: &Row, _| -> Made { Ok(Command::Confirm) }
);

command_operation!(
    /// Decline an appointment
    ///
    /// "I will not come." For the participant; staff may do it for a participant who told them. The time is free again.
    decline, "/appointments/{appointment_id}/decline", "declineAppointment", body: Reason;
    |_: &App, said: Reason| move |_: &Row, _| -> Made { Ok(Command::Decline(said.reason)) }
);

command_operation!(
    /// Ask for another time
    ///
    /// For the participant; staff may do it for a participant who told them. The host is told at once.
    ask_to_move, "/appointments/{appointment_id}/ask-to-move", "askToMoveAppointment", body: ChangeWish;
    |_: &App, said: ChangeWish| move |_: &Row, _| -> Made { Ok(Command::AskToMove(said.wish)) }
);

command_operation!(
    /// Call an appointment off
    ///
    /// For mentors and counsellors of the participant and the manager of their centre. The participant is told at once.
    cancel, "/appointments/{appointment_id}/cancel", "cancelAppointment", body: Reason;
    |_: &App, said: Reason| move |_: &Row, _| -> Made { Ok(Command::Cancel(said.reason)) }
);

command_operation!(
    /// Record how an appointment ended
    ///
    /// Once it has started. For mentors and counsellors of the participant and the manager of their centre.
    record_outcome, "/appointments/{appointment_id}/record-outcome", "recordAppointmentOutcome", body: NewOutcome;
    |_: &App, said: NewOutcome| move |_: &Row, _| -> Made { Ok(Command::RecordOutcome(said.outcome, said.reason)) }
);

command_operation!(
    /// Correct how an appointment ended
    ///
    /// With a reason. The first entry is kept. For mentors and counsellors of the participant and the manager of their centre.
    correct_outcome, "/appointments/{appointment_id}/correct-outcome", "correctAppointmentOutcome", body: CorrectedOutcome;
    |_: &App, said: CorrectedOutcome| move |_: &Row, _| -> Made { Ok(Command::CorrectOutcome(said.outcome, said.reason)) }
);

command_operation!(
    /// Move an appointment
    ///
    /// To another time, perhaps another place. For mentors and counsellors of the participant and the manager of their centre.
    /// The participant is told at once, and what was planned for the old time is not sent any more.
    move_to, "/appointments/{appointment_id}/move", "moveAppointment", body: NewTime;
    |app: &App, new: NewTime| {
        let app = app.clone();
        move |row: &Row, now| -> Made {
            let before = row.ends_at.since(row.starts_at).num_minutes();
            let minutes = new.duration_minutes.or_else(|| u16::try_from(before).ok()).unwrap_or(super::request::MIN_MINUTES);
            let zone = new.zone.unwrap_or_else(|| row.zone.clone());
            let time = agree(&app, new.local_start, zone, minutes, now)?;
            if new.override_reason.is_none() {
                require_open(&app, &row.calendar, &row.centre_zone, &time)?;
            }
            let place = new.place.map(checked_place).transpose()?;
            Ok(Command::Move(Box::new(time), place, new.override_reason))
        }
    }
);
