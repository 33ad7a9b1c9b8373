//! The push payload: a claimed reminder, its text and its tokens, as the JSON that the phone decrypts.

use contract::push::{MAX_PUSH_PAYLOAD, PUSH_PAYLOAD_VERSION, PushAction, PushPayload, PushWakeUp, WallTime};
use contract::time::{Instant, ZoneName, Zones};
use contract::{Language, Subject, push};

use crate::action_token::{ActionKey, TokenPurpose, expiry};
use crate::channel::web_push::Topic;
use crate::message::Renderer;
use crate::outbox::Due;
use crate::plan::ReminderFacts;

/// What every payload is made with. Shared between threads as it is.
pub struct PayloadMaker {
    renderer: Renderer,
    key: ActionKey,
}

/// Why there is no payload. It is a fault of this service and not of the device.
#[derive(Debug, thiserror::Error)]
pub enum PayloadError {
    /// The payload cannot be written or is longer than [`MAX_PUSH_PAYLOAD`].
    #[error("the payload cannot be written within {MAX_PUSH_PAYLOAD} bytes")]
    TooLong,
}

/// To whom and when something is told.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// In which language.
    pub language: Language,
    /// Where the reader lives, if their clock may show another time than the one that was agreed on.
    pub home: Option<&'a ZoneName>,
    /// What it replaces on the phone.
    pub tag: &'a Topic,
    /// Whether the phone rings although it may show something with that tag.
    pub renotify: bool,
    /// When.
    pub now: Instant,
    /// The rules of time zones.
    pub zones: &'a Zones,
}

impl PayloadMaker {
    /// One that signs its tokens with `key`.
    pub fn new(key: ActionKey) -> Self {
        Self { renderer: Renderer::new(), key }
    }

    /// The payload of a reminder with these facts.
    pub fn make(&self, reminder: &Due, facts: &ReminderFacts, told: &Told<'_>) -> PushPayload {
        let text = self.renderer.render(facts, told.language, told.home, told.now, told.zones);
        let token = |purpose| {
            self.key.issue(reminder.id, purpose, expiry(purpose, told.now, reminder.expires_at)).into_text()
        };
        PushPayload {
            version: PUSH_PAYLOAD_VERSION,
            tag: told.tag.as_str().to_owned(),
            renotify: told.renotify,
            purpose: facts.purpose,
            title: text.title.clone(),
            body: text.body.clone(),
            language: told.language,
            direction: push::TextDirection::from(told.language),
            subject: Subject { kind: facts.about.kind(), id: facts.subject_id },
            time: WallTime { local: facts.local_start, zone: facts.zone.clone() },
            actions: text
                .actions
                .iter()
                .map(|(action, label)| PushAction {
                    action: *action,
                    label: label.clone(),
                    token: token(TokenPurpose::Action(*action)),
                })
                .collect(),
            receipt_token: token(TokenPurpose::Receipt),
        }
    }
}

/// The payload as it is sealed.
pub fn to_bytes(payload: &PushPayload) -> Result<Vec<u8>, PayloadError> {
    let mut bytes = Vec::with_capacity(1_024);
    serde_json::to_writer(&mut bytes, payload).map_err(|_| PayloadError::TooLong)?;
    if bytes.len() > MAX_PUSH_PAYLOAD { Err(PayloadError::TooLong) } else { Ok(bytes) }
}

/// What is sealed instead for a push service that finds the payload too large: the app is woken and fetches the text.
pub fn to_wake_up_bytes(payload: &PushPayload) -> Result<Vec<u8>, PayloadError> {
    let wake_up = PushWakeUp { version: payload.version, tag: payload.tag.clone(), fetch: true };
    serde_json::to_vec(&wake_up).map_err(|_| PayloadError::TooLong)
}

#[cfg(test)]
mod tests;
