//! Sealing: authenticated encryption of single database fields, and of the data keys that do it.
//!
//! Every participant and every staff member has a data key of 32 random bytes. It is stored wrapped, that is sealed
//! under a key derived from the master key and bound to its owner, and it seals that person's fields. Table, column
//! and row are bound in as associated data, so a value moved to another place no longer opens. Erasing a person is
//! destroying the wrapped key: what is left of their fields in the database is noise from then on. A backup holds the
//! wrapped key as well, and opens with the master key until it is gone or the erasure is repeated on what it restores.
//!
//! The cipher is AES-256-GCM-SIV (RFC 8452) with a random nonce of 96 bits. A repeated nonce, as after a virtual
//! machine was restored from a snapshot, would let an attacker forge and decrypt under plain GCM; here it only shows
//! that two equal texts in the same field are equal.
//!
//! Layout of a sealed value, version 1: `1 | nonce (12) | ciphertext, padded | tag (16)`. Plaintexts are padded to
//! steps of 64 bytes (256 bytes beyond 512), so nearly all names, phones and addresses have one length.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::keys::{DerivationFailed, KEY_LENGTH, MasterKey, Purpose};
use super::privacy::PrivateText;
use super::random::{NoRandomness, Random};

mod padding;
#[cfg(test)]
mod tests;

/// Version of the layout, the first byte of everything sealed. It is bound into the associated data too.
const VERSION: u8 = 1;
const TAG_LENGTH: usize = 16;

/// Why sealing or opening failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The value was damaged, moved from another row, column or table, or sealed under another key.
    #[error("a sealed value does not open: it was damaged, moved, or sealed under another key")]
    NotAuthentic,
    /// The first byte names a layout that this version of the service does not know.
    #[error("a sealed value has a layout unknown to this version")]
    UnknownVersion,
    /// The opened bytes are not text.
    #[error("a sealed value is not text")]
    NotText,
    /// The person was erased while the key was being asked for.
    #[error("the data key was destroyed")]
    Erased,
    /// The cipher refused to seal, as for a text beyond its limits.
    #[error("a value could not be sealed")]
    NotSealed,
    /// No random bytes for a nonce or a key.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

macro_rules! sealed_bytes {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, sqlx::Type)]
        #[sqlx(transparent)]
        pub struct $name(Vec<u8>);

        impl $name {
            /// Takes bytes read from storage. Whether they are genuine shows when they are opened.
            pub fn from_bytes(bytes: Vec<u8>) -> Self {
                Self(bytes)
            }

            /// The bytes to store.
            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!(stringify!($name), "({} bytes)"), self.0.len())
            }
        }
    };
}

sealed_bytes!(
    /// A sealed field, stored as bytes.
    Sealed
);
sealed_bytes!(
    /// A data key sealed under the master key, stored as bytes in one place only: deleting it erases its owner.
    WrappedKey
);

/// The place of a field in the database. A value opens only in the place it was sealed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Name of the table.
    pub table: &'static str,
    /// Name of the column.
    pub column: &'static str,
    /// Primary key of the row.
    pub row: Uuid,
}

impl Field {
    /// Names a place.
    pub const fn new(table: &'static str, column: &'static str, row: Uuid) -> Self {
        Self { table, column, row }
    }
}

/// Joins the parts so that no two lists of parts give the same bytes: each part after its length.
fn associated_data(parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len().saturating_add(8)).sum();
    let mut joined = Vec::with_capacity(length.saturating_add(1));
    joined.push(VERSION);
    for part in parts {
        joined.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        joined.extend_from_slice(part);
    }
    joined
}

fn field_data(field: Field) -> Vec<u8> {
    associated_data(&[b"field", field.table.as_bytes(), field.column.as_bytes(), field.row.as_bytes()])
}

fn cipher(key: &[u8; KEY_LENGTH]) -> Result<LessSafeKey, SealError> {
    UnboundKey::new(&AES_256_GCM_SIV, key).map(LessSafeKey::new).map_err(|_| SealError::NotSealed)
}

fn seal(key: &LessSafeKey, aad: &[u8], plain: &[u8], random: &dyn Random) -> Result<Vec<u8>, SealError> {
    let padded_length = padding::padded_length(plain.len());
    let mut nonce = [0; NONCE_LEN];
    random.fill(&mut nonce)?;
    let mut sealed = Vec::with_capacity(padded_length.saturating_add(1 + NONCE_LEN + TAG_LENGTH));
    sealed.push(VERSION);
    sealed.extend_from_slice(&nonce);
    padding::append_padded(&mut sealed, plain, padded_length);
    let body = sealed.get_mut(1 + NONCE_LEN..).ok_or(SealError::NotSealed)?;
    let tag = key
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), body)
        .map_err(|_| SealError::NotSealed)?;
    sealed.extend_from_slice(tag.as_ref());
    Ok(sealed)
}

