//! Sealing a message for one subscription (RFC 8291, content coding `aes128gcm` of RFC 8188).
//!
//! The push service carries the message but must learn nothing from it, not even how long it is: every message is
//! padded to the same length, so "your appointment was cancelled" and "see you tomorrow" look alike on the way.
//!
//! Each message has a new key pair and a new salt, as RFC 8291 section 2 has it. Sharing one key pair among messages
//! would save half the work and would let whoever obtains it read all of them, so it is not done.

use aws_lc_rs::aead::{AES_128_GCM, Aad};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use aws_lc_rs::error::Unspecified;

use super::keys::{POINT_LENGTH, SubscriptionKeys, point_of};
use super::schedule::{Exchange, SALT_LENGTH, derive};

/// Bytes before the sealed record: salt, record size, length of the key id, and the sender's public key as key id.
pub const HEADER_LENGTH: usize = SALT_LENGTH + 4 + 1 + POINT_LENGTH;
/// Bytes of the authentication tag at the end of the record.
pub const TAG_LENGTH: usize = 16;
/// The record size that is written into the header. It must exceed the one record there is (RFC 8291 section 4) and is
/// the same for all messages; this is the size that every push service has to carry.
const RECORD_SIZE: u32 = 4_096;
/// The octet that ends the payload in the last record (RFC 8188 section 2).
pub(super) const LAST_RECORD: u8 = 2;

/// The fixed length to which payloads are padded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaddedLength(usize);

impl PaddedLength {
    /// What every message uses: payloads up to 1,500 bytes, bodies of 1,603.
    pub const STANDARD: Self = Self(1_500);
    /// What a message uses after a service called the standard one too large: payloads up to 300 bytes.
    pub const SMALL: Self = Self(300);

    /// A length of one's own; `None` if the body would be over the 4,096 bytes that a push service must accept
    /// (RFC 8030 section 7.2).
    #[must_use]
    pub const fn new(payload: usize) -> Option<Self> {
        if payload <= 4_096 - HEADER_LENGTH - 1 - TAG_LENGTH { Some(Self(payload)) } else { None }
    }

    /// The longest payload.
    #[must_use]
    pub const fn payload(self) -> usize {
        self.0
    }

    /// The length that every body has.
    #[must_use]
    pub const fn body(self) -> usize {
        HEADER_LENGTH + self.0 + 1 + TAG_LENGTH
    }
}

/// The key pair and salt of one message.
pub struct Ephemeral {
    /// Used for this message and then dropped.
    pub private_key: PrivateKey,
    /// Random.
    pub salt: [u8; SALT_LENGTH],
}

/// Where the key pair and salt of each message come from. Tests hand in known ones.
pub trait EphemeralSource: Send + Sync {
    /// Values that were never given out before.
    ///
    /// # Errors
    /// The system has no random numbers to give.
    fn next(&self) -> Result<Ephemeral, Unspecified>;
}

/// The system's random numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEphemeral;

impl EphemeralSource for SystemEphemeral {
    fn next(&self) -> Result<Ephemeral, Unspecified> {
        let mut salt = [0; SALT_LENGTH];
        aws_lc_rs::rand::fill(&mut salt)?;
        Ok(Ephemeral { private_key: PrivateKey::generate(&ECDH_P256)?, salt })
    }
}

/// Why a message was not sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncryptError {
    /// The payload does not fit the padded length.
    #[error("the payload is longer than {0} bytes")]
    TooLong(usize),
    /// The cryptographic library failed, which it does for want of memory or random numbers only.
    #[error("the cryptographic library failed")]
    Library,
}

impl From<Unspecified> for EncryptError {
    fn from(_: Unspecified) -> Self {
        Self::Library
    }
}

/// Seals a payload for a subscription; the body is always `padded.body()` bytes long.
///
/// # Errors
/// The payload is too long, or the library fails.
pub fn encrypt(
    payload: &[u8],
    receiver: &SubscriptionKeys,
    padded: PaddedLength,
    ephemeral: &Ephemeral,
) -> Result<Vec<u8>, EncryptError> {
    if payload.len() > padded.payload() {
        return Err(EncryptError::TooLong(padded.payload()));
    }
    let sender = point_of(&ephemeral.private_key).ok_or(EncryptError::Library)?;
    let exchange = Exchange {
        receiver: receiver.point(),
        sender: &sender,
        auth: receiver.auth(),
        salt: &ephemeral.salt,
    };
    let (cipher, nonce) = derive(&exchange, &ephemeral.private_key, receiver.parsed().clone())?;

    let mut body = Vec::with_capacity(padded.body());
    body.extend_from_slice(&ephemeral.salt);
    body.extend_from_slice(&RECORD_SIZE.to_be_bytes());
    body.push(POINT_LENGTH as u8);
    body.extend_from_slice(&sender);
    body.extend_from_slice(payload);
    body.push(LAST_RECORD);
    body.resize(padded.body() - TAG_LENGTH, 0);
    let record = body.get_mut(HEADER_LENGTH..).ok_or(EncryptError::Library)?;
    let tag = cipher.seal_in_place_separate_tag(nonce, Aad::empty(), record)?;
    body.extend_from_slice(tag.as_ref());
    debug_assert_eq!(AES_128_GCM.tag_len(), TAG_LENGTH);
    Ok(body)
}
