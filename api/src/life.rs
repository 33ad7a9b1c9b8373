//! What happens besides when something happens in the life of a participant's file or of an account: one function for each event, and in
//! it one line for each feature that has something to do. Whoever adds a feature asks of each event what it means for the feature, and
//! writes its line here.
//!
//! An operation changes its own row and calls the event; it calls no other feature itself. Where an event touches appointments, the
//! operation first calls the function that holds them: whoever changes both appointments and the people around them holds the
//! appointments first, so two never wait for each other in a circle.

use crate::{
    access::Actor,
    app::App,
    appointment::{self, hand_over, replan},
    assignment, emergency_access, enrolment,
    error::Result,
    sign_in::sessions::{self, EndReason},
};
use contract::{CentreId, ParticipantId, StaffId, time::Instant};
use db::Tx;
use notifications::outbox;

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
