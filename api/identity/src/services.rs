//! What proving who one is needs besides the kernel.

use crate::{
    passwords::Passwords,
    tokens::{access::AccessTokens, refresh::RefreshTokens},
};
use axum::http::Uri;
use kernel::{
    Kernel,
    door::PageOrigin,
    extract::Digest,
    protect::{
        keys::{DerivationFailed, DerivedKey, KeyDirectory, KeyFileError, MasterKey, Purpose},
        random::Random,
    },
};
use std::{ops::Deref, sync::Arc};

/// The kernel, and what proving who one is needs. Cheap to clone.
#[derive(Clone)]
pub struct Identity {
    kernel: Kernel,
    /// Passwords, tokens and what else signing in needs.
    pub sign_in: Arc<SignInServices>,
}

impl Identity {
    /// Both together.
    #[must_use]
    pub const fn new(kernel: Kernel, sign_in: Arc<SignInServices>) -> Self {
        Self { kernel, sign_in }
    }

    /// The same with other zone data.
    #[must_use]
    pub fn with_kernel(&self, kernel: Kernel) -> Self {
        Self { kernel, sign_in: self.sign_in.clone() }
    }
}

impl Deref for Identity {
    type Target = Kernel;
    fn deref(&self) -> &Kernel {
        &self.kernel
    }
}

/// Why nobody could sign in.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A key file cannot be used.
    #[error("{0}")]
    Keys(#[from] KeyFileError),
    /// A key cannot be derived.
    #[error("{0}")]
    Derivation(#[from] DerivationFailed),
    /// The public address is none.
    #[error("the public address must be a whole address such as https://muwakaba.example, not `{0}`")]
    PublicUrl(String),
}

/// The key that access tokens are signed with.
const SIGNING_KEY: &str = "access-token.key";
/// The one before it. To change keys: rename the file above to this one and restart; ten minutes later this one can go.
const PREVIOUS_SIGNING_KEY: &str = "access-token.previous.key";

/// What signing in needs.
pub struct SignInServices {
    /// Signs and reads access tokens.
    pub access_tokens: AccessTokens,
    /// Makes and reads refresh tokens.
    pub refresh_tokens: RefreshTokens,
    /// Computes password hashes.
    pub passwords: Passwords,
    /// The address under which people reach the service.
    pub public_url: Uri,
    /// The origin of the service's own pages.
    pub origin: PageOrigin,
    /// Hashes what failed tries are counted under.
    pub throttle_key: DerivedKey,
    /// Hashes enrolment codes.
    pub enrolment_key: DerivedKey,
}

impl SignInServices {
    /// Reads or makes the signing key and derives the others.
    pub fn new(
        keys: &KeyDirectory,
        master: &MasterKey,
        public_url: &str,
        random: &dyn Random,
    ) -> std::result::Result<Self, StartError> {
        let no_address = || StartError::PublicUrl(public_url.to_owned());
        let parsed: Uri = public_url.parse().map_err(|_| no_address())?;
        if parsed.host().is_none() || !matches!(parsed.scheme_str(), Some("http" | "https")) {
            return Err(no_address());
        }
        let file = keys.ed25519_key(SIGNING_KEY, random)?;
        let previous = keys.read(PREVIOUS_SIGNING_KEY)?;
        let previous = previous.as_ref().map(|bytes| bytes.as_slice());
        Ok(Self {
            access_tokens: AccessTokens::new(public_url.to_owned(), &file.bytes, previous)
                .ok_or(DerivationFailed)?,
            refresh_tokens: RefreshTokens::new(master.derive(Purpose::RefreshTokens)?),
            passwords: Passwords::new(random).map_err(|_| DerivationFailed)?,
            public_url: parsed,
            origin: PageOrigin::of(public_url),
            throttle_key: master.derive(Purpose::Throttle)?,
            enrolment_key: master.derive(Purpose::EnrolmentCodes)?,
        })
    }

    /// The digest of a body that holds a secret, for telling a repetition from another request: under a key, so that nobody
    /// who gets hold of the database can try passwords against it.
    pub fn keyed(&self, digest: Digest) -> Digest {
        Digest::of(&self.throttle_key.authenticate(digest.as_bytes()))
    }
}
