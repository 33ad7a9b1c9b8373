//! The operations on the readiness list of somebody.

use super::{
    answer::{ReadinessList, WillingnessTold},
    deeds, history,
    request::{ItemSetting, WillingnessSetting, WillingnessWithdrawal},
    store::{self, Row, Whole},
    things::READINESS,
};
use crate::App;
use axum::{extract::State, response::Response};
use contract::{ParticipantId, StaffId};
use kernel::{
    access::ScopeKind,
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Digest, Path, Query},
    page::{Page, PageQuery},
    problems::{AddProblems, ReadProblems},
    reply::Reply,
    work::Work,
};

/// Read a readiness list
///
/// All of it: every paper and thing, where it stands, what was done, and whether they look for work. For the participant, their mentors and
/// counsellors and the manager of their centre.
#[utoipa::path(
    get, path = "/participants/{participant_id}/readiness", tag = "readiness", operation_id = "readReadinessList",
    params(("participant_id" = ParticipantId, Path)),
    responses((status = 200, description = "The list", body = ReadinessList), ReadProblems)
)]
pub async fn read(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let mut reading = app.begin_reading(&call).await?;
    let now = reading.now;
    let person = store::person(&mut reading.tx, scope, participant).await?.ok_or_else(Error::not_found)?;
    let row = store::load(&mut reading.tx, participant).await?;
    let row = row.unwrap_or_else(|| Row::nothing(participant, person, now));
    let whole = complete(&mut reading.tx, row).await?;
    let audit = Audit::new(&READINESS, "read", participant.0).about(participant);
    reading.finish(audit, Reply::ok(&ReadinessList::of(&app, &whole)?)?).await
}

/// Say where an item of a readiness list stands
///
/// Each time is a step with its day, the same state again as well: something is still being obtained, and has moved. For the mentors and
/// counsellors of the participant and the manager of their centre. Whoever saw the item as it was before somebody else changed it is told so.
#[utoipa::path(
    post, path = "/participants/{participant_id}/readiness", tag = "readiness", operation_id = "setReadinessItem",
    request_body = ItemSetting,
    params(
        ("participant_id" = ParticipantId, Path),
        Call
    ),
    responses((status = 201, description = "How the list stands now", body = ReadinessList, headers(("Location" = String))), AddProblems)
)]
pub async fn set_item(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
    body: Body<ItemSetting>,
) -> Result<Response> {
    let new = body.value;
    let (mut work, mut whole) = held(&app, &call, participant, body.digest).await?;
    require_seen(&whole, item_version(&whole, &new), new.base_version)?;
    let (by, now) = (StaffId(call.actor.person()), work.now);
    let audit = deeds::set_item(&app, &mut work.tx, by, &mut whole, new, now).await?;
    done(&app, work, &whole, audit).await
}

/// Say whether somebody looks for work
///
/// And if not, why, and what would have to change. For the mentors and counsellors of the participant and the manager of their centre.
#[utoipa::path(
    post, path = "/participants/{participant_id}/willingness", tag = "readiness", operation_id = "setWillingness",
    request_body = WillingnessSetting,
    params(
        ("participant_id" = ParticipantId, Path),
        Call
    ),
    responses((status = 201, description = "How the list stands now", body = ReadinessList, headers(("Location" = String))), AddProblems)
)]
pub async fn set_willingness(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
    body: Body<WillingnessSetting>,
) -> Result<Response> {
    let new = body.value;
    let (mut work, mut whole) = held(&app, &call, participant, body.digest).await?;
    require_seen(&whole, whole.row.willing_version, new.base_version)?;
    let (by, now) = (StaffId(call.actor.person()), work.now);
    let audit = deeds::set_willingness(&app, &mut work.tx, by, &mut whole, new, now).await?;
    done(&app, work, &whole, audit).await
}

/// Withdraw what was said last of whether somebody looks for work
///
/// By mistake: what was said before holds again, or nothing is said if it was the first. It stays among what was said, with who withdrew it and
/// why, and the participant is not shown it. For the mentors and counsellors of the participant and the manager of their centre.
#[utoipa::path(
    post, path = "/participants/{participant_id}/withdraw-willingness", tag = "readiness", operation_id = "withdrawWillingness",
    request_body = WillingnessWithdrawal,
    params(
        ("participant_id" = ParticipantId, Path),
        Call
    ),
    responses((status = 201, description = "How the list stands now", body = ReadinessList, headers(("Location" = String))), AddProblems)
)]
pub async fn withdraw_willingness(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
    body: Body<WillingnessWithdrawal>,
) -> Result<Response> {
    let withdrawal = body.value;
    let (mut work, mut whole) = held(&app, &call, participant, body.digest).await?;
    require_seen(&whole, whole.row.willing_version, withdrawal.base_version)?;
    let (by, now) = (StaffId(call.actor.person()), work.now);
    let audit = deeds::withdraw_willingness(&app, &mut work.tx, by, &mut whole, withdrawal, now).await?;
    done(&app, work, &whole, audit).await
}

/// List what was said of whether somebody looks for work
///
/// The latest first, which is what holds now unless it was withdrawn; a reason why not and what would have to change as they were said then.
/// What was withdrawn as a mistake is shown to staff alone. For the participant, their
/// mentors and counsellors and the manager of their centre.
#[utoipa::path(
    get, path = "/participants/{participant_id}/willingness-history", tag = "readiness", operation_id = "listWillingnessHistory",
    params(("participant_id" = ParticipantId, Path), PageQuery),
    responses((status = 200, description = "A page of what was said", body = Page<WillingnessTold>), ReadProblems)
)]
pub async fn list_willingness(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let person = store::person(&mut reading.tx, scope, participant).await?.ok_or_else(Error::not_found)?;
    let key = app.keys.participants.key(participant.0, &person.data_key)?;
    let with_mistakes = scope.kind() != ScopeKind::Own;
    let rows = history::list(&mut reading.tx, participant, with_mistakes, paging).await?;
    let page = paging
        .page(rows, |entry| entry.key.version)?
        .legible()
        .map(|said| history::told(&key, participant, said))?;
    let audit = Audit::new(&READINESS, "list_willingness", participant.0)
        .about(participant)
        .with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

/// The version of the list that said last where this item stands.
fn item_version(whole: &Whole, new: &ItemSetting) -> i64 {
    whole.items.iter().find(|one| one.item == new.item).map_or(0, |one| one.version)
}

/// Refuses what is said of something that is different from what was seen.
fn require_seen(whole: &Whole, said: i64, base: Option<i64>) -> Result<()> {
    let current = whole.row.version;
    let is_other = base.is_some_and(|base| said > base || base > current);
    if is_other { Err(Error::changed(current)) } else { Ok(()) }
}

async fn held(app: &App, call: &Call, participant: ParticipantId, body: Digest) -> Result<(Work, Whole)> {
    let scope = call.actor.staff_caseload()?;
    let mut work = app.begin(call, body).await?;
    let now = work.now;
    let row = store::hold(&mut work.tx, scope, participant, now).await?.ok_or_else(Error::not_found)?;
    let whole = complete(&mut work.tx, row).await?;
    Ok((work, whole))
}

async fn complete(tx: &mut db::Tx, row: Row) -> Result<Whole> {
    store::complete(tx, vec![row]).await?.pop().ok_or_else(Error::not_found)
}

async fn done(app: &App, work: Work, whole: &Whole, audit: Audit) -> Result<Response> {
    let location = format!("/v1/participants/{}/readiness", whole.row.participant_id);
    let reply = Reply::created(location, &ReadinessList::of(app, whole)?)?;
    work.finish(audit, reply).await
}
