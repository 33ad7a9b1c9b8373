//! The push payload: a claimed reminder, its text and its tokens, as the JSON that the phone decrypts.

use contract::push::{
    MAX_PUSH_PAYLOAD, PUSH_PAYLOAD_VERSION, PushAction, PushPayload, PushSubject, PushWakeUp,
};
use contract::time::{Instant, Zones};
use contract::{Language, push};

use crate::action_token::{ActionKey, TokenPurpose, expiry};
use crate::channel::web_push::Topic;
use crate::message::Renderer;
use crate::outbox::{Due, read_facts};

/// What every payload is made with. Shared between threads as it is.
pub struct PayloadMaker {
    renderer: Renderer,
    key: ActionKey,
}

/// Why there is no payload. It is a fault of this service and not of the device.
#[derive(Debug, thiserror::Error)]
pub enum PayloadError {
    /// The reminder's facts cannot be read.
    #[error("the reminder's facts cannot be read")]
    Facts,
    /// The payload cannot be written or is longer than [`MAX_PUSH_PAYLOAD`].
    #[error("the payload cannot be written within {MAX_PUSH_PAYLOAD} bytes")]
    TooLong,
}

impl PayloadMaker {
    /// One that signs its tokens with `key`.
    pub fn new(key: ActionKey) -> Self {
        Self { renderer: Renderer::new(), key }
    }

    /// The payload of a reminder with these facts that is sent at `now`.
    pub fn make(
        &self,
        reminder: &Due,
        facts: &str,
        language: Language,
        topic: &Topic,
        now: Instant,
        zones: &Zones,
    ) -> Result<PushPayload, PayloadError> {
        let facts = read_facts(facts).map_err(|_| PayloadError::Facts)?;
        let text = self.renderer.render(&facts, language, now, zones);
        let token = |purpose| {
            self.key.issue(reminder.id, purpose, expiry(purpose, now, reminder.expires_at)).into_text()
        };
        Ok(PushPayload {
            version: PUSH_PAYLOAD_VERSION,
            tag: topic.as_str().to_owned(),
            purpose: facts.purpose,
            title: text.title.clone(),
            body: text.body.clone(),
            language,
            direction: push::TextDirection::from(language),
            local_start: facts.local_start,
            zone: facts.zone,
            subject: PushSubject { kind: facts.subject_kind, id: facts.subject_id },
            actions: text
                .actions
                .iter()
                .map(|(action, label)| PushAction {
                    action: *action,
                    label: label.clone(),
                    token: token((*action).into()),
                })
                .collect(),
            receipt_token: token(TokenPurpose::Receipt),
        })
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
