//! What somebody answered: checked against what was asked, kept sealed, and what of it alarms. Pure.

use super::request::{NewAnswer, NewAnswers};
use crate::questionnaire::{
    QuestionKind, Slug,
    question::{Choice, Question},
    rules::MAX_QUESTIONS,
};
use contract::FieldFault;
use kernel::protect::privacy::Note;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The largest number that answers a question.
pub const MAX_NUMBER: i64 = 1_000_000;
/// The longest text, in characters.
pub const MAX_TEXT: usize = 500;

/// All that somebody answered, as it is sealed. It does not print.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// The answers, in the order of the questions.
    pub answers: Vec<Answered>,
    /// Whether somebody is to call.
    pub call_wanted: bool,
}

/// The answer to one question.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// Which question.
    pub question: Slug,
    /// What.
    pub what: What,
}

/// What was answered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// This option.
    Option(Slug),
    /// So many.
    Number(i64),
    /// In these words.
    Text(String),
}

/// Whether all questions that have to be answered are to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Some, so far.
    Some,
    /// All.
    Whole,
}

impl Given {
    /// The answers to what was asked, or what is wrong with them.
    pub fn check(asked: &[Question], new: NewAnswers, extent: Extent) -> Result<Self, Vec<FieldFault>> {
        if new.answers.len() > MAX_QUESTIONS {
            return Err(vec![fault("/answers".to_owned(), "length", "at most 6 questions are asked")]);
        }
        let (mut faults, mut seen, mut answers) = (Vec::new(), BTreeSet::new(), Vec::new());
        for (index, answer) in new.answers.into_iter().enumerate() {
            let here = format!("/answers/{index}");
            let Some(position) = asked.iter().position(|question| question.id == answer.question_id) else {
                faults.push(fault(
                    format!("{here}/question_id"),
                    "not_asked",
                    "this check-in does not ask that",
                ));
                continue;
            };
            if !seen.insert(position) {
                faults.push(fault(format!("{here}/question_id"), "duplicate", "is answered twice"));
                continue;
            }
            let Some(question) = asked.get(position) else { continue };
            match checked(question, answer, &here) {
                Ok(what) => answers.push((position, Answered { question: question.id.clone(), what })),
                Err(wrong) => faults.push(wrong),
            }
        }
        if extent == Extent::Whole {
            let is_missing =
                |(position, question): &(usize, &Question)| question.required && !seen.contains(position);
            for (_, question) in asked.iter().enumerate().filter(is_missing) {
                let why = format!("`{}` has to be answered", question.id);
                faults.push(fault("/answers".to_owned(), "required", &why));
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        answers.sort_by_key(|(position, _)| *position);
        let answers = answers.into_iter().map(|(_, answered)| answered).collect();
        Ok(Self { answers, call_wanted: new.call_wanted })
    }

    /// Whether an answer is one that somebody is to learn of at once.
    pub fn alarms(&self, asked: &[Question]) -> bool {
        self.alarms_beyond(&Self::default(), asked)
    }

    /// Whether one is among them that those others do not say.
    pub fn alarms_beyond(&self, others: &Self, asked: &[Question]) -> bool {
        self.answers.iter().any(|answered| {
            answered.option(asked).is_some_and(|option| option.alarm) && !others.answers.contains(answered)
        })
    }

    /// Whether an alarm is among them, or a call, that those others do not ask for.
    pub fn asks_beyond(&self, others: &Self, asked: &[Question]) -> bool {
        self.alarms_beyond(others, asked) || (self.call_wanted && !others.call_wanted)
    }
}

impl Answered {
    fn option<'q>(&self, asked: &'q [Question]) -> Option<&'q Choice> {
        let What::Option(id) = &self.what else { return None };
        asked.iter().find(|question| question.id == self.question)?.option(id)
    }
}

fn checked(question: &Question, answer: NewAnswer, here: &str) -> Result<What, FieldFault> {
    let NewAnswer { option, number, text, .. } = answer;
    let wanted = match question.kind {
        QuestionKind::Faces | QuestionKind::YesNo | QuestionKind::Choice => "option",
        QuestionKind::Number => "number",
        QuestionKind::Text => "text",
    };
    for (field, is_given) in
        [("option", option.is_some()), ("number", number.is_some()), ("text", text.is_some())]
    {
        if is_given && field != wanted {
            let why = format!("the question is answered by `{wanted}`");
            return Err(fault(format!("{here}/{field}"), "wrong_kind", &why));
        }
    }
    let missing = || fault(format!("{here}/{wanted}"), "required", "the question is answered by this");
    match wanted {
        "option" => option_of(question, option.ok_or_else(missing)?, here),
        "number" => number_of(number.ok_or_else(missing)?, here),
        _ => text_of(&text.ok_or_else(missing)?, here),
    }
}

fn option_of(question: &Question, option: Slug, here: &str) -> Result<What, FieldFault> {
    if question.option(&option).is_some() {
        return Ok(What::Option(option));
    }
    let why = "is not, or no longer, an option of the question in the version that is asked";
    Err(fault(format!("{here}/option"), "unknown_option", why))
}

fn number_of(number: i64, here: &str) -> Result<What, FieldFault> {
    if (0..=MAX_NUMBER).contains(&number) {
        return Ok(What::Number(number));
    }
    Err(fault(format!("{here}/number"), "range", "must be from 0 to 1000000"))
}

