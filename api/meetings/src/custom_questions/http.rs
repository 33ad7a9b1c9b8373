//! The operations on what one participant alone is asked.

use super::{
    answer::{CustomQuestion, CustomQuestions},
    request::NewCustomQuestions,
    store::{self, Row},
    things::CUSTOM_QUESTIONS,
};
use crate::App;
use axum::{extract::State, response::Response};
use contract::{ParticipantId, StaffRole};
use kernel::{
    Kernel,
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, IfMatch, Path},
    problems::{ChangeProblems, ReadProblems},
    reply::Reply,
};

/// Who sets them.
const AUTHORS: &[StaffRole] = &[StaffRole::Mentor, StaffRole::Counsellor];

/// Read what a participant alone is asked
///
/// For the mentors and counsellors of the participant and the manager of their centre.
#[utoipa::path(
    get, path = "/participants/{participant_id}/custom-questions", tag = "custom-questions", operation_id = "readCustomQuestions",
    params(("participant_id" = ParticipantId, Path)),
    responses((status = 200, description = "The questions", body = CustomQuestions, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let mut reading = app.begin_reading(&call).await?;
    let row = store::load(&mut reading.tx, scope, participant).await?.ok_or_else(Error::not_found)?;
    let reply = Reply::ok(&seen(&app, &row)?)?.version(row.version);
    let audit = Audit::new(&CUSTOM_QUESTIONS, "read", participant.0).about(participant);
    reading.finish(audit, reply).await
}

/// Set what a participant alone is asked
///
/// For the mentors and counsellors of the participant, in the participant's language: up to three questions, which take the place of the
/// former ones. They are asked in the check-ins that are planned from now on, as far as there is room among six. If they were never set, send
/// `If-Match: "0"`.
#[utoipa::path(
    put, path = "/participants/{participant_id}/custom-questions", tag = "custom-questions", operation_id = "setCustomQuestions",
    request_body = NewCustomQuestions,
    params(("participant_id" = ParticipantId, Path), IfMatch, Call),
    responses((status = 200, description = "How they stand now", body = CustomQuestions, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn set(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
    seen_version: IfMatch,
    body: Body<NewCustomQuestions>,
) -> Result<Response> {
    let (author, ..) = call.actor.staff(AUTHORS)?;
    let scope = call.actor.staff_caseload()?;
    let mut work = app.begin(&call, body.digest).await?;
    let mut row =
        store::load_for_change(&mut work.tx, scope, participant).await?.ok_or_else(Error::not_found)?;
    seen_version.check(row.version)?;
    let questions = body.value.checked(row.language).map_err(Error::fields)?;
    row.questions_sealed = Some(store::sealed(&app, &row, &questions)?);
    (row.set_at, row.set_by) = (Some(work.now), Some(author));
    row.version += 1;
    if !store::put(&mut work.tx, &row, questions.len()).await? {
        return Err(Error::changed(row.version));
    }
    work.tx.changed(row.changed());
    let audit = Audit::new(&CUSTOM_QUESTIONS, "set", participant.0)
        .about(participant)
        .at(row.centre_id)
        .with("count", questions.len());
    let reply = Reply::ok(&seen(&app, &row)?)?.version(row.version);
    work.finish(audit, reply).await
}

fn seen(kernel: &Kernel, row: &Row) -> Result<CustomQuestions> {
    let questions = match &row.questions_sealed {
        Some(sealed) => store::opened(kernel, row.participant_id, &row.data_key, sealed)?,
        None => Vec::new(),
    };
    Ok(CustomQuestions {
        participant_id: row.participant_id,
        questions: questions.iter().map(CustomQuestion::of).collect::<Result<_>>()?,
        set_at: row.set_at,
        set_by: row.set_by,
        version: row.version,
    })
}
