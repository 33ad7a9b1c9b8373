//! What can be done with appointments without network.

use super::things::APPOINTMENT;
use super::{
    commands::{Command, carry_out_audited},
    groups::{Group, GroupVersions},
    http::Asks,
    notes,
    request::{
        CancelReason, ChangeWish, Choice, CorrectedOutcome, DeclineReason, NewAppointment, NewNote,
        NewOutcome, NewTime,
    },
    row::Row,
    schedule::{schedule, scheduled},
    store::{self, Held},
};
use crate::app::mutation::{Applied, Applying, Mutation};
use chrono::TimeDelta;
use contract::{AppointmentId, PersonKind};
use kernel::{
    access::Actor,
    audit::Audit,
    error::{Error, Result},
};

/// For so long after somebody was taken out of a caseload, what was recorded about them before is still taken: a phone may be without
/// network when that happens, and what was seen in the field must not be lost.
const TAKEN_AFTERWARDS: TimeDelta = TimeDelta::days(30);

/// What can be done.
pub const MUTATIONS: &[Mutation] = &[
    Mutation { operation: "scheduleAppointment", apply: |applying| Box::pin(make(applying)) },
    Mutation { operation: "confirmAppointment", apply: |applying| Box::pin(change(applying, Deed::Confirm)) },
    Mutation { operation: "declineAppointment", apply: |applying| Box::pin(change(applying, Deed::Decline)) },
    Mutation {
        operation: "askToMoveAppointment",
        apply: |applying| Box::pin(change(applying, Deed::AskToMove)),
    },
    Mutation {
        operation: "chooseAppointmentTime",
        apply: |applying| Box::pin(change(applying, Deed::Choose)),
    },
    Mutation { operation: "moveAppointment", apply: |applying| Box::pin(change(applying, Deed::Move)) },
    Mutation { operation: "cancelAppointment", apply: |applying| Box::pin(change(applying, Deed::Cancel)) },
    Mutation {
        operation: "recordAppointmentOutcome",
        apply: |applying| Box::pin(change(applying, Deed::RecordOutcome)),
    },
    Mutation {
        operation: "correctAppointmentOutcome",
        apply: |applying| Box::pin(change(applying, Deed::CorrectOutcome)),
    },
    Mutation { operation: "writeAppointmentNote", apply: |applying| Box::pin(write_note(applying)) },
];

/// What changes an appointment that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Confirm,
    Decline,
    AskToMove,
    Choose,
    Move,
    Cancel,
    RecordOutcome,
    CorrectOutcome,
}

async fn make(applying: &mut Applying<'_>) -> Result<Applied> {
    if applying.subject.is_some() || applying.base_version.is_some() {
        return Err(Error::field("/subject_id", "not_allowed", "what is made names itself in the body"));
    }
    let scope = applying.actor.staff_caseload()?;
    let new: NewAppointment = applying.body()?;
    if new.id.is_none() {
        return Err(Error::field("/body/id", "required", "the phone chooses it, to speak of it later"));
    }
    let overrides = new.override_reason.is_some();
    let (row, _) = schedule(applying.app, applying.tx, scope, applying.actor, new, applying.now)
        .await
        .map_err(|error| error.below("/body"))?;
    Ok(applied(&row, Some(row.version), scheduled(&row, overrides)))
}

async fn write_note(applying: &mut Applying<'_>) -> Result<Applied> {
    let new: NewNote = applying.body()?;
    if applying.actor.kind() != PersonKind::Staff {
        return Err(kernel::access::not_for_this_role());
    }
    // A note is kept whatever became of the appointment.
    let (held, _) = held(applying, true).await?;
    let (_, audit) = notes::add(applying.app, applying.tx, applying.actor, &held.row, new, applying.now)
        .await
        .map_err(|error| error.below("/body"))?;
    Ok(applied(&held.row, None, audit))
}

