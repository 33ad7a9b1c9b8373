//! Access tokens: signed JSON Web Tokens (RFC 7519, RFC 9068) that live ten minutes and name a session, nothing personal.

use aws_lc_rs::{
    digest::{SHA256, digest},
    signature::{Ed25519KeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use contract::{SessionId, time::Instant};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

/// How long an access token is good, in seconds.
pub const LIFETIME: i64 = 600;
/// How far two clocks may be apart, in seconds.
const LEEWAY: i64 = 5;
const TYPE: &str = "at+jwt";
const AUDIENCE: &str = "muwakaba";

/// Signs and reads access tokens.
pub struct AccessTokens {
    issuer: String,
    key_id: String,
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: uuid::Uuid,
    sid: SessionId,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl AccessTokens {
    /// With the Ed25519 key in `pkcs8` (RFC 8410), unless that is none.
    pub fn new(issuer: String, pkcs8: &[u8]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8).ok()?;
        let public_key = pair.public_key().as_ref();
        // The key names itself: no list of names has to be kept.
        let key_id = URL_SAFE_NO_PAD.encode(digest(&SHA256, public_key).as_ref().get(..12)?);
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[&issuer]);
        validation.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
        // Times are compared with the clock that was handed in, below.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Some(Self {
            issuer,
            key_id,
            signing: EncodingKey::from_ed_der(pkcs8),
            verifying: DecodingKey::from_ed_der(public_key),
            validation,
        })
    }

    /// A token for this session of this person.
    pub fn issue(
        &self,
        person: uuid::Uuid,
        session: SessionId,
        now: Instant,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let now = now.as_seconds();
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.key_id.clone());
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: person,
            sid: session,
            iat: now,
            nbf: now,
            exp: now + LIFETIME,
        };
        jsonwebtoken::encode(&header, &claims, &self.signing)
    }

    /// The session that a good token names.
    pub fn verify(&self, token: &str, now: Instant) -> Option<SessionId> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        let is_plain = header.crit.is_none()
            && header.jku.is_none()
            && header.jwk.is_none()
            && header.x5u.is_none()
            && header.x5c.is_none();
        if !is_plain || header.typ.as_deref() != Some(TYPE) || header.kid.as_deref() != Some(&self.key_id) {
            return None;
        }
        let claims = jsonwebtoken::decode::<Claims>(token, &self.verifying, &self.validation).ok()?.claims;
        let now = now.as_seconds();
        (claims.exp + LEEWAY > now && claims.nbf - LEEWAY <= now).then_some(claims.sid)
    }
}
