//! What callers get.

use super::{
    rules,
    store::{Change, NOTE, PAUSE_REASON},
    words::{FileStatus, PauseReason, StatusReason, StatusSide},
};
use contract::{ParticipantId, StaffId, StaffRole, time::Instant};
use kernel::{
    error::Result,
    protect::{
        privacy::{Note, expose_in_answer_if_any},
        seal::DataKey,
    },
};
use serde::Serialize;
use utoipa::ToSchema;

/// One time that a file came to stand otherwise.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "at": "2026-11-23T10:00:00Z",
    "from": "active",
    "to": "withdrawn",
    "reason": "not_reached",
    "side": "neither",
    "attempts": 4,
    "author_id": "01936f6e-4d00-7000-8000-000000000002",
    "version": 3
}))]
pub struct StatusEntry {
    /// When.
    pub at: Instant,
    /// Where it stood.
    pub from: FileStatus,
    /// Where it stands from then on.
    pub to: FileStatus,
    /// Why it was closed or opened again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<StatusReason>,
    /// From whose side that came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<StatusSide>,
    /// How often they were tried to be reached in vain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<i64>,
    /// Why it rests; absent for everyone but managers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause_reason: Option<PauseReason>,
    /// What else was said; absent for everyone but managers.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
    /// By whom.
    pub author_id: StaffId,
    /// The version of the file that it made.
    pub version: i64,
}

impl StatusEntry {
    /// As this role may read it. What the role may not read is not even opened.
    pub fn seen_by(
        role: StaffRole,
        key: &DataKey,
        participant: ParticipantId,
        change: &Change,
    ) -> Result<Self> {
        let (mut pause_reason, mut note) = (None, None);
        if rules::may_read_why(role) {
            if let Some(sealed) = &change.pause_reason_sealed {
                let word = key.open(PAUSE_REASON.of(participant), sealed)?;
                pause_reason = std::str::from_utf8(&word).ok().and_then(|word| word.parse().ok());
            }
            if let Some(sealed) = &change.note_sealed {
                note = Some(key.open_text(NOTE.of(participant), sealed)?);
            }
        }
        Ok(Self {
            at: change.at,
            from: change.from_status,
            to: change.to_status,
            reason: change.reason,
            side: change.side,
            attempts: change.attempts,
            pause_reason,
            note,
            author_id: change.author_id,
            version: change.version,
        })
    }
}
