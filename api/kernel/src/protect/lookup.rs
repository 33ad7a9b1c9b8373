//! Finding a sealed e-mail address again: HMAC-SHA256 of the address under a key of its own, kept in a unique column.
//! Without the key a stolen file neither shows the addresses nor lets anyone test a guess.

use std::fmt;

use super::keys::{DerivationFailed, DerivedKey, MasterKey, Purpose};
use super::privacy::Email;

/// The keyed hash of an address, stored as bytes.
#[derive(Clone, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(transparent)]
pub struct EmailHash(Vec<u8>);

impl EmailHash {
    /// The bytes to store or compare.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for EmailHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("EmailHash(…)")
    }
}

/// Hashes addresses for exact match.
#[derive(Debug)]
pub struct EmailLookup {
    key: DerivedKey,
}

impl EmailLookup {
    /// Derives the key for it.
    ///
    /// # Errors
    /// [`DerivationFailed`], as [`MasterKey::derive`].
    pub fn new(master: &MasterKey) -> Result<Self, DerivationFailed> {
        Ok(Self { key: master.derive(Purpose::EmailLookup)? })
    }

    /// The hash of an address. Case is ignored in the local part as well: no provider in use tells addresses apart by
    /// it, phone keyboards capitalise by themselves, and two accounts that differ in case only would invite mistakes.
    pub fn hash(&self, email: &Email) -> EmailHash {
        let address = zeroize::Zeroizing::new(email.expose().to_ascii_lowercase());
        EmailHash(self.key.authenticate(address.as_bytes()).to_vec())
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn lookup(byte: u8) -> EmailLookup {
        EmailLookup::new(&MasterKey::from_bytes(Zeroizing::new([byte; 32]))).unwrap()
    }

    fn hash(lookup: &EmailLookup, address: &str) -> EmailHash {
        lookup.hash(&Email::parse(address).unwrap())
    }

    #[test]
    fn the_same_address_in_any_case_has_one_hash() {
        let lookup = lookup(1);
        let first = hash(&lookup, "amina@example.org");
        assert_eq!(first, hash(&lookup, " Amina@EXAMPLE.org "));
        assert_ne!(first, hash(&lookup, "aminaa@example.org"));
        assert_eq!(first.as_bytes().len(), 32);
    }

    #[test]
    fn the_hash_depends_on_the_key_and_does_not_print() {
        assert_ne!(hash(&lookup(1), "amina@example.org"), hash(&lookup(2), "amina@example.org"));
        assert_eq!(format!("{:?}", hash(&lookup(1), "amina@example.org")), "EmailHash(…)");
    }
}
