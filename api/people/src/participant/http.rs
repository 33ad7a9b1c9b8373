//! The operations on participants.

use super::{
    AGES,
    answer::{Participant, ParticipantSummary},
    former_number, names, particulars, register,
    request::{Filter, NewParticipant, ParticipantChange},
    row::Row,
    rules,
    similar::{self, Origin},
    store,
};
use crate::{
    app::{App, life::Event},
    life, posting,
};
use axum::{extract::State, response::Response};
use contract::{CentreId, ParticipantId, StaffRole};
use db::Tx;
use identity::things::PARTICIPANT;
use kernel::{
    access::{Actor, Scope, not_for_this_role},
    agenda,
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, IfMatch, Path, Query, fields::only_allowed},
    legible::{ById, Entry},
    page::Page,
    problems::{ChangeProblems, CreateProblems, ReadProblems},
    protect::privacy::Name,
    reply::Reply,
};
use uuid::Uuid;

/// Register a participant
///
/// For managers, in their own centre. The answer holds what lists show; reading the file is an operation of its own. If the centre has
/// somebody of the same name, however it is spelled, and the same year of birth or province, in an open or a closed file, nobody is
/// registered: the answer is the problem `likely_same_person`, whose `similar` says whose files to look at. Named in `not_same_as`, they
/// are passed over.
#[utoipa::path(
    post, path = "/participants", tag = "participants", operation_id = "registerParticipant",
    request_body = NewParticipant,
    params(Call),
    responses((status = 201, description = "Registered", body = ParticipantSummary, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn create(State(app): State<App>, call: Call, body: Body<NewParticipant>) -> Result<Response> {
    let (_, _, centre) = call.actor.staff(&[StaffRole::Manager])?;
    let scope = call.actor.staff_caseload()?;
    let new = &body.value;
    let names: Vec<&Name> = [&new.name, &new.name_arabic, &new.name_latin].into_iter().flatten().collect();
    let origin = Origin { birth_year: new.birth_year, province: new.province };
    let found = similar::of_the_name(&app, centre, &names, origin).await?;
    let mut work = app.begin(&call, body.digest).await?;
    let mut likely = similar::likely(&app, &mut work.tx, (scope, &found), &names, origin).await?;
    likely.retain(|id| !new.not_same_as.contains(id));
    if !likely.is_empty() {
        return Err(Error::likely_same_person(likely.into_iter()));
    }
    let row = register::register(&app, &mut work.tx, centre, body.value, work.now).await?;
    let id = row.id;
    life::happens(&app, &mut work.tx, &call.actor, Event::FileOpens(id, centre), work.now).await?;
    let reply = Reply::created(format!("/v1/participants/{id}"), &ParticipantSummary::of(&app, &row)?)?;
    work.finish(Audit::new(&PARTICIPANT, "create", id.0).about(id), reply.version(row.version)).await
}

/// How many of the best matches of a name are looked at for those whose file stands as asked.
const MOST_OF_THE_NAME: u16 = 1_000;

/// List participants, or find them by name
///
/// Mentors and counsellors see those assigned to them, managers those of their centre. By when they were registered; with
/// `q`, the best matches first, on one page. Each says where the file stands, and not why. The reading is audited as one.
#[utoipa::path(
    get, path = "/participants", tag = "participants", operation_id = "listParticipants",
    params(Filter),
    responses((status = 200, description = "A page of participants", body = Page<ParticipantSummary>), ReadProblems)
)]
pub async fn list(State(app): State<App>, call: Call, Query(filter): Query<Filter>) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let paging = filter.paging()?;
    let searched = filter.q.is_some() || filter.file_number.is_some();
    require_alone(&filter, paging.after.is_some())?;
    let best = match &filter.q {
        None => None,
        Some(_) if paging.after.is_some() => {
            return Err(Error::field("?cursor", "not_allowed", "a search has one page"));
        }
        Some(query) => {
            let centres = centres_of(&app, &call.actor).await?;
            // Names in memory know whether somebody is accompanied, and not where their file stands.
            let limit = if filter.status.is_some() { MOST_OF_THE_NAME } else { paging.limit };
            Some(names::search(&app, (scope, &centres), query, &filter, limit).await?)
        }
    };
    let mut reading = app.begin_reading(&call).await?;
    let best = match (&filter.file_number, best) {
        (Some(number), _) => {
            Some(store::numbered(&mut reading.tx, &app.keys.file_numbers.hash(number)).await?)
        }
        (None, best) => best,
    };
    let rows = match best {
        None => store::list(&mut reading.tx, scope, &filter, paging).await?,
        Some(best) => {
            let best = store::kept_in(&mut reading.tx, &best).await?;
            let mut rows = found(&mut reading.tx, scope, &filter, &best).await?;
            rows.truncate(usize::from(paging.limit));
            rows
        }
    };
    let page =
        paging.page(rows, |entry| entry.key.id)?.legible().map(|row| ParticipantSummary::of(&app, &row))?;
    let audit =
        Audit::new(&PARTICIPANT, "list", None).with("count", page.items.len()).with("searched", searched);
    reading.finish(audit, Reply::ok(&page)?).await
}

