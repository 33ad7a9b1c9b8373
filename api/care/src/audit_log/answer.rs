//! What callers get.

use super::{rules::Detail, store::Row};
use contract::{AuditId, CentreId, ParticipantId, StaffRole, time::Instant};
use kernel::error::{Error, Result};
use kernel::things::Thing;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

/// One line of the audit log. It names people by id only, and fields by name, never by content.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936f6e-4d00-7000-8000-000000000005",
    "at": "2026-11-23T10:00:00Z",
    "action": "participant.change",
    "actor": {"kind": "staff", "role": "mentor", "id": "01936f6e-4d00-7000-8000-000000000002"},
    "subject_kind": "participant",
    "subject_id": "01936f6e-4d00-7000-8000-000000000001",
    "participant_id": "01936f6e-4d00-7000-8000-000000000001",
    "details": {"fields": ["phone"]}
}))]
pub struct AuditLine {
    /// Its id.
    pub id: AuditId,
    /// When.
    pub at: Instant,
    /// The subject's kind and what was done.
    pub action: String,
    /// Who did it, as far as the caller may know.
    pub actor: AuditActor,
    /// The kind of thing it was done to.
    pub subject_kind: String,
    /// The thing, if the caller may know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_id: Option<Uuid>,
    /// Whose file it concerns, if it concerns one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participant_id: Option<ParticipantId>,
    /// The centre it concerns; absent in a participant's own access log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub centre_id: Option<CentreId>,
    /// Names of fields, words and numbers; absent in a participant's own access log.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub details: Option<Map<String, Value>>,
}

/// Who did it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditActor {
    /// `participant`, `staff`, or `service` for what happened by itself or at the command line.
    pub kind: String,
    /// The role that a staff member has today.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<StaffRole>,
    /// The person, for those who may know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
}

impl AuditLine {
    /// The line as this much detail tells it to somebody of this centre, about something of this kind, if that is known here.
    pub fn of(row: Row, detail: Detail, kind: Option<&Thing>, own: CentreId) -> Result<Self> {
        let details = if detail.tells_details() {
            Some(serde_json::from_str(&row.details).map_err(Error::internal)?)
        } else {
            None
        };
        Ok(Self {
            id: row.id,
            at: row.at,
            action: row.action,
            actor: AuditActor {
                kind: row.actor_kind,
                role: row.role.and_then(|role| role.parse().ok()),
                id: row.actor_id.filter(|_| detail.tells_actor()),
            },
            subject_id: row.subject_id.filter(|_| detail.tells_subject(kind)),
            subject_kind: row.subject_kind,
            participant_id: row.participant_id,
            centre_id: row.centre_id.filter(|centre| detail.tells_centre(*centre == own)),
            details,
        })
    }
}
