//! What the user presses. At a terminal a single key is enough; where standard input is a file or a pipe, each line's first
//! letter counts, so that a script can hold the phone. While a question is answered in words, every key or the whole line counts.

use crossterm::{
    event::{self, Event, KeyCode, KeyEventKind, KeyModifiers},
    terminal,
};
use std::{
    io::{BufRead, IsTerminal},
    thread,
};
use tokio::sync::mpsc;

/// What was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// A key.
    Character(char),
    /// The key that ends a line.
    Enter,
    /// The key that takes back a character.
    Erase,
    /// A whole line, where standard input is no terminal.
    Line(String),
}

impl Typed {
    /// The key with a meaning that this is, while no question is answered.
    pub fn key(&self) -> Option<Key> {
        match self {
            Self::Character(letter) => Key::of(*letter),
            Self::Line(line) => line.chars().next().and_then(Key::of),
            Self::Enter | Self::Erase => None,
        }
    }
}

/// What was pressed: something typed, or the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pressed {
    /// It was typed.
    Typed(Typed),
    /// Enough, whatever is going on.
    Quit,
}

/// A key with a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// "I will come."
    Confirm,
    /// "I cannot come at that time."
    AskToMove,
    /// The button of whatever else the notification is about.
    Button,
    /// Show what is behind the notification.
    Open,
    /// Choose the time with this number.
    Choose(u8),
    /// Answer a check-in.
    Answer,
    /// The way so far.
    Way,
    /// Say how a session was.
    How,
    /// One's goals.
    Goals,
    /// What one agrees to, and takes back.
    Permissions,
    /// Of staff: the day.
    Today,
    /// Of staff: what needs them.
    Work,
    /// Of staff: log a visit.
    Visit,
    /// Show the notifications that the service has for this person.
    List,
    /// Enough.
    Quit,
}

impl Key {
    /// Whether it means something on the phone of somebody of the staff, or of a participant.
    pub const fn is_of(self, is_staff: bool) -> bool {
        match self {
            Self::Answer | Self::Way | Self::How | Self::Goals | Self::Permissions => !is_staff,
            Self::Today | Self::Work | Self::Visit => is_staff,
            Self::Confirm
            | Self::AskToMove
            | Self::Button
            | Self::Open
            | Self::Choose(_)
            | Self::List
            | Self::Quit => true,
        }
    }

    fn of(letter: char) -> Option<Self> {
        match letter.to_ascii_lowercase() {
            'c' => Some(Self::Confirm),
            'm' => Some(Self::AskToMove),
            'b' => Some(Self::Button),
            'o' => Some(Self::Open),
            'a' => Some(Self::Answer),
            'w' => Some(Self::Way),
            'h' => Some(Self::How),
            'g' => Some(Self::Goals),
            'p' => Some(Self::Permissions),
            't' => Some(Self::Today),
            'i' => Some(Self::Work),
            'v' => Some(Self::Visit),
            'l' => Some(Self::List),
            'q' => Some(Self::Quit),
            '1'..='9' => letter.to_digit(10).and_then(|digit| u8::try_from(digit).ok()).map(Self::Choose),
            _ => None,
        }
    }
}

/// The keyboard; a terminal is as it was before once this is dropped.
pub struct Keyboard {
    keys: mpsc::UnboundedReceiver<Pressed>,
    is_raw: bool,
}

impl Keyboard {
    /// Begins to read. The threads that wait for input cannot be stopped; they end with the process.
    pub fn open() -> Self {
        let (sender, keys) = mpsc::unbounded_channel();
        let is_raw = std::io::stdin().is_terminal() && terminal::enable_raw_mode().is_ok();
        thread::spawn(move || if is_raw { read_keys(&sender) } else { read_lines(&sender) });
        Self { keys, is_raw }
    }

    /// The next key. Never comes once the input has ended.
    pub async fn next(&mut self) -> Pressed {
        match self.keys.recv().await {
            Some(key) => key,
            None => std::future::pending().await,
        }
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        if self.is_raw {
            // The process is about to end; there is nobody to tell.
            let _ = terminal::disable_raw_mode();
        }
    }
}

fn read_keys(sender: &mpsc::UnboundedSender<Pressed>) {
    while let Ok(event) = event::read() {
        let Event::Key(pressed) = event else { continue };
        if pressed.kind != KeyEventKind::Press {
            continue;
        }
        let with_control = pressed.modifiers.contains(KeyModifiers::CONTROL);
        let key = match pressed.code {
            KeyCode::Char('c' | 'd') if with_control => Some(Pressed::Quit),
            KeyCode::Char(letter) => Some(Pressed::Typed(Typed::Character(letter))),
            KeyCode::Enter => Some(Pressed::Typed(Typed::Enter)),
            KeyCode::Backspace => Some(Pressed::Typed(Typed::Erase)),
            KeyCode::Esc => Some(Pressed::Quit),
            _ => None,
        };
        if key.is_some_and(|key| sender.send(key).is_err()) {
            return;
        }
    }
}

fn read_lines(sender: &mpsc::UnboundedSender<Pressed>) {
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { return };
        if sender.send(Pressed::Typed(Typed::Line(line.trim().to_owned()))).is_err() {
            return;
        }
    }
}
