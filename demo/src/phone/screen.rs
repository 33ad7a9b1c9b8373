//! What the phone shows on a terminal. Where somebody looks at it, it is drawn with a frame and colours; where a script reads
//! it, it is plain lines. Text that runs from right to left is set apart with the marks of Unicode (UAX #9 §2.5), so that a
//! line with words of both directions is shown in the right order, and starts at the right margin.

use super::keyboard::Typed;
use contract::push::{PushPayload, TextDirection};
use std::io::{IsTerminal, Write};

/// How wide a notification is drawn, in characters.
const WIDTH: usize = 66;
const RIGHT_TO_LEFT_ISOLATE: char = '\u{2067}';
const LEFT_TO_RIGHT_ISOLATE: char = '\u{2066}';
const POP_ISOLATE: char = '\u{2069}';

/// The screen.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    is_terminal: bool,
}

impl Screen {
    /// The process's standard output.
    pub fn open() -> Self {
        Self { is_terminal: std::io::stdout().is_terminal() }
    }

    /// Shows a line or several.
    pub fn say(self, text: &str) {
        let mut output = std::io::stdout().lock();
        for line in text.split('\n') {
            // While single keys are read the terminal does not go back to the first column by itself.
            let end = if self.is_terminal { "\r\n" } else { "\n" };
            // Nobody is left to be told that the screen is gone.
            let _ = write!(output, "{line}{end}");
        }
        let _ = output.flush();
    }

    /// Shows what is typed of an answer in words: while single keys are read, the terminal does not.
    pub fn echo(self, typed: &Typed) {
        if !self.is_terminal {
            return;
        }
        let shown = match typed {
            Typed::Character(character) => character.to_string(),
            Typed::Erase => "\u{8} \u{8}".to_owned(),
            Typed::Enter => "\r\n".to_owned(),
            Typed::Line(_) => return,
        };
        let mut output = std::io::stdout().lock();
        // Nobody is left to be told that the screen is gone.
        let _ = write!(output, "{shown}").and_then(|()| output.flush());
    }

    /// Shows a notification.
    pub fn show(self, payload: &PushPayload) {
        let direction = payload.direction;
        let mut lines = vec![self.rule('╭', &format!("{} · {}", payload.language, payload.purpose))];
        lines.push(self.line(&self.bold(&payload.title), payload.title.chars().count(), direction));
        for line in wrap(&payload.body, WIDTH - 4) {
            lines.push(self.line(&line, line.chars().count(), direction));
        }
        for (key, action) in payload.actions.iter().map(|button| (key_of(button.action), button)) {
            let text = format!("[{key}] {}", isolate(&action.label, direction));
            lines.push(self.line(&text, action.label.chars().count() + 4, TextDirection::Ltr));
        }
        lines.push(self.line("[o] open   [a] answer   [l] list   [q] quit", 43, TextDirection::Ltr));
        lines.push(self.rule('╰', ""));
        self.say(&lines.join("\n"));
    }

    fn rule(self, corner: char, label: &str) -> String {
        if !self.is_terminal {
            return if label.is_empty() { String::new() } else { format!("— {label}") };
        }
        let label = if label.is_empty() { String::new() } else { format!(" {label} ") };
        let rest = WIDTH.saturating_sub(label.chars().count() + 2);
        format!("{corner}─{label}{}", "─".repeat(rest))
    }

    fn line(self, text: &str, width: usize, direction: TextDirection) -> String {
        if !self.is_terminal {
            return isolate(text, direction);
        }
        let margin = match direction {
            TextDirection::Ltr => String::new(),
            TextDirection::Rtl => " ".repeat((WIDTH - 4).saturating_sub(width)),
        };
        format!("│ {margin}{}", isolate(text, direction))
    }

    fn bold(self, text: &str) -> String {
        if self.is_terminal { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// The key that presses a button.
pub const fn key_of(action: contract::NotificationAction) -> char {
    match action {
        contract::NotificationAction::Confirm => 'c',
        contract::NotificationAction::AskToMove => 'm',
        _ => 'b',
    }
}

/// The text, set apart from what stands around it.
pub fn isolate(text: &str, direction: TextDirection) -> String {
    let mark = match direction {
        TextDirection::Ltr => LEFT_TO_RIGHT_ISOLATE,
        TextDirection::Rtl => RIGHT_TO_LEFT_ISOLATE,
    };
    format!("{mark}{text}{POP_ISOLATE}")
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_broken_between_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("unbreakable", 3), ["unbreakable"]);
        assert!(wrap("", 7).is_empty());
    }

    #[test]
    fn what_runs_from_right_to_left_is_set_apart() {
        assert_eq!(isolate("موعد", TextDirection::Rtl), "\u{2067}موعد\u{2069}");
    }
}
