//! Asking and answering: the same over HTTP and from a phone that was without network.

use super::{
    VisitQuestionId,
    answer::field,
    corrections,
    request::{NewVisitQuestion, VisitAnswerCorrection, VisitQuestionAnswer, VisitQuestionWithdrawal},
    store::{self, Row},
};
use crate::{
    App,
    visit::{VisitReaders, store::Row as Visit, things::VISIT_QUESTION},
    work_item::{self, Raise, WorkCause},
};
use contract::{EmergencyAccessId, StaffId, Subject, SubjectKind, time::Instant};
use db::Tx;
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::fields::new_id,
};

/// Asks the author of `visit`, which is held. Of what they wrote for themselves alone nothing is asked without an emergency access.
pub async fn ask(
    app: &App,
    tx: &mut Tx,
    manager: StaffId,
    visit: &Visit,
    emergency: Option<EmergencyAccessId>,
    new: NewVisitQuestion,
    now: Instant,
) -> Result<(Row, Audit)> {
    let subject = Subject { kind: SubjectKind::Visit, id: visit.id.0 };
    let refused = |detail| Err(Error::command_refused(subject, detail, &[] as &[&str]));
    if visit.withdrawn_at.is_some() {
        return refused("it was withdrawn as entered by mistake");
    }
    if visit.readers == VisitReaders::Author && emergency.is_none() {
        return refused("its author wrote it for themself alone: it is asked about by an emergency access");
    }
    // Whoever closes a file or moves it holds its visits first: it stays as it is found here.
    if !store::accompanies(tx, visit.author_id, visit.participant_id).await? {
        return refused(
            "its author no longer accompanies the participant, or nobody does, and could not answer",
        );
    }
    let id = VisitQuestionId(new_id(new.id, &*app.ids));
    let key = app.keys.participants.key(visit.participant_id.0, &visit.data_key)?;
    let row = Row {
        id,
        visit_id: visit.id,
        centre_id: visit.centre_id,
        participant_id: visit.participant_id,
        author_id: visit.author_id,
        visit_withdrawn_at: visit.withdrawn_at,
        asked_by: manager,
        asked_at: now,
        question_sealed: Some(key.seal_text(field("question_sealed", id), &new.question, &*app.random)?),
        answered_at: None,
        answer_sealed: None,
        corrected_at: None,
        withdrawn_at: None,
        withdrawal_sealed: None,
        version: 1,
        data_key: visit.data_key.clone(),
    };
    store::insert(tx, &row).await?;
    tx.changed(row.changed());
    let what = Raise {
        cause: WorkCause::QuestionBack,
        subject: visit.id.0,
        participant: visit.participant_id,
        centre: visit.centre_id,
    };
    work_item::raise_for(app, tx, what, Some(visit.author_id), now).await?;
    Ok((row.clone(), audit(&row, "ask")))
}

/// Answers `row`, which is held behind its visit, as the author of the visit.
pub async fn answer(
    app: &App,
    tx: &mut Tx,
    staff: StaffId,
    row: &mut Row,
    answer: &VisitQuestionAnswer,
    now: Instant,
) -> Result<Audit> {
    if staff != row.author_id {
        return Err(refused(row, "only whoever logged the visit answers"));
    }
    require_asked(row)?;
    if row.answered_at.is_some() {
        return Err(refused(row, "it was answered already"));
    }
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
    row.answer_sealed = Some(key.seal_text(field("answer_sealed", row.id), &answer.answer, &*app.random)?);
    row.answered_at = Some(now);
    row.version += 1;
    store::answer(tx, row).await?;
    tx.changed(row.changed());
    stand_as(app, tx, row, now).await?;
    Ok(audit(row, "answer"))
}

/// Corrects what was answered to `row`, which is held behind its visit, as its author. What was said stays beside it.
pub async fn correct_answer(
    app: &App,
    tx: &mut Tx,
    staff: StaffId,
    row: &mut Row,
    change: &VisitAnswerCorrection,
    now: Instant,
) -> Result<Audit> {
    if staff != row.author_id {
        return Err(refused(row, "only whoever answered corrects it"));
    }
    require_asked(row)?;
    if row.answered_at.is_none() {
        return Err(refused(row, "it was not answered yet"));
    }
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
    let reason = key.seal_text(field("reason_sealed", row.id), &change.reason, &*app.random)?;
    corrections::keep(tx, row.id, staff, &reason, now).await?;
    row.answer_sealed = Some(key.seal_text(field("answer_sealed", row.id), &change.answer, &*app.random)?);
    row.corrected_at = Some(now);
    row.version += 1;
    store::correct(tx, row).await?;
    tx.changed(row.changed());
    Ok(audit(row, "correct_answer"))
}

/// Takes `row`, which is held behind its visit, back as asked by mistake, as whoever asked it: nobody has to answer it any more.
pub async fn withdraw(
    app: &App,
    tx: &mut Tx,
    manager: StaffId,
    row: &mut Row,
    withdrawal: &VisitQuestionWithdrawal,
    now: Instant,
) -> Result<Audit> {
    if manager != row.asked_by {
        return Err(refused(row, "only whoever asked takes a question back"));
    }
    require_asked(row)?;
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
    let place = field("withdrawal_sealed", row.id);
    row.withdrawal_sealed = Some(key.seal_text(place, &withdrawal.reason, &*app.random)?);
    row.withdrawn_at = Some(now);
    row.version += 1;
    store::withdraw(tx, row).await?;
    tx.changed(row.changed());
    stand_as(app, tx, row, now).await?;
    Ok(audit(row, "withdraw"))
}

/// Of a visit of which nothing is open any more its author has nothing to answer.
async fn stand_as(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    if !store::is_any_open(tx, row.visit_id).await? {
        work_item::resolve(app, tx, WorkCause::QuestionBack, row.visit_id.0, now).await?;
    }
    Ok(())
}

fn require_asked(row: &Row) -> Result<()> {
    if row.withdrawn_at.is_some() {
        return Err(refused(row, "it was withdrawn as asked by mistake"));
    }
    Ok(())
}

fn refused(row: &Row, detail: &str) -> Error {
    let subject = Subject { kind: SubjectKind::Visit, id: row.visit_id.0 };
    Error::command_refused(subject, detail, &[] as &[&str])
}

fn audit(row: &Row, verb: &'static str) -> Audit {
    Audit::new(&VISIT_QUESTION, verb, row.id.0)
        .about(row.participant_id)
        .at(row.centre_id)
        .with("visit_id", row.visit_id.to_string())
}
