//! The phone's own key, and the proofs it makes with it (DPoP, RFC 9449): whoever steals a refresh token has no use of it.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use contract::{IdSource, time::Instant};
use serde_json::json;
use zeroize::Zeroizing;

/// An ECDSA key on P-256.
pub struct DeviceKey {
    pair: EcdsaKeyPair,
    pkcs8: Zeroizing<Vec<u8>>,
}

/// The key cannot be made, read or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the phone's key cannot be made or read")]
pub struct UnusableKey;

impl DeviceKey {
    /// A new key.
    ///
    /// # Errors
    /// The system has no random numbers to give.
    pub fn generate() -> Result<Self, UnusableKey> {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
            .map_err(|_| UnusableKey)?;
        Self::from_pkcs8(document.as_ref())
    }

    /// A key that was stored.
    ///
    /// # Errors
    /// The bytes are no such key.
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, UnusableKey> {
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map_err(|_| UnusableKey)?;
        Ok(Self { pair, pkcs8: Zeroizing::new(pkcs8.to_vec()) })
    }

    /// The key, to be stored with care.
    pub fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// The proof for one request.
    ///
    /// # Errors
    /// The cryptographic library failed.
    pub fn proof(
        &self,
        method: &str,
        address: &str,
        now: Instant,
        ids: &dyn IdSource,
    ) -> Result<String, UnusableKey> {
        let point = self.pair.public_key().as_ref();
        // SEC 1 §2.3.3: one byte for the form, then the two coordinates.
        let (x, y) = point.get(1..).and_then(|rest| rest.split_at_checked(32)).ok_or(UnusableKey)?;
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let header = json!({
            "typ": "dpop+jwt",
            "alg": "ES256",
            "jwk": {"kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y)},
        });
        let claims = json!({
            "htm": method,
            "htu": address,
            "iat": now.as_seconds(),
            "jti": ids.next().simple().to_string(),
        });
        let signed =
            format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).map_err(|_| UnusableKey)?;
        Ok(format!("{signed}.{}", encode(signature.as_ref())))
    }
}
