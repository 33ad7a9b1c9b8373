//! Who can read a merged file: whoever accompanies the person under the file that goes on, for as long as they do.

use super::{open, store};
use crate::{
    app::{
        App,
        life::{Coming, Consequences, Event, Life, Scene},
    },
    assignment::things::ASSIGNMENT,
    participant::store as files,
};
use contract::{CentreId, ParticipantId, StaffId, time::Instant};
use db::{Change, Operation, Tx, sql};
use futures_util::future::BoxFuture;
use identity::things::PARTICIPANT;
use kernel::error::Result;
use uuid::Uuid;

/// Merging.
pub struct Merging;

impl Life for Merging {
    fn hold<'a>(&'a self, _: &'a mut Tx, coming: Coming, _: Instant) -> BoxFuture<'a, Result<()>> {
        match coming {
            // Assignments are held behind the file or the account.
            Coming::FileCloses(_)
            | Coming::FilePauses(_)
            | Coming::AccountChanges(_)
            | Coming::AssignmentStarts(_)
            | Coming::PostingEnds(..)
            | Coming::PersonMoves(_)
            | Coming::ConsentEnds(_) => Box::pin(std::future::ready(Ok(()))),
        }
    }

    fn take_part<'a>(
        &'a self,
        Scene { app, tx, actor, now }: Scene<'a>,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<Consequences>> {
        Box::pin(async move {
            match *event {
                Event::AssignmentStarts(participant, staff) => {
                    for file in files::merged_into(tx, participant).await? {
                        begin_to_read(app, tx, (file, staff), (actor.person(), now)).await?;
                    }
                }
                Event::AssignmentEnds(staff) => stop_reading(tx, staff, (actor.person(), now)).await?,
                // These end the assignments to merged files like all others; and a merged file goes with the one that it was merged into.
                Event::AccountChanges(_)
                | Event::PostingEnds(_)
                | Event::PersonMoves(_)
                | Event::FileCloses(_)
                | Event::FileOpens(..)
                | Event::FilePauses(..)
                | Event::FileResumes(..)
                | Event::ZoneChanges(..)
                | Event::AccountIsShownOtherwise(_)
                | Event::LeadChanges(_)
                | Event::PresenceChanges(_)
                | Event::CentreChanges(_)
                | Event::ConsentEnds(_) => {}
            }
            Ok(Consequences::default())
        })
    }

    fn zone_data_changes<'a>(&'a self, _: &'a App, _: &'a mut Tx, _: Instant) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

async fn begin_to_read(
    app: &App,
    tx: &mut Tx,
    (file, staff): (ParticipantId, StaffId),
    (by, now): (Uuid, Instant),
) -> Result<()> {
    let centre = centre_of(tx, file).await?;
    open::let_read(app, tx, (file, centre), staff, (by, now)).await
}

/// Whoever no longer accompanies the person reads nothing of theirs.
async fn stop_reading(tx: &mut Tx, staff: StaffId, (by, now): (Uuid, Instant)) -> Result<()> {
    // As often as one file was merged into one that was merged in turn.
    loop {
        let ended = store::end_readers(tx, staff, by, now).await?;
        if ended.is_empty() {
            return Ok(());
        }
        for (assignment, file) in ended {
            let centre = centre_of(tx, file).await?;
            tx.changed(ASSIGNMENT.changed(centre.0, Some(file.0), assignment.0));
            tx.changed(revoked(centre, file, staff));
        }
    }
}

/// That this staff member no longer has this file, told to them alone.
pub const fn revoked(centre: CentreId, file: ParticipantId, staff: StaffId) -> Change {
    let change = PARTICIPANT.changed(centre.0, Some(file.0), file.0);
    Change { audience: Some(staff.0), operation: Operation::Revoke, ..change }
}

async fn centre_of(tx: &mut Tx, file: ParticipantId) -> Result<CentreId> {
    Ok(tx.query(sql!("SELECT centre_id FROM participant WHERE id = $1")).bind(file).scalar().await?)
}
