//! Starting, changing and ending a plan.

use super::{
    compare::Difference,
    course,
    materialise::{self, Whole},
    planned,
    request::{NewPlan, PlanEnding, PlanProposal},
    rules::{self, STARTED_BEFORE, STARTS_WITHIN},
    store::{self, Followed, Row, day},
    things::PLAN,
    timers,
    words::{PlanCommand, PlanEndReason, PlanId, PlanSessionState, PlanState},
};
use crate::{
    App,
    check_in::in_bulk,
    plan_template::{
        PlanTemplateId,
        content::PlanContent,
        store::{self as templates, contents},
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{Days, NaiveDate};
use contract::{CentreId, FieldFault, StaffId, time::Instant};
use db::Tx;
use kernel::{
    access::{Actor, Scope},
    audit::Audit,
    error::{Error, Result},
    extract::{Digest, fields::new_id},
};
use serde_json::json;
use uuid::Uuid;

/// Starts a plan for somebody in this scope, and plans the first weeks of it.
pub async fn start(
    app: &App,
    tx: &mut Tx,
    (actor, scope): (&Actor, Scope),
    new: NewPlan,
    now: Instant,
) -> Result<(Row, Audit)> {
    let (planner, ..) = actor.staff(rules::PLANNERS)?;
    let person = store::person(tx, scope, new.participant_id).await?.ok_or_else(Error::not_found)?;
    let template = followed(tx, person.centre_id, new.plan_template_id, new.template_number).await?;
    let id = PlanId(new_id(new.id, &*app.ids));
    let starts_on = new.starts_on.to_chrono();
    let mut row = Row {
        id,
        centre_id: person.centre_id,
        participant_id: new.participant_id,
        number: 1,
        starts_on: starts_on.to_string(),
        pauses: "[]".to_owned(),
        paused_on: None,
        started_at: now,
        started_by: planner,
        ended_at: None,
        ended_by: None,
        end_reason: None,
        version: 1,
        template_id: template.0,
        template_number: template.1,
        // There was no pause yet: what is said is what is kept.
        adjustments: serde_json::to_string(&new.phases).map_err(Error::internal)?,
        effective_on: String::new(),
        made_by: planner,
        is_accompanied: true,
        is_file_paused: person.is_file_paused,
        participant_language: person.participant_language,
        centre_zone: person.centre_zone,
        centre_calendar: person.centre_calendar,
    };
    let today = materialise::today(app, &row, now)?;
    require_near(starts_on, today)?;
    row.effective_on = starts_on.max(today).to_string();
    let followed = Followed::of(row, template.2)?;
    refuse(followed.course().faults("/starts_on"))?;
    let row = followed.row;
    if row.is_file_paused {
        return Err(Error::command_refused::<&str>(None, "the file rests: let it go on first", &[]));
    }
    store::insert(tx, &row).await.map_err(runs_already)?;
    tx.changed(row.changed());
    plan_ahead(app, tx, actor, &row, now).await?;
    let audit = audited(&row, "start").with("template_number", row.template_number);
    Ok((row, audit))
}

fn runs_already(error: db::Error) -> Error {
    if error.violates("plan_participant_id_key") {
        return Error::command_refused::<&str>(
            None,
            "a plan of theirs runs already: change it, or end it",
            &[],
        );
    }
    error.into()
}

fn require_near(starts_on: NaiveDate, today: NaiveDate) -> Result<()> {
    let days = starts_on.signed_duration_since(today).num_days();
    if days < -i64::from(STARTED_BEFORE) {
        return Err(Error::field("/starts_on", "past", "must not be more than two years ago"));
    }
    if days > i64::from(STARTS_WITHIN) {
        return Err(Error::field("/starts_on", "too_far", "must be within a year"));
    }
    Ok(())
}

fn refuse(faults: Vec<FieldFault>) -> Result<()> {
    if faults.is_empty() { Ok(()) } else { Err(Error::fields(faults)) }
}

/// The template that is to be followed, held so that it stays what it is, in its present version.
async fn followed(
    tx: &mut Tx,
    centre: CentreId,
    id: PlanTemplateId,
    number: Option<i64>,
) -> Result<(PlanTemplateId, i64, PlanContent)> {
    let found = templates::load_to_follow(tx, centre, id).await?.ok_or_else(|| {
        Error::field("/plan_template_id", "unknown", "there is no such template for this centre")
    })?;
    if found.retired_at.is_some() {
        return Err(Error::field("/plan_template_id", "retired", "no plan is made from it any more"));
    }
    match number {
        Some(number) if number < found.number => {
            let why = format!("is not followed any more: the present version is {}", found.number);
            Err(Error::field("/template_number", "retired", why))
        }
        Some(number) if number > found.number => {
            Err(Error::field("/template_number", "unknown", "there is no such version"))
        }
        _ => Ok((found.id, found.number, templates::read(&found.content)?)),
    }
}

/// Plans what is not planned yet, and notes when to go on.
async fn plan_ahead(app: &App, tx: &mut Tx, actor: &Actor, row: &Row, now: Instant) -> Result<()> {
    let looked_at = materialise::top_up(app, tx, Some(actor), vec![row.clone()], now).await?;
    for (id, outcome) in looked_at {
        timers::note_outcome(tx, row.centre_id, id, outcome).await?;
    }
    Ok(())
}

/// What would be done, and how the plan would stand.
pub struct Proposed {
    /// The plan as it would be, with what is planned of it.
    pub whole: Whole,
    /// What would be done.
    pub difference: Difference,
    /// What tells this from any other outcome.
    pub fingerprint: String,
}

/// What would become of a plan that is held, without doing it. A rest of it that is over is written down first: it would be anyway.
pub async fn propose(
    app: &App,
    tx: &mut Tx,
    planner: StaffId,
    mut row: Row,
    proposal: PlanProposal,
    now: Instant,
) -> Result<Proposed> {
    require(&row, PlanCommand::Change)?;
    materialise::go_on(app, tx, &mut row, now).await?;
    let version = row.version;
    let (former, former_template) = (row.adjustments()?, row.template_id);
    let content = match (proposal.plan_template_id, proposal.template_number) {
        (Some(id), number) => {
            let (id, number, content) = followed(tx, row.centre_id, id, number).await?;
            (row.template_id, row.template_number) = (id, number);
            content
        }
        (None, Some(_)) => {
            return Err(Error::field("/template_number", "not_allowed", "goes with plan_template_id"));
        }
        (None, None) => {
            contents(tx, &[row.edition()]).await?.remove(&row.edition()).ok_or_else(Error::unavailable)?
        }
    };
    let is_said = proposal.phases.is_some();
    let kept = if row.template_id == former_template { former } else { Vec::new() };
    let pauses = row.pauses()?;
    let adjustments = proposal.phases.map_or(kept, |said| course::kept(&said, &pauses));
    let today = materialise::today(app, &row, now)?;
    let tomorrow = today.checked_add_days(Days::new(1)).unwrap_or(today);
    row.adjustments = serde_json::to_string(&adjustments).map_err(Error::internal)?;
    row.effective_on = tomorrow.to_string();
    row.number += 1;
    row.version += 1;
    row.made_by = planner;
    let ids = [row.id.0];
    let check_ins = planned::check_ins(tx, &ids, now).await?;
    let sessions = planned::sessions(tx, &ids).await?;
    let whole = Whole { followed: Followed::of(row, content)?, check_ins, sessions, today };
    let mut faults = whole.followed.course().faults("/plan_template_id");
    if !is_said {
        // What was otherwise until now does not fit.
        faults.iter_mut().for_each(|fault| fault.pointer = "/plan_template_id".to_owned());
    }
    refuse(faults)?;
    let difference = whole.difference(whole.followed.course(), tomorrow, whole.followed.row.number)?;
    let fingerprint = fingerprint(version, &whole.followed.row, &difference);
    Ok(Proposed { whole, difference, fingerprint })
}

/// What tells an outcome from every other.
fn fingerprint(version: i64, row: &Row, difference: &Difference) -> String {
    let key = |key: &course::Key| json!([key.series, key.original_on.to_string()]);
    let gone: Vec<_> =
        difference.drop.iter().map(|one| json!([key(&one.key), one.day.to_string()])).collect();
    let come: Vec<_> =
        difference.add.iter().map(|one| json!([key(&one.key), one.day.to_string(), one.shape])).collect();
    let moved: Vec<_> =
        difference.put.iter().map(|(_, to)| json!([key(&to.key), to.day.to_string()])).collect();
    // From which day on is shown as well: over midnight it is another.
    let followed = json!([row.template_id, row.template_number, row.adjustments, row.effective_on]);
    let all = json!([version, followed, gone, come, moved]);
    let whole = Digest::of(all.to_string().as_bytes());
    URL_SAFE_NO_PAD.encode(whole.as_bytes())
}

/// Lets a plan that is held be another one from tomorrow on, if that does what was shown.
pub async fn change(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    row: Row,
    (proposal, shown): (PlanProposal, String),
    now: Instant,
) -> Result<(Row, Audit)> {
    let (planner, ..) = actor.staff(rules::PLANNERS)?;
    let Proposed { whole, difference, fingerprint } = propose(app, tx, planner, row, proposal, now).await?;
    if fingerprint != shown {
        let why = "it would do something else than was shown: preview it again";
        return Err(Error::command_refused(None, why, &[PlanCommand::Change, PlanCommand::End]));
    }
    let row = whole.followed.row.clone();
    store::insert_version(tx, &row, now).await?;
    store::update(tx, &row).await?;
    tx.changed(row.changed());
    let (added, cancelled) = (difference.add.len(), difference.drop.len());
    materialise::apply(app, tx, Some(actor), &[(whole, difference)], now).await?;
    plan_ahead(app, tx, actor, &row, now).await?;
    let audit = audited(&row, "change")
        .with("template_number", row.template_number)
        .with("added", added)
        .with("cancelled", cancelled);
    Ok((row, audit))
}

/// Ends a plan that is held.
pub async fn end(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    mut row: Row,
    PlanEnding { reason }: PlanEnding,
    now: Instant,
) -> Result<(Row, Audit)> {
    let (planner, ..) = actor.staff(rules::PLANNERS)?;
    require(&row, PlanCommand::End)?;
    if !rules::is_given(reason) {
        return Err(Error::field("/reason", "not_allowed", "is the service's own: close the file"));
    }
    // While it rests, time stands still for all that lay ahead of it.
    let today = match row.paused_on.as_deref().map(day).transpose()? {
        Some(paused_on) => paused_on.pred_opt().unwrap_or(paused_on),
        None => materialise::today(app, &row, now)?,
    };
    let mut ahead: Vec<Uuid> = Vec::new();
    for check_in in planned::check_ins(tx, &[row.id.0], now).await? {
        if check_in.lies_ahead && day(&check_in.planned_on)? > today {
            ahead.push(check_in.check_in_id.0);
        }
    }
    in_bulk::call_off(app, tx, Some(actor), &ahead, now).await?;
    is_over(app, tx, &mut row, Some(planner), reason, now).await?;
    let audit = audited(&row, "end").with("cancelled", ahead.len());
    Ok((row, audit))
}

/// Writes that a plan is over. What nobody arranged needs nobody any more.
pub async fn is_over(
    app: &App,
    tx: &mut Tx,
    row: &mut Row,
    by: Option<StaffId>,
    reason: PlanEndReason,
    now: Instant,
) -> Result<()> {
    for session in planned::sessions(tx, &[row.id.0]).await? {
        if session.state() == PlanSessionState::ToArrange {
            materialise::drop_session(app, tx, session, now).await?;
        }
    }
    (row.ended_at, row.ended_by, row.end_reason) = (Some(now), by, Some(reason));
    row.version += 1;
    store::update(tx, row).await?;
    tx.changed(row.changed());
    Ok(())
}

fn require(row: &Row, command: PlanCommand) -> Result<()> {
    let state: PlanState = row.state();
    if rules::after(state, command).is_some() {
        return Ok(());
    }
    Err(Error::command_refused(None, format!("the plan is {state}"), &rules::possible(state)))
}

/// A line of the audit log about a plan.
pub fn audited(row: &Row, verb: &'static str) -> Audit {
    Audit::new(&PLAN, verb, row.id.0).about(row.participant_id).at(row.centre_id)
}
