//! Answering a check-in, seeing the answers, and closing one that was missed: the same over HTTP and from a phone that was without network.

use super::{
    answers::{Extent, Given},
    asked,
    escalate::{self, News},
    former::{self, Former},
    remind,
    request::NewAnswers,
    rules::{self, CLOCK_AHEAD, Command},
    store::{self, Row},
    things::CHECK_IN,
    words::{CheckInCancelReason, CheckInExcuseReason, CheckInState, Settled},
};
use crate::{App, contact, questionnaire::question::Question};
use contract::{AuditId, StaffId, Subject, SubjectKind, time::Instant};
use db::Tx;
use kernel::{
    access::{Actor, not_for_this_role},
    audit::Audit,
    error::{Error, Result},
};

/// Who does it, and when: as their device says, and as it is here.
#[derive(Debug, Clone, Copy)]
pub struct By<'b> {
    /// Who.
    pub actor: &'b Actor,
    /// When, as a phone says that was without network; nothing if it is done now.
    pub recorded_at: Option<Instant>,
    /// What time it is.
    pub now: Instant,
}

impl By<'_> {
    /// Who answers for the participant; nobody if they do themself.
    pub fn for_them(&self) -> Option<StaffId> {
        match self.actor {
            Actor::Participant { .. } => None,
            Actor::Staff { id, .. } => Some(*id),
        }
    }

    /// When they answer, if that is what they do.
    pub fn answered_at(&self) -> Instant {
        rules::answered_at(self.recorded_at.unwrap_or(self.now), self.now)
    }

    fn staff(&self) -> Result<StaffId> {
        self.for_them().ok_or_else(not_for_this_role)
    }
}

/// Refuses what a role has no use of at all.
pub fn require(actor: &Actor, command: Command) -> Result<()> {
    if rules::may(actor, command) { Ok(()) } else { Err(not_for_this_role()) }
}

/// Keeps the answers so far, or all of them.
pub async fn answer(
    app: &App,
    tx: &mut Tx,
    by: By<'_>,
    row: &mut Row,
    new: NewAnswers,
    extent: Extent,
) -> Result<Audit> {
    let now = by.now;
    let command = command(extent);
    let answered_at = by.answered_at();
    let settled = becomes_by_answers(by, row, command, answered_at)?;
    let questions = asked::questions(app, row)?;
    let given = Given::check(&questions, new, extent).map_err(Error::fields)?;
    let before = asked::given(app, row)?;
    // An alarm that was said before rings no second time; another one does, whatever became of the first.
    let news = News::of(&given, &before, &questions);
    keep_what_goes(app, by, row, before, &given, &questions)?;
    row.answers_sealed = Some(asked::seal(app, row, &given)?);
    row.settled = settled;
    row.answered_at = Some(answered_at);
    row.answered_by = by.for_them();
    row.answers_version = Some(row.version + 1);
    if extent == Extent::Whole {
        row.submitted_at = Some(now);
        // Nobody has seen these.
        (row.reviewed_at, row.reviewed_by) = (None, None);
    }
    let (news, _) = keep(app, tx, row, news, now).await?;
    if extent == Extent::Whole {
        contact::happened(app, tx, row.participant_id, now).await?;
    }
    escalate::answered(app, tx, row, news, now).await?;
    let audit = audited(row, command);
    Ok(match extent {
        Extent::Some => audit,
        Extent::Whole => audit.with("is_late", rules::is_late(answered_at, &row.window())),
    })
}

/// Why answers cannot stand as the check-in is now; nothing if they can.
pub fn refusal(by: By<'_>, row: &Row, extent: Extent) -> Option<Error> {
    becomes_by_answers(by, row, command(extent), by.answered_at()).err()
}

