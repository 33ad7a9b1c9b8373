//! The operations that read placements.

use super::{
    agreements,
    answer::{FormerPlacement, Placement, PlacementAgreement, WorkSummary},
    corrections, deeds, parts, store,
    things::PLACEMENT,
    words::PlacementId,
};
use crate::{
    App,
    participant::store::{in_scope, merged_into},
};
use axum::{extract::State, response::Response};
use contract::ParticipantId;
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Call, Path, Query},
    page::{Page, PageQuery},
    problems::ReadProblems,
    reply::Reply,
};

/// List the placements of a participant
///
/// The latest recorded first, without those that were entered by mistake. For the participant, their mentors and counsellors and the manager
/// of their centre.
#[utoipa::path(
    get, path = "/participants/{participant_id}/placements", tag = "placements", operation_id = "listPlacements",
    params(("participant_id" = ParticipantId, Path), PageQuery),
    responses((status = 200, description = "A page of placements", body = Page<Placement>), ReadProblems)
)]
pub async fn list(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    in_scope(&mut reading.tx, scope, participant).await?.ok_or_else(Error::not_found)?;
    let rows = store::list(&mut reading.tx, scope, participant, paging).await?;
    let page = paging.page(rows, |entry| (entry.key.recorded_at.as_micros(), entry.key.id))?.legible();
    let whole = parts::complete(&mut reading.tx, page.items).await?;
    let page = Page { items: whole, next_cursor: page.next_cursor }
        .map(|whole| Placement::of(&app, &call.actor, &whole))?;
    let audit = Audit::new(&PLACEMENT, "list", None).about(participant).with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

/// Read a placement
///
/// With the way to it and its milestones. For the participant, their mentors and counsellors and the manager of their centre.
#[utoipa::path(
    get, path = "/placements/{placement_id}", tag = "placements", operation_id = "readPlacement",
    params(("placement_id" = PlacementId, Path)),
    responses((status = 200, description = "The placement", body = Placement, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<PlacementId>) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let mut reading = app.begin_reading(&call).await?;
    let row = store::load(&mut reading.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let whole = parts::complete_one(&mut reading.tx, row).await?;
    let reply = Reply::ok(&Placement::of(&app, &call.actor, &whole)?)?.version(whole.row.version);
    reading.finish(deeds::line(&whole.row, "read"), reply).await
}

/// List what a placement said before it was corrected
///
/// The latest first; one that tells of a reason for managers alone is listed for them alone. For the mentors and counsellors of the
/// participant and the manager of their centre.
#[utoipa::path(
    get, path = "/placements/{placement_id}/corrections", tag = "placements", operation_id = "listPlacementCorrections",
    params(("placement_id" = PlacementId, Path), PageQuery),
    responses((status = 200, description = "A page of what it said before", body = Page<FormerPlacement>), ReadProblems)
)]
pub async fn list_corrections(
    State(app): State<App>,
    call: Call,
    Path(id): Path<PlacementId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let placement = store::load(&mut reading.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let rows = corrections::list(&mut reading.tx, id, paging).await?;
    let page = paging
        .page(rows, |entry| entry.key.version)?
        .legible()
        .map(|former| FormerPlacement::of(&app, &call.actor, &placement, former))?;
    let page = Page { items: page.items.into_iter().flatten().collect(), next_cursor: page.next_cursor };
    let audit = deeds::line(&placement, "list_corrections").with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

/// List what was agreed that the employer may know
///
/// The latest first, which is what holds now, with the day and the witness, and where it ended with a consent. For the participant, their
/// mentors and counsellors and the manager of their centre.
#[utoipa::path(
    get, path = "/placements/{placement_id}/agreements", tag = "placements", operation_id = "listPlacementAgreements",
    params(("placement_id" = PlacementId, Path), PageQuery),
    responses((status = 200, description = "A page of what was agreed", body = Page<PlacementAgreement>), ReadProblems)
)]
pub async fn list_agreements(
    State(app): State<App>,
    call: Call,
    Path(id): Path<PlacementId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let placement = store::load(&mut reading.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let page = paging
        .page(agreements::list(&mut reading.tx, id, paging).await?, |entry| entry.key.version)?
        .legible()
        .map(|agreed| Ok(PlacementAgreement::of(&placement, &agreed)))?;
    let audit = deeds::line(&placement, "list_agreements").with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

/// Read what a participant's placements come to
///
/// Whether they work today, for how many days they did, and how long the gaps between jobs were, reckoned from what is recorded. For the
/// participant, their mentors and counsellors and the manager of their centre.
#[utoipa::path(
    get, path = "/participants/{participant_id}/work", tag = "placements", operation_id = "readWork",
    params(("participant_id" = ParticipantId, Path)),
    responses((status = 200, description = "What they come to", body = WorkSummary), ReadProblems)
)]
pub async fn read_work(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let mut reading = app.begin_reading(&call).await?;
    let zone =
        store::zone_in_scope(&mut reading.tx, scope, participant).await?.ok_or_else(Error::not_found)?;
    let mut spells = store::spells(&mut reading.tx, participant).await?;
    // What was recorded in a file that was merged into this one is the same person's.
    for file in merged_into(&mut reading.tx, participant).await? {
        spells.extend(store::spells(&mut reading.tx, file).await?);
    }
    let summary = WorkSummary::of(&spells, deeds::today(&app, &zone, reading.now)?);
    let audit = Audit::new(&PLACEMENT, "read_work", None).about(participant);
    reading.finish(audit, Reply::ok(&summary)?).await
}
