//! What happens besides when something happens in the life of a participant's file or of an account: one function for each event, and in
//! it one line for each feature that has something to do. Whoever adds a feature asks of each event what it means for the feature, and
//! writes its line here.
//!
//! An operation changes its own row and calls the event; it calls no other feature itself. Where an event touches appointments, the
//! operation first calls the function that holds them: whoever changes both appointments and the people around them holds the
//! appointments first, so two never wait for each other in a circle.

use crate::{
    App,
    appointment::{self, hand_over, replan},
    assignment, emergency_access,
};
use contract::{CentreId, ParticipantId, StaffId, time::Instant};
use db::Tx;
use identity::{
    enrolment,
    sign_in::sessions::{self, EndReason},
};
use kernel::{access::Actor, error::Result};
use notifications::outbox;
use uuid::Uuid;

/// Holds what closing a participant's file changes, before the file is held.
pub async fn file_is_about_to_close(tx: &mut Tx, participant: ParticipantId, now: Instant) -> Result<()> {
    hand_over::hold_those_of_participant(tx, participant, now).await
}

/// A participant is no longer accompanied. They are out at once, have no appointments ahead, and nobody is reminded of anything about
/// them; how many appointments were cancelled.
pub async fn file_closes(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    participant: ParticipantId,
    now: Instant,
) -> Result<usize> {
    sessions::end_all(tx, participant.0, None, EndReason::AccountClosed, now).await?;
    // Or it would work again if the file is opened again within its three days.
    enrolment::store::close_open(tx, participant, now).await?;
    hand_over::cancel_those_of(app, tx, actor, participant, now).await
}

/// A participant is accompanied again. Nothing comes back by itself: what was cancelled stays cancelled, and a phone needs a new code.
/// Whether somebody is accompanied is one of the things that reminders are planned from, so those are planned again.
pub async fn file_opens(
    tx: &mut Tx,
    centre: CentreId,
    participant: ParticipantId,
    now: Instant,
) -> Result<()> {
    Ok(replan::of_participant(tx, centre, participant, now).await?)
}

/// Holds what a staff member's leaving changes, before the account is held.
pub async fn host_is_about_to_leave(tx: &mut Tx, staff: StaffId, now: Instant) -> Result<()> {
    hand_over::hold_those_of_host(tx, staff, now).await
}

/// An account that was closed, or whose role is another one now.
#[derive(Debug, Clone, Copy)]
pub struct Leaving {
    /// Whose.
    pub staff: StaffId,
    /// Where.
    pub centre: CentreId,
    /// Why it loses its sessions, if it does.
    pub out: Option<EndReason>,
    /// Whether it accompanies nobody any more.
    pub accompanies_nobody: bool,
    /// Whether it received people until now and receives nobody any more.
    pub receives_nobody: bool,
    /// Who takes over what lies ahead of it.
    pub successor: Option<StaffId>,
}

/// What became of what an account had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// How many assignments ended.
    pub assignments_ended: usize,
    /// How many appointments somebody else has now.
    pub appointments_handed_over: usize,
}

/// A staff member leaves, or has another role: whatever the account's new state has no place for ends, and nobody is left with an
/// appointment with no one.
pub async fn host_leaves(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    leaving: Leaving,
    now: Instant,
) -> Result<Left> {
    let Leaving { staff, centre, successor, .. } = leaving;
    let (mut assignments_ended, mut appointments_handed_over) = (0, 0);
    if let Some(reason) = leaving.out {
        sessions::end_all(tx, staff.0, None, reason, now).await?;
        emergency_access::store::end_all(tx, staff, actor.person(), now).await?;
    }
    if leaving.accompanies_nobody {
        assignments_ended = assignment::store::end_all_of_staff(tx, staff, actor.person(), now).await?;
    }
    assignment_ends(tx, staff, now).await?;
    if leaving.receives_nobody {
        let host = hand_over::Leaving { host: staff, centre, successor };
        appointments_handed_over = host.hand_over(app, tx, actor, now).await?;
    }
    Ok(Left { assignments_ended, appointments_handed_over })
}

/// A staff member has another name or role: whatever shows it to others is told again.
pub async fn account_is_shown_otherwise(tx: &mut Tx, staff: StaffId) -> Result<()> {
    Ok(assignment::store::tell_again(tx, staff).await?)
}

/// Holds what an assignment's beginning changes, before its participant is held.
pub async fn assignment_is_about_to_start(
    tx: &mut Tx,
    participant: ParticipantId,
    now: Instant,
) -> Result<()> {
    hand_over::hold_those_of_participant(tx, participant, now).await
}

/// A staff member accompanies a participant from now on, and hears of those appointments of theirs that they host.
pub async fn assignment_starts(
    app: &App,
    tx: &mut Tx,
    participant: ParticipantId,
    staff: StaffId,
    now: Instant,
) -> Result<()> {
    appointment::plan_hosted_again(app, tx, participant, staff, now).await
}

/// A staff member no longer accompanies somebody, or nobody any more: what they would still have been told is withdrawn; how much
/// that was.
pub async fn assignment_ends(tx: &mut Tx, staff: StaffId, now: Instant) -> Result<usize> {
    Ok(outbox::withdraw_out_of_reach(tx, staff, now).await?)
}

/// Holds what moving a participant to another centre changes, before the file is held.
pub async fn person_is_about_to_move(tx: &mut Tx, participant: ParticipantId) -> Result<()> {
    hand_over::hold_all_of_participant(tx, participant).await
}

/// A participant whose file is another centre's now.
#[derive(Debug, Clone, Copy)]
pub struct Move {
    /// Who.
    pub participant: ParticipantId,
    /// Whose they were.
    pub from: CentreId,
    /// Whose they are.
    pub to: CentreId,
}

/// What became of what the former centre had with somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// How many assignments ended.
    pub assignments_ended: usize,
    /// How many appointments were cancelled.
    pub appointments_cancelled: usize,
}

/// Another centre accompanies a participant from now on. Whatever tied them to people of the former one ends, and whatever is kept about
/// them goes along; whether the file is open or closed stays as it is, and so do their phones. Each line sees to whatever of its feature
/// bears a centre.
pub async fn person_moves(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    Move { participant, from, to }: Move,
    now: Instant,
) -> Result<Moved> {
    let by = actor.person();
    let appointments = hand_over::move_to_centre(app, tx, actor, (participant, to), now).await?;
    let companions = assignment::store::end_all_of_participant(tx, (participant, from), by, now).await?;
    for staff in &companions {
        assignment_ends(tx, *staff, now).await?;
    }
    let accesses = emergency_access::store::move_to_centre(tx, participant, (from, to), by, now).await?;
    // Or whoever of the former centre made one could enrol a phone of their own with it.
    enrolment::store::close_open(tx, participant, now).await?;
    let subjects: Vec<Uuid> = appointments.all.into_iter().chain(accesses).collect();
    outbox::move_to_centre(tx, &subjects, to, now).await?;
    Ok(Moved { assignments_ended: companions.len(), appointments_cancelled: appointments.cancelled })
}
