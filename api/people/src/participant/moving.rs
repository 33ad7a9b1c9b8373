//! Moving a participant to another centre.

use super::{answer::MovedParticipant, particulars, request::ParticipantMove, row::Row, store};
use crate::{
    app::{
        App,
        life::{Coming, Event, Move},
    },
    life,
};
use axum::{extract::State, response::Response};
use contract::{AuditId, CentreId, ParticipantId, StaffRole};
use identity::things::PARTICIPANT;
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, IfMatch, Path},
    problems::ChangeProblems,
    reply::Reply,
    work::Work,
};

/// Move a participant to another centre
///
/// For the manager of the present centre, who sees nothing of the participant from then on; the manager of the other centre has the file
/// at once. Whoever accompanied them until now does so no longer, emergency accesses end, and a code that was not used yet does not work
/// any more. Appointments that lie ahead are cancelled, and the participant is told: make them anew at the other centre. Whether the file
/// is open or closed stays as it is, and so does what the participant sees on their phone. A file number that another file has there becomes
/// `former_file_number`, which still finds the person, and the other centre gives its own. `version` is that of the file.
#[utoipa::path(
    post, path = "/participants/{participant_id}/move", tag = "participants", operation_id = "moveParticipant",
    request_body = ParticipantMove,
    params(
        ("participant_id" = ParticipantId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "Moved", body = MovedParticipant), ChangeProblems)
)]
pub async fn move_to_centre(
    State(app): State<App>,
    call: Call,
    Path(id): Path<ParticipantId>,
    seen: IfMatch,
    body: Body<ParticipantMove>,
) -> Result<Response> {
    call.actor.staff(&[StaffRole::Manager])?;
    let scope = call.actor.caseload()?;
    let to = body.value.centre_id;
    let mut work = app.begin(&call, body.digest).await?;
    // Asked before anything is held: the time that this takes, and whom it makes wait, would tell of another centre's people.
    store::load(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    life::is_about_to(&app, &mut work.tx, Coming::PersonMoves(id), work.now).await?;
    let mut row = store::load_for_change(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    seen.check(row.version)?;
    let from = row.centre_id;
    if to == from {
        return Err(Error::field("/centre_id", "not_allowed", "is their centre already"));
    }
    if !store::hold_centre(&mut work.tx, to).await? {
        return Err(Error::field("/centre_id", "unknown", "is no centre"));
    }
    if let Some(number) = &row.particulars.file_number_lookup
        && store::is_number_taken(&mut work.tx, to, number, id).await?
    {
        particulars::give_file_number_up(&app, &mut row)?;
    }
    row.centre_id = to;
    row.version += 1;
    store::update(&mut work.tx, &row).await?;
    // Told first: all else that the new centre hears is about somebody whom it knows by then.
    work.tx.changed(row.changed());
    let moves = Event::PersonMoves(Move { participant: id, from, to });
    let consequences = life::happens(&app, &mut work.tx, &call.actor, moves, work.now).await?;
    tell_both_feeds(&mut work, &row, from);
    let assignments_ended = consequences.count("assignments_ended");
    let appointments_cancelled = consequences.count("appointments_cancelled");
    let answer = MovedParticipant { id, centre_id: to, assignments_ended, appointments_cancelled };
    let line = |verb, centre| {
        Audit::new(&PARTICIPANT, verb, id.0)
            .about(id)
            .at(centre)
            .with("assignments_ended", assignments_ended)
            .with("appointments_cancelled", appointments_cancelled)
    };
    // Each centre's log tells it: that of the other centre is the only one that its manager sees.
    let arrived = line("arrive", to);
    arrived.write(&mut work.tx, Some(&call.actor), AuditId::new(&*app.ids), work.now).await?;
    work.finish_leave(line("move", from), Reply::ok(&answer)?).await
}

/// The former centre hears that the person is gone, and nothing else of them any more; the new one gets all that there is.
fn tell_both_feeds(work: &mut Work, row: &Row, from: CentreId) {
    work.tx.changed(row.revoked_at(from));
    work.tx.follow(row.id.0, from.0, row.centre_id.0);
}
