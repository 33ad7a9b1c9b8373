//! What can be asked. Pure.

use super::{
    question::{Choice, FACES, Question, Texts, YES_NO},
    request::{NewOption, NewQuestion},
    words::{QuestionKind, Slug},
};
use crate::public_text;
use contract::{FieldFault, Language};
use std::collections::BTreeSet;

/// How many questions are asked in one check-in.
pub const MAX_QUESTIONS: usize = 6;
/// How many of them may be one person's own.
pub const MAX_CUSTOM: usize = 3;
/// How many choices a question has.
pub const MAX_OPTIONS: usize = 6;
/// The longest text, in characters.
pub const MAX_TEXT: usize = 160;
/// What the names of one person's own questions begin with: nobody else's begin so.
pub const CUSTOM_PREFIX: &str = "own_";

/// The questions as they are stored, or what is wrong with them, with pointers below `place`.
pub fn questions(new: Vec<NewQuestion>, place: &str) -> Result<Vec<Question>, Vec<FieldFault>> {
    let (mut faults, mut seen, mut made) = (Vec::new(), BTreeSet::new(), Vec::new());
    for (index, question) in new.into_iter().enumerate() {
        let here = format!("{place}/{index}");
        if !seen.insert(question.id.clone()) {
            faults.push(fault(format!("{here}/id"), "duplicate", "is given twice"));
        }
        if question.id.as_str().starts_with(CUSTOM_PREFIX) {
            let why = "begins as the names of one person's own questions do";
            faults.push(fault(format!("{here}/id"), "reserved", why));
        }
        made.extend(checked(question, &here, &mut faults));
    }
    if faults.is_empty() { Ok(made) } else { Err(faults) }
}

/// One question, with the options that its kind has.
pub fn checked(new: NewQuestion, here: &str, faults: &mut Vec<FieldFault>) -> Option<Question> {
    let before = faults.len();
    text_faults(&new.text, &format!("{here}/text"), faults);
    match (&new.unit, new.kind) {
        (None, QuestionKind::Number) => {
            faults.push(fault(format!("{here}/unit"), "required", "a number is of something"));
        }
        (Some(unit), QuestionKind::Number) => text_faults(unit, &format!("{here}/unit"), faults),
        (Some(_), _) => {
            faults.push(fault(format!("{here}/unit"), "not_allowed", "only a number has a unit"));
        }
        (None, _) => {}
    }
    let place = format!("{here}/options");
    let options = match new.kind {
        QuestionKind::Faces => fixed(&FACES, &new.options, &place, faults),
        QuestionKind::YesNo => fixed(&YES_NO, &new.options, &place, faults),
        QuestionKind::Choice => choices(new.options, &place, faults),
        QuestionKind::Number | QuestionKind::Text => {
            if !new.options.is_empty() {
                faults.push(fault(place, "not_allowed", "only faces, yes or no and choices have options"));
            }
            Vec::new()
        }
    };
    let question = Question {
        id: new.id,
        kind: new.kind,
        required: new.required,
        text: new.text,
        unit: new.unit,
        options,
    };
    (faults.len() == before).then_some(question)
}

/// The options that every question of the kind has; those that were given say which of them alarm.
fn fixed(names: &[&str], given: &[NewOption], place: &str, faults: &mut Vec<FieldFault>) -> Vec<Choice> {
    for (index, option) in given.iter().enumerate() {
        let here = format!("{place}/{index}");
        if !names.contains(&option.id.as_str()) {
            let why = format!("must be one of {}", names.join(", "));
            faults.push(fault(format!("{here}/id"), "value", &why));
        }
        if given.iter().take(index).any(|other| other.id == option.id) {
            faults.push(fault(format!("{here}/id"), "duplicate", "is given twice"));
        }
        for (field, is_given) in [("text", option.text.is_some()), ("icon", option.icon.is_some())] {
            if is_given {
                let why = "apps show what this option is";
                faults.push(fault(format!("{here}/{field}"), "not_allowed", why));
            }
        }
    }
    let is_alarm = |name: &str| given.iter().any(|option| option.id.as_str() == name && option.alarm);
    let option = |name: &&str| {
        let id: Slug = name.parse().ok()?;
        Some(Choice { id, icon: None, text: None, alarm: is_alarm(name) })
    };
    names.iter().filter_map(option).collect()
}

fn choices(given: Vec<NewOption>, place: &str, faults: &mut Vec<FieldFault>) -> Vec<Choice> {
    if !(2..=MAX_OPTIONS).contains(&given.len()) {
        faults.push(fault(place.to_owned(), "length", "there must be 2 to 6 choices"));
    }
    let mut made: Vec<Choice> = Vec::with_capacity(given.len());
    for (index, option) in given.into_iter().enumerate() {
        let here = format!("{place}/{index}");
        if made.iter().any(|other| other.id == option.id) {
            faults.push(fault(format!("{here}/id"), "duplicate", "is given twice"));
        }
        match &option.text {
            Some(text) => text_faults(text, &format!("{here}/text"), faults),
            None => faults.push(fault(format!("{here}/text"), "required", "a choice says something")),
        }
        if option.icon.is_none() {
            faults.push(fault(format!("{here}/icon"), "required", "for whoever reads little"));
        }
        made.push(Choice { id: option.id, icon: option.icon, text: option.text, alarm: option.alarm });
    }
    made
}

