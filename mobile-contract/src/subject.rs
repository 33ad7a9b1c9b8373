//! What something is about: a kind of thing, and which one.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::SubjectKind;

/// What something is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct Subject {
    /// The kind of thing.
    pub kind: SubjectKind,
    /// Which one.
    pub id: Uuid,
}

impl Subject {
    /// An appointment.
    pub const fn appointment(id: crate::AppointmentId) -> Self {
        Self { kind: SubjectKind::Appointment, id: id.0 }
    }
}
