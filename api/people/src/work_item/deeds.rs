//! Doing something with a work item: the same over HTTP and from a phone that was without network.

use super::{
    causes::WITHOUT_REASON,
    raise::{Hours, bring_back, close, save},
    remind,
    request::{Dismissal, Snooze, WorkItemHandOver},
    rules::{self, By},
    store::{self, Row},
    things::WORK_ITEM,
    timers::{self, ITEMS},
    words::{WorkItemCommand, WorkItemState},
};
use crate::App;
use chrono::NaiveTime;
use contract::{
    ProblemCode, StaffId, StaffRole, Subject, SubjectKind,
    time::{Instant, LocalDateTime},
};
use db::Tx;
use kernel::{
    access::Actor,
    agenda,
    audit::Audit,
    error::{Error, Result},
};

/// What is done with an item, with what it takes.
#[derive(Debug, Clone)]
pub enum Deed {
    /// "I see to it."
    Take,
    /// "I do not see to it any more."
    Release,
    /// "Will you see to it?"
    HandOver(WorkItemHandOver),
    /// "Yes."
    Accept,
    /// "No."
    Refuse,
    /// "Never mind."
    WithdrawHandOver,
    /// "It is done."
    Finish,
    /// "Nothing is to be done."
    Dismiss(Dismissal),
    /// "Not before some days."
    Snooze(Snooze),
    /// "I was mistaken."
    Undo,
}

impl Deed {
    const fn command(&self) -> WorkItemCommand {
        match self {
            Self::Take => WorkItemCommand::Take,
            Self::Release => WorkItemCommand::Release,
            Self::HandOver(_) => WorkItemCommand::HandOver,
            Self::Accept => WorkItemCommand::Accept,
            Self::Refuse => WorkItemCommand::Refuse,
            Self::WithdrawHandOver => WorkItemCommand::WithdrawHandOver,
            Self::Finish => WorkItemCommand::Finish,
            Self::Dismiss(_) => WorkItemCommand::Dismiss,
            Self::Snooze(_) => WorkItemCommand::Snooze,
            Self::Undo => WorkItemCommand::Undo,
        }
    }
}

/// Who calls, if they may do something with work items at all.
pub fn by(actor: &Actor) -> Result<By> {
    let (staff, role, _) = actor.staff(&[StaffRole::Mentor, StaffRole::Counsellor, StaffRole::Manager])?;
    Ok(By { staff, is_manager: role == StaffRole::Manager })
}

/// Does it, and says what the audit log says. The item is held.
pub async fn carry_out(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    row: &mut Row,
    deed: Deed,
    now: Instant,
) -> Result<Audit> {
    let by = by(actor)?;
    let command = deed.command();
    if !rules::may(&row.standing(), command, by, now) {
        return Err(refused(row, by, now));
    }
    // Why somebody was needed is told to nobody who only reads the log.
    let audit =
        Audit::new(&WORK_ITEM, command.as_str(), row.id.0).about(row.participant_id).at(row.centre_id);
    match deed {
        Deed::Take => take(row, by.staff),
        Deed::Accept => take(row, by.staff),
        Deed::Release => (row.state, row.taken_by) = (WorkItemState::Open, None),
        Deed::HandOver(to) => {
            ask(tx, row, by.staff, to.staff_id, now).await?;
        }
        Deed::Refuse | Deed::WithdrawHandOver => ask_nobody(row),
        Deed::Finish => close(row, WorkItemState::Done, Some(by.staff), now),
        Deed::Dismiss(dismissal) => {
            close(row, WorkItemState::Dismissed, Some(by.staff), now);
            row.reason = Some(dismissal.reason.as_str().to_owned());
        }
        Deed::Snooze(snooze) => {
            put_out_of_sight(app, tx, row, &snooze, now).await?;
        }
        Deed::Undo => reopen(row),
    }
    row.responded_at = row.responded_at.or(Some(now));
    save(tx, row).await.map_err(raised_again)?;
    if let Some(at) = timers::next(row).filter(|_| row.state.is_open()) {
        agenda::note(tx, ITEMS, row.centre_id, &[row.id.0], at).await?;
    }
    remind::plan_of(app, tx, row.id, now).await?;
    Ok(audit)
}

fn take(row: &mut Row, staff: StaffId) {
    row.state = WorkItemState::Taken;
    row.taken_by = Some(staff);
    // It is theirs from this moment on, whoever had it before.
    row.taker_stays = true;
    bring_back(row);
    ask_nobody(row);
}

fn ask_nobody(row: &mut Row) {
    (row.asked_id, row.asked_by, row.asked_at) = (None, None, None);
}

async fn ask(tx: &mut Tx, row: &mut Row, by: StaffId, asked: StaffId, now: Instant) -> Result<()> {
    let fault = |code, detail| Err(Error::field("/staff_id", code, detail));
    if asked == by {
        return fault("same", "is you: take it instead");
    }
    if !store::has_in_caseload(tx, asked, row.participant_id).await? {
        return fault("unknown", "is nobody who accompanies this participant, nor a manager of their centre");
    }
    (row.asked_id, row.asked_by, row.asked_at) = (Some(asked), Some(by), Some(now));
    row.asked_stays = true;
    // Whoever is asked sees it.
    bring_back(row);
    Ok(())
}

async fn put_out_of_sight(
    app: &App,
    tx: &mut Tx,
    row: &mut Row,
    snooze: &Snooze,
    now: Instant,
) -> Result<()> {
    let possible: Vec<u32> = row.cause.demand().snoozes().collect();
    if !possible.contains(&snooze.days) {
        return Err(Error::field("/days", "value", format!("must be one of {possible:?}")));
    }
    if snooze.days > WITHOUT_REASON && snooze.reason.is_none() {
        return Err(Error::field("/reason", "required", "waiting for more than a week has a reason"));
    }
    let hours = Hours::of(tx, row.centre_id).await?;
    let today = app.zones.to_local(now, &hours.zone).map_err(Error::internal)?;
    let that_day = today.days_after(snooze.days).date();
    let morning = LocalDateTime::new(that_day, NaiveTime::MIN).unwrap_or(today);
    let back = app.zones.resolve(morning, &hours.zone).map_err(Error::internal)?;
    (row.local_snoozed, row.snoozed_until) = (Some(back.local), Some(back.instant));
    (row.local_due, row.due_at) = hours.due(app, row.cause, back.instant)?;
    row.reason = snooze.reason.map(|reason| reason.as_str().to_owned());
    row.zone = hours.zone;
    Ok(())
}

fn reopen(row: &mut Row) {
    row.state = if row.taken_by.is_some() { WorkItemState::Taken } else { WorkItemState::Open };
    (row.closed_at, row.closed_by, row.reason) = (None, None, None);
}

/// The cause came again meanwhile, and is another item.
fn raised_again(error: db::Error) -> Error {
    if error.violates("work_item_subject_id_cause_key") {
        return Error::with_detail(ProblemCode::AlreadyExists, "it came again meanwhile: see to that one");
    }
    error.into()
}

fn refused(row: &Row, by: By, now: Instant) -> Error {
    let possible: Vec<&str> =
        rules::possible(&row.standing(), by, now).into_iter().map(WorkItemCommand::as_str).collect();
    let subject = Subject { kind: SubjectKind::WorkItem, id: row.id.0 };
    Error::command_refused(subject, "that cannot be done with it as it stands", &possible)
}
