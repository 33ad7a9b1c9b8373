//! The operations on plan templates.

use super::{
    answer::{PlanTemplate, PlanTemplateVersion},
    content::PlanContent,
    request::{NewPlanTemplate, NewPlanTemplateVersion},
    rules,
    store::{self, Row},
    things::PLAN_TEMPLATE,
    words::PlanTemplateId,
};
use crate::{App, posting, questionnaire};
use axum::{extract::State, response::Response};
use contract::{CentreId, FieldFault, StaffRole};
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

/// Make a plan template
///
/// For managers, for their centre; for administrators, for all centres. Its phases follow each other; recurrences are RFC 5545's RRULE, a safe
/// subset, counted in days of the calendar: a month without the day has it on its last one. Conversations are to be arranged by somebody, each
/// within a week: nothing is put into anybody's calendar.
#[utoipa::path(
    post, path = "/plan-templates", tag = "plan-templates", operation_id = "makePlanTemplate",
    request_body = NewPlanTemplate,
    params(Call),
    responses((status = 201, description = "Made", body = PlanTemplate, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn create(State(app): State<App>, call: Call, body: Body<NewPlanTemplate>) -> Result<Response> {
    let (author, role, centre) = call.actor.staff(AUTHORS)?;
    let new = body.value;
    check(&new.content)?;
    let mut work = app.begin(&call, body.digest).await?;
    let own = (role == StaffRole::Manager).then_some(centre);
    require_questionnaires(&mut work.tx, own, &new.content).await?;
    let row = Row {
        id: PlanTemplateId(new_id(new.id, &*app.ids)),
        centre_id: own,
        number: 1,
        created_at: work.now,
        created_by: author,
        retired_at: None,
        retired_by: None,
        version: 1,
        content: store::stored(&new.content)?,
    };
    store::insert(&mut work.tx, &row).await?;
    work.tx.changed(row.changed(centre));
    let reply = Reply::created(format!("/v1/plan-templates/{}", row.id), &PlanTemplate::of(&row)?)?;
    work.finish(audit("make", &row, centre), reply.version(row.version)).await
}

/// List plan templates
///
/// Those for all centres and, for managers, mentors and counsellors, those of their own centre and of those to which they are posted.
/// Administrators see all. Retired ones are among them, with when they were retired.
#[utoipa::path(
    get, path = "/plan-templates", tag = "plan-templates", operation_id = "listPlanTemplates",
    params(PageQuery),
    responses((status = 200, description = "A page of plan templates", body = Page<PlanTemplate>), ReadProblems)
)]
pub async fn list(State(app): State<App>, call: Call, Query(query): Query<PageQuery>) -> Result<Reply> {
    may_read(&call.actor)?;
    let paging = query.paging::<Uuid>()?;
    let mut tx = app.db.read().await?;
    let centres = reach(&app, &mut tx, &call.actor).await?;
    let rows = store::list(&mut tx, centres.as_deref(), paging).await?;
    Reply::ok(&paging.page(rows, |row| row.id.0)?.map(|row| PlanTemplate::of(&row))?)
}

/// Read a plan template
///
/// For mentors, counsellors, managers and administrators, as in the list.
#[utoipa::path(
    get, path = "/plan-templates/{plan_template_id}", tag = "plan-templates", operation_id = "readPlanTemplate",
    params(("plan_template_id" = PlanTemplateId, Path)),
    responses((status = 200, description = "The plan template", body = PlanTemplate, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<PlanTemplateId>) -> Result<Reply> {
    may_read(&call.actor)?;
    let mut tx = app.db.read().await?;
    let centres = reach(&app, &mut tx, &call.actor).await?;
    let row = store::load(&mut tx, centres.as_deref(), id).await?.ok_or_else(Error::not_found)?;
    Ok(Reply::ok(&PlanTemplate::of(&row)?)?.version(row.version))
}

/// List the versions of a plan template
///
/// For mentors, counsellors, managers and administrators. The latest first, as in the list. What a plan followed stays readable in its version.
#[utoipa::path(
    get, path = "/plan-templates/{plan_template_id}/versions", tag = "plan-templates", operation_id = "listPlanTemplateVersions",
    params(("plan_template_id" = PlanTemplateId, Path), PageQuery),
    responses((status = 200, description = "A page of versions", body = Page<PlanTemplateVersion>), ReadProblems)
)]
pub async fn list_versions(
    State(app): State<App>,
    call: Call,
    Path(id): Path<PlanTemplateId>,
    Query(query): Query<PageQuery>,
) -> Result<Reply> {
    may_read(&call.actor)?;
    let paging = query.paging()?;
    let mut tx = app.db.read().await?;
    let centres = reach(&app, &mut tx, &call.actor).await?;
    store::load(&mut tx, centres.as_deref(), id).await?.ok_or_else(Error::not_found)?;
    let rows = store::versions(&mut tx, id, paging).await?;
    let page = paging.page(rows, |version| version.number)?;
    Reply::ok(&page.map(|version| PlanTemplateVersion::of(&version))?)
}

