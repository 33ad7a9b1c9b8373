//! Answering a check-in on the phone: one question at a time, with a way back, kept at the service after each answer, so that whoever stops in
//! the middle goes on where they were. What is shown and what follows from what was typed is decided here; asking the service is not.

use super::{
    details::{items, text},
    keyboard::Typed,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A check-in that is being answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Answering {
    /// Its id.
    pub id: String,
    /// The version that was seen last.
    pub version: i64,
    check_in: Value,
    /// Which question is asked; behind the last one it is whether to call.
    position: usize,
    answers: BTreeMap<String, Value>,
    typed: String,
}

/// What follows from what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Nothing: more is typed.
    Wait,
    /// The question is shown again, with a remark.
    Again(&'static str),
    /// Another question is asked.
    Ask,
    /// What was answered so far is kept, and the next question asked.
    Save,
    /// All of it is given, with whether somebody is to call.
    Submit {
        /// Whether somebody is to call.
        call_wanted: bool,
    },
    /// It is left for later.
    Leave,
}

impl Answering {
    /// The first one of these that can be answered, the most pressing first; it goes on behind what was answered before.
    pub fn first_of(check_ins: &[Value]) -> Option<Self> {
        let can_be = |check_in: &&Value| {
            let commands = check_in.get("possible_commands").and_then(Value::as_array);
            // What somebody answered for them is not asked again.
            let is_answered = ["submitted", "reviewed"].contains(&text(check_in, "/state"));
            !is_answered && commands.is_some_and(|commands| commands.contains(&json!("submit")))
        };
        let check_in =
            check_ins.iter().filter(can_be).min_by_key(|check_in| text(check_in, "/closes_at").to_owned())?;
        let mut answers = BTreeMap::new();
        for answer in items(check_in, "answers") {
            answers.insert(text(answer, "/question_id").to_owned(), answer.clone());
        }
        let answered = |question: &Value| answers.contains_key(text(question, "/id"));
        let questions = items(check_in, "questions");
        let position = questions.iter().position(|question| !answered(question)).unwrap_or(questions.len());
        Some(Self {
            id: text(check_in, "/id").to_owned(),
            version: check_in.get("version").and_then(Value::as_i64)?,
            check_in: check_in.clone(),
            position,
            answers,
            typed: String::new(),
        })
    }

    /// What is asked now.
    pub fn lines(&self) -> Vec<String> {
        let Some(question) = self.question() else {
            return vec![
                text(&self.check_in, "/call_question/text").to_owned(),
                "[1] ✓   [2] ✗   [b] back   [s] stop, and go on later".to_owned(),
            ];
        };
        let count = items(&self.check_in, "questions").len();
        let mut lines = vec![format!("{}/{count}  {}", self.position + 1, text(question, "/wording/text"))];
        for (number, option) in (1..).zip(items(question, "options")) {
            let words = match text(option, "/wording/text") {
                "" => face(text(option, "/id")),
                words => words,
            };
            let is_chosen = self.answer(question).is_some_and(|given| given["option"] == option["id"]);
            lines.push(format!("[{number}] {words}{}", if is_chosen { "  ←" } else { "" }));
        }
        if is_written(question) {
            lines.push(
                format!("Type it and press Enter. {}", text(question, "/unit/text")).trim_end().to_owned(),
            );
        }
        let skip = if is_required(question) { "" } else { "   [Enter] skip" };
        lines.push(format!("[b] back{skip}   [s] stop, and go on later"));
        lines
    }

    /// Whether what is asked now is answered in words.
    pub fn is_written(&self) -> bool {
        self.question().is_some_and(is_written)
    }

    /// Goes on with what was typed.
    pub fn take(&mut self, typed: &Typed) -> Step {
        let is_written = self.is_written();
        match typed {
            Typed::Line(line) => self.line(&line.clone(), is_written),
            Typed::Enter => {
                let line = std::mem::take(&mut self.typed);
                self.line(&line, is_written)
            }
            Typed::Erase => {
                self.typed.pop();
                Step::Wait
            }
            Typed::Character(character) if is_written && !self.is_command(*character) => {
                self.typed.push(*character);
                Step::Wait
            }
            Typed::Character(character) => self.line(&character.to_string(), is_written),
        }
    }

    /// Of a question that is answered in words, a letter is one only where nothing was typed.
    fn is_command(&self, character: char) -> bool {
        self.typed.is_empty() && matches!(character, 'b' | 's') && self.question_is("number")
    }

    fn question_is(&self, kind: &str) -> bool {
        self.question().is_some_and(|question| text(question, "/kind") == kind)
    }

    fn line(&mut self, line: &str, is_written: bool) -> Step {
        match line.trim() {
            "b" => return self.back(),
            "s" => return Step::Leave,
            "" => return self.skip(),
            _ => {}
        }
        let Some(question) = self.question().cloned() else {
            return match line.trim() {
                "1" => Step::Submit { call_wanted: true },
                "2" => Step::Submit { call_wanted: false },
                _ => Step::Again("Press 1 or 2."),
            };
        };
        let id = text(&question, "/id").to_owned();
        let answer = if is_written {
            written(&question, &id, line.trim())
        } else {
            let number = line.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            let option = number.and_then(|number| items(&question, "options").get(number).cloned());
            option.map(|option| json!({"question_id": id, "option": option.get("id")}))
        };
        let Some(answer) = answer else { return Step::Again("That is none of the answers.") };
        self.answers.insert(id, answer);
        self.position += 1;
        Step::Save
    }

    fn back(&mut self) -> Step {
        self.typed.clear();
        match self.position.checked_sub(1) {
            Some(before) => {
                self.position = before;
                Step::Ask
            }
            None => Step::Again("This is the first question."),
        }
    }

    /// Over a question that need not be answered, or that is.
    fn skip(&mut self) -> Step {
        let Some(question) = self.question() else { return Step::Again("Press 1 or 2.") };
        if is_required(question) && self.answer(question).is_none() {
            return Step::Again("This question has to be answered.");
        }
        self.position += 1;
        Step::Ask
    }

    /// What the service keeps, or gets.
    pub fn body(&self, call_wanted: bool) -> Value {
        let answers: Vec<&Value> = self.answers.values().collect();
        json!({"answers": answers, "call_wanted": call_wanted})
    }

    fn question(&self) -> Option<&Value> {
        items(&self.check_in, "questions").get(self.position)
    }

    fn answer(&self, question: &Value) -> Option<&Value> {
        self.answers.get(text(question, "/id"))
    }
}

/// Whom to call now, and when somebody calls, if an answer asks for that.
pub fn help(check_in: &Value) -> Vec<String> {
    let is_asked_for = |field: &str| check_in.get(field).and_then(Value::as_bool) == Some(true);
    if !is_asked_for("alarms") && !is_asked_for("call_wanted") {
        return Vec::new();
    }
    let mut lines = vec!["Now you can call:".to_owned()];
    let centre = text(check_in, "/help/centre_phone");
    if !centre.is_empty() {
        lines.push(format!("  the centre, {centre}"));
    }
    for phone in items(check_in.get("help").unwrap_or(&Value::Null), "emergency_phones") {
        lines.push(format!("  {}, {}", text(phone, "/service").replace('_', " "), text(phone, "/number")));
    }
    let opens = text(check_in, "/help/next_openings/0/local_opens").replace('T', " ");
    if !opens.is_empty() {
        let closes = text(check_in, "/help/next_openings/0/local_closes").replace('T', " ");
        lines.push(format!("Somebody of the centre calls you between {opens} and {closes}."));
    }
    lines
}

fn written(question: &Value, id: &str, words: &str) -> Option<Value> {
    if text(question, "/kind") == "number" {
        return words.parse::<u32>().ok().map(|number| json!({"question_id": id, "number": number}));
    }
    Some(json!({"question_id": id, "text": words}))
}

fn is_written(question: &Value) -> bool {
    matches!(text(question, "/kind"), "number" | "text")
}

fn is_required(question: &Value) -> bool {
    question.get("required").and_then(Value::as_bool) == Some(true)
}

fn face(option: &str) -> &str {
    match option {
        "very_bad" => "😢",
        "bad" => "🙁",
        "neutral" => "😐",
        "good" => "🙂",
        "very_good" => "😀",
        "yes" => "✓",
        "no" => "✗",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_in() -> Value {
        let option = |id: &str| json!({"id": id, "alarm": false});
        json!({
            "id": "c", "version": 3, "closes_at": "2026-12-05T20:00:00Z", "possible_commands": ["save_answers", "submit"],
            "questions": [
                {"id": "mood", "kind": "faces", "required": true, "wording": {"text": "How?"}, "options": [option("bad"), option("good")]},
                {"id": "meals", "kind": "number", "required": true, "wording": {"text": "Meals?"}, "unit": {"text": "meals"}, "options": []},
                {"id": "words", "kind": "text", "required": false, "wording": {"text": "More?"}, "options": []},
            ],
            "call_question": {"text": "Call?"}, "answers": [],
        })
    }

    fn type_in(answering: &mut Answering, text: &str) -> Vec<Step> {
        text.chars()
            .map(|character| {
                answering.take(&match character {
                    '\n' => Typed::Enter,
                    character => Typed::Character(character),
                })
            })
            .filter(|step| *step != Step::Wait)
            .collect()
    }

    #[test]
    fn one_question_at_a_time_and_back() {
        let mut answering = Answering::first_of(&[check_in()]).expect("a check-in");
        assert_eq!(answering.lines()[0], "1/3  How?");
        assert_eq!(type_in(&mut answering, "9"), [Step::Again("That is none of the answers.")]);
        assert_eq!(type_in(&mut answering, "2"), [Step::Save]);
        assert_eq!(answering.lines()[0], "2/3  Meals?");
        assert_eq!(type_in(&mut answering, "b"), [Step::Ask]);
        assert!(answering.lines()[2].ends_with('←'), "what was answered is shown: {:?}", answering.lines());
        assert_eq!(type_in(&mut answering, "1"), [Step::Save]);
        assert_eq!(type_in(&mut answering, "\n"), [Step::Again("This question has to be answered.")]);
        assert_eq!(type_in(&mut answering, "12\n"), [Step::Save]);
        // In words, letters are letters.
        assert_eq!(type_in(&mut answering, "big\n"), [Step::Save]);
        assert_eq!(answering.lines()[0], "Call?");
        assert_eq!(type_in(&mut answering, "2"), [Step::Submit { call_wanted: false }]);
        assert_eq!(
            answering.body(false)["answers"],
            json!([
                {"question_id": "meals", "number": 12},
                {"question_id": "mood", "option": "bad"},
                {"question_id": "words", "text": "big"},
            ])
        );
    }

    #[test]
    fn a_script_answers_line_by_line_and_what_was_kept_goes_on() {
        let mut begun = check_in();
        begun["answers"] = json!([{"question_id": "mood", "option": "good"}]);
        let mut answering = Answering::first_of(&[begun]).expect("a check-in");
        assert_eq!(answering.lines()[0], "2/3  Meals?");
        let mut take = |line: &str| answering.take(&Typed::Line(line.to_owned()));
        assert_eq!(
            [take("3"), take(""), take("1")],
            [Step::Save, Step::Ask, Step::Submit { call_wanted: true }]
        );
        assert_eq!(take("s"), Step::Leave);
    }

    #[test]
    fn what_cannot_be_answered_is_not_asked_and_the_most_pressing_comes_first() {
        let mut later = check_in();
        later["id"] = json!("later");
        later["closes_at"] = json!("2026-12-12T20:00:00Z");
        let mut over = check_in();
        over["possible_commands"] = json!([]);
        assert_eq!(Answering::first_of(&[over.clone()]), None);
        assert_eq!(Answering::first_of(&[over, later, check_in()]).expect("one").id, "c");
    }

    #[test]
    fn whom_to_call_is_shown_where_it_is_asked_for() {
        let mut told = check_in();
        assert!(help(&told).is_empty());
        told["alarms"] = json!(true);
        told["help"] = json!({"emergency_phones": [{"service": "medical_aid", "number": "141"}],
                              "next_openings": [{"local_opens": "2026-11-30T08:30:00", "local_closes": "2026-11-30T16:30:00"}]});
        assert_eq!(
            help(&told),
            [
                "Now you can call:",
                "  medical aid, 141",
                "Somebody of the centre calls you between 2026-11-30 08:30:00 and 2026-11-30 16:30:00.",
            ]
        );
    }
}
