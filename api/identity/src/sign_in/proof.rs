//! Proofs of possession (DPoP, RFC 9449): a short text, signed with a key that never leaves the device, made for one request.
//! A stolen refresh token is worth nothing without the device.
//!
//! The profile: `typ` is `dpop+jwt`; ES256 or EdDSA with the public key in the header; claims `htm`, `htu`, `iat` and `jti`;
//! made at most 60 seconds ago, by the service's clock. Every answer's `Date` header tells that clock, since many phones are
//! off by an hour. Proofs accompany credentials (signing in, refreshing, enrolling), not every request.

use super::used_proofs;
use crate::Identity;
use aws_lc_rs::{
    digest::{SHA256, digest},
    signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey},
};
use axum::{
    extract::{FromRef, FromRequestParts, MatchedPath},
    http::{Uri, request::Parts},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use contract::{ProblemCode, time::Instant};
use db::Tx;
use kernel::error::{Error, Result};
use serde::Deserialize;

/// How old a proof may be.
const LIFETIME: TimeDelta = TimeDelta::seconds(60);
/// How far in the service's future a proof may lie.
const AHEAD: TimeDelta = TimeDelta::seconds(5);
/// The longest proof; honest ones have some 400 characters.
const MAX_LENGTH: usize = 2_048;
const MAX_ID: usize = 128;
/// Length of a coordinate of P-256, and of an Ed25519 key, in bytes.
const COORDINATE: usize = 32;

/// A proof whose signature and claims are good. It counts once it is [spent](Proof::spend).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    key: String,
    digest: [u8; 32],
    made_at: Instant,
}

/// The proof that came with a request, if any.
#[derive(Debug, Clone)]
pub struct DeviceProof(pub Option<Proof>);

/// What a proof is compared with.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The request's method.
    pub method: &'a str,
    /// The request's path.
    pub path: &'a str,
    /// The address under which people reach the service, such as `https://muwakaba.example.org`.
    pub public_url: &'a Uri,
    /// The time.
    pub now: Instant,
}

#[derive(Deserialize)]
struct Header {
    typ: String,
    alg: String,
    jwk: Jwk,
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    crv: String,
    x: String,
    y: Option<String>,
    d: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Claims {
    htm: String,
    htu: String,
    iat: i64,
    jti: String,
}

fn refused(why: &str) -> Error {
    Error::with_detail(ProblemCode::CredentialRefused, format!("DPoP: {why}"))
}

impl Proof {
    /// Reads a proof and checks everything but whether it was used before.
    pub fn verify(text: &str, expected: &Expected<'_>) -> Result<Self> {
        if text.len() > MAX_LENGTH {
            return Err(refused("too long"));
        }
        let (message, signature) = text.rsplit_once('.').ok_or_else(|| refused("not a signed JWT"))?;
        let (header, claims) = message.split_once('.').ok_or_else(|| refused("not a signed JWT"))?;
        let header: Header = part(header)?;
        let claims: Claims = part(claims)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| refused("not a signed JWT"))?;
        if header.typ != "dpop+jwt" || header.crit.is_some() {
            return Err(refused("typ must be dpop+jwt, without crit"));
        }
        let key = header.jwk.check(&header.alg, message.as_bytes(), &signature)?;
        claims.check(expected)?;
        Ok(Self {
            digest: sha256(format!("{key} {}", claims.jti).as_bytes()),
            key,
            made_at: Instant::from_seconds(claims.iat).unwrap_or(expected.now),
        })
    }

    /// The RFC 7638 thumbprint of the device's key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Uses the proof up; a second use is refused.
    pub async fn spend(&self, tx: &mut Tx) -> Result<()> {
        let forgotten_at = self.made_at.saturating_add(LIFETIME + AHEAD);
        let is_first = used_proofs::spend(tx, &self.digest, forgotten_at).await?;
        if is_first { Ok(()) } else { Err(refused("used before; make a new one for every request")) }
    }
}

impl DeviceProof {
    /// Uses the proof up, if one came.
    pub async fn spend(&self, tx: &mut Tx) -> Result<()> {
        match &self.0 {
            Some(proof) => proof.spend(tx).await,
            None => Ok(()),
        }
    }

    /// The thumbprint of the key that was proved, if any.
    pub fn key(&self) -> Option<&str> {
        self.0.as_ref().map(Proof::key)
    }