fn text_faults(texts: &Texts, place: &str, faults: &mut Vec<FieldFault>) {
    let mut is_any = false;
    for language in Language::ALL {
        let Some(text) = texts.given(*language) else { continue };
        is_any = true;
        let here = format!("{place}/{language}");
        if text.chars().count() > MAX_TEXT {
            faults.push(fault(here, "length", "must have at most 160 characters"));
        } else if let Err(why) = public_text::check(text) {
            faults.push(fault(here, "value", why));
        }
    }
    if !is_any {
        faults.push(fault(place.to_owned(), "required", "must be there in one language at least"));
    }
}

/// What is asked in a check-in: the questionnaire's questions, and as many of the person's own as there is room for, in their order; and how
/// many of those that leaves out.
pub fn asked(questions: usize, custom: &[Question]) -> (&[Question], usize) {
    let room = MAX_QUESTIONS.saturating_sub(questions).min(custom.len());
    let (asked, left_out) = custom.split_at_checked(room).unwrap_or((custom, &[]));
    (asked, left_out.len())
}

fn fault(pointer: String, code: &str, detail: &str) -> FieldFault {
    FieldFault { pointer, code: code.to_owned(), detail: detail.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(questions: Value) -> Result<Vec<Question>, Vec<String>> {
        let new: Vec<NewQuestion> = serde_json::from_value(questions).unwrap();
        super::questions(new, "/questions").map_err(|faults| {
            faults.into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect()
        })
    }

    fn faults(questions: Value) -> Vec<String> {
        read(questions).err().unwrap_or_default()
    }

    #[test]
    fn faces_and_yes_or_no_have_their_options_and_say_which_alarm() {
        let made = read(json!([
            {"id": "mood", "kind": "faces", "text": {"fr": "a"}, "options": [{"id": "very_bad", "alarm": true}]},
            {"id": "safe", "kind": "yes_no", "text": {"ar": "b"}, "options": [{"id": "no", "alarm": true}]},
        ]))
        .unwrap_or_default();
        let alarms = |question: &Question| {
            let alarming = question.options.iter().filter(|option| option.alarm);
            alarming.map(|option| option.id.to_string()).collect::<Vec<_>>()
        };
        assert_eq!((made[0].options.len(), alarms(&made[0])), (5, vec!["very_bad".to_owned()]));
        assert_eq!((made[1].options.len(), alarms(&made[1])), (2, vec!["no".to_owned()]));
    }

    #[test]
    fn what_cannot_be_asked_is_told_by_place() {
        let text = || json!({"en": "?"});
        let option = |id: &str| json!({"id": id, "text": {"en": "x"}, "icon": "work"});
        assert_eq!(
            faults(json!([
                {"id": "a", "kind": "choice", "text": text(), "options": [option("x")]},
                {"id": "a", "kind": "choice", "text": text(), "options": [option("x"), option("x"), {"id": "y"}]},
                {"id": "own_1", "kind": "number", "text": {}},
                {"id": "b", "kind": "text", "text": {"fr": " "}, "unit": text(), "options": [option("x")]},
                {"id": "c", "kind": "yes_no", "text": text(), "options": [option("maybe"), {"id": "yes"}, {"id": "yes"}]},
                {"id": "d", "kind": "text", "text": {"ar": "ا".repeat(161)}},
            ])),
            [
                "/questions/0/options length",
                "/questions/1/id duplicate",
                "/questions/1/options/1/id duplicate",
                "/questions/1/options/2/text required",
                "/questions/1/options/2/icon required",
                "/questions/2/id reserved",
                "/questions/2/text required",
                "/questions/2/unit required",
                "/questions/3/text/fr value",
                "/questions/3/unit not_allowed",
                "/questions/3/options not_allowed",
                "/questions/4/options/0/id value",
                "/questions/4/options/0/text not_allowed",
                "/questions/4/options/0/icon not_allowed",
                "/questions/4/options/2/id duplicate",
                "/questions/5/text/ar length",
            ]
        );
    }

    #[test]
    fn six_are_asked_at_most() {
        let one = json!({"id": "a", "kind": "text", "text": {"en": "?"}});
        let made = read(json!([one])).unwrap_or_default();
        let three = vec![made[0].clone(), made[0].clone(), made[0].clone()];
        for (questions, asked_besides, left_out) in [(1, 3, 0), (3, 3, 0), (4, 2, 1), (5, 1, 2), (6, 0, 3)] {
            let (asked, left) = asked(questions, &three);
            assert_eq!((asked.len(), left), (asked_besides, left_out), "{questions}");
        }
    }
}
