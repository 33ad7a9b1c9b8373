//! What callers send.

use crate::questionnaire::{
    Icon, QuestionKind, Slug,
    question::{Question, Texts},
    request::{NewOption, NewQuestion},
    rules::{self, CUSTOM_PREFIX, MAX_CUSTOM},
};
use contract::{FieldFault, Language};
use kernel::protect::privacy::Note;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

const fn is_required() -> bool {
    true
}

/// Something that can be chosen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCustomOption {
    /// Its name; of faces one of `very_bad`, `bad`, `neutral`, `good`, `very_good`, of yes or no one of `yes`, `no`.
    pub id: Slug,
    /// What stands beside it. For choices alone, and each has one.
    pub icon: Option<Icon>,
    /// What it says, at most 160 characters. For choices alone, and each has one.
    pub text: Option<Note>,
    /// Whether those who accompany the participant are to learn at once that it was chosen.
    #[serde(default)]
    pub alarm: bool,
}

/// A question.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCustomQuestion {
    /// How it is answered.
    pub kind: QuestionKind,
    /// What is asked, in the participant's language, at most 160 characters.
    pub text: Note,
    /// Whether it has to be answered.
    #[serde(default = "is_required")]
    #[schema(default = true)]
    pub required: bool,
    /// Of a number: of what, at most 160 characters.
    pub unit: Option<Note>,
    /// What can be chosen. Of faces and of yes or no only those that alarm need be named.
    #[serde(default)]
    #[schema(max_items = 6)]
    pub options: Vec<NewCustomOption>,
}

/// What one participant is asked besides.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "questions": [{"kind": "yes_no", "text": "هل وصلتكم بطاقة التعريف؟", "options": [{"id": "no", "alarm": false}]}]
}))]
pub struct NewCustomQuestions {
    /// The questions in order; none if nothing is to be asked besides any more.
    #[schema(max_items = 3)]
    pub questions: Vec<NewCustomQuestion>,
}

impl NewCustomQuestions {
    /// As they are stored, put in this language, or what is wrong with them.
    pub fn checked(self, language: Language) -> Result<Vec<Question>, Vec<FieldFault>> {
        let (mut faults, mut made) = (Vec::new(), Vec::new());
        if self.questions.len() > MAX_CUSTOM {
            let detail = "at most 3 are asked besides".to_owned();
            return Err(vec![FieldFault {
                pointer: "/questions".to_owned(),
                code: "length".to_owned(),
                detail,
            }]);
        }
        for (index, new) in self.questions.into_iter().enumerate() {
            let here = format!("/questions/{index}");
            let Ok(id) = format!("{CUSTOM_PREFIX}{}", index + 1).parse() else { continue };
            made.extend(rules::checked(new.named(id, language), &here, &mut faults));
        }
        if faults.is_empty() {
            return Ok(made);
        }
        for fault in &mut faults {
            // They have one language, and no place for it.
            if let Some(place) = fault.pointer.strip_suffix(&format!("/{language}")) {
                fault.pointer = place.to_owned();
            }
        }
        Err(faults)
    }
}

impl NewCustomQuestion {
    fn named(self, id: Slug, language: Language) -> NewQuestion {
        let texts = |note: Note| Texts::only(language, note.expose().to_owned());
        NewQuestion {
            id,
            kind: self.kind,
            text: texts(self.text),
            required: self.required,
            unit: self.unit.map(texts),
            options: self
                .options
                .into_iter()
                .map(|option| NewOption {
                    id: option.id,
                    icon: option.icon,
                    text: option.text.map(texts),
                    alarm: option.alarm,
                })
                .collect(),
        }
    }
}