    /// The thumbprint, where none is a refusal.
    pub fn required_key(&self) -> Result<&str> {
        self.key().ok_or_else(|| refused("this request needs a proof made with the device's key"))
    }
}

fn part<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or_else(|| refused("a part of it cannot be read"))
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    for (to, from) in hash.iter_mut().zip(digest(&SHA256, bytes).as_ref()) {
        *to = *from;
    }
    hash
}

impl Jwk {
    /// Verifies the signature with this key; the key's thumbprint.
    fn check(&self, algorithm: &str, message: &[u8], signature: &[u8]) -> Result<String> {
        if self.d.is_some() {
            return Err(refused("the jwk holds a private key, which must never leave the device"));
        }
        let verified = match (algorithm, self.kty.as_str(), self.crv.as_str(), &self.y) {
            ("ES256", "EC", "P-256", Some(y)) => {
                let mut point = vec![4];
                point.extend(coordinate(&self.x)?);
                point.extend(coordinate(y)?);
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
            ("EdDSA" | "Ed25519", "OKP", "Ed25519", None) => {
                UnparsedPublicKey::new(&ED25519, coordinate(&self.x)?).verify(message, signature)
            }
            _ => return Err(refused("alg must be ES256 or EdDSA, with the matching jwk")),
        };
        verified.map_err(|_| refused("the signature is not the jwk's"))?;
        // Members in the order of RFC 7638 §3.3. The coordinates were decoded strictly, so each key has one spelling.
        let members = match &self.y {
            Some(y) => format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{y}"}}"#, self.x),
            None => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, self.x),
        };
        Ok(URL_SAFE_NO_PAD.encode(sha256(members.as_bytes())))
    }
}

fn coordinate(text: &str) -> Result<Vec<u8>> {
    URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .filter(|bytes| bytes.len() == COORDINATE)
        .ok_or_else(|| refused("the jwk cannot be read"))
}

impl Claims {
    fn check(&self, expected: &Expected<'_>) -> Result<()> {
        if self.htm != expected.method {
            return Err(refused("htm is not this request's method"));
        }
        let uri: Uri = self.htu.parse().map_err(|_| refused("htu is not an address"))?;
        if uri.path() != expected.path || uri.query().is_some() || !is_same_service(&uri, expected.public_url)
        {
            return Err(refused("htu is not this request's address"));
        }
        if self.jti.is_empty() || self.jti.len() > MAX_ID {
            return Err(refused("jti must have 1 to 128 characters"));
        }
        let made_at = Instant::from_seconds(self.iat).ok_or_else(|| refused("iat is no time"))?;
        let age = expected.now.since(made_at);
        if age > LIFETIME || age < -AHEAD {
            return Err(refused("iat is not within the last 60 seconds; the Date header tells the time"));
        }
        Ok(())
    }
}

/// The same host and port. Behind a proxy the service does not know the scheme for sure, so that is not compared; on a
/// developer's machine one loopback name is as good as another.
fn is_same_service(uri: &Uri, public_url: &Uri) -> bool {
    let (Some(host), Some(public_host)) = (uri.host(), public_url.host()) else { return false };
    if is_loopback(public_host) {
        return is_loopback(host);
    }
    host.eq_ignore_ascii_case(public_host) && port(uri) == port(public_url)
}

fn port(uri: &Uri) -> u16 {
    uri.port_u16().unwrap_or(if uri.scheme_str() == Some("http") { 80 } else { 443 })
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl<S: Send + Sync> FromRequestParts<S> for DeviceProof
where
    Identity: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let identity = Identity::from_ref(state);
        let mut values = parts.headers.get_all("dpop").iter();
        let Some(value) = values.next() else { return Ok(Self(None)) };
        if values.next().is_some() {
            return Err(refused("given more than once"));
        }
        let text = value.to_str().map_err(|_| refused("not a signed JWT"))?;
        let expected = Expected {
            method: parts.method.as_str(),
            // The whole path: where routers are nested, the request's own has lost its beginning.
            path: parts.extensions.get::<MatchedPath>().map_or_else(|| parts.uri.path(), MatchedPath::as_str),
            public_url: &identity.sign_in.public_url,
            now: identity.clock.now(),
        };
        Proof::verify(text, &expected).map(|proof| Self(Some(proof)))
    }
}

#[cfg(test)]
#[path = "proof_tests.rs"]
mod tests;
