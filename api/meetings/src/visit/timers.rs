//! What is looked at again: visits with a next step, where what its reminder is planned from is different.

use super::{remind, store::Row, words::VisitId};
use crate::app::{
    App,
    timer::Timer,
    unfolding::{Stretch, Unfolding, id_of},
};
use contract::{CentreId, ParticipantId, StaffId, time::Instant};
use db::{Tx, sql};
use kernel::{
    agenda::{self, Kind, Outcome},
    error::Result,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A visit whose next step is planned again.
pub const VISITS: Kind = Kind::new("visit");

/// A centre whose policy or zone has changed: it is unfolded into its visits with a next step.
static UNFOLDED: Unfolding = Unfolding {
    of_centre: Kind::new("visits_of_centre"),
    into: VISITS,
    page: |tx, centre, progress, rows| {
        Box::pin(async move { Ok(Stretch::by_id(page(tx, centre, id_of(progress), rows).await?)) })
    },
};

/// Rows of one statement.
const CHUNK: usize = 500;

/// All of it.
pub const TIMERS: &[Timer] = &[
    Timer {
        kind: UNFOLDED.of_centre,
        is_each_alone: true,
        look_at: |_, tx, entries, now| Box::pin(UNFOLDED.look_at(tx, entries, now)),
    },
    Timer {
        kind: VISITS,
        is_each_alone: false,
        look_at: |app, tx, entries, now| {
            Box::pin(async move {
                let ids: Vec<Uuid> = entries.iter().map(|entry| entry.id).collect();
                for row in held(tx, &ids).await? {
                    remind::plan_again(app, tx, &row, now).await?;
                }
                Ok(ids.into_iter().map(|id| (id, Outcome::Done)).collect())
            })
        },
    },
];

/// These visits, held. Whoever holds one now is waited for: nobody holds one for long.
async fn held(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Row>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = tx.query_rows(
        sql!(
            "SELECT v.*, p.data_key FROM visit AS v JOIN participant AS p ON p.id = v.participant_id
             WHERE v.id IN ({rows}) ORDER BY v.id",
            pg " FOR UPDATE OF v"
        ),
        ids.len(),
        1,
    );
    for id in ids {
        query = query.bind(*id);
    }
    Ok(query.all().await?)
}

/// Notes that those with a next step of everybody of a centre are looked at: one row, however many there are, and none if there are none.
pub async fn note_centre(tx: &mut Tx, centre: CentreId, now: Instant) -> Result<()> {
    UNFOLDED.note(tx, centre, now).await
}

async fn page(tx: &mut Tx, centre: CentreId, after: Uuid, rows: i64) -> Result<Vec<Uuid>> {
    Ok(tx
        .query(sql!(
            "SELECT id FROM visit WHERE centre_id = $1 AND next_step_at IS NOT NULL AND next_step_done_at IS NULL AND withdrawn_at IS NULL AND id > $2
             ORDER BY id LIMIT ",
            lite "+",
            "$3"
        ))
        .bind(centre)
        .bind(after)
        .bind(rows)
        .scalars()
        .await?)
}

/// Notes those with a next step of a participant.
pub async fn note_participant(tx: &mut Tx, participant: ParticipantId, now: Instant) -> Result<()> {
    let found: Vec<(VisitId, CentreId)> = tx
        .query(sql!(
            "SELECT id, centre_id FROM visit WHERE participant_id = $1 AND next_step_at IS NOT NULL AND next_step_done_at IS NULL AND withdrawn_at IS NULL"
        ))
        .bind(participant)
        .all()
        .await?;
    note_each(tx, found, now).await
}

/// Notes those with a next step that this staff member logged: somebody else may be in charge of them now.
pub async fn note_author(tx: &mut Tx, author: StaffId, now: Instant) -> Result<()> {
    let found: Vec<(VisitId, CentreId)> = tx
        .query(sql!(
            "SELECT id, centre_id FROM visit
             WHERE author_id = $1 AND next_step_at IS NOT NULL AND next_step_done_at IS NULL AND withdrawn_at IS NULL"
        ))
        .bind(author)
        .all()
        .await?;
    note_each(tx, found, now).await
}

/// Derives all next steps that are still to be done from the zone data in use.
pub async fn derive_all(app: &App, tx: &mut Tx, now: Instant) -> Result<()> {
    let open: Vec<Uuid> = tx
        .query(sql!(
            "SELECT id FROM visit WHERE next_step_at IS NOT NULL AND next_step_done_at IS NULL AND withdrawn_at IS NULL ORDER BY id"
        ))
        .scalars()
        .await?;
    for chunk in open.chunks(CHUNK) {
        for mut row in held(tx, chunk).await? {
            remind::derive_again(app, tx, &mut row, now).await?;
        }
    }
    Ok(())
}

async fn note_each(tx: &mut Tx, found: Vec<(VisitId, CentreId)>, now: Instant) -> Result<()> {
    let mut of_centres: BTreeMap<CentreId, Vec<VisitId>> = BTreeMap::new();
    for (id, centre) in found {
        of_centres.entry(centre).or_default().push(id);
    }
    for (centre, ids) in of_centres {
        note(tx, centre, ids, now).await?;
    }
    Ok(())
}

async fn note(tx: &mut Tx, centre: CentreId, ids: Vec<VisitId>, now: Instant) -> Result<()> {
    let ids: Vec<Uuid> = ids.into_iter().map(|id| id.0).collect();
    if ids.is_empty() {
        return Ok(());
    }
    Ok(agenda::note(tx, VISITS, centre, &ids, now).await?)
}