async fn change(applying: &mut Applying<'_>, deed: Deed) -> Result<Applied> {
    let (held, is_belated) = held(applying, deed == Deed::RecordOutcome).await?;
    if !is_belated {
        return change_held(applying, deed, held).await;
    }
    // Somebody says how a meeting went that was before they lost the person. Why that is not taken is none of their business any more.
    if held.row.starts_at > applying.recorded_at {
        return Err(Error::not_found());
    }
    change_held(applying, deed, held).await.map_err(Error::or_not_found)
}

async fn change_held(applying: &mut Applying<'_>, deed: Deed, held: Held) -> Result<Applied> {
    let base = applying.base_version()?;
    let changes = GroupVersions::of(&held.row).changes_behind(base, relied_on(applying, deed));
    // What the same person did before is no news to them.
    if base > held.row.version || (!changes.is_empty() && !applying.are_own(held.row.id.0, &changes).await?) {
        return Err(Error::changed(held.row.version));
    }
    let command = command(applying, deed, &held)?;
    let mut row = held.row;
    let audit = carry_out_audited(applying.app, applying.tx, applying.actor, &mut row, command, applying.now)
        .await
        .map_err(|error| error.below("/body"))?;
    Ok(applied(&row, Some(row.version), audit))
}

/// What an operation relies on. Participants speak for themselves; staff who speak for one rely on what that one has said.
fn relied_on(applying: &Applying<'_>, deed: Deed) -> &'static [Group] {
    match deed {
        // What happened at a meeting is true whoever changed what about it meanwhile, but for when it was.
        Deed::RecordOutcome | Deed::Cancel => &[Group::Time],
        Deed::CorrectOutcome => &[Group::Outcome],
        Deed::Move => &[Group::Time, Group::Place, Group::Host],
        _ if applying.actor.kind() == PersonKind::Staff => {
            &[Group::Time, Group::Place, Group::Host, Group::Answer]
        }
        _ => &[Group::Time, Group::Place, Group::Host],
    }
}

fn command(applying: &Applying<'_>, deed: Deed, held: &Held) -> Result<Command> {
    let (app, now) = (applying.app, applying.now);
    let command = match deed {
        Deed::Confirm => {
            applying.no_body()?;
            return Ok(Command::Confirm);
        }
        Deed::Decline => applying.body::<DeclineReason>()?.command(app, held, now),
        Deed::AskToMove => applying.body::<ChangeWish>()?.command(app, held, now),
        Deed::Choose => applying.body::<Choice>()?.command(app, held, now),
        Deed::Move => applying.body::<NewTime>()?.command(app, held, now),
        Deed::Cancel => applying.body::<CancelReason>()?.command(app, held, now),
        Deed::RecordOutcome => applying.body::<NewOutcome>()?.command(app, held, now),
        Deed::CorrectOutcome => applying.body::<CorrectedOutcome>()?.command(app, held, now),
    };
    command.map_err(|error| error.below("/body"))
}

/// The appointment, held for the change, and whether it is out of the caller's scope by now: `belated` allows that if they had its
/// participant when they recorded this.
async fn held(applying: &mut Applying<'_>, belated: bool) -> Result<(Held, bool)> {
    let (actor, now) = (applying.actor, applying.now);
    let (scope, id) = (actor.caseload()?, AppointmentId(applying.subject()?));
    if let Some(held) = store::load_for_change(applying.tx, scope, id, now).await? {
        return Ok((held, false));
    }
    let Actor::Staff { id: staff, .. } = actor else { return Err(Error::not_found()) };
    if !belated || !actor.role().is_some_and(contract::StaffRole::accompanies) {
        return Err(Error::not_found());
    }
    let since = (applying.recorded_at, now.saturating_sub(TAKEN_AFTERWARDS));
    let held = store::load_former_for_change(applying.tx, *staff, id, since, now).await?;
    Ok((held.ok_or_else(Error::not_found)?, true))
}

fn applied(row: &Row, version: Option<i64>, audit: Audit) -> Applied {
    Applied {
        subject_kind: &APPOINTMENT,
        subject: row.id.0,
        participant: Some(row.participant_id),
        version,
        audit,
    }
}
