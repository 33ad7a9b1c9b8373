//! What a phone finds inside a push message, once it has decrypted it.
//!
//! Everything that a lock screen needs is in it, so a notification can be shown without network: the words in the person's
//! language, the buttons with the tokens that make them work, and the agreed time as it stands on the wall. It names neither
//! the programme nor the kind of appointment. `schemas/push-payload.schema.json` is the same as a JSON Schema, and
//! `examples/push/` holds messages to test an app with.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::time::{LocalDateTime, ZoneName};
use crate::{Language, NotificationAction, ReminderPurpose, Subject};

/// The version of [`PushPayload`] that this service writes. A phone shows what it understands of a later one.
pub const PUSH_PAYLOAD_VERSION: u8 = 2;

/// The longest payload that is sent, in bytes of JSON.
pub const MAX_PUSH_PAYLOAD: usize = 1_400;

/// One notification. Unknown fields are to be ignored: later versions may add some.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PushPayload {
    /// The version of this form.
    #[schema(minimum = 1, example = 2)]
    pub version: u8,
    /// The notification's tag, the same for everything that this person is told about this subject: the newest replaces what
    /// was said before.
    #[schema(min_length = 32, max_length = 32, pattern = "^[A-Za-z0-9_-]{32}$")]
    pub tag: String,
    /// Whether the phone is to ring although it may show a notification with this tag. It is false only for a repetition of
    /// the same message, which may have come already.
    pub renotify: bool,
    /// Why it is sent.
    pub purpose: ReminderPurpose,
    /// One short line.
    #[schema(max_length = 50)]
    pub title: String,
    /// What to know and what to do next.
    #[schema(max_length = 160)]
    pub body: String,
    /// The language of the words.
    pub language: Language,
    /// Which way they run.
    pub direction: TextDirection,
    /// What it is about; opened when the notification is tapped.
    pub subject: Subject,
    /// When that is, as agreed on; of an appointment to choose a time for, the first of the times that are offered; of something
    /// that was not agreed on, when it happened.
    pub time: WallTime,
    /// The buttons, in their order. None where there is nothing to answer.
    #[schema(max_items = 2)]
    pub actions: Vec<PushAction>,
    /// Presented with the receipts `seen` and `acted`.
    #[schema(min_length = 50, max_length = 50, pattern = "^[A-Za-z0-9_-]{50}$")]
    pub receipt_token: String,
}

/// What comes in the place of a [`PushPayload`] when the push service finds that too large, and always through FCM: nothing but
/// the news that there is something. The app fetches its reminders over its own connection and shows the newest one with this tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PushWakeUp {
    /// The version of this form.
    #[schema(minimum = 1, example = 1)]
    pub version: u8,
    /// The tag of the notification to show.
    #[schema(min_length = 32, max_length = 32, pattern = "^[A-Za-z0-9_-]{32}$")]
    pub tag: String,
    /// Always true: fetch the text.
    pub fetch: bool,
}

/// A time on the wall. Show it as it stands; never convert it with the phone's own zone data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WallTime {
    /// What the clock shows there.
    pub local: LocalDateTime,
    /// Where: the zone that was agreed on, or the centre's.
    pub zone: ZoneName,
}

/// A button of a notification.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PushAction {
    /// What it does.
    pub action: NotificationAction,
    /// The words on it.
    #[schema(max_length = 40)]
    pub label: String,
    /// Lets it work once, without signing in, until the reminder is useless.
    #[schema(min_length = 50, max_length = 50, pattern = "^[A-Za-z0-9_-]{50}$")]
    pub token: String,
}

/// Which way a text runs, as `dir` of a web notification has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
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

impl std::fmt::Debug for PushPayload {
    /// Neither words nor tokens belong in a log.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("PushPayload")
            .field("version", &self.version)
            .field("tag", &self.tag)
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for PushAction {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "PushAction({})", self.action)
    }
}

#[cfg(test)]
mod tests;
