//! What is done with goals: the same over HTTP and from a phone that was without network.

use super::{
    answer::field,
    by::{By, When},
    history, order,
    request::{
        GoalClosing, GoalCorrection, GoalOrder, GoalReopening, GoalStepOrder, GoalWithdrawal, NewGoal,
    },
    rules::{self, Turn},
    step_store,
    store::{self, Row},
    things::{GOAL, GOALS},
    words::{GoalCommand, GoalId, GoalResult, GoalState},
};
use crate::{App, accompanied::Met};
use contract::ParticipantId;
use db::Tx;
use kernel::{
    access::not_for_this_role,
    audit::Audit,
    error::{Error, Result},
    extract::fields::new_id,
    protect::{privacy::Note, seal::Sealed},
};
use uuid::Uuid;

/// Refuses what somebody's part has no use of at all.
pub fn require(by: By, command: GoalCommand) -> Result<()> {
    if rules::has_use(by.who, command) { Ok(()) } else { Err(not_for_this_role()) }
}

/// Writes a goal down, of the participant's own or of somebody whom this author accompanies.
pub async fn set(app: &App, tx: &mut Tx, by: By, met: Met, new: NewGoal, when: When) -> Result<(Row, Audit)> {
    store::hold_list(tx, met.centre_id, new.participant_id).await?;
    require_room(tx, new.participant_id).await?;
    let id = GoalId(new_id(new.id, &*app.ids));
    let key = app.keys.participants.key(new.participant_id.0, &met.data_key)?;
    let row = Row {
        id,
        centre_id: met.centre_id,
        participant_id: new.participant_id,
        what_sealed: key.seal_text(field("what_sealed", id), &new.what, &*app.random)?,
        state: GoalState::Open,
        set_aside_because: None,
        step_order: None,
        written_by: by.staff,
        closed_at: None,
        closed_by: None,
        noted_at: when.noted_at,
        recorded_at: when.now,
        withdrawn_at: None,
        withdrawn_by: None,
        withdrawal_sealed: None,
        version: 1,
        data_key: met.data_key,
    };
    store::insert(tx, &row).await?;
    tx.changed(row.changed());
    let audit = audit(&row, "set");
    Ok((row, audit))
}

/// Nothing more is done for it.
pub async fn close(
    app: &App,
    tx: &mut Tx,
    by: By,
    row: &mut Row,
    body: &GoalClosing,
    when: When,
) -> Result<Audit> {
    let is_set_aside = body.result == GoalResult::SetAside;
    match (is_set_aside, body.set_aside_because) {
        (true, None) => {
            return Err(Error::field("/set_aside_because", "required", "says why it is set aside"));
        }
        (false, Some(_)) => {
            return Err(Error::field("/set_aside_because", "not_allowed", "is said of what is set aside"));
        }
        _ => {}
    }
    let next = next(by, row, Turn::Close(body.result))?;
    kept(app, tx, by, row, (GoalCommand::Close, None), when).await?;
    row.state = next;
    row.set_aside_because = body.set_aside_because;
    row.closed_at = Some(when.at());
    row.closed_by = by.staff;
    written(tx, row).await?;
    Ok(audit(row, "close"))
}

/// It is to be reached after all.
pub async fn reopen(
    app: &App,
    tx: &mut Tx,
    by: By,
    row: &mut Row,
    body: &GoalReopening,
    when: When,
) -> Result<Audit> {
    let next = next(by, row, Turn::Reopen)?;
    store::hold_list(tx, row.centre_id, row.participant_id).await?;
    require_room_for_open(tx, row.participant_id).await?;
    kept(app, tx, by, row, (GoalCommand::Reopen, body.reason.as_ref()), when).await?;
    row.state = next;
    (row.set_aside_because, row.closed_at, row.closed_by) = (None, None, None);
    written(tx, row).await?;
    Ok(audit(row, "reopen"))
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
    require_touchable(by, row, GoalCommand::Correct)?;
    require_reason(by, body.reason.as_ref())?;
    kept(app, tx, by, row, (GoalCommand::Correct, body.reason.as_ref()), when).await?;
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
    row.what_sealed = key.seal_text(field("what_sealed", row.id), &body.what, &*app.random)?;
    written(tx, row).await?;
    Ok(audit(row, "correct"))
}

/// Withdraws it as entered by mistake, and its steps with it.
pub async fn withdraw(
    app: &App,
    tx: &mut Tx,
    by: By,
    row: &mut Row,
    body: &GoalWithdrawal,
    when: When,
) -> Result<Audit> {
    require_touchable(by, row, GoalCommand::Withdraw)?;
    require_reason(by, body.reason.as_ref())?;
    kept(app, tx, by, row, (GoalCommand::Withdraw, None), when).await?;
    row.withdrawal_sealed = sealed(app, row, "withdrawal_sealed", body.reason.as_ref())?;
    row.withdrawn_at = Some(when.now);
    row.withdrawn_by = by.staff;
    written(tx, row).await?;
    Ok(audit(row, "withdraw"))
}

