//! Correcting answers that were given: whoever gave them meant something else. What was answered is kept beside it, and what asked for help by
//! mistake asks for it no longer, never without somebody being told.

use super::{
    answers::{Extent, Given},
    asked,
    corrections::{self, Why},
    deeds::{self, By},
    escalate::{self, News},
    former::{self, Former},
    request::{AnswersCorrection, NewAnswers},
    rules::{self, Command},
    store::Row,
    words::{CheckInState, Settled},
};
use crate::{App, questionnaire::question::Question};
use db::Tx;
use kernel::{
    audit::Audit,
    error::{Error, Result},
};

/// Corrects what was answered. When it was answered stays: a correction makes nothing late.
pub async fn correct(
    app: &App,
    tx: &mut Tx,
    by: By<'_>,
    row: &mut Row,
    change: AnswersCorrection,
) -> Result<Audit> {
    let now = by.now;
    let settled = becomes(by, row)?;
    let questions = asked::questions(app, row)?;
    let (why, was_never_meant) = (Why::of(&change), change.reason.was_never_meant());
    let given = Given::check(&questions, answers(change), Extent::Whole).map_err(Error::fields)?;
    let before = asked::given(app, row)?;
    if given == before {
        return Err(Error::field("/answers", "unchanged", "is what was answered: nothing is corrected"));
    }
    corrections::keep(app, tx, row, by.for_them(), &why, now).await?;
    let news = News::of(&given, &before, &questions);
    let taken_back = if was_never_meant {
        taken_back(&given, &before, &former::all(app, row)?, &questions)
    } else {
        News::NONE
    };
    if before.asks_beyond(&given, &questions) {
        // Whoever calls reads it also where there is no network.
        let (answered_at, answered_by) = (row.answered_at.unwrap_or(now), row.answered_by);
        let corrected = was_never_meant;
        former::keep(app, row, Former { given: before, answered_at, answered_by, stood: true, corrected })?;
    }
    row.answers_sealed = Some(asked::seal(app, row, &given)?);
    row.settled = settled;
    row.answers_version = Some(row.version + 1);
    row.corrected_at = Some(now);
    // Nobody has seen these.
    (row.reviewed_at, row.reviewed_by) = (None, None);
    let (news, is_accompanied) = deeds::keep(app, tx, row, news, now).await?;
    escalate::answered(app, tx, row, news, now).await?;
    // Of what a mentor wrote down wrongly themself nobody else has to be told.
    let takes_back_own = row.answered_by.is_some() && row.answered_by == by.for_them();
    let tells_staff = is_accompanied && !takes_back_own;
    escalate::taken_back(app, tx, row, taken_back, tells_staff, now).await?;
    Ok(deeds::audited(row, Command::CorrectAnswers))
}

/// All that somebody had meant to answer.
pub fn answers(change: AnswersCorrection) -> NewAnswers {
    NewAnswers { answers: change.answers, call_wanted: change.call_wanted }
}

/// Why answers cannot be corrected as the check-in is now; nothing if they can.
pub fn refusal(by: By<'_>, row: &Row) -> Option<Error> {
    becomes(by, row).err()
}

fn becomes(by: By<'_>, row: &Row) -> Result<Settled> {
    let state = rules::state(row.settled, &row.window(), row.clock(by.now));
    let settled =
        rules::after(state, Command::CorrectAnswers).ok_or_else(|| deeds::refused(by, row, state))?;
    // A phone without network cannot know that somebody has seen them since.
    let was_before = by.recorded_at.is_some() && row.reviewed_at.is_some_and(|seen| by.answered_at() < seen);
    let as_it_was = if was_before { CheckInState::Submitted } else { state };
    if rules::may_correct(by.actor, row.answered_by, as_it_was) {
        return Ok(settled);
    }
    Err(deeds::refused(by, row, state))
}

/// What was asked for by mistake and nothing else asks for: neither what is answered now, nor what somebody else had said or was heard without
/// standing.
fn taken_back(given: &Given, before: &Given, former: &[Former], questions: &[Question]) -> News {
    let others = || former.iter().filter(|former| !former.corrected);
    News {
        alarm: before.alarms(questions)
            && !given.alarms(questions)
            && !others().any(|former| former.given.alarms(questions)),
        call: before.call_wanted && !given.call_wanted && !others().any(|former| former.given.call_wanted),
    }
}
