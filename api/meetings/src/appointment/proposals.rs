//! The operations on appointments whose time the participant chooses.

use super::things::APPOINTMENT;
use super::{
    answer::Appointment,
    commands::{Command, Offer},
    http::{Asks, change_by, command_operation},
    offer::several,
    request::{Choice, NewOffer, NewProposal},
    schedule::{self, checked_place},
    store::Held,
};
use crate::App;
use axum::{extract::State, response::Response};
use contract::{AppointmentId, time::Instant};
use kernel::{
    audit::Audit,
    error::Result,
    extract::{Body, Call, IfMatch, Path},
    problems::{ChangeProblems, CreateProblems},
    reply::Reply,
};

/// Offer several times for a new appointment
///
/// For mentors and counsellors of the participant and the manager of their centre. The participant is asked at once to choose
/// one. The times are not held meanwhile: several people may be offered the same hour, and who chooses first gets it. What is
/// made is an appointment in state `proposed`.
#[utoipa::path(
    post, path = "/proposals", tag = "appointments", operation_id = "proposeAppointment",
    request_body = NewProposal,
    params(Call),
    responses((status = 201, description = "Proposed", body = Appointment, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn create(State(app): State<App>, call: Call, body: Body<NewProposal>) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let mut work = app.begin(&call, body.digest).await?;
    let overrides = body.value.override_reason.is_some();
    let row = schedule::propose(&app, &mut work.tx, scope, &call.actor, body.value, work.now).await?;
    let answer = Appointment::seen_by(&call.actor, &row, &app, work.now)?;
    let reply = Reply::created(format!("/v1/appointments/{}", row.id), &answer)?.version(row.version);
    let audit = Audit::new(&APPOINTMENT, "propose", row.id.0)
        .about(row.participant_id)
        .with("kind", row.kind.as_str())
        .with("slots", row.slots.len())
        .with("override", overrides);
    work.finish(audit, reply).await
}

impl Asks for Choice {
    fn command(self, _: &App, _: &Held, _: Instant) -> Result<Command> {
        Ok(Command::Choose(self.slot_id))
    }
}

impl Asks for NewOffer {
    fn command(self, app: &App, Held { row, hours }: &Held, now: Instant) -> Result<Command> {
        let minutes = self.duration_minutes.unwrap_or_else(|| row.minutes());
        let zone = self.zone.unwrap_or_else(|| row.zone.clone());
        let hours = Some(hours).filter(|_| self.override_reason.is_none());
        let times = several(app, &self.slots, &zone, minutes, hours, now)?;
        let place = self.place.map(checked_place).transpose()?;
        Ok(Command::Propose(Box::new(Offer { times, place, reason: self.override_reason })))
    }
}

command_operation!(
    /// Choose one of the times that are offered
    ///
    /// For the participant; staff may do it for a participant who told them. A time that somebody else took meanwhile answers 409
    /// `time_taken`; one that has passed, 409 `command_refused`. The others can still be chosen. Who chooses has said yes, and
    /// is not asked to confirm.
    choose, "/appointments/{appointment_id}/choose", "chooseAppointmentTime", Choice
);

command_operation!(
    /// Offer several times instead
    ///
    /// For mentors and counsellors of the participant and the manager of their centre. Whatever was agreed on or offered before
    /// no longer stands, and its time is free. The participant is asked at once to choose.
    propose, "/appointments/{appointment_id}/propose", "offerAppointmentTimes", NewOffer
);