/// Let a plan template say something else from now on
///
/// For managers, of their centre's; for administrators, of those for all centres. It is another version: plans follow what they were started or
/// changed with, and no version is ever changed.
#[utoipa::path(
    post, path = "/plan-templates/{plan_template_id}/versions", tag = "plan-templates", operation_id = "publishPlanTemplateVersion",
    request_body = NewPlanTemplateVersion,
    params(("plan_template_id" = PlanTemplateId, Path), IfMatch, Call),
    responses((status = 200, description = "How it stands now", body = PlanTemplate, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn publish(
    State(app): State<App>,
    call: Call,
    Path(id): Path<PlanTemplateId>,
    seen: IfMatch,
    body: Body<NewPlanTemplateVersion>,
) -> Result<Response> {
    let (author, _, centre) = call.actor.staff(AUTHORS)?;
    let content = body.value.content;
    check(&content)?;
    let mut work = app.begin(&call, body.digest).await?;
    let mut row = held(&mut work.tx, &call.actor, id).await?;
    seen.check(row.version)?;
    require_in_use(&row)?;
    require_questionnaires(&mut work.tx, row.centre_id, &content).await?;
    row.number += 1;
    row.version += 1;
    row.content = store::stored(&content)?;
    store::insert_version(&mut work.tx, &row, author, work.now).await?;
    store::update(&mut work.tx, &row).await?;
    work.tx.changed(row.changed(centre));
    let reply = Reply::ok(&PlanTemplate::of(&row)?)?.version(row.version);
    work.finish(audit("publish", &row, centre), reply).await
}

/// Retire a plan template
///
/// For managers, of their centre's; for administrators, of those for all centres. No plan is started with it any more; those that follow it go on.
#[utoipa::path(
    post, path = "/plan-templates/{plan_template_id}/retire", tag = "plan-templates", operation_id = "retirePlanTemplate",
    params(("plan_template_id" = PlanTemplateId, Path), IfMatch, Call),
    responses((status = 200, description = "How it stands now", body = PlanTemplate, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn retire(
    State(app): State<App>,
    call: Call,
    Path(id): Path<PlanTemplateId>,
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
    let reply = Reply::ok(&PlanTemplate::of(&row)?)?.version(row.version);
    work.finish(audit("retire", &row, centre), reply).await
}

fn audit(verb: &'static str, row: &Row, centre: CentreId) -> Audit {
    Audit::new(&PLAN_TEMPLATE, verb, row.id.0).at(row.centre_id.unwrap_or(centre)).with("number", row.number)
}

fn check(content: &PlanContent) -> Result<()> {
    let faults = rules::faults(content, "/content");
    if faults.is_empty() { Ok(()) } else { Err(Error::fields(faults)) }
}

/// Refuses what cannot be asked by plans of this centre or, without one, of every centre.
async fn require_questionnaires(tx: &mut Tx, centre: Option<CentreId>, content: &PlanContent) -> Result<()> {
    let mut faults = Vec::new();
    for (index, phase) in content.phases.iter().enumerate() {
        let Some(cadence) = &phase.check_ins else { continue };
        let mut wrong = |field: &str, code: &str, detail: String| {
            let pointer = format!("/content/phases/{index}/check_ins/{field}");
            faults.push(FieldFault { pointer, code: code.to_owned(), detail });
        };
        let id = cadence.questionnaire_id.unwrap_or(questionnaire::store::DEFAULT);
        let found = questionnaire::store::load(tx, Some(centre.as_slice()), id).await?;
        match (found, cadence.questionnaire_number) {
            (None, _) => {
                wrong("questionnaire_id", "unknown", "there is no such questionnaire for them".to_owned());
            }
            (Some(found), _) if found.retired_at.is_some() => {
                wrong("questionnaire_id", "retired", "is not asked any more".to_owned());
            }
            (Some(found), Some(number)) if number < found.number => {
                let why = format!("is not asked any more: the present version is {}", found.number);
                wrong("questionnaire_number", "retired", why);
            }
            (Some(found), Some(number)) if number > found.number => {
                wrong("questionnaire_number", "unknown", "there is no such version".to_owned());
            }
            (Some(_), _) => {}
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::fields(faults)) }
}

fn require_in_use(row: &Row) -> Result<()> {
    if row.retired_at.is_none() {
        return Ok(());
    }
    Err(Error::command_refused::<&str>(None, "it is retired", &[]))
}

/// A manager's own centre's, an administrator's that is for all centres. Others' are seen by those who plan with them, and not changed: of one
/// that somebody sees, that is said; whatever else there may be is not there.
async fn held(tx: &mut Tx, actor: &Actor, id: PlanTemplateId) -> Result<Row> {
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

/// The centres whose templates somebody sees; none for every centre's.
async fn reach(app: &App, tx: &mut Tx, actor: &Actor) -> Result<Option<Vec<CentreId>>> {
    if actor.role() == Some(StaffRole::Administrator) {
        return Ok(None);
    }
    let mut centres = vec![actor.centre()];
    centres.extend(posting::store::centres_if_posted(tx, actor, app.clock.now()).await?);
    Ok(Some(centres))
}
