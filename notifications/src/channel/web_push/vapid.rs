//! Saying who sends (VAPID, RFC 8292): a signed token per push service, renewed long before it runs out.
//!
//! A push service wants to know that a message comes from the server the device subscribed to. The token names the
//! service it is meant for, so it cannot be used at another, and it is valid for twelve hours (the RFC allows at most
//! 24). It says nothing about the message, so one signature serves every message to the same origin.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, UnparsedPublicKey,
};
use base64::Engine as _;
use chrono::{DateTime, TimeDelta, Utc};
use http::HeaderValue;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::keys::{BASE64URL, POINT_LENGTH};
use crate::channel::bounded::OriginMap;

/// How long a signature is valid.
pub const VALIDITY: TimeDelta = TimeDelta::hours(12);
/// A signature with less time left than this is made anew.
pub const RENEW_WITHIN: TimeDelta = TimeDelta::hours(1);
/// The longest validity that a service accepts (RFC 8292 section 2).
const LONGEST_VALIDITY: TimeDelta = TimeDelta::hours(24);
const CACHED_ORIGINS: usize = 256;

/// The key pair by which push services and browsers recognise this server.
///
/// It must be kept: every subscription is bound to its public key, and a new one loses all of them.
pub struct VapidKeys {
    pair: EcdsaKeyPair,
    point: [u8; POINT_LENGTH],
}

/// Why a key pair cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a PKCS#8 private key for P-256")]
pub struct UnusableVapidKey;

impl VapidKeys {
    /// Reads the pair from PKCS#8 (DER).
    ///
    /// # Errors
    /// The bytes are no such key, or one for another curve.
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, UnusableVapidKey> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8)
            .map_err(|_| UnusableVapidKey)?;
        let point = pair.public_key().as_ref().try_into().map_err(|_| UnusableVapidKey)?;
        Ok(Self { pair, point })
    }

    /// Makes a pair, and gives it with the PKCS#8 bytes to keep.
    ///
    /// # Errors
    /// The system has no random numbers to give.
    pub fn generate() -> Result<(Self, Zeroizing<Vec<u8>>), UnusableVapidKey> {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
            .map_err(|_| UnusableVapidKey)?;
        let pkcs8 = Zeroizing::new(document.as_ref().to_vec());
        Ok((Self::from_pkcs8(&pkcs8)?, pkcs8))
    }

    /// The public key as browsers take it for `applicationServerKey`: base64url of the uncompressed point.
    #[must_use]
    pub fn public_key(&self) -> String {
        BASE64URL.encode(self.point)
    }
}

impl fmt::Debug for VapidKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "VapidKeys({}, …)", self.public_key())
    }
}

/// How a push service can reach the operator: `mailto:` or `https:` (RFC 8292 section 2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact(String);

/// A contact that is neither a `mailto:` nor an `https:` address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the push contact must be a mailto: or https: address")]
pub struct UnusableContact;

impl Contact {
    /// Reads the contact from the configuration.
    ///
    /// # Errors
    /// It is neither `mailto:…` nor `https://…`, or it has spaces or control characters.
    pub fn parse(text: &str) -> Result<Self, UnusableContact> {
        let address = match text.strip_prefix("mailto:") {
            Some(address) => {
                address.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
            }
            None => text.strip_prefix("https://").is_some_and(|rest| !rest.is_empty()),
        };
        if address && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(UnusableContact)
        }
    }
}

#[derive(Serialize, Deserialize)]
struct TokenHeader {
    typ: String,
    alg: String,
}

/// What a token says (RFC 8292 section 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VapidClaims {
    /// The origin of the push service that it is for.
    pub aud: String,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
    /// How to reach the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
}

/// Makes the `Authorization` header for each push service, and keeps it while it is valid.
#[derive(Debug)]
pub struct VapidSigner {
    keys: Arc<VapidKeys>,
    contact: Contact,
    signed: OriginMap<Signed>,
}

#[derive(Debug, Clone)]
struct Signed {
    header: HeaderValue,
    made_at: DateTime<Utc>,
}

/// A token could not be signed: the cryptographic library failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the VAPID token could not be signed")]
pub struct SigningFailed;

impl VapidSigner {
    /// A signer with an empty store of signatures.
    #[must_use]
    pub fn new(keys: Arc<VapidKeys>, contact: Contact) -> Self {
        Self { keys, contact, signed: OriginMap::new(CACHED_ORIGINS) }
    }

    /// The `Authorization` header for an origin; signed only if the kept one is missing or nearly at its end.
    ///
    /// # Errors
    /// The cryptographic library failed.
    pub fn authorization(&self, origin: &str, now: DateTime<Utc>) -> Result<HeaderValue, SigningFailed> {
        if let Some(signed) = self.signed.get(origin) {
            // A clock that was set back makes a signature look made in the future, with too long a validity.
            let age = now - signed.made_at;
            if age >= TimeDelta::zero() && age <= VALIDITY - RENEW_WITHIN {
                return Ok(signed.header);
            }
        }
        let header = self.sign(origin, now)?;
        self.signed.insert(origin, Signed { header: header.clone(), made_at: now });
        Ok(header)
    }

