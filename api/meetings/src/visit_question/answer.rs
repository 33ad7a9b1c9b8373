//! What callers get.

use super::{VisitQuestionId, corrections::Former, store::Row};
use crate::visit::VisitId;
use contract::{ParticipantId, StaffId, time::Instant};
use kernel::{
    Kernel,
    error::Result,
    protect::{
        privacy::{Note, expose_in_answer_if_any},
        seal::Field,
    },
};
use serde::Serialize;
use utoipa::ToSchema;

/// A question on a visit.
#[derive(Debug, Serialize, ToSchema)]
pub struct VisitQuestion {
    /// Its id.
    pub id: VisitQuestionId,
    /// On which visit.
    pub visit_id: VisitId,
    /// Whom the visit is about.
    pub participant_id: ParticipantId,
    /// Who asks.
    pub asked_by: StaffId,
    /// When.
    pub asked_at: Instant,
    /// What; absent for whoever may not read what the visit says.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub question: Option<Note>,
    /// When it was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Instant>,
    /// What the author says; absent until they do, and for whoever may not read what the visit says.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub answer: Option<Note>,
    /// When the answer was corrected last; what was said before is in `listVisitQuestionCorrections`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrected_at: Option<Instant>,
    /// When whoever asked found that it was asked by mistake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Instant>,
    /// Why; absent for whoever may not read what the visit says.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub withdrawal_reason: Option<Note>,
    /// Counts its changes; the same as its ETag.
    pub version: i64,
}

/// What was answered to a question before it was corrected.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormerVisitAnswer {
    /// The version of the question that said it.
    pub version: i64,
    /// When it was corrected.
    pub corrected_at: Instant,
    /// Who corrected it.
    pub corrected_by: StaffId,
    /// Why; absent for whoever may not read what the visit says.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub reason: Option<Note>,
    /// What was answered; absent for whoever may not read what the visit says.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub answer: Option<Note>,
    /// When it was answered.
    pub answered_at: Instant,
}

/// Where a text of a question lies.
pub const fn field(column: &'static str, id: VisitQuestionId) -> Field {
    Field::new("visit_question", column, id.0)
}

impl VisitQuestion {
    /// A row with its texts opened, as far as they were given out.
    pub fn of(kernel: &Kernel, row: &Row) -> Result<Self> {
        let key = kernel.keys.participants.key(row.participant_id.0, &row.data_key)?;
        let open = |column, sealed: Option<&_>| {
            sealed.map(|sealed| key.open_text(field(column, row.id), sealed)).transpose()
        };
        Ok(Self {
            id: row.id,
            visit_id: row.visit_id,
            participant_id: row.participant_id,
            asked_by: row.asked_by,
            asked_at: row.asked_at,
            question: open("question_sealed", row.question_sealed.as_ref())?,
            answered_at: row.answered_at,
            answer: open("answer_sealed", row.answer_sealed.as_ref())?,
            corrected_at: row.corrected_at,
            withdrawn_at: row.withdrawn_at,
            withdrawal_reason: open("withdrawal_sealed", row.withdrawal_sealed.as_ref())?,
            version: row.version,
        })
    }
}

impl FormerVisitAnswer {
    /// What was answered to `question`, with its texts opened if those of the question itself were given out.
    pub fn of(kernel: &Kernel, question: &Row, former: &Former) -> Result<Self> {
        let key = kernel.keys.participants.key(question.participant_id.0, &question.data_key)?;
        let is_readable = question.question_sealed.is_some();
        let open = |column, sealed: &_| {
            is_readable.then(|| key.open_text(field(column, question.id), sealed)).transpose()
        };
        Ok(Self {
            version: former.version,
            corrected_at: former.corrected_at,
            corrected_by: former.corrected_by,
            reason: open("reason_sealed", &former.reason_sealed)?,
            answer: open("answer_sealed", &former.answer_sealed)?,
            answered_at: former.answered_at,
        })
    }
}