/// A file number finds one file, or very few: nothing else is asked beside it.
fn require_alone(filter: &Filter, is_continued: bool) -> Result<()> {
    let beside = [
        ("?q", filter.q.is_some()),
        ("?assigned_to", filter.assigned_to.is_some()),
        ("?cursor", is_continued),
    ];
    match beside.into_iter().find(|(_, is_given)| *is_given && filter.file_number.is_some()) {
        Some((place, _)) => Err(Error::field(place, "not_allowed", "not beside file_number")),
        None => Ok(()),
    }
}

/// The centres whose people somebody may have, their own first.
async fn centres_of(app: &App, actor: &Actor) -> Result<Vec<CentreId>> {
    let mut centres = vec![actor.centre()];
    if actor.is_posted() {
        let mut tx = app.db.read().await?;
        centres.extend(posting::store::centres_if_posted(&mut tx, actor, app.clock.now()).await?);
    }
    Ok(centres)
}

/// Those of the best matches who are in scope and pass the filter now, best first.
async fn found(tx: &mut Tx, scope: Scope, filter: &Filter, best: &[Uuid]) -> Result<Vec<Entry<ById, Row>>> {
    let mut rows = store::named(tx, scope, best).await?;
    let is_asked_for = |row: &Row| {
        filter.active.is_none_or(|active| row.active == active)
            && filter.status.as_ref().is_none_or(|statuses| statuses.include(row.standing()))
    };
    rows.retain(|entry| entry.row.as_ref().is_some_and(is_asked_for));
    rows.sort_by_key(|entry| best.iter().position(|id| *id == entry.key.id));
    Ok(rows)
}

/// Read a participant's file
///
/// For the mentors and counsellors to whom they are assigned and the manager of their centre. Every reading is audited and shown
/// to the participant; one person opens at most 200 people in an hour. Only managers see `programme_edition`, `programme_axes` and
/// `release`. A file that was merged into another one says so in `merged_into`, and is read as it was.
#[utoipa::path(
    get, path = "/participants/{participant_id}", tag = "participants", operation_id = "readParticipant",
    params(("participant_id" = ParticipantId, Path)),
    responses((status = 200, description = "The file", body = Participant, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<ParticipantId>) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let role = call.actor.role().ok_or_else(not_for_this_role)?;
    let mut reading = app.begin_reading(&call).await?;
    let row = store::load(&mut reading.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let reply = Reply::ok(&Participant::seen_by(role, &app, &row)?)?.version(row.version);
    reading.finish(Audit::new(&PARTICIPANT, "read", id.0).about(id), reply).await
}

/// Change a participant's file
///
/// Managers may change every field; the mentors and counsellors to whom the participant is assigned how to reach and receive them: phone,
/// language, zone, province, what they read and speak, whether somebody is to interpret, what they need and by whom they wish to be
/// received. Where the file stands is changed by its commands. The answer holds what lists show.
#[utoipa::path(
    patch, path = "/participants/{participant_id}", tag = "participants", operation_id = "changeParticipant",
    request_body = ParticipantChange,
    params(
        ("participant_id" = ParticipantId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = ParticipantSummary, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn change(
    State(app): State<App>,
    call: Call,
    Path(id): Path<ParticipantId>,
    seen: IfMatch,
    body: Body<ParticipantChange>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let role = call.actor.role().ok_or_else(not_for_this_role)?;
    let given = body.value.given();
    only_allowed(&given, &rules::may_set(role))?;
    let mut work = app.begin(&call, body.digest).await?;
    let mut row = store::load_for_change(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    seen.check(row.version)?;
    if row.merged_into().is_some() {
        let why = "the file was merged into another one, which says now who they are";
        return Err(Error::command_refused(None, why, &["unmerge"]));
    }
    let (former_zone, former_phone) = (row.zone.clone(), row.phone_sealed.clone());
    let former_age = row.particulars.minor_until.clone();
    particulars::apply(&app, &mut row, body.value, work.now)?;
    former_number::replace_in_file(&app, &mut work.tx, &row, former_phone.as_ref(), work.now).await?;
    row.version += 1;
    store::update(&mut work.tx, &row).await?;
    work.tx.changed(row.changed());
    if row.particulars.minor_until != former_age {
        agenda::note(&mut work.tx, AGES, row.centre_id, &[id.0], work.now).await?;
    }
    if row.zone != former_zone {
        let moves = Event::ZoneChanges(id, row.centre_id);
        life::happens(&app, &mut work.tx, &call.actor, moves, work.now).await?;
    }
    let reply = Reply::ok(&ParticipantSummary::of(&app, &row)?)?.version(row.version);
    work.finish(Audit::new(&PARTICIPANT, "change", id.0).about(id).with("fields", given), reply).await
}
