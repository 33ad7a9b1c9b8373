//! Keys: the master key, the purpose keys derived from it, and the directory of key files.
//!
//! One secret of 32 random bytes, the master key, stands outside the database in a file that only the service's
//! user can read. Everything else is derived from it by HKDF-SHA256 (RFC 5869) under a label per purpose, so no key
//! serves two purposes and knowing one says nothing about another. Signing keys are files of their own in the same
//! [`KeyDirectory`].

use std::fmt;
use std::path::Path;

use aws_lc_rs::{hkdf, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::random::Random;

mod files;
mod signing;
#[cfg(test)]
mod tests;

pub use files::{KeyDirectory, KeyFile, KeyFileError};

/// Length of the master key and of every derived key, in bytes.
pub const KEY_LENGTH: usize = 32;

/// Name of the master key's file in the key directory.
pub const MASTER_KEY_FILE: &str = "master.key";

/// What a derived key is for. A label, once used, is never given to another purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Wraps the data keys of participants.
    WrapParticipantKeys,
    /// Wraps the data keys of staff members.
    WrapStaffKeys,
    /// Hashes e-mail addresses for exact match.
    EmailLookup,
    /// Hashes the file numbers of centres for exact match.
    FileNumberLookup,
    /// Makes the Web Push topic of a reminder.
    ReminderTopics,
    /// Authenticates single-use action tokens.
    ActionTokens,
    /// Authenticates refresh tokens.
    RefreshTokens,
    /// Authenticates enrolment codes.
    EnrolmentCodes,
    /// Hashes the subjects of throttles: accounts, sources and devices.
    Throttle,
    /// Authenticates page and sync cursors.
    Cursors,
    /// Seals the answers that are kept for repeated requests.
    IdempotencyKeys,
    /// Hashes the keys that callers give their requests.
    IdempotencyKeyHashes,
    /// Seals what participants say of sessions.
    Impressions,
    /// Hashes which session it was and whose.
    ImpressionHashes,
    /// Seals what is written about employers, who are no people of the service.
    EmployerTexts,
    /// Authenticates the links by which partners answer referrals, and their codes.
    ReferralLinks,
    /// Tells one master key from another ([`MasterKey::check_value`]).
    KeyCheck,
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Self::WrapParticipantKeys => "wrap participant keys",
            Self::WrapStaffKeys => "wrap staff keys",
            Self::EmailLookup => "email lookup",
            Self::FileNumberLookup => "file number lookup",
            Self::ReminderTopics => "reminder topics",
            Self::ActionTokens => "action tokens",
            Self::RefreshTokens => "refresh tokens",
            Self::EnrolmentCodes => "enrolment codes",
            Self::Throttle => "throttle",
            Self::Cursors => "cursors",
            Self::IdempotencyKeys => "idempotency keys",
            Self::IdempotencyKeyHashes => "idempotency key hashes",
            Self::Impressions => "impressions",
            Self::ImpressionHashes => "impression hashes",
            Self::EmployerTexts => "employer texts",
            Self::ReferralLinks => "referral links",
            Self::KeyCheck => "key check",
        }
    }
}

/// The secret that opens everything else. Wiped when dropped; its `Debug` shows nothing of it.
pub struct MasterKey {
    bytes: Zeroizing<[u8; KEY_LENGTH]>,
}

impl MasterKey {
    /// Takes 32 bytes that are already secret and random.
    pub fn from_bytes(bytes: Zeroizing<[u8; KEY_LENGTH]>) -> Self {
        Self { bytes }
    }

    /// Reads `master.key` in the directory, or makes it on the first start. Compare [`Self::check_value`] with the
    /// one stored in the database before use: a lost file is replaced by a new key that opens nothing.
    ///
    /// # Errors
    /// [`KeyFileError`], which names the path and what to do.
    pub fn load_or_create(directory: &KeyDirectory, random: &dyn Random) -> Result<Self, KeyFileError> {
        let file = directory.load_or_create(MASTER_KEY_FILE, random, || {
            let mut key = Zeroizing::new([0; KEY_LENGTH]);
            random.fill(&mut *key).map_err(|_| KeyFileError::NoRandomness)?;
            let mut text = Zeroizing::new(Vec::with_capacity(2 * KEY_LENGTH));
            text.extend_from_slice(Zeroizing::new(STANDARD.encode(*key)).as_bytes());
            text.push(b'\n');
            Ok(text)
        })?;
        Self::parse(&directory.path_of(MASTER_KEY_FILE), &file.bytes)
    }

