//! The operations on questionnaires.

use super::{
    answer::{Questionnaire, QuestionnaireVersion},
    question::Question,
    request::{NewQuestion, NewQuestionnaire, NewQuestions},
    rules,
    store::{self, Row},
    things::QUESTIONNAIRE,
    words::QuestionnaireId,
};
use crate::{App, posting, public_text};
use axum::{extract::State, response::Response};
use contract::{CentreId, StaffRole};
use db::Tx;
use kernel::{
    access::{Actor, not_for_this_role},
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Digest, IfMatch, Path, Query, fields::new_id},
    page::{Page, PageQuery},
    problems::{ChangeProblems, CreateProblems, ReadProblems},
    reply::Reply,
};
use uuid::Uuid;

/// Who writes them.
const AUTHORS: &[StaffRole] = &[StaffRole::Manager, StaffRole::Administrator];

/// Make a questionnaire
///
/// For managers, for their centre; for administrators, for all centres. Give every text in as many languages as you can: one that is missing
/// is put in the nearest language that there is. Besides its questions, every check-in asks whether somebody is to call.
#[utoipa::path(
    post, path = "/questionnaires", tag = "questionnaires", operation_id = "makeQuestionnaire",
    request_body = NewQuestionnaire,
    params(Call),
    responses((status = 201, description = "Made", body = Questionnaire, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn create(State(app): State<App>, call: Call, body: Body<NewQuestionnaire>) -> Result<Response> {
    let (author, role, centre) = call.actor.staff(AUTHORS)?;
    let new = body.value;
    let name = new.name.trim().to_owned();
    public_text::check(&name).map_err(|why| Error::field("/name", "value", why))?;
    let questions = checked(new.questions)?;
    let mut work = app.begin(&call, body.digest).await?;
    let row = Row {
        id: QuestionnaireId(new_id(new.id, &*app.ids)),
        centre_id: (role == StaffRole::Manager).then_some(centre),
        name,
        number: 1,
        created_at: work.now,
        created_by: Some(author),
        retired_at: None,
        retired_by: None,
        version: 1,
        questions: store::stored(&questions).map_err(Error::internal)?,
    };
    store::insert(&mut work.tx, &row).await?;
    work.tx.changed(row.changed(centre));
    let reply = Reply::created(format!("/v1/questionnaires/{}", row.id), &Questionnaire::of(&row)?)?;
    work.finish(audit("make", &row, centre), reply.version(row.version)).await
}

/// List questionnaires
///
/// Those for all centres and, for managers, mentors and counsellors, those of their own centre and of those to which they are posted.
/// Administrators see all. Retired ones are among them, with when they were retired.
#[utoipa::path(
    get, path = "/questionnaires", tag = "questionnaires", operation_id = "listQuestionnaires",
    params(PageQuery),
    responses((status = 200, description = "A page of questionnaires", body = Page<Questionnaire>), ReadProblems)
)]
pub async fn list(State(app): State<App>, call: Call, Query(query): Query<PageQuery>) -> Result<Reply> {
    may_read(&call.actor)?;
    let paging = query.paging::<Uuid>()?;
    let mut tx = app.db.read().await?;
    let centres = reach(&app, &mut tx, &call.actor).await?;
    let rows = store::list(&mut tx, centres.as_deref(), paging).await?;
    Reply::ok(&paging.page(rows, |row| row.id.0)?.map(|row| Questionnaire::of(&row))?)
}

/// Read a questionnaire
///
/// For mentors, counsellors, managers and administrators, as in the list.
#[utoipa::path(
    get, path = "/questionnaires/{questionnaire_id}", tag = "questionnaires", operation_id = "readQuestionnaire",
    params(("questionnaire_id" = QuestionnaireId, Path)),
    responses((status = 200, description = "The questionnaire", body = Questionnaire, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<QuestionnaireId>) -> Result<Reply> {
    may_read(&call.actor)?;
    let mut tx = app.db.read().await?;
    let centres = reach(&app, &mut tx, &call.actor).await?;
    let row = store::load(&mut tx, centres.as_deref(), id).await?.ok_or_else(Error::not_found)?;
    Ok(Reply::ok(&Questionnaire::of(&row)?)?.version(row.version))
}

/// List the versions of a questionnaire
///
/// For mentors, counsellors, managers and administrators. The latest first, as in the list. What a check-in asked stays readable in its version.
#[utoipa::path(
    get, path = "/questionnaires/{questionnaire_id}/versions", tag = "questionnaires", operation_id = "listQuestionnaireVersions",
    params(("questionnaire_id" = QuestionnaireId, Path), PageQuery),
    responses((status = 200, description = "A page of versions", body = Page<QuestionnaireVersion>), ReadProblems)
)]
pub async fn list_versions(
    State(app): State<App>,
    call: Call,
    Path(id): Path<QuestionnaireId>,
    Query(query): Query<PageQuery>,
) -> Result<Reply> {
    may_read(&call.actor)?;
    let paging = query.paging()?;
    let mut tx = app.db.read().await?;
    let centres = reach(&app, &mut tx, &call.actor).await?;
    store::load(&mut tx, centres.as_deref(), id).await?.ok_or_else(Error::not_found)?;
    let rows = store::versions(&mut tx, id, paging).await?;
    let page = paging.page(rows, |version| version.number)?;
    Reply::ok(&page.map(|version| QuestionnaireVersion::of(&version))?)
}

