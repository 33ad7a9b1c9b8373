//! What callers get.

use super::{rules, store::Row, text::Texts};
use contract::{
    CentreId, Language, ParticipantId, StaffRole,
    time::{Instant, ZoneName},
};
use kernel::Kernel;
use kernel::{
    error::Result,
    protect::privacy::{Edition, Email, Name, Phone, expose_in_answer, expose_in_answer_if_any},
};
use serde::Serialize;
use utoipa::ToSchema;

/// A participant as lists show them: enough to find the file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936f6e-4d00-7000-8000-000000000001",
    "name": "Amina Bennani",
    "language": "ar",
    "active": true,
    "version": 1
}))]
pub struct ParticipantSummary {
    /// Their id.
    pub id: ParticipantId,
    /// How they want to be called.
    #[serde(serialize_with = "expose_in_answer")]
    pub name: Name,
    /// The language of their app and messages.
    pub language: Language,
    /// Whether they are still accompanied.
    pub active: bool,
    /// Counts the changes; the same as in the ETag.
    pub version: i64,
}

/// A participant's file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936f6e-4d00-7000-8000-000000000001",
    "centre_id": "01936f6e-4d00-7000-8000-000000000009",
    "name": "Amina Bennani",
    "phone": "+212600000000",
    "language": "ar",
    "zone": "Africa/Casablanca",
    "push_wanted": true,
    "active": true,
    "version": 1,
    "created_at": "2026-11-23T10:00:00Z"
}))]
pub struct Participant {
    /// Their id.
    pub id: ParticipantId,
    /// Their centre.
    pub centre_id: CentreId,
    /// How they want to be called.
    #[serde(serialize_with = "expose_in_answer")]
    pub name: Name,
    /// Where to call them; absent if not known.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// Where to write to them; absent if not known.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// The language of their app and messages.
    pub language: Language,
    /// Where they live.
    pub zone: ZoneName,
    /// The edition of the programme that they took part in; absent if not known, and for everyone but managers.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub programme_edition: Option<Edition>,
    /// Whether reminders are pushed to their phone, or wait in the app.
    pub push_wanted: bool,
    /// Whether they are still accompanied.
    pub active: bool,
    /// Counts the changes; the same as in the ETag.
    pub version: i64,
    /// When they were registered.
    pub created_at: Instant,
}

/// What became of a participant who was moved to another centre. Nothing of the file: it is that centre's now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936f6e-4d00-7000-8000-000000000001",
    "centre_id": "01936f6e-4d00-7000-8000-00000000000a",
    "assignments_ended": 2,
    "appointments_cancelled": 1
}))]
pub struct MovedParticipant {
    /// Their id.
    pub id: ParticipantId,
    /// The centre that accompanies them now.
    pub centre_id: CentreId,
    /// How many of the former centre's mentors and counsellors accompanied them until now.
    #[schema(minimum = 0)]
    pub assignments_ended: usize,
    /// How many appointments lay ahead of them, and were cancelled.
    #[schema(minimum = 0)]
    pub appointments_cancelled: usize,
}

impl ParticipantSummary {
    /// Opens the name of a row.
    pub fn of(kernel: &Kernel, row: &Row) -> Result<Self> {
        let key = kernel.keys.participants.key(row.id.0, &row.data_key)?;
        Ok(Self {
            id: row.id,
            name: Texts { key: &key, id: row.id }.name(&row.name_sealed)?,
            language: row.language,
            active: row.active,
            version: row.version,
        })
    }
}

impl Participant {
    /// The file as this role may read it. What the role may not read is not even opened.
    pub fn seen_by(role: StaffRole, kernel: &Kernel, row: &Row) -> Result<Self> {
        let key = kernel.keys.participants.key(row.id.0, &row.data_key)?;
        let texts = Texts { key: &key, id: row.id };
        let edition = row.edition_sealed.as_ref().filter(|_| rules::may_read_edition(role));
        Ok(Self {
            id: row.id,
            centre_id: row.centre_id,
            name: texts.name(&row.name_sealed)?,
            phone: texts.open("phone_sealed", row.phone_sealed.as_ref())?,
            email: texts.open("email_sealed", row.email_sealed.as_ref())?,
            language: row.language,
            zone: row.zone.clone(),
            programme_edition: texts.open("edition_sealed", edition)?,
            push_wanted: row.push_wanted,
            active: row.active,
            version: row.version,
            created_at: row.created_at,
        })
    }
}
