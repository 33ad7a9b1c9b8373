//! Signing keys, each in a file of its own as PKCS#8 (RFC 5208) in DER: Ed25519 for access tokens, ECDSA on P-256 for
//! the identity towards push services (RFC 8292). Made on the first start, and checked whenever they are read, so
//! that a damaged file stops the start and not the first sign-in.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use zeroize::Zeroizing;

use super::files::{KeyDirectory, KeyFile, KeyFileError};
use crate::protect::random::Random;

struct Algorithm {
    name: &'static str,
    generate: fn() -> Option<Zeroizing<Vec<u8>>>,
    is_usable: fn(&[u8]) -> bool,
}

const ED25519: Algorithm = Algorithm {
    name: "Ed25519",
    generate: || {
        let document = Ed25519KeyPair::generate().and_then(|pair| pair.to_pkcs8v1()).ok()?;
        Some(Zeroizing::new(document.as_ref().to_vec()))
    },
    is_usable: |bytes| Ed25519KeyPair::from_pkcs8(bytes).is_ok(),
};

const P256: Algorithm = Algorithm {
    name: "P-256",
    generate: || {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).ok()?;
        Some(Zeroizing::new(pair.to_pkcs8v1().ok()?.as_ref().to_vec()))
    },
    is_usable: |bytes| EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes).is_ok(),
};

impl KeyDirectory {
    /// Reads an Ed25519 key, or makes it. The key comes from the cryptographic library's own generator, which cannot be
    /// handed in; `random` only names the temporary file.
    ///
    /// # Errors
    /// As [`Self::load_or_create`]; [`KeyFileError::NotSigningKey`] if the file holds something else.
    pub fn ed25519_key(&self, name: &str, random: &dyn Random) -> Result<KeyFile, KeyFileError> {
        self.signing_key(name, random, &ED25519)
    }

    /// Reads an ECDSA P-256 key, or makes it, as [`Self::ed25519_key`] does.
    ///
    /// # Errors
    /// As [`Self::ed25519_key`].
    pub fn p256_key(&self, name: &str, random: &dyn Random) -> Result<KeyFile, KeyFileError> {
        self.signing_key(name, random, &P256)
    }

    fn signing_key(
        &self,
        name: &str,
        random: &dyn Random,
        algorithm: &Algorithm,
    ) -> Result<KeyFile, KeyFileError> {
        let file =
            self.load_or_create(name, random, || (algorithm.generate)().ok_or(KeyFileError::NoRandomness))?;
        if !(algorithm.is_usable)(&file.bytes) {
            let path = self.path_of(name);
            return Err(KeyFileError::NotSigningKey { path, algorithm: algorithm.name });
        }
        Ok(file)
    }
}