    /// Reads a master key that is kept elsewhere, such as in a mounted secret.
    ///
    /// # Errors
    /// [`KeyFileError`], which names the path and what to do.
    pub fn read(path: &Path) -> Result<Self, KeyFileError> {
        let text = files::read_private(path)?;
        Self::parse(path, &text)
    }

    fn parse(path: &Path, text: &[u8]) -> Result<Self, KeyFileError> {
        let wrong = || KeyFileError::NotMasterKey { path: path.to_owned() };
        let text = text.trim_ascii();
        let bytes = if text.len() == 2 * KEY_LENGTH { decode_hex(text) } else { decode_base64(text) };
        let bytes = bytes.ok_or_else(wrong)?;
        let key = <[u8; KEY_LENGTH]>::try_from(bytes.as_slice()).map_err(|_| wrong())?;
        Ok(Self { bytes: Zeroizing::new(key) })
    }

    /// The key for one purpose.
    ///
    /// # Errors
    /// [`DerivationFailed`], which the fixed lengths used here rule out in practice.
    pub fn derive(&self, purpose: Purpose) -> Result<DerivedKey, DerivationFailed> {
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"muwakaba master key v1");
        let mut bytes = Zeroizing::new([0; KEY_LENGTH]);
        salt.extract(&*self.bytes)
            .expand(&[purpose.label().as_bytes()], hkdf::HKDF_SHA256)
            .and_then(|output| output.fill(&mut *bytes))
            .map_err(|_| DerivationFailed)?;
        Ok(DerivedKey { bytes })
    }

    /// Eight bytes that tell this master key from another and give nothing away about it. Stored in the database,
    /// so that a start with the wrong key is refused before anything is written under it.
    ///
    /// # Errors
    /// As [`Self::derive`].
    pub fn check_value(&self) -> Result<[u8; 8], DerivationFailed> {
        let key = self.derive(Purpose::KeyCheck)?;
        let mut value = [0; 8];
        for (to, from) in value.iter_mut().zip(key.bytes.iter()) {
            *to = *from;
        }
        Ok(value)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MasterKey(…)")
    }
}

/// A purpose key could not be derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key could not be derived from the master key")]
pub struct DerivationFailed;

/// A key for one purpose. Wiped when dropped; its `Debug` shows nothing of it.
#[derive(Clone)]
pub struct DerivedKey {
    bytes: Zeroizing<[u8; KEY_LENGTH]>,
}

impl DerivedKey {
    /// The key itself, to be handed to a cryptographic function and nowhere else.
    pub fn expose(&self) -> &[u8; KEY_LENGTH] {
        &self.bytes
    }

    /// HMAC-SHA256 of a message under this key.
    pub fn authenticate(&self, message: &[u8]) -> [u8; 32] {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &*self.bytes), message);
        let mut bytes = [0; 32];
        for (to, from) in bytes.iter_mut().zip(tag.as_ref()) {
            *to = *from;
        }
        bytes
    }

    /// Whether `tag` is [`Self::authenticate`] of `message`, in a time that does not depend on where they differ.
    pub fn is_authentic(&self, message: &[u8], tag: &[u8]) -> bool {
        hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &*self.bytes), message, tag).is_ok()
    }
}

impl fmt::Debug for DerivedKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DerivedKey(…)")
    }
}

fn decode_hex(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 2));
    for pair in text.chunks_exact(2) {
        let [high, low] = pair else { return None };
        bytes.push(u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()?);
    }
    Some(bytes)
}

fn decode_base64(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE_NO_PAD]
        .into_iter()
        .find_map(|engine| engine.decode(text).ok())
        .map(Zeroizing::new)
}
