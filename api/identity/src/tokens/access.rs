//! Access tokens: signed JSON Web Tokens (RFC 7519, RFC 9068) that live ten minutes and name a session, nothing personal.

use super::seen::SeenTokens;
use aws_lc_rs::{
    digest::{SHA256, digest},
    signature::{Ed25519KeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use contract::{SessionId, time::Instant};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How long an access token is good, in seconds.
pub const LIFETIME: i64 = 600;
/// How far two clocks may be apart, in seconds.
const LEEWAY: i64 = 5;
const TYPE: &str = "at+jwt";
const AUDIENCE: &str = "muwakaba";

/// Signs and reads access tokens. There may be two keys: the one in use, and the one before it, whose last tokens are still
/// good for ten minutes after a change of key.
pub struct AccessTokens {
    issuer: String,
    signing: EncodingKey,
    key_id: String,
    known: Vec<KnownKey>,
    validation: Validation,
    seen: SeenTokens<Good>,
}

/// What a token of ours says.
#[derive(Clone, Copy)]
struct Good {
    session: SessionId,
    not_before: i64,
    expires: i64,
}

struct KnownKey {
    id: String,
    public_key: Vec<u8>,
    verifying: DecodingKey,
}

/// The public keys that access tokens are signed with (RFC 7517 §5).
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct KeySet {
    /// The keys; the first one is in use.
    pub keys: Vec<PublicKey>,
}

/// An Ed25519 public key (RFC 8037 §2).
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PublicKey {
    /// Always `OKP`.
    #[schema(example = "OKP")]
    pub kty: String,
    /// Always `Ed25519`.
    #[schema(example = "Ed25519")]
    pub crv: String,
    /// Always `EdDSA`.
    #[schema(example = "EdDSA")]
    pub alg: String,
    /// Always `sig`.
    #[serde(rename = "use")]
    #[schema(example = "sig")]
    pub usage: String,
    /// The key's name in the header of tokens.
    #[schema(example = "3Vx9Ck2oGmV0b1Qy")]
    pub kid: String,
    /// The key itself, in base64url.
    #[schema(example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    pub x: String,
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

impl KnownKey {
    fn read(pkcs8: &[u8]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8).ok()?;
        let public_key = pair.public_key().as_ref().to_vec();
        // The key names itself: no list of names has to be kept.
        let id = URL_SAFE_NO_PAD.encode(digest(&SHA256, &public_key).as_ref().get(..12)?);
        Some(Self { id, verifying: DecodingKey::from_ed_der(&public_key), public_key })
    }
}

impl AccessTokens {
    /// With the Ed25519 key in `pkcs8` (RFC 8410) and the one that was in use before it, unless one of them is none.
    pub fn new(issuer: String, pkcs8: &[u8], previous: Option<&[u8]>) -> Option<Self> {
        let current = KnownKey::read(pkcs8)?;
        let key_id = current.id.clone();
        let mut known = vec![current];
        if let Some(previous) = previous {
            known.push(KnownKey::read(previous)?);
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[&issuer]);
        validation.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
        // Times are compared with the clock that was handed in, below.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Some(Self {
            issuer,
            signing: EncodingKey::from_ed_der(pkcs8),
            key_id,
            known,
            validation,
            seen: SeenTokens::default(),
        })
    }

    /// The public keys, for whoever checks tokens.
    pub fn key_set(&self) -> KeySet {
        let public = |key: &KnownKey| PublicKey {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            alg: "EdDSA".to_owned(),
            usage: "sig".to_owned(),
            kid: key.id.clone(),
            x: URL_SAFE_NO_PAD.encode(&key.public_key),
        };
        KeySet { keys: self.known.iter().map(public).collect() }
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
        let good = self.seen.get(token, || self.read(token))?;
        let now = now.as_seconds();
        let is_current =
            good.expires.saturating_add(LEEWAY) > now && good.not_before.saturating_sub(LEEWAY) <= now;
        is_current.then_some(good.session)
    }

    /// What a token says that we have signed, whatever the time.
    fn read(&self, token: &str) -> Option<Good> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        let is_plain = header.crit.is_none()
            && header.jku.is_none()
            && header.jwk.is_none()
            && header.x5u.is_none()
            && header.x5c.is_none();
        if !is_plain || header.typ.as_deref() != Some(TYPE) {
            return None;
        }
        let key = self.known.iter().find(|key| header.kid.as_deref() == Some(&key.id))?;
        let claims = jsonwebtoken::decode::<Claims>(token, &key.verifying, &self.validation).ok()?.claims;
        Some(Good { session: claims.sid, not_before: claims.nbf, expires: claims.exp })
    }
}

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;
