//! Arranging the conversations of a plan: somebody makes an appointment, with a host who has agreed and a time, and says for which conversation
//! it is. Nothing is put into anybody's calendar by a plan.

use super::{
    materialise,
    planned::{self, SessionRow},
    request::SessionLink,
    rules::{self, Meeting},
    store::{self, Row},
    things::{PLAN, PLAN_SESSION},
    timers,
    words::{PlanSessionCommand, PlanSessionId},
};
use crate::{App, plan_template::store::contents};
use contract::{AppointmentId, AppointmentKind, ParticipantId, StaffId, time::Instant};
use db::Tx;
use kernel::{
    access::{Actor, Scope},
    audit::Audit,
    error::{Error, Result},
};

/// A conversation that is held for a change.
pub struct Held {
    /// Its plan.
    pub plan: Row,
    /// It.
    pub session: SessionRow,
    /// What kind of appointment it is to be, if the plan still says so.
    pub kind: Option<AppointmentKind>,
    appointment: Option<planned::Appointment>,
}

/// One in scope, held with its plan; and before them the appointment at which it is to be, which others hold before plans as well.
pub async fn held(
    tx: &mut Tx,
    scope: Scope,
    id: PlanSessionId,
    appointment: Option<AppointmentId>,
) -> Result<Held> {
    let session = planned::session(tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let appointment = match appointment {
        Some(id) => planned::appointment(tx, session.participant_id, id).await?,
        None => None,
    };
    let plan = store::load_for_change(tx, scope, session.plan_id).await?.ok_or_else(Error::not_found)?;
    let session = planned::session(tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let kind = kind_of(tx, &plan, &session).await?;
    Ok(Held { plan, session, kind, appointment })
}

/// What kind of appointment a conversation is to be, as the plan says now.
pub async fn kind_of(tx: &mut Tx, plan: &Row, session: &SessionRow) -> Result<Option<AppointmentKind>> {
    let content = contents(tx, &[plan.edition()]).await?.remove(&plan.edition());
    let series = content.into_iter().flat_map(|content| content.series);
    let is_it = |series: &crate::plan_template::content::Series| series.id.as_str() == session.series;
    Ok(series.into_iter().find(is_it).map(|series| series.kind))
}

/// Says at which appointment it is.
pub async fn link(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    held: &mut Held,
    new: &SessionLink,
    now: Instant,
) -> Result<Audit> {
    let (staff, ..) = actor.staff(rules::PLANNERS)?;
    require(&held.session, PlanSessionCommand::Link)?;
    let wrong = |code: &str, detail: &str| Error::field("/appointment_id", code, detail);
    let appointment = held
        .appointment
        .as_ref()
        .ok_or_else(|| wrong("unknown", "the participant has no such appointment"))?;
    if Meeting::of(&appointment.state, appointment.outcome.as_deref()) == Meeting::Fell {
        return Err(wrong("over", "will not take place"));
    }
    if held.kind.is_some_and(|kind| kind.as_str() != appointment.kind) {
        return Err(wrong("wrong_kind", "is of another kind than the conversation"));
    }
    let session = &mut held.session;
    session.appointment_id = Some(new.appointment_id);
    (session.linked_at, session.linked_by) = (Some(now), Some(staff));
    (session.cancelled_at, session.cancelled_by) = (None, None);
    (session.appointment_state, session.appointment_outcome) =
        (Some(appointment.state.clone()), appointment.outcome.clone());
    keep(app, tx, held, "link", now).await
}

/// Says that it is not needed.
pub async fn cancel(app: &App, tx: &mut Tx, actor: &Actor, held: &mut Held, now: Instant) -> Result<Audit> {
    let (staff, ..): (StaffId, _, _) = actor.staff(rules::PLANNERS)?;
    require(&held.session, PlanSessionCommand::Cancel)?;
    (held.session.cancelled_at, held.session.cancelled_by) = (Some(now), Some(staff));
    keep(app, tx, held, "cancel", now).await
}

async fn keep(app: &App, tx: &mut Tx, held: &mut Held, verb: &'static str, now: Instant) -> Result<Audit> {
    held.session.version += 1;
    planned::update_session(tx, &held.session).await.map_err(taken)?;
    materialise::settle(app, tx, &mut held.session, now).await?;
    tx.changed(held.plan.changed());
    Ok(Audit::new(&PLAN_SESSION, verb, held.session.id.0)
        .about(held.session.participant_id)
        .at(held.session.centre_id))
}

fn taken(error: db::Error) -> Error {
    if error.violates("plan_session_appointment_id_key") {
        return Error::field("/appointment_id", "taken", "is for another conversation already");
    }
    error.into()
}

fn require(session: &SessionRow, command: PlanSessionCommand) -> Result<()> {
    let state = session.state();
    if rules::session_after(state, command).is_some() {
        return Ok(());
    }
    let possible = rules::session_possible(state);
    Err(Error::command_refused(None, format!("the conversation is {state}"), &possible))
}

/// An appointment stands elsewhere than before: if a conversation is to be at it, whoever is in charge may be needed, or no longer.
pub async fn appointment_changed(
    tx: &mut Tx,
    (appointment, participant): (AppointmentId, ParticipantId),
    now: Instant,
) -> Result<()> {
    if let Some((plan, centre)) = planned::at_appointment(tx, appointment).await? {
        tx.changed(PLAN.changed(centre.0, Some(participant.0), plan));
        timers::note(tx, centre, &[plan], now).await?;
    }
    Ok(())
}
