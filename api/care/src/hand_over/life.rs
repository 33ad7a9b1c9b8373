//! What becomes of hand-overs when something happens in the lives of those between whom they are: what is moot ends by itself.

use super::{
    deeds,
    store::{self, Row},
    words::HandOverEnd,
};
use crate::app::{
    App,
    life::{Coming, Consequences, Event, Life, Recall, Scene},
};
use contract::{ParticipantId, StaffId, SubjectKind, time::Instant};
use db::Tx;
use futures_util::future::BoxFuture;
use kernel::{access::Actor, error::Result};

/// Hand-overs.
pub struct HandOvers;

impl Life for HandOvers {
    fn hold<'a>(&'a self, tx: &'a mut Tx, coming: Coming, _: Instant) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            match coming {
                Coming::FileCloses(participant)
                | Coming::PersonMoves(participant)
                | Coming::AssignmentStarts(participant) => {
                    store::hold_open_of(tx, participant).await?;
                }
                Coming::AccountChanges(staff) | Coming::PostingEnds(staff, _) => {
                    store::hold_open_with(tx, staff).await?;
                }
                Coming::FilePauses(_) | Coming::ConsentEnds(_) => {}
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
            // What comes by its time has nobody who does it.
            let mut by = actor.session().is_some().then_some(actor);
            let mut consequences = Consequences::default();
            let moot = match *event {
                Event::FileCloses(participant) => {
                    moot(store::hold_open_of(tx, participant).await?, HandOverEnd::FileClosed)
                }
                Event::PersonMoves(moving) => {
                    // Those of which that is the answer are accepted by now.
                    let all = store::all_of(tx, moving.participant).await?;
                    consequences = consequences.moving(SubjectKind::HandOver, all);
                    store::tell_all_of(tx, moving.participant).await?;
                    moot(store::hold_open_of(tx, moving.participant).await?, HandOverEnd::PersonMoved)
                }
                Event::AccountChanges(leaving) if leaving.accompanies_nobody => {
                    who_leaves(store::hold_open_with(tx, leaving.staff).await?, leaving.staff)
                }
                Event::PostingEnds(ends) => {
                    by = by.filter(|_| ends.by.is_some());
                    let Recall { staff, centre, .. } = ends;
                    let mut rows = store::hold_open_with(tx, staff).await?;
                    rows.retain(|row| row.from_centre_id == centre);
                    who_leaves(rows, staff)
                }
                Event::AssignmentEnds(staff) => {
                    moot(of_ended_assignments(tx, staff).await?, HandOverEnd::AssignmentEnded)
                }
                Event::AccountIsShownOtherwise(staff) => {
                    for row in store::hold_open_with(tx, staff).await? {
                        row.tell(tx);
                    }
                    Vec::new()
                }
                // Who is to accompany somebody does not rest with the file.
                Event::FilePauses(..)
                | Event::FileResumes(..)
                | Event::FileOpens(..)
                | Event::AccountChanges(_)
                | Event::ZoneChanges(..)
                | Event::AssignmentStarts(..)
                | Event::LeadChanges(_)
                | Event::PresenceChanges(_)
                | Event::CentreChanges(_)
                | Event::ConsentEnds(_) => Vec::new(),
            };
            let mut ended = 0;
            for (row, why) in moot {
                ended += deeds::end_moot(app, tx, by, (vec![row], why), now).await?;
            }
            consequences.add(Consequences::of("hand_overs_ended", ended));
            Ok(consequences)
        })
    }

    fn zone_data_changes<'a>(&'a self, _: &'a App, _: &'a mut Tx, _: Instant) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// The participant's file was merged into another one, whether it was open until then or not: what was asked about it cannot be any more.
pub async fn file_is_merged(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    participant: ParticipantId,
    now: Instant,
) -> Result<()> {
    let rows = store::hold_open_of(tx, participant).await?;
    deeds::end_moot(app, tx, Some(actor), (rows, HandOverEnd::FileClosed), now).await.map(drop)
}

fn moot(rows: Vec<Row>, why: HandOverEnd) -> Vec<(Row, HandOverEnd)> {
    rows.into_iter().map(|row| (row, why)).collect()
}

/// Whoever is asked can say yes no more, and nobody relieves whoever is not there.
fn who_leaves(rows: Vec<Row>, staff: StaffId) -> Vec<(Row, HandOverEnd)> {
    let with_reason = |row: Row| {
        let is_asked = row.to_staff_id == Some(staff);
        let why = if is_asked { HandOverEnd::AskedLeft } else { HandOverEnd::AssignmentEnded };
        (row, why)
    };
    rows.into_iter().map(with_reason).collect()
}

/// What is asked in the place of somebody who does not accompany that participant any more.
async fn of_ended_assignments(tx: &mut Tx, staff: StaffId) -> Result<Vec<Row>> {
    let mut moot = Vec::new();
    for row in store::hold_open_with(tx, staff).await? {
        let Some(assignment) = row.from_assignment_id.filter(|_| row.from_staff_id == Some(staff)) else {
            continue;
        };
        if store::has_ended(tx, assignment).await? {
            moot.push(row);
        }
    }
    Ok(moot)
}
