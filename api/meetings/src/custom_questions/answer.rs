//! What callers get.

use crate::questionnaire::{
    Icon, QuestionKind, Slug,
    question::{Choice, Question, Texts},
};
use contract::{Language, ParticipantId, StaffId, time::Instant};
use kernel::{
    error::{Error, Result},
    protect::privacy::{Note, PrivateText, expose_in_answer, expose_in_answer_if_any},
};
use serde::Serialize;
use utoipa::ToSchema;

/// Something that can be chosen.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomOption {
    /// Its name.
    pub id: Slug,
    /// What stands beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<Icon>,
    /// What it says.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub text: Option<Note>,
    /// Whether somebody learns at once that it was chosen.
    pub alarm: bool,
}

/// A question.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomQuestion {
    /// Its name in check-ins.
    pub id: Slug,
    /// How it is answered.
    pub kind: QuestionKind,
    /// What is asked.
    #[serde(serialize_with = "expose_in_answer")]
    pub text: Note,
    /// Whether it has to be answered.
    pub required: bool,
    /// Of a number: of what.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub unit: Option<Note>,
    /// What can be chosen.
    #[schema(max_items = 6)]
    pub options: Vec<CustomOption>,
}

/// What one participant is asked besides.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomQuestions {
    /// Who is asked.
    pub participant_id: ParticipantId,
    /// The questions in order.
    #[schema(max_items = 3)]
    pub questions: Vec<CustomQuestion>,
    /// When they were set; absent if never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set_at: Option<Instant>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set_by: Option<StaffId>,
    /// Counts the changes, 0 if they were never set; the same as the ETag.
    pub version: i64,
}

/// In whichever language it is: it has one.
fn note(texts: &Texts) -> Result<Note> {
    let text = texts.for_reader_of(Language::Arabic).map_or("", |(text, _)| text);
    Note::from_stored(text.as_bytes()).map_err(Error::internal)
}

impl CustomQuestion {
    /// As it is stored.
    pub fn of(question: &Question) -> Result<Self> {
        let option = |choice: &Choice| {
            Ok(CustomOption {
                id: choice.id.clone(),
                icon: choice.icon,
                text: choice.text.as_ref().map(note).transpose()?,
                alarm: choice.alarm,
            })
        };
        Ok(Self {
            id: question.id.clone(),
            kind: question.kind,
            text: note(&question.text)?,
            required: question.required,
            unit: question.unit.as_ref().map(note).transpose()?,
            options: question.options.iter().map(option).collect::<Result<_>>()?,
        })
    }
}
