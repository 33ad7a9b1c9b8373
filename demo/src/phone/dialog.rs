//! What the phone asks step by step, until there is something to send: a session and a face, a visit, what becomes of a work item. A dialog
//! decides what is shown and what follows from a line; it neither reads keys nor asks the service.

use super::keyboard::Typed;
use serde_json::Value;

/// What is sent once everything was asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Where to.
    pub path: String,
    /// The version that was seen, where something is changed.
    pub version: Option<i64>,
    /// What is said, if anything is.
    pub body: Option<Value>,
    /// What is shown once it is done.
    pub done: String,
}

/// What follows from a line.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// It is asked again, with a remark.
    Again(&'static str),
    /// The next thing is asked.
    Ask,
    /// All of it was said.
    Send(Request),
    /// It is left.
    Leave,
}

/// Something that is asked step by step.
pub trait Dialog: Send {
    /// What is asked now.
    fn lines(&self) -> Vec<String>;
    /// Whether it is answered in words, which end with Enter; else one key is enough.
    fn is_written(&self) -> bool {
        false
    }
    /// Goes on with a line.
    fn take(&mut self, line: &str) -> Next;
}

/// A dialog, with what was typed so far of the next line.
pub struct Talk {
    dialog: Box<dyn Dialog>,
    typed: String,
}

impl Talk {
    /// Begins.
    pub fn new(dialog: impl Dialog + 'static) -> Self {
        Self { dialog: Box::new(dialog), typed: String::new() }
    }

    /// What is asked now.
    pub fn lines(&self) -> Vec<String> {
        self.dialog.lines()
    }

    /// Whether it is answered in words.
    pub fn is_written(&self) -> bool {
        self.dialog.is_written()
    }

    /// Goes on with what was typed; nothing follows until a line is whole.
    pub fn take(&mut self, typed: &Typed) -> Option<Next> {
        let line = match typed {
            Typed::Line(line) => line.clone(),
            Typed::Enter => std::mem::take(&mut self.typed),
            Typed::Erase => {
                self.typed.pop();
                return None;
            }
            Typed::Character(character) if self.is_written() => {
                self.typed.push(*character);
                return None;
            }
            Typed::Character(character) => character.to_string(),
        };
        Some(match line.trim() {
            "s" => Next::Leave,
            line => self.dialog.take(line),
        })
    }
}

/// The object with one field more.
pub fn with(mut body: Value, field: &str, value: Value) -> Value {
    if let Some(fields) = body.as_object_mut() {
        fields.insert(field.to_owned(), value);
    }
    body
}

/// How many of a list are shown at once: each has one key.
const PAGE: usize = 9;

/// A list of which nine at a time are shown, each under its number.
#[derive(Debug, Clone)]
pub struct Numbered<T> {
    items: Vec<T>,
    from: usize,
}

impl<T> Numbered<T> {
    /// Of these, from the first on.
    pub const fn new(items: Vec<T>) -> Self {
        Self { items, from: 0 }
    }

    /// What is shown of them, and below it what else can be pressed.
    pub fn lines(&self, say: impl Fn(&T) -> String) -> Vec<String> {
        let shown = self.items.iter().skip(self.from).take(PAGE);
        let mut lines: Vec<String> =
            (1..=PAGE).zip(shown).map(|(number, item)| format!("[{number}] {}", say(item))).collect();
        let more = if self.items.len() > PAGE { "[n] the next ones   " } else { "" };
        lines.push(format!("{more}[s] stop"));
        lines
    }

    /// The one with this number on what is shown.
    pub fn chosen(&self, line: &str) -> Option<&T> {
        let number = line.parse::<usize>().ok().filter(|number| (1..=PAGE).contains(number))?;
        self.items.get(self.from + number - 1)
    }

    /// Shows the next ones; behind the last ones, the first ones again.
    pub fn turn(&mut self) {
        self.from = if self.from + PAGE < self.items.len() { self.from + PAGE } else { 0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_shown_nine_at_a_time() {
        let mut list = Numbered::new((1..=11).collect::<Vec<i32>>());
        assert_eq!(list.lines(i32::to_string).len(), 10);
        assert_eq!((list.chosen("9"), list.chosen("0"), list.chosen("x")), (Some(&9), None, None));
        list.turn();
        assert_eq!(list.lines(i32::to_string), ["[1] 10", "[2] 11", "[n] the next ones   [s] stop"]);
        assert_eq!((list.chosen("2"), list.chosen("3")), (Some(&11), None));
        list.turn();
        assert_eq!(list.chosen("1"), Some(&1));
    }

    struct Echo;

    impl Dialog for Echo {
        fn lines(&self) -> Vec<String> {
            Vec::new()
        }

        fn is_written(&self) -> bool {
            true
        }

        fn take(&mut self, line: &str) -> Next {
            if line == "so" { Next::Ask } else { Next::Again("what") }
        }
    }

    #[test]
    fn words_end_with_enter_and_a_lone_s_stops() {
        let mut talk = Talk::new(Echo);
        assert_eq!(talk.take(&Typed::Character('s')), None);
        assert_eq!(talk.take(&Typed::Character('x')), None);
        assert_eq!(talk.take(&Typed::Erase), None);
        assert_eq!(talk.take(&Typed::Character('o')), None);
        assert_eq!(talk.take(&Typed::Enter), Some(Next::Ask));
        assert_eq!(talk.take(&Typed::Line(" s ".to_owned())), Some(Next::Leave));
    }
}