/// Hears answers that cannot stand any more because of what was done meanwhile: what they ask for is raised all the same, and they are kept
/// beside what stands. Nothing is done if they ask for nothing that was not heard, nor is asked for again.
pub async fn hear(
    app: &App,
    tx: &mut Tx,
    by: By<'_>,
    row: &mut Row,
    new: NewAnswers,
    extent: Extent,
) -> Result<Option<Audit>> {
    let questions = asked::questions(app, row)?;
    let Ok(given) = Given::check(&questions, new, Extent::Some) else { return Ok(None) };
    let heard: Vec<Former> = former::all(app, row)?.into_iter().filter(|former| !former.stood).collect();
    let before = asked::given(app, row)?;
    let (answered_at, answered_by) = (by.answered_at(), by.for_them());
    let last_said = heard
        .iter()
        .filter(|former| !given.asks_beyond(&former.given, &questions))
        .map(|former| former.answered_at)
        .max();
    // Whoever says it again later asks again: what was heard may have been seen to since.
    let is_known = last_said.is_some_and(|last| last >= answered_at);
    if is_known || !given.asks_beyond(&before, &questions) {
        return Ok(None);
    }
    let news = News::of(&given, &before, &questions);
    if last_said.is_none() {
        former::keep(app, row, Former { given, answered_at, answered_by, stood: false, corrected: false })?;
    }
    let (news, _) = keep(app, tx, row, news, by.now).await?;
    escalate::answered(app, tx, row, news, by.now).await?;
    Ok(Some(audited(row, command(extent))))
}

/// By which command answers come.
pub const fn command(extent: Extent) -> Command {
    match extent {
        Extent::Some => Command::SaveAnswers,
        Extent::Whole => Command::Submit,
    }
}

/// Keeps what stood, where somebody else said it or where it asked for something that is no longer asked for.
fn keep_what_goes(
    app: &App,
    by: By<'_>,
    row: &mut Row,
    before: Given,
    given: &Given,
    questions: &[Question],
) -> Result<()> {
    let Some(answered_at) = row.answered_at else { return Ok(()) };
    if row.answered_by == by.for_them() && !before.asks_beyond(given, questions) {
        return Ok(());
    }
    let answered_by = row.answered_by;
    former::keep(app, row, Former { given: before, answered_at, answered_by, stood: true, corrected: false })
}

/// Writes what was answered, and says what of it is to be raised, and whether its participant is accompanied.
pub async fn keep(app: &App, tx: &mut Tx, row: &mut Row, news: News, now: Instant) -> Result<(News, bool)> {
    row.alarm_at = row.alarm_at.or(news.alarm.then_some(now));
    row.call_wanted_at = row.call_wanted_at.or(news.call.then_some(now));
    row.version += 1;
    // Nobody sees to what comes late of somebody who is no longer accompanied.
    let is_accompanied = changed(app, tx, row, now).await?;
    let raised = News { alarm: news.alarm && is_accompanied, call: news.call && is_accompanied };
    Ok((raised, is_accompanied))
}

/// Says that the answers were seen.
pub async fn review(app: &App, tx: &mut Tx, by: By<'_>, row: &mut Row) -> Result<Audit> {
    let staff = by.staff()?;
    row.settled = becomes(by, row, Command::Review)?;
    (row.reviewed_at, row.reviewed_by) = (Some(by.now), Some(staff));
    row.version += 1;
    changed(app, tx, row, by.now).await?;
    escalate::reviewed(app, tx, row, by.now).await?;
    Ok(audited(row, Command::Review))
}

/// Closes a missed one with a reason.
pub async fn excuse(
    app: &App,
    tx: &mut Tx,
    by: By<'_>,
    row: &mut Row,
    reason: CheckInExcuseReason,
) -> Result<Audit> {
    let staff = by.staff()?;
    row.settled = becomes(by, row, Command::Excuse)?;
    (row.excused_at, row.excused_by, row.excuse) = (Some(by.now), Some(staff), Some(reason));
    row.version += 1;
    changed(app, tx, row, by.now).await?;
    escalate::no_longer_missed(app, tx, row, by.now).await?;
    // Why stands in the row, for whoever may read it: the log is read by others.
    Ok(audited(row, Command::Excuse))
}

