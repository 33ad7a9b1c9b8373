//! What callers get.

use super::store::Row;
use crate::App;
use contract::{CentreId, Language, StaffId, StaffRole, time::Instant};
use identity::sign_in::accounts::ShownOnce;
use kernel::{
    error::Result,
    protect::{
        privacy::{Email, Name, expose_in_answer},
        seal::Field,
    },
};
use serde::Serialize;
use utoipa::ToSchema;

/// A staff member.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936f6e-4d00-7000-8000-000000000002",
    "centre_id": "01936f6e-4d00-7000-8000-000000000009",
    "role": "mentor",
    "name": "Youssef Alaoui",
    "email": "youssef@example.org",
    "language": "fr",
    "active": true,
    "version": 1,
    "created_at": "2026-11-23T10:00:00Z"
}))]
pub struct StaffMember {
    /// Their id.
    pub id: StaffId,
    /// Their centre.
    pub centre_id: CentreId,
    /// What they may do.
    pub role: StaffRole,
    /// How they want to be called.
    #[serde(serialize_with = "expose_in_answer")]
    pub name: Name,
    /// The address they sign in with.
    #[serde(serialize_with = "expose_in_answer")]
    pub email: Email,
    /// The language of their app.
    pub language: Language,
    /// Whether they work here.
    pub active: bool,
    /// Counts the changes; the same as in the ETag.
    pub version: i64,
    /// When the account was made.
    pub created_at: Instant,
}

impl StaffMember {
    /// Opens the texts of a row.
    pub fn of(app: &App, row: &Row) -> Result<Self> {
        let key = app.keys.staff.key(row.id.0, &row.data_key)?;
        Ok(Self {
            id: row.id,
            centre_id: row.centre_id,
            role: row.role,
            name: key.open_text(Field::new("staff", "name_sealed", row.id.0), &row.name_sealed)?,
            email: key.open_text(Field::new("staff", "email_sealed", row.id.0), &row.email_sealed)?,
            language: row.language,
            active: row.active,
            version: row.version,
            created_at: row.created_at,
        })
    }
}

/// What a new owner of an account is handed, in person. It is shown this once.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "staff_id": "01936f6e-4d00-7000-8000-000000000002",
    "one_time_password": "7KQM-2WXA-9RTB-4HJC",
    "expires_at": "2026-11-30T10:00:00Z"
}))]
pub struct NewCredentials {
    /// Whose they are.
    pub staff_id: StaffId,
    /// To sign in with for the first time; it must be changed then. For roles without an authenticator app, the device whose key
    /// is proved then becomes the second factor.
    pub one_time_password: String,
    /// When the one-time password stops working.
    pub expires_at: Instant,
    /// The `otpauth:` address for the authenticator app; for roles that need one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authenticator_uri: Option<String>,
}

impl NewCredentials {
    /// Of this account.
    pub fn of(staff_id: StaffId, shown: &ShownOnce) -> Self {
        Self {
            staff_id,
            one_time_password: shown.one_time_password.to_string(),
            expires_at: shown.expires_at,
            authenticator_uri: shown.authenticator_uri.as_ref().map(|uri| uri.to_string()),
        }
    }
}
