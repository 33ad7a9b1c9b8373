//! What is done with steps: the same over HTTP and from a phone that was without network.

use super::{
    by::{By, When},
    deeds::{self, require_reason, whose},
    request::{GoalCorrection, GoalStepMark, GoalWithdrawal, NewGoalStep},
    rules,
    step::field,
    step_history,
    step_store::{self, Row},
    store,
    things::GOAL_STEP,
    words::{GoalCommand, GoalState, GoalStepCommand, GoalStepId, GoalStepState},
};
use crate::App;
use db::Tx;
use kernel::{
    access::not_for_this_role,
    audit::Audit,
    error::{Error, Result},
    extract::fields::new_id,
    protect::{privacy::Note, seal::Sealed},
};

/// Refuses what somebody's part has no use of at all.
pub fn require(by: By, command: GoalStepCommand) -> Result<()> {
    if rules::has_use_step(by.who, command) { Ok(()) } else { Err(not_for_this_role()) }
}

/// Writes a step towards this goal down. The goal is held.
pub async fn add(
    app: &App,
    tx: &mut Tx,
    by: By,
    goal: &store::Row,
    new: NewGoalStep,
    when: When,
) -> Result<(Row, Audit)> {
    deeds::require_touchable(by, goal, GoalCommand::AddStep)?;
    if goal.state != GoalState::Open {
        return Err(deeds::refused(by, goal, "it is closed: open it again first"));
    }
    if step_store::standing(tx, goal.id).await?.len() >= rules::MOST_STEPS {
        let why = "it has seven steps, and more are another goal";
        return Err(deeds::refused(by, goal, why));
    }
    let id = GoalStepId(new_id(new.id, &*app.ids));
    let key = app.keys.participants.key(goal.participant_id.0, &goal.data_key)?;
    let row = Row {
        id,
        goal_id: goal.id,
        centre_id: goal.centre_id,
        participant_id: goal.participant_id,
        what_sealed: key.seal_text(field("what_sealed", id), &new.what, &*app.random)?,
        state: GoalStepState::Open,
        marked_at: None,
        marked_by: None,
        written_by: by.staff,
        noted_at: when.noted_at,
        recorded_at: when.now,
        withdrawn_at: None,
        withdrawn_by: None,
        withdrawal_sealed: None,
        version: 1,
        goal_withdrawn_at: None,
        data_key: goal.data_key.clone(),
    };
    step_store::insert(tx, &row).await?;
    tx.changed(row.changed());
    let audit = audit(&row, "add");
    Ok((row, audit))
}

/// Says how far it has come.
pub async fn mark(
    app: &App,
    tx: &mut Tx,
    by: By,
    row: &mut Row,
    body: &GoalStepMark,
    when: When,
) -> Result<Audit> {
    require_touchable(by, row, GoalStepCommand::Mark)?;
    if row.state == body.state {
        return Err(refused(by, row, "that was said of it already"));
    }
    kept(app, tx, by, row, (GoalStepCommand::Mark, None), when).await?;
    row.state = body.state;
    let is_open = body.state == GoalStepState::Open;
    row.marked_at = (!is_open).then(|| when.at());
    row.marked_by = by.staff.filter(|_| !is_open);
    written(tx, row).await?;
    Ok(audit(row, "mark"))
}

/// Corrects what was written down. What stood there is kept beside it.
pub async fn correct(
    app: &App,
    tx: &mut Tx,
    by: By,
    row: &mut Row,
    body: &GoalCorrection,
    when: When,
) -> Result<Audit> {
    require_touchable(by, row, GoalStepCommand::Correct)?;
    require_reason(by, body.reason.as_ref())?;
    kept(app, tx, by, row, (GoalStepCommand::Correct, body.reason.as_ref()), when).await?;
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
    row.what_sealed = key.seal_text(field("what_sealed", row.id), &body.what, &*app.random)?;
    written(tx, row).await?;
    Ok(audit(row, "correct"))
}

/// Withdraws it as entered by mistake.
pub async fn withdraw(
    app: &App,
    tx: &mut Tx,
    by: By,
    row: &mut Row,
    body: &GoalWithdrawal,
    when: When,
) -> Result<Audit> {
    require_touchable(by, row, GoalStepCommand::Withdraw)?;
    require_reason(by, body.reason.as_ref())?;
    kept(app, tx, by, row, (GoalStepCommand::Withdraw, None), when).await?;
    row.withdrawal_sealed = sealed(app, row, "withdrawal_sealed", body.reason.as_ref())?;
    row.withdrawn_at = Some(when.now);
    row.withdrawn_by = by.staff;
    written(tx, row).await?;
    Ok(audit(row, "withdraw"))
}

fn require_touchable(by: By, row: &Row, command: GoalStepCommand) -> Result<()> {
    if row.is_gone() {
        return Err(refused(by, row, "it was withdrawn as entered by mistake"));
    }
    if rules::may_step(by.who, command, row.is_own()) {
        return Ok(());
    }
    Err(refused(by, row, whose(row.is_own())))
}

fn refused(by: By, row: &Row, why: &'static str) -> Error {
    Error::command_refused(None, why, &rules::possible_step(by.who, row.is_own(), row.is_gone()))
}

async fn kept(
    app: &App,
    tx: &mut Tx,
    by: By,
    row: &Row,
    (command, reason): (GoalStepCommand, Option<&Note>),
    when: When,
) -> Result<()> {
    let reason = sealed(app, row, "reason_sealed", reason)?;
    step_history::keep(tx, row.id, by, (command, reason.as_ref()), when.now).await
}

fn sealed(app: &App, row: &Row, column: &'static str, text: Option<&Note>) -> Result<Option<Sealed>> {
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
    Ok(text.map(|text| key.seal_text(field(column, row.id), text, &*app.random)).transpose()?)
}

async fn written(tx: &mut Tx, row: &mut Row) -> Result<()> {
    row.version += 1;
    step_store::update(tx, row).await?;
    tx.changed(row.changed());
    Ok(())
}

/// The line of the audit log of what is done to a step.
pub fn audit(row: &Row, verb: &'static str) -> Audit {
    Audit::new(&GOAL_STEP, verb, row.id.0).about(row.participant_id).at(row.centre_id)
}
