//! What callers send.

use super::VisitQuestionId;
use kernel::protect::privacy::Note;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// A question to the author of a visit.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"question": "Which certificate is missing, and who can fetch it?"}))]
pub struct NewVisitQuestion {
    /// Chosen by the caller, so that sending twice asks once; else the service chooses.
    pub id: Option<VisitQuestionId>,
    /// What is asked.
    pub question: Note,
}

/// What the author says.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"answer": "The residence certificate; the brother goes on Monday"}))]
pub struct VisitQuestionAnswer {
    /// It.
    pub answer: Note,
}

/// That a question was asked by mistake.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "It was about another visit"}))]
pub struct VisitQuestionWithdrawal {
    /// Why.
    pub reason: Note,
}

/// What the author had meant to say.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "It was the other brother", "answer": "The residence certificate; the uncle goes on Monday"}))]
pub struct VisitAnswerCorrection {
    /// Why it is corrected.
    pub reason: Note,
    /// What stands from now on.
    pub answer: Note,
}