fn open(key: &LessSafeKey, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (version, rest) = sealed.split_first().ok_or(SealError::NotAuthentic)?;
    if *version != VERSION {
        return Err(SealError::UnknownVersion);
    }
    let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(SealError::NotAuthentic)?;
    let mut plain = Zeroizing::new(body.to_vec());
    let length = key
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(aad), &mut plain)
        .map_err(|_| SealError::NotAuthentic)?
        .len();
    plain.truncate(length);
    padding::strip(&mut plain).ok_or(SealError::NotAuthentic)?;
    Ok(plain)
}

/// Wraps and unwraps the data keys of one kind of owner. The kinds have different keys, so a staff member's wrapped
/// key cannot be passed off as a participant's.
pub struct WrapKey {
    key: LessSafeKey,
}

impl WrapKey {
    /// The key that wraps the data keys of participants.
    ///
    /// # Errors
    /// [`DerivationFailed`], as [`MasterKey::derive`].
    pub fn participants(master: &MasterKey) -> Result<Self, DerivationFailed> {
        Self::new(master, Purpose::WrapParticipantKeys)
    }

    /// The key that wraps the data keys of staff members.
    ///
    /// # Errors
    /// [`DerivationFailed`], as [`MasterKey::derive`].
    pub fn staff(master: &MasterKey) -> Result<Self, DerivationFailed> {
        Self::new(master, Purpose::WrapStaffKeys)
    }

    fn new(master: &MasterKey, purpose: Purpose) -> Result<Self, DerivationFailed> {
        let key = cipher(master.derive(purpose)?.expose()).map_err(|_| DerivationFailed)?;
        Ok(Self { key })
    }
}

impl fmt::Debug for WrapKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WrapKey(…)")
    }
}

fn owner_data(owner: Uuid) -> Vec<u8> {
    associated_data(&[b"data key", owner.as_bytes()])
}

/// The key that seals one person's fields. Wiped when dropped. The cipher is set up anew for each field: beside
/// opening one that does not show, and a prepared cipher takes 20 times the memory of the key.
pub struct DataKey {
    bytes: Zeroizing<[u8; KEY_LENGTH]>,
}

impl DataKey {
    /// A new key for a new person.
    ///
    /// # Errors
    /// If there are no random bytes.
    pub fn generate(random: &dyn Random) -> Result<Self, SealError> {
        let mut bytes = Zeroizing::new([0; KEY_LENGTH]);
        random.fill(&mut *bytes)?;
        Ok(Self { bytes })
    }

    /// The service's own key for texts that belong to nobody in particular, derived from the master key.
    ///
    /// # Errors
    /// If the cryptographic library refuses, which it never does for a whole key.
    pub fn derived(
        master: &super::keys::MasterKey,
        purpose: super::keys::Purpose,
    ) -> Result<Self, super::keys::DerivationFailed> {
        Ok(Self { bytes: Zeroizing::new(*master.derive(purpose)?.expose()) })
    }

    /// Seals this key for storage, bound to its owner.
    ///
    /// # Errors
    /// If there are no random bytes.
    pub fn wrap(
        &self,
        wrap_key: &WrapKey,
        owner: Uuid,
        random: &dyn Random,
    ) -> Result<WrappedKey, SealError> {
        seal(&wrap_key.key, &owner_data(owner), &*self.bytes, random).map(WrappedKey)
    }

    /// Opens a stored key.
    ///
    /// # Errors
    /// [`SealError::NotAuthentic`] if it belongs to another owner, kind of owner or master key, or was damaged.
    pub fn unwrap(wrap_key: &WrapKey, owner: Uuid, wrapped: &WrappedKey) -> Result<Self, SealError> {
        let bytes = open(&wrap_key.key, &owner_data(owner), &wrapped.0)?;
        let bytes = <[u8; KEY_LENGTH]>::try_from(bytes.as_slice()).map_err(|_| SealError::NotAuthentic)?;
        Ok(Self { bytes: Zeroizing::new(bytes) })
    }

    /// Seals a value for its place. Sealing the same value twice gives different bytes.
    ///
    /// # Errors
    /// If there are no random bytes.
    pub fn seal(&self, field: Field, plain: &[u8], random: &dyn Random) -> Result<Sealed, SealError> {
        seal(&cipher(&self.bytes)?, &field_data(field), plain, random).map(Sealed)
    }

    /// Opens a value in its place.
    ///
    /// # Errors
    /// [`SealError::NotAuthentic`] if it was damaged, moved or sealed under another key.
    pub fn open(&self, field: Field, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealError> {
        open(&cipher(&self.bytes)?, &field_data(field), &sealed.0)
    }

    /// Seals a privacy type.
    ///
    /// # Errors
    /// As [`Self::seal`].
    pub fn seal_text<T: PrivateText>(
        &self,
        field: Field,
        text: &T,
        random: &dyn Random,
    ) -> Result<Sealed, SealError> {
        self.seal(field, text.expose().as_bytes(), random)
    }

    /// Opens a privacy type.
    ///
    /// # Errors
    /// As [`Self::open`]; [`SealError::NotText`] if something else was sealed there.
    pub fn open_text<T: PrivateText>(&self, field: Field, sealed: &Sealed) -> Result<T, SealError> {
        T::from_stored(&self.open(field, sealed)?).map_err(|_| SealError::NotText)
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DataKey(…)")
    }
}
