//! What callers get.

use super::{
    question::{Question, Texts},
    store::{Row, Version},
    words::{Icon, QuestionKind, QuestionnaireId, Slug},
};
use contract::{CentreId, StaffId, time::Instant};
use kernel::error::{Error, Result};
use serde::Serialize;
use utoipa::ToSchema;

/// Something that can be chosen.
#[derive(Serialize, ToSchema)]
pub struct QuestionnaireOption {
    /// Its name.
    pub id: Slug,
    /// What stands beside it; absent of faces, yes and no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<Icon>,
    /// What it says; absent of faces, yes and no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Texts>,
    /// Whether those who accompany the participant learn at once that it was chosen.
    pub alarm: bool,
}

/// A question in its languages.
#[derive(Serialize, ToSchema)]
pub struct QuestionnaireQuestion {
    /// Its name.
    pub id: Slug,
    /// How it is answered.
    pub kind: QuestionKind,
    /// What is asked.
    pub text: Texts,
    /// Whether it has to be answered.
    pub required: bool,
    /// Of a number: of what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Texts>,
    /// What can be chosen.
    #[schema(max_items = 6)]
    pub options: Vec<QuestionnaireOption>,
}

/// A questionnaire with what it asks now.
#[derive(Serialize, ToSchema)]
pub struct Questionnaire {
    /// Its id.
    pub id: QuestionnaireId,
    /// Whose; absent if it is for all centres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub centre_id: Option<CentreId>,
    /// What staff call it.
    pub name: String,
    /// The number of the version that is asked now.
    #[schema(minimum = 1)]
    pub number: i64,
    /// What it asks.
    #[schema(max_items = 6)]
    pub questions: Vec<QuestionnaireQuestion>,
    /// When it was made.
    pub created_at: Instant,
    /// Who made it; absent of the one that came with the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_by: Option<StaffId>,
    /// When it was retired; absent while it can be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<Instant>,
    /// Who retired it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retired_by: Option<StaffId>,
    /// Counts its changes; the same as its ETag.
    pub version: i64,
}

/// What a questionnaire asks in one of its versions. None is ever changed.
#[derive(Serialize, ToSchema)]
pub struct QuestionnaireVersion {
    /// The number of the version.
    #[schema(minimum = 1)]
    pub number: i64,
    /// What it asks.
    #[schema(max_items = 6)]
    pub questions: Vec<QuestionnaireQuestion>,
    /// Since when.
    pub created_at: Instant,
    /// Who wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_by: Option<StaffId>,
}

impl From<Question> for QuestionnaireQuestion {
    fn from(question: Question) -> Self {
        let option = |choice: super::question::Choice| QuestionnaireOption {
            id: choice.id,
            icon: choice.icon,
            text: choice.text,
            alarm: choice.alarm,
        };
        Self {
            id: question.id,
            kind: question.kind,
            text: question.text,
            required: question.required,
            unit: question.unit,
            options: question.options.into_iter().map(option).collect(),
        }
    }
}

fn read(questions: &str) -> Result<Vec<QuestionnaireQuestion>> {
    let questions: Vec<Question> = serde_json::from_str(questions).map_err(Error::internal)?;
    Ok(questions.into_iter().map(Into::into).collect())
}

impl Questionnaire {
    /// As it is stored.
    pub fn of(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            centre_id: row.centre_id,
            name: row.name.clone(),
            number: row.number,
            questions: read(&row.questions)?,
            created_at: row.created_at,
            created_by: row.created_by,
            retired_at: row.retired_at,
            retired_by: row.retired_by,
            version: row.version,
        })
    }
}

impl QuestionnaireVersion {
    /// As it is stored.
    pub fn of(version: &Version) -> Result<Self> {
        Ok(Self {
            number: version.number,
            questions: read(&version.questions)?,
            created_at: version.created_at,
            created_by: version.created_by,
        })
    }
}
