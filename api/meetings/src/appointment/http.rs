//! The operations on appointments.

use super::things::APPOINTMENT;
use super::{
    answer::Appointment,
    commands::{Command, Relocation, carry_out_audited},
    listing,
    request::{
        CancelReason, ChangeWish, CorrectedOutcome, DeclineReason, Filter, NewAppointment, NewOutcome,
        NewTime,
    },
    schedule::{checked_place, schedule, scheduled},
    store::{self, Held},
    time::{agree, require_open},
};
use crate::App;
use axum::{extract::State, response::Response};
use contract::{AppointmentId, time::Instant};
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Digest, IfMatch, Path, Query},
    page::Page,
    problems::{ChangeProblems, CreateProblems, ReadProblems},
    reply::Reply,
};

/// Schedule an appointment
///
/// For mentors and counsellors of the participant and the manager of their centre. The participant is told at once, and
/// reminded as the centre's policy says. What is stored is the wall-clock time; `starts_at` is derived from it.
#[utoipa::path(
    post, path = "/appointments", tag = "appointments", operation_id = "scheduleAppointment",
    request_body = NewAppointment,
    params(Call),
    responses((status = 201, description = "Scheduled", body = Appointment, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn create(State(app): State<App>, call: Call, body: Body<NewAppointment>) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let mut work = app.begin(&call, body.digest).await?;
    let overrides = body.value.override_reason.is_some();
    let (row, adjustment) = schedule(&app, &mut work.tx, scope, &call.actor, body.value, work.now).await?;
    let mut answer = Appointment::seen_by(&call.actor, &row, &app, work.now)?;
    answer.time_adjustment = adjustment;
    let reply = Reply::created(format!("/v1/appointments/{}", row.id), &answer)?.version(row.version);
    work.finish(scheduled(&row, overrides), reply).await
}

/// List appointments
///
/// By start. A participant sees their own, mentors and counsellors those of the participants assigned to them, a manager
/// those of the centre. Staff's reading is audited as one; those of one participant count as opening that participant.
#[utoipa::path(
    get, path = "/appointments", tag = "appointments", operation_id = "listAppointments",
    params(Filter),
    responses((status = 200, description = "A page of appointments", body = Page<Appointment>), ReadProblems)
)]
pub async fn list(State(app): State<App>, call: Call, Query(filter): Query<Filter>) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let paging = filter.paging()?;
    let (reading, rows) = listing::list(app.begin_glance(&call).await?, scope, &filter, paging).await?;
    let now = reading.now;
    let page = paging.page(rows, |entry| (entry.key.starts_at.as_micros(), entry.key.id))?.legible();
    let mut audit = Audit::new(&APPOINTMENT, "list", None).with("count", page.items.len());
    // Somebody of whom nothing was shown, perhaps for being out of scope, was not read about.
    if let Some(participant) = filter.participant_id.filter(|_| !page.items.is_empty()) {
        audit = audit.about(participant);
    }
    let page = page.map(|row| Appointment::seen_by(&call.actor, &row, &app, now))?;
    reading.finish(audit, Reply::ok(&page)?).await
}

/// Read an appointment
///
/// For the participant, those who accompany them, and the manager of their centre. Staff's reading is audited, shown to the
/// participant, and counts as opening them.
#[utoipa::path(
    get, path = "/appointments/{appointment_id}", tag = "appointments", operation_id = "readAppointment",
    params(("appointment_id" = AppointmentId, Path)),
    responses((status = 200, description = "The appointment", body = Appointment, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<AppointmentId>) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let (reading, row) = store::read(app.begin_glance(&call).await?, scope, id).await?;
    let (now, row) = (reading.now, row.ok_or_else(Error::not_found)?);
    let answer = Appointment::seen_by(&call.actor, &row, &app, now)?;
    let audit = Audit::new(&APPOINTMENT, "read", id.0).about(row.participant_id);
    reading.finish(audit, Reply::ok(&answer)?.version(row.version)).await
}

/// Carries out what the caller asks of an appointment that is as they last saw it.
pub async fn change_by(
    app: &App,
    call: &Call,
    id: AppointmentId,
    seen: IfMatch,
    digest: Digest,
    command: impl FnOnce(&Held, Instant) -> Result<Command>,
) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let mut work = app.begin(call, digest).await?;
    let held =
        store::load_for_change(&mut work.tx, scope, id, work.now).await?.ok_or_else(Error::not_found)?;
    seen.check(held.row.version)?;
    let command = command(&held, work.now)?;
    let mut row = held.row;
    let adjustment = adjustment(&command);
    let audit = carry_out_audited(app, &mut work.tx, &call.actor, &mut row, command, work.now).await?;
    let mut answer = Appointment::seen_by(&call.actor, &row, app, work.now)?;
    answer.time_adjustment = adjustment;
    work.finish(audit, Reply::ok(&answer)?.version(row.version)).await
}

fn adjustment(command: &Command) -> Option<super::time::TimeAdjustment> {
    match command {
        Command::Move(relocation) => relocation.time.adjustment,
        _ => None,
    }
}

