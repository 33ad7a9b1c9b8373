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