/// Calls one off.
pub async fn cancel(
    app: &App,
    tx: &mut Tx,
    by: By<'_>,
    row: &mut Row,
    reason: CheckInCancelReason,
) -> Result<Audit> {
    let staff = by.staff()?;
    if reason == CheckInCancelReason::FileClosed {
        return Err(Error::field("/reason", "not_allowed", "is the service's own: close the file"));
    }
    if reason == CheckInCancelReason::PlanChanged {
        return Err(Error::field("/reason", "not_allowed", "is the service's own: change the plan"));
    }
    row.settled = becomes(by, row, Command::Cancel)?;
    call_off(app, tx, row, Some(staff), reason, by.now).await?;
    Ok(audited(row, Command::Cancel))
}

/// Calls one off because its file is closed, by whoever closes that.
pub async fn close_with_file(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    row: &mut Row,
    now: Instant,
) -> Result<()> {
    call_off(app, tx, row, None, CheckInCancelReason::FileClosed, now).await?;
    Ok(audited(row, Command::Cancel).write(tx, Some(actor), AuditId::new(&*app.ids), now).await?)
}

/// Calls one off that may be called off. An alarm in answers that were saved is still somebody's to look at.
pub async fn call_off(
    app: &App,
    tx: &mut Tx,
    row: &mut Row,
    by: Option<StaffId>,
    reason: CheckInCancelReason,
    now: Instant,
) -> Result<()> {
    row.settled = Settled::Cancelled;
    (row.cancelled_at, row.cancelled_by, row.cancel_reason) = (Some(now), by, Some(reason));
    row.version += 1;
    changed(app, tx, row, now).await?;
    escalate::no_longer_missed(app, tx, row, now).await
}

async fn changed(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<bool> {
    store::update(tx, row).await?;
    tx.changed(row.changed());
    remind::plan_again(app, tx, row, now).await
}

/// The line of the audit log about what was done to it.
pub fn audited(row: &Row, command: Command) -> Audit {
    Audit::new(&CHECK_IN, command.as_str(), row.id.0).about(row.participant_id).at(row.centre_id)
}

fn becomes(by: By<'_>, row: &Row, command: Command) -> Result<Settled> {
    let state = rules::state(row.settled, &row.window(), row.clock(by.now));
    rules::after(state, command).ok_or_else(|| refused(by, row, state))
}

/// As [`becomes`], of answers from a phone: its clock may be ahead of ours, and what was answered before somebody called it off is answered.
fn becomes_by_answers(by: By<'_>, row: &Row, command: Command, answered_at: Instant) -> Result<Settled> {
    let state = rules::state(row.settled, &row.window(), row.clock(by.now));
    let soon = rules::state(row.settled, &row.window(), row.clock(by.now.saturating_add(CLOCK_AHEAD)));
    if by.recorded_at.is_some() && state == CheckInState::Planned && soon == CheckInState::Open {
        return rules::after(soon, command).ok_or_else(|| refused(by, row, state));
    }
    if command == Command::Submit
        && state == CheckInState::Cancelled
        && rules::was_answered_before(answered_at, row.cancelled_at)
    {
        return Ok(Settled::Submitted);
    }
    // Somebody answered for them, whoever of the two was first.
    if command == Command::Submit && rules::speaks_for_themself(by.actor, state, row.answered_by) {
        return Ok(Settled::Submitted);
    }
    rules::after(state, command).ok_or_else(|| refused(by, row, state))
}

/// A refusal that says what is possible.
pub fn refused(by: By<'_>, row: &Row, state: CheckInState) -> Error {
    let subject = Subject { kind: SubjectKind::CheckIn, id: row.id.0 };
    let possible = rules::possible(by.actor, state, row.answered_by);
    Error::command_refused(subject, format!("the check-in is {state}"), &possible)
}