fn text_of(text: &Note, here: &str) -> Result<What, FieldFault> {
    if text.expose().chars().count() <= MAX_TEXT {
        return Ok(What::Text(text.expose().to_owned()));
    }
    Err(fault(format!("{here}/text"), "length", "must have at most 500 characters"))
}

fn fault(pointer: String, code: &str, detail: &str) -> FieldFault {
    FieldFault { pointer, code: code.to_owned(), detail: detail.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::questionnaire::{request::NewQuestion, rules};
    use serde_json::{Value, json};

    fn asked() -> Vec<Question> {
        let text = || json!({"en": "?"});
        let options = json!([{"id": "home", "text": text(), "icon": "house"},
                             {"id": "street", "text": text(), "icon": "alert", "alarm": true}]);
        let new: Vec<NewQuestion> = serde_json::from_value(json!([
            {"id": "mood", "kind": "faces", "text": text(), "options": [{"id": "very_bad", "alarm": true}]},
            {"id": "sleep", "kind": "choice", "text": text(), "options": options},
            {"id": "safe", "kind": "yes_no", "text": text(), "required": false},
            {"id": "meals", "kind": "number", "text": text(), "unit": text(), "required": false},
            {"id": "words", "kind": "text", "text": text(), "required": false},
        ]))
        .unwrap();
        rules::questions(new, "").unwrap_or_default()
    }

    fn check(answers: Value, extent: Extent) -> Result<Given, Vec<String>> {
        let new: NewAnswers = serde_json::from_value(json!({"answers": answers})).unwrap();
        Given::check(&asked(), new, extent).map_err(|faults| {
            faults.into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect()
        })
    }

    #[test]
    fn what_was_asked_is_answered_in_its_kind() {
        let all = json!([
            {"question_id": "words", "text": "I am fine"},
            {"question_id": "mood", "option": "good"},
            {"question_id": "meals", "number": 3},
            {"question_id": "safe", "option": "yes"},
            {"question_id": "sleep", "option": "home"},
        ]);
        let given = check(all, Extent::Whole).unwrap_or_default();
        let order: Vec<&str> = given.answers.iter().map(|answered| answered.question.as_str()).collect();
        assert_eq!(order, ["mood", "sleep", "safe", "meals", "words"]);
        assert!(!given.alarms(&asked()));
        assert!(check(json!([]), Extent::Some).is_ok());
        let required = check(json!([{"question_id": "safe", "option": "no"}]), Extent::Whole).err();
        assert_eq!(required, Some(vec!["/answers required".to_owned(); 2]));
    }

    #[test]
    fn what_was_not_asked_or_is_of_another_kind_is_told_by_place() {
        let faults = check(
            json!([
                {"question_id": "mood", "option": "purple"},
                {"question_id": "sleep", "number": 3},
                {"question_id": "sleep", "option": "home"},
                {"question_id": "safe"},
                {"question_id": "meals", "number": -1},
                {"question_id": "debts", "option": "yes"},
            ]),
            Extent::Some,
        );
        assert_eq!(
            faults.err().unwrap_or_default(),
            [
                "/answers/0/option unknown_option",
                "/answers/1/number wrong_kind",
                "/answers/2/question_id duplicate",
                "/answers/3/option required",
                "/answers/4/number range",
                "/answers/5/question_id not_asked",
            ]
        );
        let long = check(json!([{"question_id": "words", "text": "a".repeat(501)}]), Extent::Some);
        assert_eq!(long.err(), Some(vec!["/answers/0/text length".to_owned()]));
        let many = vec![json!({"question_id": "mood", "option": "good"}); 7];
        assert_eq!(check(json!(many), Extent::Some).err(), Some(vec!["/answers length".to_owned()]));
    }

    #[test]
    fn an_alarm_is_new_if_it_was_not_said_before() {
        let given = |answers: Value| check(answers, Extent::Some).unwrap_or_default();
        let mood = given(json!([{"question_id": "mood", "option": "very_bad"}]));
        let street = given(json!([{"question_id": "sleep", "option": "street"}]));
        let both = given(json!([
            {"question_id": "mood", "option": "very_bad"},
            {"question_id": "sleep", "option": "street"},
        ]));
        for (one, others, is_new) in [
            (&mood, &mood, false),
            (&mood, &both, false),
            (&both, &mood, true),
            (&street, &mood, true),
            (&mood, &Given::default(), true),
        ] {
            assert_eq!(one.alarms_beyond(others, &asked()), is_new);
            assert_eq!(one.asks_beyond(others, &asked()), is_new);
        }
        let called = Given { call_wanted: true, ..mood.clone() };
        assert!(called.asks_beyond(&mood, &asked()));
        assert!(!called.asks_beyond(&called, &asked()));
        assert!(!mood.asks_beyond(&called, &asked()));
    }

    #[test]
    fn an_alarm_is_a_property_of_the_option() {
        for (answer, alarms) in [
            (json!({"question_id": "mood", "option": "very_bad"}), true),
            (json!({"question_id": "mood", "option": "bad"}), false),
            (json!({"question_id": "sleep", "option": "street"}), true),
            (json!({"question_id": "safe", "option": "no"}), false),
        ] {
            let given = check(json!([answer]), Extent::Some).unwrap_or_default();
            assert_eq!(given.alarms(&asked()), alarms, "{answer}");
        }
    }
}
