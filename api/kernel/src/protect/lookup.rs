//! Finding a sealed e-mail address or file number again: HMAC-SHA256 of it under a key of its own, kept in a unique column.
//! Without the key a stolen file neither shows them nor lets anyone test a guess.

use std::fmt;

use super::keys::{DerivationFailed, DerivedKey, MasterKey, Purpose};
use super::privacy::{Email, FileNumber};
use unicode_normalization::UnicodeNormalization as _;

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

/// The keyed hash of a file number, stored as bytes.
#[derive(Clone, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(transparent)]
pub struct FileNumberHash(Vec<u8>);

impl fmt::Debug for FileNumberHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("FileNumberHash(…)")
    }
}

/// Hashes file numbers for exact match.
#[derive(Debug)]
pub struct FileNumberLookup {
    key: DerivedKey,
}

impl FileNumberLookup {
    /// Derives the key for it.
    ///
    /// # Errors
    /// [`DerivationFailed`], as [`MasterKey::derive`].
    pub fn new(master: &MasterKey) -> Result<Self, DerivationFailed> {
        Ok(Self { key: master.derive(Purpose::FileNumberLookup)? })
    }

    /// The hash of a number. Two that differ in case, blanks or the digits of the keyboard are one: nobody reads `cas 147` and `CAS-١٤٧`
    /// aloud differently. What separates counts, since 1-11 and 11-1 are two.
    pub fn hash(&self, number: &FileNumber) -> FileNumberHash {
        let mut form = zeroize::Zeroizing::new(String::with_capacity(number.expose().len()));
        for character in number.expose().nfkc().filter(|character| !character.is_whitespace()) {
            match western_digit(character) {
                Some(digit) => form.push(digit),
                None => character.to_lowercase().for_each(|lower| form.push(lower)),
            }
        }
        FileNumberHash(self.key.authenticate(form.as_bytes()).to_vec())
    }
}

/// The digit that a digit of the Arabic keyboard stands for.
fn western_digit(character: char) -> Option<char> {
    let zero = match character {
        '\u{0660}'..='\u{0669}' => 0x0660,
        '\u{06F0}'..='\u{06F9}' => 0x06F0,
        _ => return None,
    };
    char::from_digit(u32::from(character).saturating_sub(zero), 10)
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

    #[test]
    fn a_file_number_is_one_however_it_is_typed() {
        let key = |byte| FileNumberLookup::new(&MasterKey::from_bytes(Zeroizing::new([byte; 32]))).unwrap();
        let hash = |lookup: &FileNumberLookup, number: &str| lookup.hash(&FileNumber::parse(number).unwrap());
        let lookup = key(1);
        let first = hash(&lookup, "CAS-2026-0147");
        for same in ["cas-2026-0147", " CAS-2026 -0147", "CAS-٢٠٢٦-٠١٤٧", "cas-۲۰۲۶-۰۱۴۷", "ＣＡＳ-2026-0147"]
        {
            assert_eq!(hash(&lookup, same), first, "{same}");
        }
        for other in ["CAS-2026-147", "CAS20260147", "CAS-20260-147"] {
            assert_ne!(hash(&lookup, other), first, "{other}");
        }
        assert_ne!(hash(&key(2), "CAS-2026-0147"), first);
        assert_eq!(format!("{first:?}"), "FileNumberHash(…)");
    }
}
