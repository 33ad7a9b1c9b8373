//! What callers send.

use super::{
    question::Texts,
    words::{Icon, QuestionKind, QuestionnaireId, Slug},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

const fn is_required() -> bool {
    true
}

/// Something that can be chosen.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOption {
    /// Its name; of faces one of `very_bad`, `bad`, `neutral`, `good`, `very_good`, of yes or no one of `yes`, `no`.
    pub id: Slug,
    /// What stands beside it. For choices alone, and each has one.
    pub icon: Option<Icon>,
    /// What it says. For choices alone, and each has one.
    pub text: Option<Texts>,
    /// Whether those who accompany the participant are to learn at once that it was chosen.
    #[serde(default)]
    pub alarm: bool,
}

/// A question.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQuestion {
    /// Its name. Give it the same in a later version if it asks the same.
    pub id: Slug,
    /// How it is answered.
    pub kind: QuestionKind,
    /// What is asked, in one language at least.
    pub text: Texts,
    /// Whether it has to be answered.
    #[serde(default = "is_required")]
    #[schema(default = true)]
    pub required: bool,
    /// Of a number: of what.
    pub unit: Option<Texts>,
    /// What can be chosen. Of faces and of yes or no only those that alarm need be named.
    #[serde(default)]
    #[schema(max_items = 6)]
    pub options: Vec<NewOption>,
}

/// A questionnaire.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "The first weeks",
    "questions": [
        {"id": "mood", "kind": "faces", "text": {"ar": "كيف حالكم؟", "fr": "Comment allez-vous ?"}, "options": [{"id": "very_bad", "alarm": true}]},
        {"id": "meals", "kind": "number", "text": {"fr": "Combien de repas hier ?"}, "unit": {"fr": "repas"}, "required": false}
    ]
}))]
pub struct NewQuestionnaire {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<QuestionnaireId>,
    /// What staff call it.
    #[schema(min_length = 1, max_length = 100)]
    #[validate(length(min = 1, max = 100))]
    pub name: String,
    /// What is asked, in this order.
    #[schema(min_items = 1, max_items = 6)]
    #[validate(length(min = 1, max = 6))]
    pub questions: Vec<NewQuestion>,
}

/// What a questionnaire asks from now on.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "questions": [{"id": "mood", "kind": "faces", "text": {"fr": "Comment allez-vous aujourd’hui ?"}}]
}))]
pub struct NewQuestions {
    /// What is asked, in this order.
    #[schema(min_items = 1, max_items = 6)]
    #[validate(length(min = 1, max = 6))]
    pub questions: Vec<NewQuestion>,
}
