//! What becomes of work items when something happens in the lives of those whom they are about, or who see to them.

use super::{
    leads,
    raise::{resolve_all, save},
    remind, store,
    things::WORK_ITEM,
    timers::{self, ITEMS},
    words::WorkItemState,
};
use crate::app::{
    App,
    life::{Coming, Consequences, Event, Life, Move, Scene},
};
use contract::{CentreId, ParticipantId, StaffId, SubjectKind, time::Instant};
use db::{Tx, sql};
use futures_util::future::BoxFuture;
use kernel::{agenda, error::Result};
use uuid::Uuid;

/// Work items.
pub struct WorkItems;

impl Life for WorkItems {
    fn hold<'a>(&'a self, tx: &'a mut Tx, coming: Coming, now: Instant) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            match coming {
                Coming::FileCloses(participant) => {
                    store::undecided_of(tx, participant, now).await?;
                }
                Coming::AssignmentStarts(participant) | Coming::PersonMoves(participant) => {
                    store::open_of(tx, participant).await?;
                }
                // Whose they are follows from the assignments: none is changed.
                Coming::AccountChanges(_) | Coming::PostingEnds(..) | Coming::ConsentEnds(_) => {}
                // What staff must act on does not rest with the file; what comes of the pause is raised behind it.
                Coming::FilePauses(_) => {}
            }
            Ok(())
        })
    }

    fn take_part<'a>(
        &'a self,
        Scene { app, tx, now, .. }: Scene<'a>,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<Consequences>> {
        Box::pin(async move {
            match *event {
                Event::FileCloses(participant) => {
                    // What was closed a moment ago is not opened again, either.
                    let undecided = store::undecided_of(tx, participant, now).await?;
                    let resolved = resolve_all(app, tx, &undecided, now).await?;
                    return Ok(Consequences::of("work_items_resolved", resolved));
                }
                Event::FileOpens(participant, centre) => {
                    let then = now.saturating_add(leads::GRACE);
                    leads::note(tx, centre, &[participant], then).await?;
                }
                Event::AssignmentStarts(participant, _) => {
                    let centre = store::centre_of(tx, participant).await?;
                    leads::note(tx, centre, &[participant], now).await?;
                    tell_again(tx, participant, now).await?;
                }
                Event::LeadChanges(participant) => tell_again(tx, participant, now).await?,
                Event::AssignmentEnds(staff) => left(tx, (staff, now), now).await?,
                Event::AccountChanges(leaving) => {
                    if leaving.accompanies_nobody {
                        left(tx, (leaving.staff, now), now).await?;
                    }
                    tell_all(tx, leaving.staff, now).await?;
                }
                Event::PresenceChanges(staff) => tell_all(tx, staff, now).await?,
                Event::PostingEnds(ends) => {
                    left(tx, (ends.staff, ends.at), now).await?;
                    tell_all(tx, ends.staff, now).await?;
                }
                Event::PersonMoves(moving) => {
                    let moved = move_to_centre(app, tx, moving, now).await?;
                    leads::note(tx, moving.to, &[moving.participant], now).await?;
                    return Ok(Consequences::default().moving(SubjectKind::WorkItem, moved));
                }
                // Until when something is to be seen to was said, and stays.
                Event::CentreChanges(_)
                | Event::AccountIsShownOtherwise(_)
                | Event::ZoneChanges(..)
                | Event::ConsentEnds(_)
                | Event::FilePauses(..)
                | Event::FileResumes(..) => {}
            }
            Ok(Consequences::default())
        })
    }

    fn zone_data_changes<'a>(
        &'a self,
        app: &'a App,
        tx: &'a mut Tx,
        _: Instant,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(timers::derive_all(app, tx))
    }
}

/// This staff member accompanies some people no longer, since that moment: what was theirs is somebody else's, or the managers'.
async fn left(tx: &mut Tx, (staff, at): (StaffId, Instant), now: Instant) -> Result<()> {
    let people: Vec<(ParticipantId, CentreId)> = tx
        .query(sql!(
            "SELECT DISTINCT p.id, p.centre_id FROM assignment AS a JOIN participant AS p ON p.id = a.participant_id
             WHERE a.staff_id = $1 AND a.ended_at = $2 ORDER BY p.id"
        ))
        .bind(staff)
        .bind(at)
        .all()
        .await?;
    for (participant, centre) in people {
        tell_again(tx, participant, now).await?;
        leads::note(tx, centre, &[participant], now).await?;
    }
    Ok(())
}

/// This staff member is there or is not: what was theirs may be somebody else's.
async fn tell_all(tx: &mut Tx, staff: StaffId, now: Instant) -> Result<()> {
    for participant in store::concerned(tx, staff).await? {
        tell_again(tx, participant, now).await?;
    }
    Ok(())
}

/// Phones are told whose they are now, and whoever is needed now hears of it.
async fn tell_again(tx: &mut Tx, participant: ParticipantId, now: Instant) -> Result<()> {
    let open: Vec<(Uuid, CentreId)> = tx
        .query(sql!(
            // Who is to give an answer does not follow from who has the participant.
            "SELECT id, centre_id FROM work_item
             WHERE participant_id = $1 AND closed_at IS NULL AND cause <> 'hand_over_asked' ORDER BY id"
        ))
        .bind(participant)
        .all()
        .await?;
    for (id, centre) in open {
        tx.changed(WORK_ITEM.changed(centre.0, Some(participant.0), id));
        agenda::note(tx, ITEMS, centre, &[id], now).await?;
    }
    Ok(())
}

/// What is open goes with the person; whoever had it there has it no more.
async fn move_to_centre(app: &App, tx: &mut Tx, moving: Move, now: Instant) -> Result<Vec<Uuid>> {
    let open = store::open_of(tx, moving.participant).await?;
    for mut row in store::hold(tx, &open).await? {
        row.centre_id = moving.to;
        row.state = WorkItemState::Open;
        (row.taken_by, row.asked_id, row.asked_by, row.asked_at) = (None, None, None, None);
        save(tx, &mut row).await?;
        remind::plan_of(app, tx, row.id, now).await?;
    }
    let all: Vec<Uuid> = tx
        .query(sql!("SELECT id FROM work_item WHERE participant_id = $1 AND cause <> 'hand_over_asked'"))
        .bind(moving.participant)
        .scalars()
        .await?;
    // What is closed is the history of the person, and goes with them; but not what a centre was asked, which is its own.
    tx.query(sql!(
        "UPDATE work_item SET centre_id = $1 WHERE participant_id = $2 AND cause <> 'hand_over_asked'"
    ))
    .bind(moving.to)
    .bind(moving.participant)
    .execute()
    .await?;
    agenda::set_centre(tx, ITEMS, &open, moving.to).await?;
    Ok(all)
}