/// Puts somebody's goals into another order. Who says it last is right: it relies on nothing.
pub async fn order(
    tx: &mut Tx,
    (participant, met): (ParticipantId, &Met),
    body: &GoalOrder,
) -> Result<Audit> {
    store::hold_list(tx, met.centre_id, participant).await?;
    let known: Vec<Uuid> = store::standing(tx, participant).await?.iter().map(|goal| goal.id).collect();
    let given: Vec<Uuid> = body.goals.iter().map(|id| id.0).collect();
    require_known(&given, &known, "goals")?;
    store::set_order(tx, participant, &given).await?;
    tx.changed(store::picture_changed(met.centre_id, participant));
    Ok(Audit::new(&GOALS, "order", participant.0).about(participant).at(met.centre_id))
}

/// Puts the steps of a goal into another order. Who says it last is right: it relies on nothing.
pub async fn order_steps(tx: &mut Tx, by: By, row: &Row, body: &GoalStepOrder) -> Result<Audit> {
    require_touchable(by, row, GoalCommand::OrderSteps)?;
    let known = step_store::standing(tx, row.id).await?;
    let given: Vec<Uuid> = body.steps.iter().map(|id| id.0).collect();
    require_known(&given, &known, "steps")?;
    store::set_step_order(tx, row.id, &given).await?;
    tx.changed(row.changed());
    Ok(audit(row, "order_steps"))
}

fn require_known(given: &[Uuid], known: &[Uuid], list: &str) -> Result<()> {
    let faults = order::faults(given, known, list);
    if faults.is_empty() { Ok(()) } else { Err(Error::fields(faults)) }
}

async fn require_room(tx: &mut Tx, participant: ParticipantId) -> Result<()> {
    if store::standing(tx, participant).await?.len() >= rules::MOST {
        let why = "as many are written down as can be: withdraw what was entered by mistake";
        return Err(Error::command_refused(None, why, &[] as &[&str]));
    }
    require_room_for_open(tx, participant).await
}

async fn require_room_for_open(tx: &mut Tx, participant: ParticipantId) -> Result<()> {
    let all = store::standing(tx, participant).await?;
    if all.iter().filter(|goal| goal.state == GoalState::Open).count() < rules::MOST_OPEN {
        return Ok(());
    }
    let why = "five are open, and more at a time help nobody: close one of them or set it aside";
    Err(Error::command_refused(None, why, &[] as &[&str]))
}

fn next(by: By, row: &Row, turn: Turn) -> Result<GoalState> {
    require_touchable(by, row, turn.command())?;
    rules::decide(row.state, turn).ok_or_else(|| refused(by, row, "how far it has come does not allow it"))
}

/// Refuses what is not this person's to do with it, and anything with what was withdrawn.
pub fn require_touchable(by: By, row: &Row, command: GoalCommand) -> Result<()> {
    if row.withdrawn_at.is_some() {
        return Err(refused(by, row, "it was withdrawn as entered by mistake"));
    }
    if rules::may(by.who, command, row.is_own()) {
        return Ok(());
    }
    Err(refused(by, row, whose(row.is_own())))
}

/// Why something is not to be touched.
pub const fn whose(is_own: bool) -> &'static str {
    if is_own {
        "the participant wrote it themself, and corrects and withdraws it themself"
    } else {
        "staff wrote it down, and withdraws it"
    }
}

/// The refusal of a command, with those that are possible.
pub fn refused(by: By, row: &Row, why: &'static str) -> Error {
    let is_withdrawn = row.withdrawn_at.is_some();
    Error::command_refused(None, why, &rules::possible(by.who, row.state, row.is_own(), is_withdrawn))
}

/// Staff says why it changes somebody's words; they themself need not.
pub fn require_reason(by: By, reason: Option<&Note>) -> Result<()> {
    if by.is_staff() && reason.is_none() {
        return Err(Error::field("/reason", "required", "staff says why: the participant reads it"));
    }
    Ok(())
}

async fn kept(
    app: &App,
    tx: &mut Tx,
    by: By,
    row: &Row,
    (command, reason): (GoalCommand, Option<&Note>),
    when: When,
) -> Result<()> {
    let reason = sealed(app, row, "reason_sealed", reason)?;
    history::keep(tx, row.id, by, (command, reason.as_ref()), when.now).await
}

fn sealed(app: &App, row: &Row, column: &'static str, text: Option<&Note>) -> Result<Option<Sealed>> {
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
    Ok(text.map(|text| key.seal_text(field(column, row.id), text, &*app.random)).transpose()?)
}

async fn written(tx: &mut Tx, row: &mut Row) -> Result<()> {
    row.version += 1;
    store::update(tx, row).await?;
    tx.changed(row.changed());
    Ok(())
}

/// The line of the audit log of what is done to a goal.
pub fn audit(row: &Row, verb: &'static str) -> Audit {
    Audit::new(&GOAL, verb, row.id.0).about(row.participant_id).at(row.centre_id)
}
