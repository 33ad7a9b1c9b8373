//! The operations on how to reach somebody.

use super::{
    answer::{self, ContactWays},
    deeds,
    request::{ContactOrder, ContactWayChange, NewContactWay, WhichContactWay, WrongNumber},
    store::{self, Person},
};
use crate::App;
use axum::{extract::State, response::Response};
use contract::{ParticipantId, time::Instant};
use db::Tx;
use kernel::{
    Kernel,
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, IfMatch, Path},
    problems::{ChangeProblems, CreateProblems, ReadProblems},
    reply::Reply,
    work::Work,
};

/// Read how to reach somebody
///
/// In which order they want to be told, by what they are told today, and their numbers with whose each is, when it is good to call and whether a message
/// may be left. For the mentors and counsellors of the participant and the manager of their centre; and for the participant.
#[utoipa::path(
    get, path = "/participants/{participant_id}/contact-ways", tag = "contact_ways", operation_id = "readContactWays",
    params(("participant_id" = ParticipantId, Path)),
    responses((status = 200, description = "How to reach them", body = ContactWays, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let mut reading = app.begin_reading(&call).await?;
    let now = reading.now;
    let person = store::load(&mut reading.tx, scope, participant).await?.ok_or_else(Error::not_found)?;
    let reply = reply(&mut reading.tx, &app, &person, now).await?;
    reading.finish(deeds::audit(&person, "read"), reply).await
}

/// Write down a way to reach somebody
///
/// A number, or a person who passes on what is said. A person is asked only where the participant agrees to it: that consent (`contact_relative`, with the id of
/// this as its subject) comes first, and the way ends with it. For the participant, their mentors and counsellors, and the manager of their centre.
#[utoipa::path(
    post, path = "/participants/{participant_id}/contact-ways", tag = "contact_ways", operation_id = "addContactWay",
    request_body = NewContactWay,
    params(("participant_id" = ParticipantId, Path), Call),
    responses((status = 200, description = "How to reach them now", body = ContactWays, headers(("ETag" = String))), CreateProblems)
)]
pub async fn add(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
    body: Body<NewContactWay>,
) -> Result<Response> {
    let (mut work, mut person) = held(&app, &call, participant, &body, None).await?;
    let now = work.now;
    let audit = deeds::add(&app, &mut work.tx, &mut person, body.value, now).await?;
    finished(&app, work, &person, audit).await
}

/// Change a way to reach somebody
///
/// Another number leaves the former one behind, sealed: it is never called again. The number in the file is known by the id of the participant, and is written
/// down by this where there is none. For the participant, their mentors and counsellors, and the manager of their centre.
#[utoipa::path(
    post, path = "/participants/{participant_id}/contact-ways/change", tag = "contact_ways", operation_id = "changeContactWay",
    request_body = ContactWayChange,
    params(("participant_id" = ParticipantId, Path), IfMatch, Call),
    responses((status = 200, description = "How to reach them now", body = ContactWays, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn change(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
    seen: IfMatch,
    body: Body<ContactWayChange>,
) -> Result<Response> {
    let (mut work, mut person) = held(&app, &call, participant, &body, Some(&seen)).await?;
    let now = work.now;
    let audit = deeds::change(&app, &mut work.tx, &mut person, body.value, now).await?;
    finished(&app, work, &person, audit).await
}

/// Take a way to reach somebody off
///
/// Its number is never called again. For the participant, their mentors and counsellors, and the manager of their centre.
#[utoipa::path(
    post, path = "/participants/{participant_id}/contact-ways/remove", tag = "contact_ways", operation_id = "removeContactWay",
    request_body = WhichContactWay,
    params(("participant_id" = ParticipantId, Path), IfMatch, Call),
    responses((status = 200, description = "How to reach them now", body = ContactWays, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn remove(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
    seen: IfMatch,
    body: Body<WhichContactWay>,
) -> Result<Response> {
    let (mut work, mut person) = held(&app, &call, participant, &body, Some(&seen)).await?;
    let now = work.now;
    let audit = deeds::remove(&app, &mut work.tx, &mut person, &body.value, now).await?;
    finished(&app, work, &person, audit).await
}

/// Say by what somebody wants to be reached
///
/// What they like best first. Whoever does not put the app first is told in person what there is to say: it stands among the calls to make of whoever is in
/// charge. For the participant, their mentors and counsellors, and the manager of their centre.
#[utoipa::path(
    post, path = "/participants/{participant_id}/contact-ways/order", tag = "contact_ways", operation_id = "orderContactWays",
    request_body = ContactOrder,
    params(("participant_id" = ParticipantId, Path), IfMatch, Call),
    responses((status = 200, description = "How to reach them now", body = ContactWays, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn order(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
    seen: IfMatch,
    body: Body<ContactOrder>,
) -> Result<Response> {
    let (mut work, mut person) = held(&app, &call, participant, &body, Some(&seen)).await?;
    let now = work.now;
    let audit = deeds::order(&mut work.tx, &mut person, &body.value, now).await?;
    finished(&app, work, &person, audit).await
}

/// Say that a number is somebody else's
///
/// It is not called again from this moment on, whatever was changed meanwhile: so there is no `If-Match`. For the participant, their mentors and counsellors,
/// and the manager of their centre.
#[utoipa::path(
    post, path = "/participants/{participant_id}/contact-ways/wrong-number", tag = "contact_ways", operation_id = "reportWrongNumber",
    request_body = WrongNumber,
    params(("participant_id" = ParticipantId, Path), Call),
    responses((status = 200, description = "How to reach them now", body = ContactWays, headers(("ETag" = String))), CreateProblems)
)]
pub async fn report_wrong(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
    body: Body<WrongNumber>,
) -> Result<Response> {
    let (mut work, mut person) = held(&app, &call, participant, &body, None).await?;
    let now = work.now;
    let audit = deeds::report_wrong(&app, &mut work.tx, &mut person, &body.value, now).await?;
    finished(&app, work, &person, audit).await
}

async fn held<T>(
    app: &App,
    call: &Call,
    participant: ParticipantId,
    body: &Body<T>,
    seen: Option<&IfMatch>,
) -> Result<(Work, Person)> {
    let scope = call.actor.caseload()?;
    let mut work = app.begin(call, body.digest).await?;
    let person =
        store::load_for_change(&mut work.tx, scope, participant).await?.ok_or_else(Error::not_found)?;
    if let Some(seen) = seen {
        seen.check(person.version)?;
    }
    Ok((work, person))
}

async fn finished(app: &App, mut work: Work, person: &Person, audit: Audit) -> Result<Response> {
    let now = work.now;
    let reply = reply(&mut work.tx, app, person, now).await?;
    work.finish(audit, reply).await
}

async fn reply(tx: &mut Tx, kernel: &Kernel, person: &Person, now: Instant) -> Result<Reply> {
    let whole = answer::of_people(tx, kernel, std::slice::from_ref(person), now).await?;
    let (_, ways) = whole.into_iter().next().ok_or_else(Error::not_found)?;
    let ways: ContactWays = ways?;
    Ok(Reply::ok(&ways)?.version(person.version))
}
