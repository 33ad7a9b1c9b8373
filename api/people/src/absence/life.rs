//! What becomes of absences when something happens in the life of an account, or to the centre whose days they are.

use super::{
    store::{self, Row},
    timers::ABSENCES,
    turns,
};
use crate::app::{
    App,
    life::{Coming, Consequences, Event, Life, Scene},
};
use contract::{
    CentreId,
    time::{Instant, ZoneName},
};
use db::{Tx, sql};
use futures_util::future::BoxFuture;
use kernel::{
    agenda,
    error::{Error, Result},
};

/// Absences.
pub struct Absences;

impl Life for Absences {
    fn hold<'a>(&'a self, tx: &'a mut Tx, coming: Coming, _: Instant) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            match coming {
                Coming::AccountChanges(staff) => {
                    store::hold_lasting(tx, (Some(staff), None)).await?;
                }
                Coming::PostingEnds(..)
                | Coming::FileCloses(_)
                | Coming::FilePauses(_)
                | Coming::AssignmentStarts(_)
                | Coming::PersonMoves(_)
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
                // Whoever leaves is not away any more. Where they stood in, the managers do.
                Event::AccountChanges(leaving) if leaving.accompanies_nobody => {
                    for mut row in store::hold_lasting(tx, (Some(leaving.staff), None)).await? {
                        turns::end(app, tx, &mut row, Some(actor), now).await?;
                    }
                }
                Event::CentreChanges(centre) => derive_again(app, tx, Some(centre), now).await?,
                Event::AccountChanges(_)
                | Event::AccountIsShownOtherwise(_)
                | Event::PostingEnds(_)
                | Event::PersonMoves(_)
                | Event::FileCloses(_)
                | Event::FileOpens(..)
                | Event::FilePauses(..)
                | Event::FileResumes(..)
                | Event::ZoneChanges(..)
                | Event::AssignmentStarts(..)
                | Event::LeadChanges(_)
                | Event::PresenceChanges(_)
                | Event::AssignmentEnds(_)
                | Event::ConsentEnds(_) => {}
            }
            Ok(Consequences::default())
        })
    }

    fn zone_data_changes<'a>(
        &'a self,
        app: &'a App,
        tx: &'a mut Tx,
        now: Instant,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(derive_again(app, tx, None, now))
    }
}

/// The days stay; when they begin and end is derived from the zone data in use. What has begun is not undone.
async fn derive_again(app: &App, tx: &mut Tx, centre: Option<CentreId>, _: Instant) -> Result<()> {
    for mut row in store::hold_lasting(tx, (None, centre)).await? {
        let zone: ZoneName =
            tx.query(sql!("SELECT zone FROM centre WHERE id = $1")).bind(row.centre_id).scalar().await?;
        let (starts_at, ends_at) = row.term()?.instants(&app.zones, &zone)?;
        let ends_at = ends_at.ok_or_else(|| Error::internal("an absence without an end"))?;
        let starts_at = if row.began_at.is_some() { row.starts_at } else { starts_at };
        if (starts_at, ends_at) == (row.starts_at, row.ends_at) {
            continue;
        }
        (row.starts_at, row.ends_at) = (starts_at, ends_at);
        store::update(tx, &row, None).await?;
        note(tx, &row).await?;
    }
    Ok(())
}

/// When it is looked at next.
pub async fn note(tx: &mut Tx, row: &Row) -> Result<()> {
    let next = if row.began_at.is_none() { row.starts_at } else { row.ends_at };
    Ok(agenda::note(tx, ABSENCES, row.centre_id, &[row.id.0], next).await?)
}
