//! The two ends' keys: what a browser hands out with a subscription, and what it keeps for itself.

use std::fmt;

use aws_lc_rs::agreement::{ECDH_P256, ParsedPublicKey, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::encoding::{AsBigEndian, EcPrivateKeyBin};
use base64::Engine as _;
use base64::engine::general_purpose::GeneralPurpose;
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use zeroize::Zeroizing;

/// Bytes of a P-256 point in the uncompressed form (SEC 1 section 2.3.3).
pub const POINT_LENGTH: usize = 65;
/// Bytes of the authentication secret (RFC 8291 section 3.2).
pub const AUTH_LENGTH: usize = 16;

/// base64url as push uses it everywhere: written without padding, read with or without.
pub(super) const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a subscription's keys are not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeysRefusal {
    /// `p256dh` is no base64url of 65 bytes.
    #[error("p256dh is not base64url of a 65-byte point")]
    PublicKeyForm,
    /// `p256dh` is no point of the curve.
    #[error("p256dh is not a point of the P-256 curve")]
    PublicKeyPoint,
    /// `auth` is no base64url of 16 bytes.
    #[error("auth is not base64url of 16 bytes")]
    Auth,
}

/// The keys of one subscription, as the browser gave them out: its public key and the authentication secret.
///
/// Holding one means that the point was checked to be on the curve; a hostile point could otherwise draw out private
/// key material.
#[derive(Clone)]
pub struct SubscriptionKeys {
    point: [u8; POINT_LENGTH],
    parsed: ParsedPublicKey,
    auth: [u8; AUTH_LENGTH],
}

impl SubscriptionKeys {
    /// Reads `p256dh` and `auth` of a push subscription (base64url, with or without padding).
    ///
    /// # Errors
    /// Which of the two is unusable, and how.
    pub fn parse(p256dh: &str, auth: &str) -> Result<Self, KeysRefusal> {
        let point = decode_exactly(p256dh).ok_or(KeysRefusal::PublicKeyForm)?;
        let auth = decode_exactly(auth).ok_or(KeysRefusal::Auth)?;
        Self::from_bytes(point, auth)
    }

    /// The same from bytes, as a database keeps them.
    ///
    /// # Errors
    /// [`KeysRefusal::PublicKeyForm`] if the point is not in the uncompressed form, [`KeysRefusal::PublicKeyPoint`]
    /// if it is not on the curve.
    pub fn from_bytes(point: [u8; POINT_LENGTH], auth: [u8; AUTH_LENGTH]) -> Result<Self, KeysRefusal> {
        // The library also takes compressed, hybrid and DER forms; the protocol does not.
        if point.first() != Some(&0x04) {
            return Err(KeysRefusal::PublicKeyForm);
        }
        let parsed = ParsedPublicKey::try_from(UnparsedPublicKey::new(&ECDH_P256, point))
            .map_err(|_| KeysRefusal::PublicKeyPoint)?;
        Ok(Self { point, parsed, auth })
    }

    /// The subscription's public key, uncompressed.
    #[must_use]
    pub const fn point(&self) -> &[u8; POINT_LENGTH] {
        &self.point
    }

    /// The authentication secret.
    #[must_use]
    pub const fn auth(&self) -> &[u8; AUTH_LENGTH] {
        &self.auth
    }

    pub(super) const fn parsed(&self) -> &ParsedPublicKey {
        &self.parsed
    }
}

impl fmt::Debug for SubscriptionKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SubscriptionKeys(…)")
    }
}

/// What the receiving side keeps: the private key of the subscription and the authentication secret.
pub struct ReceiverKeys {
    private_key: PrivateKey,
    point: [u8; POINT_LENGTH],
    auth: [u8; AUTH_LENGTH],
}

/// A private key that is not a number in the range of the curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a P-256 private key")]
pub struct UnusablePrivateKey;

impl ReceiverKeys {
    /// Rebuilds the keys from what was stored: the private number (32 bytes, big-endian) and the secret.
    ///
    /// # Errors
    /// The number is zero or beyond the order of the curve.
    pub fn from_bytes(private_key: &[u8; 32], auth: [u8; AUTH_LENGTH]) -> Result<Self, UnusablePrivateKey> {
        let private_key =
            PrivateKey::from_private_key(&ECDH_P256, private_key).map_err(|_| UnusablePrivateKey)?;
        Self::with(private_key, auth)
    }

    /// Makes new keys from the system's random numbers.
    ///
    /// # Errors
    /// The system has none to give.
    pub fn generate() -> Result<Self, UnusablePrivateKey> {
        let mut auth = [0; AUTH_LENGTH];
        aws_lc_rs::rand::fill(&mut auth).map_err(|_| UnusablePrivateKey)?;
        let private_key = PrivateKey::generate(&ECDH_P256).map_err(|_| UnusablePrivateKey)?;
        Self::with(private_key, auth)
    }

    fn with(private_key: PrivateKey, auth: [u8; AUTH_LENGTH]) -> Result<Self, UnusablePrivateKey> {
        let point = point_of(&private_key).ok_or(UnusablePrivateKey)?;
        Ok(Self { private_key, point, auth })
    }

    /// The private number, to be stored with care.
    ///
    /// # Errors
    /// The library cannot write the key out; it always can for a key it has made or read.
    pub fn private_key_bytes(&self) -> Result<Zeroizing<[u8; 32]>, UnusablePrivateKey> {
        let bytes: EcPrivateKeyBin<'_> = self.private_key.as_be_bytes().map_err(|_| UnusablePrivateKey)?;
        Ok(Zeroizing::new(bytes.as_ref().try_into().map_err(|_| UnusablePrivateKey)?))
    }

    /// The public key for `p256dh`, base64url.
    #[must_use]
    pub fn p256dh(&self) -> String {
        BASE64URL.encode(self.point)
    }

    /// The authentication secret for `auth`, base64url.
    #[must_use]
    pub fn auth_base64url(&self) -> String {
        BASE64URL.encode(self.auth)
    }

    pub(super) const fn private_key(&self) -> &PrivateKey {
        &self.private_key
    }

    pub(super) const fn point(&self) -> &[u8; POINT_LENGTH] {
        &self.point
    }

    pub(super) const fn auth(&self) -> &[u8; AUTH_LENGTH] {
        &self.auth
    }
}

impl fmt::Debug for ReceiverKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ReceiverKeys(…)")
    }
}

/// The public point of a private key, uncompressed.
pub(super) fn point_of(private_key: &PrivateKey) -> Option<[u8; POINT_LENGTH]> {
    private_key.compute_public_key().ok()?.as_ref().try_into().ok()
}

fn decode_exactly<const LENGTH: usize>(text: &str) -> Option<[u8; LENGTH]> {
    // Room for padding, and no work for a text that is far too long.
    if text.len() > LENGTH.div_ceil(3) * 4 {
        return None;
    }
    BASE64URL.decode(text).ok()?.try_into().ok()
}
