//! The operation on the timeline.

use super::{answer::TimelineEntry, rules};
use crate::{
    app::{
        App,
        timeline::{Asked, Place},
    },
    assignment::things::ASSIGNMENT,
    merging::merged_at,
    participant::store::{in_scope, merged_into},
};
use axum::{extract::State, response::Response};
use contract::{ParticipantId, time::Instant};
use identity::things::PARTICIPANT;
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Call, Path, Query},
    page::{Page, PageQuery, Paging},
    problems::ReadProblems,
    reply::Reply,
};
use uuid::Uuid;

/// Read the timeline of a participant
///
/// Everything about them in one order, the latest first, what lies ahead included. For the participant, their mentors and counsellors and the
/// manager of their centre; each sees what they may: a participant nothing of what staff write for themselves. It says that something was; what
/// it was in words is read there.
#[utoipa::path(
    get, path = "/participants/{participant_id}/timeline", tag = "timeline", operation_id = "readTimeline",
    params(("participant_id" = ParticipantId, Path), PageQuery),
    responses((status = 200, description = "A page of the timeline", body = Page<TimelineEntry>), ReadProblems)
)]
pub async fn read(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let paging: Paging<Place> = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    in_scope(&mut reading.tx, scope, participant).await?.ok_or_else(Error::not_found)?;
    let before = paging.after.unwrap_or(Place::new(Instant::MAX, Uuid::max()));
    let mut told = Vec::new();
    // What was merged into the file is the same person's history: who sees the one sees the other.
    let merged = merged_into(&mut reading.tx, participant).await?;
    for file in std::iter::once(participant).chain(merged) {
        let scope = if file == participant { scope } else { call.actor.caseload_of_merged(file)? };
        let asked = Asked { actor: &call.actor, scope, participant: file, before, rows: paging.rows() };
        // Who came to a merged file since came to the one that goes on, where it is told.
        let came = merged_at(&mut reading.tx, file).await?.map(|at| before.min(Place::new(at, Uuid::nil())));
        for feature in app.features {
            let is_of_companions = feature.things.iter().any(|thing| thing.word == ASSIGNMENT.word);
            let before = came.filter(|_| is_of_companions).unwrap_or(before);
            for chapter in feature.timeline {
                told.extend(chapter(&mut reading.tx, &Asked { before, ..asked }).await?);
            }
        }
    }
    let page = paging
        .page(rules::newest(told, usize::from(paging.limit) + 1), rules::place)?
        .map(|moment| Ok(TimelineEntry::from(moment)))?;
    let audit = Audit::new(&PARTICIPANT, "read_timeline", participant.0)
        .about(participant)
        .with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}