/// Ask something else from now on
///
/// For managers, of their centre's; for administrators, of those for all centres. It is another version: check-ins that are planned already
/// ask what they were planned with, and no version is ever changed.
#[utoipa::path(
    post, path = "/questionnaires/{questionnaire_id}/versions", tag = "questionnaires", operation_id = "publishQuestionnaireVersion",
    request_body = NewQuestions,
    params(("questionnaire_id" = QuestionnaireId, Path), IfMatch, Call),
    responses((status = 200, description = "How it stands now", body = Questionnaire, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn publish(
    State(app): State<App>,
    call: Call,
    Path(id): Path<QuestionnaireId>,
    seen: IfMatch,
    body: Body<NewQuestions>,
) -> Result<Response> {
    let (author, _, centre) = call.actor.staff(AUTHORS)?;
    let questions = checked(body.value.questions)?;
    let mut work = app.begin(&call, body.digest).await?;
    let mut row = held(&mut work.tx, &call.actor, id).await?;
    seen.check(row.version)?;
    require_in_use(&row)?;
    row.number += 1;
    row.version += 1;
    row.questions = store::stored(&questions).map_err(Error::internal)?;
    store::insert_version(&mut work.tx, &row, Some(author), work.now).await?;
    store::update(&mut work.tx, &row).await?;
    work.tx.changed(row.changed(centre));
    let reply = Reply::ok(&Questionnaire::of(&row)?)?.version(row.version);
    work.finish(audit("publish", &row, centre), reply).await
}

/// Retire a questionnaire
///
/// For managers, of their centre's; for administrators, of those for all centres. No check-in is planned with it any more; those that are
/// planned already ask it still.
#[utoipa::path(
    post, path = "/questionnaires/{questionnaire_id}/retire", tag = "questionnaires", operation_id = "retireQuestionnaire",
    params(("questionnaire_id" = QuestionnaireId, Path), IfMatch, Call),
    responses((status = 200, description = "How it stands now", body = Questionnaire, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn retire(
    State(app): State<App>,
    call: Call,
    Path(id): Path<QuestionnaireId>,
    seen: IfMatch,
) -> Result<Response> {
    let (author, _, centre) = call.actor.staff(AUTHORS)?;
    let mut work = app.begin(&call, Digest::empty()).await?;
    let mut row = held(&mut work.tx, &call.actor, id).await?;
    seen.check(row.version)?;
    require_in_use(&row)?;
    (row.retired_at, row.retired_by) = (Some(work.now), Some(author));
    row.version += 1;
    store::update(&mut work.tx, &row).await?;
    work.tx.changed(row.changed(centre));
    let reply = Reply::ok(&Questionnaire::of(&row)?)?.version(row.version);
    work.finish(audit("retire", &row, centre), reply).await
}

fn audit(verb: &'static str, row: &Row, centre: CentreId) -> Audit {
    Audit::new(&QUESTIONNAIRE, verb, row.id.0).at(row.centre_id.unwrap_or(centre)).with("number", row.number)
}

fn checked(questions: Vec<NewQuestion>) -> Result<Vec<Question>> {
    rules::questions(questions, "/questions").map_err(Error::fields)
}

fn require_in_use(row: &Row) -> Result<()> {
    if row.retired_at.is_none() {
        return Ok(());
    }
    Err(Error::command_refused::<&str>(None, "it is retired", &[]))
}

/// A manager's own centre's, an administrator's that is for all centres. Others' are seen by those who plan with them, and not changed: of one
/// that somebody sees, that is said; whatever else there may be is not there.
async fn held(tx: &mut Tx, actor: &Actor, id: QuestionnaireId) -> Result<Row> {
    let (_, role, centre) = actor.staff(AUTHORS)?;
    let own = match role {
        StaffRole::Manager => Some(centre),
        _ => None,
    };
    let reach = own.as_ref().map(std::slice::from_ref);
    let row = store::load_for_change(tx, reach, id).await?.ok_or_else(Error::not_found)?;
    if row.centre_id == own {
        return Ok(row);
    }
    Err(Error::command_refused::<&str>(
        None,
        "it is changed by those who made it: a centre's by its managers, one for all centres by administrators",
        &[],
    ))
}

fn may_read(actor: &Actor) -> Result<()> {
    match actor.role() {
        Some(StaffRole::Observer) | None => Err(not_for_this_role()),
        Some(_) => Ok(()),
    }
}

/// The centres whose questionnaires somebody sees; none for every centre's.
async fn reach(app: &App, tx: &mut Tx, actor: &Actor) -> Result<Option<Vec<CentreId>>> {
    if actor.role() == Some(StaffRole::Administrator) {
        return Ok(None);
    }
    let mut centres = vec![actor.centre()];
    centres.extend(posting::store::centres_if_posted(tx, actor, app.clock.now()).await?);
    Ok(Some(centres))
}
