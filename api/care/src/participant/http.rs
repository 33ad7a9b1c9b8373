//! The operations on participants.

use super::{
    answer::{Participant, ParticipantSummary},
    names, register,
    request::{Filter, NewParticipant, ParticipantChange},
    rules,
    store::{self, Row},
    text::Texts,
};
use crate::{
    app::{
        App,
        life::{Coming, Event},
    },
    life, posting,
};
use axum::{extract::State, response::Response};
use contract::{CentreId, ParticipantId, StaffRole, time::Instant};
use db::Tx;
use identity::things::PARTICIPANT;
use kernel::{
    access::{Actor, Scope, not_for_this_role},
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, IfMatch, Path, Query, fields::only_allowed},
    legible::{ById, Entry},
    page::Page,
    problems::{ChangeProblems, CreateProblems, ReadProblems},
    reply::Reply,
};
use uuid::Uuid;

/// Register a participant
///
/// For managers, in their own centre. The answer holds what lists show; reading the file is an operation of its own.
#[utoipa::path(
    post, path = "/participants", tag = "participants", operation_id = "registerParticipant",
    request_body = NewParticipant,
    params(Call),
    responses((status = 201, description = "Registered", body = ParticipantSummary, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn create(State(app): State<App>, call: Call, body: Body<NewParticipant>) -> Result<Response> {
    let (_, _, centre) = call.actor.staff(&[StaffRole::Manager])?;
    let mut work = app.begin(&call, body.digest).await?;
    let row = register::register(&app, &mut work.tx, centre, body.value, work.now).await?;
    let id = row.id;
    life::happens(&app, &mut work.tx, &call.actor, Event::FileOpens(id, centre), work.now).await?;
    let reply = Reply::created(format!("/v1/participants/{id}"), &ParticipantSummary::of(&app, &row)?)?;
    work.finish(Audit::new(&PARTICIPANT, "create", id.0).about(id), reply.version(row.version)).await
}

/// List participants, or find them by name
///
/// Mentors and counsellors see those assigned to them, managers those of their centre. By when they were registered; with
/// `q`, the best matches first, on one page. The reading is audited as one.
#[utoipa::path(
    get, path = "/participants", tag = "participants", operation_id = "listParticipants",
    params(Filter),
    responses((status = 200, description = "A page of participants", body = Page<ParticipantSummary>), ReadProblems)
)]
pub async fn list(State(app): State<App>, call: Call, Query(filter): Query<Filter>) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let paging = filter.paging()?;
    let searched = filter.q.is_some();
    let best = match &filter.q {
        None => None,
        Some(_) if paging.after.is_some() => {
            return Err(Error::field("?cursor", "not_allowed", "a search has one page"));
        }
        Some(query) => {
            let centres = centres_of(&app, &call.actor).await?;
            Some(names::search(&app, (scope, &centres), query, &filter, paging.limit).await?)
        }
    };
    let mut reading = app.begin_reading(&call).await?;
    let rows = match best {
        None => store::list(&mut reading.tx, scope, &filter, paging).await?,
        Some(best) => found(&mut reading.tx, scope, &filter, &best).await?,
    };
    let page =
        paging.page(rows, |entry| entry.key.id)?.legible().map(|row| ParticipantSummary::of(&app, &row))?;
    let audit =
        Audit::new(&PARTICIPANT, "list", None).with("count", page.items.len()).with("searched", searched);
    reading.finish(audit, Reply::ok(&page)?).await
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
    let is_asked_for = |row: &Row| filter.active.is_none_or(|active| row.active == active);
    rows.retain(|entry| entry.row.as_ref().is_some_and(is_asked_for));
    rows.sort_by_key(|entry| best.iter().position(|id| *id == entry.key.id));
    Ok(rows)
}

/// Read a participant's file
///
/// For the mentors and counsellors to whom they are assigned and the manager of their centre. Every reading is audited and shown
/// to the participant; one person opens at most 200 people in an hour. Only managers see `programme_edition`.
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
/// Closing a file cancels the appointments that lie ahead. Managers may change every field; the mentors and counsellors to whom the participant is assigned phone, language and zone.
/// The answer holds what lists show.
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
    only_allowed(&given, rules::may_set(role))?;
    let mut work = app.begin(&call, body.digest).await?;
    if body.value.active == Some(false) {
        // Asked before anything is held: the time that this takes, and whom it makes wait, would tell of another centre's people.
        store::load(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
        life::is_about_to(&app, &mut work.tx, Coming::FileCloses(id), work.now).await?;
    }
    let mut row = store::load_for_change(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    seen.check(row.version)?;
    let before = (row.active, row.zone.clone());
    apply(&app, &mut row, body.value, work.now)?;
    store::update(&mut work.tx, &row).await?;
    work.tx.changed(row.changed());
    let event = match (before.0, row.active) {
        (true, false) => Some(Event::FileCloses(id)),
        (false, true) => Some(Event::FileOpens(id, row.centre_id)),
        _ if before.1 != row.zone => Some(Event::ZoneChanges(id, row.centre_id)),
        _ => None,
    };
    let mut cancelled = 0;
    if let Some(event) = event {
        let consequences = life::happens(&app, &mut work.tx, &call.actor, event, work.now).await?;
        cancelled = consequences.count("appointments_cancelled");
    }
    let reply = Reply::ok(&ParticipantSummary::of(&app, &row)?)?.version(row.version);
    let mut audit = Audit::new(&PARTICIPANT, "change", id.0).about(id).with("fields", given);
    if cancelled > 0 {
        audit = audit.with("appointments_cancelled", cancelled);
    }
    work.finish(audit, reply).await
}

fn apply(app: &App, row: &mut Row, change: ParticipantChange, now: Instant) -> Result<()> {
    let key = app.keys.participants.key(row.id.0, &row.data_key)?;
    let (texts, random) = (Texts { key: &key, id: row.id }, &*app.random);
    if let Some(name) = change.name {
        row.name_sealed = texts.seal("name_sealed", &name, random)?;
    }
    if let Some(phone) = change.phone {
        row.phone_sealed = texts.seal_any("phone_sealed", phone.as_ref(), random)?;
    }
    if let Some(email) = change.email {
        row.email_sealed = texts.seal_any("email_sealed", email.as_ref(), random)?;
    }
    if let Some(edition) = change.programme_edition {
        row.edition_sealed = texts.seal_any("edition_sealed", edition.as_ref(), random)?;
    }
    if let Some(zone) = change.zone {
        row.zone = register::known_zone(app, zone, now)?;
    }
    row.language = change.language.unwrap_or(row.language);
    row.push_wanted = change.push_wanted.unwrap_or(row.push_wanted);
    row.active = change.active.unwrap_or(row.active);
    row.version += 1;
    Ok(())
}