    /// Forgets the signature for an origin, which has refused it.
    pub fn forget(&self, origin: &str) {
        self.signed.remove(origin);
    }

    fn sign(&self, origin: &str, now: DateTime<Utc>) -> Result<HeaderValue, SigningFailed> {
        let header = TokenHeader { typ: "JWT".to_owned(), alg: "ES256".to_owned() };
        let claims = VapidClaims {
            aud: origin.to_owned(),
            exp: (now + VALIDITY).timestamp(),
            sub: Some(self.contact.0.clone()),
        };
        let mut token = String::with_capacity(512);
        token.push_str("vapid t=");
        let start = token.len();
        encode_json(&header, &mut token)?;
        token.push('.');
        encode_json(&claims, &mut token)?;
        let signed = token.get(start..).ok_or(SigningFailed)?;
        let signature =
            self.keys.pair.sign(&SystemRandom::new(), signed.as_bytes()).map_err(|_| SigningFailed)?;
        token.push('.');
        BASE64URL.encode_string(signature.as_ref(), &mut token);
        token.push_str(", k=");
        BASE64URL.encode_string(self.keys.point, &mut token);
        let mut header = HeaderValue::from_str(&token).map_err(|_| SigningFailed)?;
        header.set_sensitive(true);
        Ok(header)
    }
}

fn encode_json(value: &impl Serialize, output: &mut String) -> Result<(), SigningFailed> {
    let json = serde_json::to_vec(value).map_err(|_| SigningFailed)?;
    BASE64URL.encode_string(json, output);
    Ok(())
}

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VapidRefusal {
    /// Not `vapid t=…, k=…` with a token of three parts.
    #[error("the header is not a vapid token and key")]
    Malformed,
    /// An algorithm other than ES256.
    #[error("the token is not signed with ES256")]
    Algorithm,
    /// Signed by another key than the subscription is bound to.
    #[error("the token is signed by another key")]
    Key,
    /// The signature does not fit.
    #[error("the signature does not fit the token")]
    Signature,
    /// Made for another push service.
    #[error("the token is for another push service")]
    Audience,
    /// At its end, or valid for more than 24 hours.
    #[error("the token is expired or valid for too long")]
    Expiry,
}

/// Checks an `Authorization` header as a push service does (RFC 8292 section 4.2): that it is for `audience`, valid at
/// `now`, and signed by `public_key` (base64url) if the subscription is bound to one, else by the key that it names.
///
/// # Errors
/// The first rule that it breaks.
pub fn verify(
    authorization: &str,
    audience: &str,
    public_key: Option<&str>,
    now: DateTime<Utc>,
) -> Result<VapidClaims, VapidRefusal> {
    let (token, key) = split_header(authorization).ok_or(VapidRefusal::Malformed)?;
    let key = BASE64URL.decode(key).map_err(|_| VapidRefusal::Malformed)?;
    if let Some(expected) = public_key {
        let expected = BASE64URL.decode(expected).map_err(|_| VapidRefusal::Key)?;
        if expected != key {
            return Err(VapidRefusal::Key);
        }
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(VapidRefusal::Malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(VapidRefusal::Malformed)?;
    let header: TokenHeader = decode_json(header)?;
    if header.alg != "ES256" || header.typ != "JWT" {
        return Err(VapidRefusal::Algorithm);
    }
    let signature = BASE64URL.decode(signature).map_err(|_| VapidRefusal::Malformed)?;
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &key)
        .verify(signed.as_bytes(), &signature)
        .map_err(|_| VapidRefusal::Signature)?;
    let claims: VapidClaims = decode_json(claims)?;
    if claims.aud != audience {
        return Err(VapidRefusal::Audience);
    }
    let left = claims.exp.saturating_sub(now.timestamp());
    if left <= 0 || left > LONGEST_VALIDITY.num_seconds() {
        return Err(VapidRefusal::Expiry);
    }
    Ok(claims)
}

fn split_header(authorization: &str) -> Option<(&str, &str)> {
    let (scheme, parameters) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("vapid") {
        return None;
    }
    let mut token = None;
    let mut key = None;
    for parameter in parameters.split(',') {
        match parameter.trim().split_once('=')? {
            ("t", value) => token = Some(value),
            ("k", value) => key = Some(value),
            _ => {}
        }
    }
    Some((token?, key?))
}

fn decode_json<T: serde::de::DeserializeOwned>(part: &str) -> Result<T, VapidRefusal> {
    let json = BASE64URL.decode(part).map_err(|_| VapidRefusal::Malformed)?;
    serde_json::from_slice(&json).map_err(|_| VapidRefusal::Malformed)
}