/// A request that asks for a command.
pub trait Asks {
    /// The command, for the appointment as it stands.
    fn command(self, app: &App, held: &Held, now: Instant) -> Result<Command>;
}

impl Asks for ChangeWish {
    fn command(self, _: &App, _: &Held, _: Instant) -> Result<Command> {
        Ok(Command::AskToMove(self.wish))
    }
}

impl Asks for NewOutcome {
    fn command(self, _: &App, _: &Held, _: Instant) -> Result<Command> {
        Ok(Command::RecordOutcome(Box::new(self.ending()?), self.reason))
    }
}

impl Asks for CorrectedOutcome {
    fn command(self, _: &App, _: &Held, _: Instant) -> Result<Command> {
        Ok(Command::CorrectOutcome(Box::new(self.ending()?), self.reason))
    }
}

impl Asks for NewTime {
    fn command(self, app: &App, Held { row, hours }: &Held, now: Instant) -> Result<Command> {
        let minutes = self.duration_minutes.unwrap_or_else(|| row.minutes());
        let zone = self.zone.unwrap_or_else(|| row.zone.clone());
        let time = agree(app, self.local_start, zone, minutes, now)?;
        if self.override_reason.is_none() {
            require_open(app, hours, &time)?;
        }
        let place = self.place.map(checked_place).transpose()?;
        let relocation = Relocation { time, place, host: self.host_id, reason: self.override_reason };
        Ok(Command::Move(Box::new(relocation)))
    }
}

impl Asks for DeclineReason {
    fn command(self, _: &App, _: &Held, _: Instant) -> Result<Command> {
        Ok(Command::Decline(self.reason))
    }
}

impl Asks for CancelReason {
    fn command(self, _: &App, _: &Held, _: Instant) -> Result<Command> {
        Ok(Command::Cancel(self.reason))
    }
}

/// Confirm an appointment
///
/// "I will come." For the participant; staff may do it for a participant who told them.
#[utoipa::path(
    post, path = "/appointments/{appointment_id}/confirm", tag = "appointments", operation_id = "confirmAppointment",
    params(
        ("appointment_id" = AppointmentId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Appointment, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn confirm(
    State(app): State<App>,
    call: Call,
    Path(id): Path<AppointmentId>,
    seen: IfMatch,
) -> Result<Response> {
    change_by(&app, &call, id, seen, Digest::empty(), |_, _| Ok(Command::Confirm)).await
}

/// An operation that carries out one command.
macro_rules! command_operation {
    ($(#[$doc:meta])* $name:ident, $path:literal, $operation:literal, $request:ty) => {
        $(#[$doc])*
        #[utoipa::path(
            post, path = $path, tag = "appointments", operation_id = $operation,
            request_body = $request,
            params(
                ("appointment_id" = AppointmentId, Path),
                IfMatch,
                Call
            ),
            responses((status = 200, description = "How it stands now", body = Appointment, headers(("ETag" = String))), ChangeProblems)
        )]
        pub async fn $name(
            State(app): State<App>,
            call: Call,
            Path(id): Path<AppointmentId>,
            seen: IfMatch,
            body: Body<$request>,
        ) -> Result<Response> {
            let asked = body.value;
            change_by(&app, &call, id, seen, body.digest, |held, now| asked.command(&app, held, now)).await
        }
    };
}

pub(super) use command_operation;

command_operation!(
    /// Decline an appointment
    ///
    /// "I will not come." For the participant; staff may do it for a participant who told them. The time is free again.
    decline, "/appointments/{appointment_id}/decline", "declineAppointment", DeclineReason
);

command_operation!(
    /// Ask for another time
    ///
    /// For the participant; staff may do it for a participant who told them. The host is told at once. Times that are offered
    /// can still be chosen until others are.
    ask_to_move, "/appointments/{appointment_id}/ask-to-move", "askToMoveAppointment", ChangeWish
);

command_operation!(
    /// Call an appointment off
    ///
    /// For mentors and counsellors of the participant and the manager of their centre. The participant is told at once.
    cancel, "/appointments/{appointment_id}/cancel", "cancelAppointment", CancelReason
);

command_operation!(
    /// Record how an appointment ended
    ///
    /// Once it has started: it took place, the participant did not come, or it did not take place, which is nobody's absence. If there was no
    /// meeting, on whose side that lay, why and what was tried. The host is told of an absence that counts. For mentors and counsellors of the
    /// participant and the manager of their centre.
    record_outcome, "/appointments/{appointment_id}/record-outcome", "recordAppointmentOutcome", NewOutcome
);

command_operation!(
    /// Correct how an appointment ended
    ///
    /// With a reason. The first entry is kept. For mentors and counsellors of the participant and the manager of their centre.
    correct_outcome, "/appointments/{appointment_id}/correct-outcome", "correctAppointmentOutcome", CorrectedOutcome
);

command_operation!(
    /// Move an appointment
    ///
    /// To another time, perhaps another place or host. For mentors and counsellors of the participant and the manager of their centre.
    /// The participant is told at once, and what was planned for the old time is not sent any more. If several times were
    /// offered, this settles on one, and the offer is over.
    move_to, "/appointments/{appointment_id}/move", "moveAppointment", NewTime
);
