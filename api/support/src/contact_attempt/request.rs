//! What callers send.

use super::words::{ContactAim, ContactAttemptId, ContactAttemptKind};
use contract::{
    ParticipantId, SubjectId,
    time::{LocalDateTime, ZoneName},
};
use kernel::protect::privacy::Note;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// An attempt that reached nobody.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "participant_id": "01936f6e-4d00-7000-8000-000000000001",
    "kind": "called",
    "aim": "next_step",
    "local_at": "2026-11-20T15:30:00",
    "note": "It rang; nobody answered"
}))]
pub struct NewContactAttempt {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<ContactAttemptId>,
    /// Who was tried.
    pub participant_id: ParticipantId,
    /// How.
    pub kind: ContactAttemptKind,
    /// What for.
    pub aim: ContactAim,
    /// When, as its author read it on the wall. Not in the future.
    pub local_at: LocalDateTime,
    /// On whose wall; the centre's own zone if absent.
    pub zone: Option<ZoneName>,
    /// Whom of the family, if it was tried through them, and else left out: the `subject_id` of the participant's consent to contact with that
    /// relative.
    pub relative_id: Option<SubjectId>,
    /// Anything to be remembered of it.
    pub note: Option<Note>,
}

/// Why something was entered by mistake.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "It was somebody else's number"}))]
pub struct ContactAttemptWithdrawal {
    /// Why.
    pub reason: Note,
}
