//! What callers get.

use super::{
    store::Row,
    words::{ContactAim, ContactAttemptId, ContactAttemptKind},
};
use crate::consent::ConsentGround;
use contract::{
    ParticipantId, StaffId,
    time::{Instant, LocalDateTime, ZoneName},
};
use kernel::{
    Kernel,
    error::Result,
    protect::{
        privacy::{Note, expose_in_answer_if_any},
        seal::Field,
    },
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An attempt that reached nobody.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactAttempt {
    /// Its id.
    pub id: ContactAttemptId,
    /// Who was tried.
    pub participant_id: ParticipantId,
    /// Who tried.
    pub author_id: StaffId,
    /// How.
    pub kind: ContactAttemptKind,
    /// What for.
    pub aim: ContactAim,
    /// When, as its author read it on the wall. Show it as it is.
    pub local_at: LocalDateTime,
    /// Whose wall.
    pub zone: ZoneName,
    /// The same as an instant.
    pub at: Instant,
    /// What is to be remembered of it.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
    /// When the service learnt of it: later than it was, if the phone had no network.
    pub recorded_at: Instant,
    /// When its author's phone recorded it, by its own clock; absent if it was not sent through `pushMutations`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noted_at: Option<Instant>,
    /// Through which relative, by the `subject_id` of the consent to contact with them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relative_id: Option<Uuid>,
    /// How the participant's consent to that stood when it was recorded; absent if nobody of their family was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<ConsentGround>,
    /// When it was withdrawn as entered by mistake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Instant>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_by: Option<StaffId>,
    /// Why.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub withdrawal_reason: Option<Note>,
    /// Counts its changes; the same as its ETag.
    pub version: i64,
}

/// Where a text of an attempt lies.
pub const fn field(column: &'static str, id: ContactAttemptId) -> Field {
    Field::new("contact_attempt", column, id.0)
}

impl ContactAttempt {
    /// A row with its texts opened.
    pub fn of(kernel: &Kernel, row: &Row) -> Result<Self> {
        let key = kernel.keys.participants.key(row.participant_id.0, &row.data_key)?;
        let open = |column, sealed: Option<&_>| {
            sealed.map(|sealed| key.open_text(field(column, row.id), sealed)).transpose()
        };
        Ok(Self {
            id: row.id,
            participant_id: row.participant_id,
            author_id: row.author_id,
            kind: row.kind,
            aim: row.aim,
            local_at: row.local_at,
            zone: row.zone.clone(),
            at: row.at,
            note: open("note_sealed", row.note_sealed.as_ref())?,
            recorded_at: row.recorded_at,
            noted_at: row.noted_at,
            relative_id: row.relative_id,
            consent: row.consent,
            withdrawn_at: row.withdrawn_at,
            withdrawn_by: row.withdrawn_by,
            withdrawal_reason: open("withdrawal_sealed", row.withdrawal_sealed.as_ref())?,
            version: row.version,
        })
    }
}
