//! What becomes of appointments when something happens in the lives of those who agreed on them.

use super::{ahead, follow_up, hand_over, memory::Happened, remind, replan, store};
use crate::{
    app::{
        App,
        life::{Coming, Consequences, Event, Life, Scene},
    },
    work_item::{self, Raise, WorkCause},
};
use contract::{ParticipantId, StaffId, SubjectKind, time::Instant};
use db::Tx;
use futures_util::future::BoxFuture;
use kernel::error::{Error, Result};
use notifications::outbox;

/// Appointments.
pub struct Appointments;

impl Life for Appointments {
    fn hold<'a>(&'a self, tx: &'a mut Tx, coming: Coming, now: Instant) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            match coming {
                Coming::FileCloses(participant)
                | Coming::FilePauses(participant)
                | Coming::AssignmentStarts(participant) => {
                    ahead::of_participant(tx, participant, now).await?;
                }
                Coming::AccountChanges(staff) => {
                    ahead::of_host(tx, staff, None, now).await?;
                }
                Coming::PostingEnds(staff, centre) => {
                    ahead::of_host(tx, staff, Some(centre), now).await?;
                }
                Coming::PersonMoves(participant) => {
                    store::hold_all_of(tx, participant).await?;
                }
                Coming::ConsentEnds(_) => {}
            }
            Ok(())
        })
    }

    fn take_part<'a>(
        &'a self,
        Scene { app, tx, actor, now }: Scene<'a>,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<Consequences>> {
        Box::pin(async move {
            match *event {
                Event::FileCloses(participant) => {
                    let cancelled = hand_over::cancel_those_of(app, tx, actor, participant, now).await?;
                    return Ok(Consequences::of("appointments_cancelled", cancelled));
                }
                // They stand, and nobody is reminded of them: somebody has to say what becomes of them.
                Event::FilePauses(participant, centre) => {
                    let all = store::ids_of_participant(tx, participant).await?;
                    outbox::withdraw_about(tx, SubjectKind::Appointment, &all, now).await?;
                    if !ahead::of_participant(tx, participant, now).await?.is_empty() {
                        let (cause, subject) = (WorkCause::AppointmentsOfPaused, participant.0);
                        work_item::raise(app, tx, Raise { cause, subject, participant, centre }, now).await?;
                    }
                }
                Event::FileResumes(participant, centre) => {
                    work_item::resolve(app, tx, WorkCause::AppointmentsOfPaused, participant.0, now).await?;
                    replan::of_participant(tx, centre, participant, now).await?;
                }
                Event::FileOpens(participant, centre) => {
                    replan::of_participant(tx, centre, participant, now).await?;
                    follow_up::note_past(tx, participant, centre, now).await?;
                }
                Event::ZoneChanges(participant, centre) => {
                    replan::of_participant(tx, centre, participant, now).await?;
                }
                Event::AccountChanges(leaving) if leaving.receives_nobody => {
                    let successor = leaving.successor;
                    let leaving =
                        hand_over::Host { id: leaving.staff, centre: leaving.centre, only_there: false };
                    let handed_over = hand_over::hand_over(app, tx, actor, (leaving, successor), now).await?;
                    return Ok(Consequences::of("appointments_handed_over", handed_over));
                }
                // At other centres a manager is nobody's host: they go there no more.
                Event::AccountChanges(leaving) if leaving.accompanies_nobody && leaving.out.is_some() => {
                    let hosted = ahead::of_host(tx, leaving.staff, None, now).await?;
                    if hosted.iter().any(|row| row.centre_id != leaving.centre) {
                        let why = "they have appointments at another centre: end their posting first";
                        return Err(Error::command_refused(None, why, &[] as &[&str]));
                    }
                }
                // None lies ahead of one that ran out: nothing is put behind the end of a posting.
                Event::PostingEnds(ends) if ends.by.is_some() => {
                    let leaving = hand_over::Host { id: ends.staff, centre: ends.centre, only_there: true };
                    let handed_over =
                        hand_over::hand_over(app, tx, actor, (leaving, ends.successor), now).await?;
                    return Ok(Consequences::of("appointments_handed_over", handed_over));
                }
                Event::AssignmentStarts(participant, staff) => {
                    plan_hosted_again(app, tx, participant, staff, now).await?;
                }
                Event::PersonMoves(moving) => {
                    let there = (moving.participant, moving.to);
                    let moved = hand_over::move_to_centre(app, tx, actor, there, now).await?;
                    return Ok(Consequences::of("appointments_cancelled", moved.cancelled)
                        .moving(SubjectKind::Appointment, moved.all));
                }
                Event::CentreChanges(centre) => replan::of_centre(tx, centre, now).await?,
                Event::AccountChanges(_)
                | Event::AccountIsShownOtherwise(_)
                | Event::LeadChanges(_)
                | Event::PresenceChanges(_)
                | Event::PostingEnds(_)
                | Event::AssignmentEnds(_)
                | Event::ConsentEnds(_) => {}
            }
            Ok(Consequences::default())
        })
    }

    fn zone_data_changes<'a>(&'a self, _: &'a App, _: &'a mut Tx, _: Instant) -> BoxFuture<'a, Result<()>> {
        // `rederive` does that, in the same transaction.
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Plans the reminders of this participant's appointments with this host again, which were withdrawn from somebody who could
/// not see the participant and now can.
async fn plan_hosted_again(
    app: &App,
    tx: &mut Tx,
    participant: ParticipantId,
    host: StaffId,
    now: Instant,
) -> Result<()> {
    for row in ahead::of_participant(tx, participant, now).await? {
        if row.host_id != host {
            continue;
        }
        remind::plan_again(app, tx, &row, Happened::default(), now).await?;
    }
    Ok(())
}
