//! What happens besides when something happens in the life of a participant's file or of an account. An operation changes its own row and
//! calls this; it calls no other feature itself. What is not a feature's stands here: sessions, codes, and what people would still be told.

use crate::app::{
    App,
    life::{Coming, Consequences, Event, Leaving, Recall, Scene},
};
use contract::{AppointmentId, ParticipantId, time::Instant};
use db::Tx;
use identity::{
    enrolment,
    sign_in::sessions::{self, EndReason},
};
use kernel::{access::Actor, error::Result};
use notifications::outbox;

/// Holds what the event will change, before the operation holds its own row.
pub async fn is_about_to(app: &App, tx: &mut Tx, coming: Coming, now: Instant) -> Result<()> {
    for feature in app.features {
        feature.life.hold(tx, coming, now).await?;
    }
    Ok(())
}

/// It happens: whatever follows is done, in the transaction of the operation.
pub async fn happens(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    event: Event,
    now: Instant,
) -> Result<Consequences> {
    match event {
        Event::FileCloses(participant) => file_closes(tx, participant, now).await?,
        // Or whoever of the former centre made one could enrol a phone of their own with it.
        Event::PersonMoves(moving) => {
            enrolment::store::close_open(tx, moving.participant, now).await?;
        }
        Event::AccountChanges(leaving) => {
            if let Some(reason) = leaving.out {
                sessions::end_all(tx, leaving.staff.0, None, reason, now).await?;
            }
        }
        // Whatever it is about, and on every device: no feature can forget it.
        Event::FilePauses(participant, _) => {
            outbox::withdraw_from_participant(tx, participant, now).await?;
        }
        Event::FileOpens(..)
        | Event::FileResumes(..)
        | Event::ZoneChanges(..)
        | Event::AccountIsShownOtherwise(_)
        | Event::AssignmentStarts(..)
        | Event::LeadChanges(_)
        | Event::PresenceChanges(_)
        | Event::AssignmentEnds(_)
        | Event::PostingEnds(_)
        | Event::CentreChanges(_)
        | Event::ConsentEnds(_) => {}
    }
    let mut consequences = Consequences::default();
    for feature in app.features {
        let scene = Scene { app, tx: &mut *tx, actor, now };
        consequences.add(feature.life.take_part(scene, &event).await?);
    }
    match event {
        Event::AssignmentEnds(staff)
        | Event::AccountChanges(Leaving { staff, .. })
        | Event::PostingEnds(Recall { staff, .. }) => {
            // What they would still have been told of people whom they no longer accompany.
            let withdrawn = outbox::withdraw_out_of_reach(tx, staff, now).await?;
            consequences.add(Consequences::of("reminders_withdrawn", withdrawn));
        }
        Event::PersonMoves(moving) => {
            for (kind, ids) in &consequences.moved {
                outbox::move_to_centre(tx, *kind, ids, moving.to, now).await?;
            }
        }
        _ => {}
    }
    Ok(consequences)
}

/// An appointment stands elsewhere than before; whatever waits for it hears of that in the same transaction.
pub async fn appointment_changes(
    app: &App,
    tx: &mut Tx,
    which: (AppointmentId, ParticipantId),
    now: Instant,
) -> Result<()> {
    for feature in app.features {
        feature.life.appointment_changes(tx, which, now).await?;
    }
    Ok(())
}

async fn file_closes(tx: &mut Tx, participant: ParticipantId, now: Instant) -> Result<()> {
    sessions::end_all(tx, participant.0, None, EndReason::AccountClosed, now).await?;
    // Or it would work again if the file is opened again within its three days.
    enrolment::store::close_open(tx, participant, now).await?;
    // Whatever it is about, and on every device: no feature can forget it. What comes of closing it, each withdraws itself.
    outbox::withdraw_from_participant(tx, participant, now).await?;
    Ok(())
}
