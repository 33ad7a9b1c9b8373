//! What somebody gets who proved who they are: an access token, the refresh token for the next one, and who they are to the
//! service.

use super::sessions::Owner;
use crate::Identity;
use crate::tokens::access::{self, KeySet};
use axum::{Json, extract::State, http::header, response::IntoResponse};
use contract::{CentreId, Language, ParticipantId, PersonKind, SessionId, StaffId, StaffRole};
use kernel::{
    access::Actor,
    error::{Error, Result},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A person who is signed in.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SignedInPerson {
    /// Participant or staff.
    pub kind: PersonKind,
    /// Their id.
    #[schema(example = "01936f6e-4d00-7000-8000-000000000001")]
    pub id: Uuid,
    /// Of staff: what they may do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<StaffRole>,
    /// Their centre.
    pub centre_id: CentreId,
    /// The language of their app.
    pub language: Language,
}

impl SignedInPerson {
    /// A staff member.
    pub const fn staff(id: StaffId, role: StaffRole, centre_id: CentreId, language: Language) -> Self {
        Self { kind: PersonKind::Staff, id: id.0, role: Some(role), centre_id, language }
    }

    /// A participant.
    pub const fn participant(id: ParticipantId, centre_id: CentreId, language: Language) -> Self {
        Self { kind: PersonKind::Participant, id: id.0, role: None, centre_id, language }
    }

    /// The person of a session, if a staff member has a role as all do.
    pub fn of(owner: Owner, role: Option<StaffRole>, centre: CentreId, language: Language) -> Option<Self> {
        match owner {
            Owner::Staff(id) => role.map(|role| Self::staff(id, role, centre, language)),
            Owner::Participant(id) => Some(Self::participant(id, centre, language)),
        }
    }

    /// This person as the caller on a session, for the audit log.
    pub const fn actor(&self, session: SessionId) -> Actor {
        match self.role {
            Some(role) => Actor::Staff {
                id: StaffId(self.id),
                role,
                centre: self.centre_id,
                session: Some(session),
                is_posted: false,
            },
            None => Actor::Participant {
                id: ParticipantId(self.id),
                centre: self.centre_id,
                session: Some(session),
            },
        }
    }
}

/// The tokens of a session.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Tokens {
    /// Goes with every request, as `Authorization: Bearer …`.
    #[schema(example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSJ9.e30.c2ln")]
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: String,
    /// Seconds until the access token expires.
    #[schema(example = 600, minimum = 1)]
    pub expires_in: i64,
    /// Gets the next access token, once. Keep it where only the app can read it. Absent if it was put in the cookie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        example = "AZNvbk0AcACAAAAAAAAAAQAAAAAAAAABq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urqw"
    )]
    pub refresh_token: Option<String>,
    /// The session, as it stands in the person's list of sessions.
    pub session_id: SessionId,
    /// Who is signed in.
    pub person: SignedInPerson,
    /// Whether the password must be changed before anything else is possible.
    pub password_change_due: bool,
}

impl Tokens {
    /// Tokens for a session whose newest refresh token has this number.
    pub fn issue(
        identity: &Identity,
        session: SessionId,
        generation: i64,
        person: SignedInPerson,
        password_change_due: bool,
    ) -> Result<Self> {
        let services = &identity.sign_in;
        let access_token = services
            .access_tokens
            .issue(person.id, session, identity.clock.now())
            .map_err(Error::internal)?;
        Ok(Self {
            access_token,
            token_type: "Bearer".to_owned(),
            expires_in: access::LIFETIME,
            refresh_token: Some(services.refresh_tokens.issue(session, generation)),
            session_id: session,
            person,
            password_change_due,
        })
    }
}

/// The public keys of access tokens.
#[utoipa::path(
    get, path = "/.well-known/jwks.json", tag = "sign_in", operation_id = "readKeySet",
    summary = "The public keys of access tokens",
    description = "A JSON Web Key Set (RFC 7517). The first key is in use; the one before it is listed for a while after a change of keys. Roles: everybody, without signing in.",
    security(()),
    responses((status = 200, description = "The keys", body = KeySet), kernel::problems::PublicProblems)
)]
pub async fn key_set(State(identity): State<Identity>) -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "public, max-age=600")], Json(identity.sign_in.access_tokens.key_set()))
}
