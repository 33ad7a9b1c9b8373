//! The words of a reminder, in the reader's language.
//!
//! A phone lies on a table and others see it light up. So a text says when, and how to meet; it never says with whom, what for,
//! or who runs the service. It names the day as people say it ("tomorrow"), reckoned from the moment it is sent, in the zone that
//! was agreed on, with the date beside the word: a push may be read after midnight. It shows the agreed wall-clock time as it
//! stands, and says whose clock that is where the reader's shows another.

mod bundle;
mod call;
mod clock;
mod renderer;
mod slip;
mod words;

#[cfg(test)]
mod tests;

use contract::{
    Language, NotificationAction,
    time::{Instant, ZoneName, Zones},
};
use serde::{Deserialize, Serialize};

pub(crate) use bundle::Messages;
pub use call::{CallText, call};
pub use renderer::Renderer;
pub use slip::{SlipText, slip};
#[cfg(test)]
pub(crate) use words::button_label;

use crate::plan::ReminderFacts;

/// A text that is ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MessageText {
    /// One short line (at most 50 characters).
    pub title: String,
    /// What to know and what to do next (at most 160 characters).
    pub body: String,
    /// The language of all of it.
    pub language: Language,
    /// Which way it runs.
    pub direction: TextDirection,
    /// What the reader can do without opening the app, with the words on the buttons.
    pub actions: Vec<(NotificationAction, String)>,
}

/// Which way a text runs, as the `dir` of a web notification has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextDirection {
    /// From left to right.
    Ltr,
    /// From right to left.
    Rtl,
}

impl From<Language> for TextDirection {
    fn from(language: Language) -> Self {
        if language.is_right_to_left() { Self::Rtl } else { Self::Ltr }
    }
}

/// The text for a reminder that is sent at `now` to somebody who lives in `home`, if that is known. [`Renderer::render`] gives the
/// same, faster where many are sent.
pub fn render(
    facts: &ReminderFacts,
    language: Language,
    home: Option<&ZoneName>,
    now: Instant,
    zones: &Zones,
) -> MessageText {
    let clock = clock::Clock::of(facts, home, zones);
    words::write(facts, language, clock, words::today(facts, now, zones))
}
