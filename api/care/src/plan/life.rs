//! What becomes of plans when something happens in the lives of those whose they are.

use super::{
    deeds::{self, audited},
    materialise, sessions, store, timers,
    words::PlanEndReason,
};
use crate::app::{
    App,
    life::{Coming, Consequences, Event, Life, Scene},
};
use contract::{AppointmentId, AuditId, ParticipantId, time::Instant};
use db::Tx;
use futures_util::future::BoxFuture;
use kernel::{access::Actor, agenda, error::Result};

/// Plans.
pub struct Plans;

impl Life for Plans {
    fn appointment_changes<'a>(
        &'a self,
        tx: &'a mut Tx,
        which: (AppointmentId, ParticipantId),
        now: Instant,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(sessions::appointment_changed(tx, which, now))
    }

    fn hold<'a>(&'a self, tx: &'a mut Tx, coming: Coming, _: Instant) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            match coming {
                Coming::FileCloses(participant)
                | Coming::FilePauses(participant)
                | Coming::PersonMoves(participant) => {
                    store::all_of(tx, participant).await?;
                }
                Coming::AccountChanges(_)
                | Coming::AssignmentStarts(_)
                | Coming::PostingEnds(..)
                | Coming::ConsentEnds(_) => {}
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
                // Its check-ins are called off with all others.
                Event::FileCloses(participant) => {
                    let ended = ends(app, tx, actor, participant, now).await?;
                    return Ok(Consequences::of("plans_ended", ended));
                }
                Event::FilePauses(participant, _) => rests(app, tx, participant, now).await?,
                // What rested goes on by its own timer, as its check-ins do.
                Event::FileResumes(participant, centre) => {
                    let running = store::running(tx, participant).await?;
                    timers::note(tx, centre, &running, now).await?;
                }
                Event::PersonMoves(moving) => {
                    let all = store::all_of(tx, moving.participant).await?;
                    store::set_centre(tx, moving.participant, moving.to).await?;
                    agenda::set_centre(tx, timers::PLANS, &all, moving.to).await?;
                    // The other centre is closed on other days, and the appointments of the former are cancelled.
                    let running = store::running(tx, moving.participant).await?;
                    timers::note(tx, moving.to, &running, now).await?;
                }
                Event::CentreChanges(centre) => timers::note_centre(tx, centre, now).await?,
                // What ended stays so. A plan's days are those of its centre, and whoever leads is found when somebody is needed.
                Event::FileOpens(..)
                | Event::ZoneChanges(..)
                | Event::AssignmentStarts(..)
                | Event::AssignmentEnds(_)
                | Event::LeadChanges(_)
                | Event::PresenceChanges(_)
                | Event::ConsentEnds(_)
                | Event::AccountChanges(_)
                | Event::AccountIsShownOtherwise(_)
                | Event::PostingEnds(_) => {}
            }
            Ok(Consequences::default())
        })
    }

    fn zone_data_changes<'a>(&'a self, _: &'a App, _: &'a mut Tx, _: Instant) -> BoxFuture<'a, Result<()>> {
        // A plan has days; the instants of its check-ins are derived where they are kept. What is looked at an hour early is looked at again.
        Box::pin(std::future::ready(Ok(())))
    }
}

async fn ends(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    participant: ParticipantId,
    now: Instant,
) -> Result<usize> {
    let running = store::hold_running(tx, participant).await?;
    let rows = store::held(tx, &running).await?;
    for mut row in rows {
        deeds::is_over(app, tx, &mut row, None, PlanEndReason::FileClosed, now).await?;
        audited(&row, "end").write(tx, Some(actor), AuditId::new(&*app.ids), now).await?;
    }
    Ok(running.len())
}

async fn rests(app: &App, tx: &mut Tx, participant: ParticipantId, now: Instant) -> Result<()> {
    let running = store::hold_running(tx, participant).await?;
    for mut row in store::held(tx, &running).await? {
        // One that had not gone on yet since it rested last rests from then on.
        if row.paused_on.is_none() {
            row.paused_on = Some(materialise::today(app, &row, now)?.to_string());
            store::update(tx, &row).await?;
        }
        tx.changed(row.changed());
    }
    Ok(())
}
