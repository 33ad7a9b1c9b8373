//! Password hashes: Argon2id (RFC 9106) with the parameters that OWASP recommends, on threads of its own, a few at a time.
//!
//! One hash takes 19 MiB and tens of milliseconds of a core on purpose. Unbounded, a few hundred simultaneous guesses would
//! take the machine down, so they queue, and those that would wait too long are told to come again.

pub mod forms;
pub mod rules;

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use forms::{Form, Forms};
use kernel::{
    error::{Error, Result},
    protect::random::Random,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zeroize::Zeroizing;

/// Memory of one hash in KiB (OWASP Password Storage Cheat Sheet: m=19456, t=2, p=1).
const MEMORY: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// How many hashes are computed at a time.
const AT_A_TIME: usize = 2;
/// How many callers may wait for their turn.
const IN_QUEUE: usize = 64;
/// How long a caller waits for their turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// Computes and checks password hashes.
pub struct Passwords {
    turns: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    /// A hash that no password has, checked where there is no account, so that its absence takes the same time.
    nobody: String,
    computed: AtomicU64,
}

/// The library refused; with fixed parameters only a damaged stored hash or a lack of memory can cause it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password hash could not be computed")]
pub struct HashFailed;

impl Passwords {
    /// Ready to work; nothing is computed yet.
    pub fn new(random: &dyn Random) -> std::result::Result<Self, HashFailed> {
        let (mut salt, mut output) = ([0; 16], [0; 32]);
        random.fill(&mut salt).and_then(|()| random.fill(&mut output)).map_err(|_| HashFailed)?;
        let nobody = format!(
            "$argon2id$v=19$m={MEMORY},t={PASSES},p={LANES}${}${}",
            STANDARD_NO_PAD.encode(salt),
            STANDARD_NO_PAD.encode(output)
        );
        PasswordHash::new(&nobody).map_err(|_| HashFailed)?;
        Ok(Self {
            turns: Arc::new(Semaphore::new(AT_A_TIME)),
            queue: Arc::new(Semaphore::new(AT_A_TIME + IN_QUEUE)),
            nobody,
            computed: AtomicU64::new(0),
        })
    }

    /// How many hashes have been computed since the start: a test sees by it that every way through the sign-in does the
    /// same work.
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    /// The hash to store for `secret`.
    pub async fn hash(&self, secret: &[u8], random: &dyn Random) -> Result<String> {
        let mut salt = [0; 16];
        random.fill(&mut salt).map_err(Error::internal)?;
        let secret = Zeroizing::new(secret.to_vec());
        self.compute(1, move || {
            argon2()?
                .hash_password_with_salt(&secret, &salt)
                .map(|hash| hash.to_string())
                .map_err(|_| HashFailed)
        })
        .await
    }

    /// Whether `secret` has the hash `stored`. Without a stored one it takes as long and is false.
    pub async fn verify(&self, secret: &[u8], stored: Option<&str>) -> Result<bool> {
        let secret = Zeroizing::new(secret.to_vec());
        Ok(self.first_match(vec![secret], stored).await?.is_some())
    }

    /// In which of its forms a password has the hash `stored`. All forms are tried whatever comes of the first.
    pub async fn verify_any(&self, forms: &Forms, stored: Option<&str>) -> Result<Option<Form>> {
        let secrets = forms.iter().map(|(_, secret)| Zeroizing::new(secret.to_vec())).collect();
        let position = self.first_match(secrets, stored).await?;
        Ok(position.and_then(|position| forms.iter().nth(position)).map(|(form, _)| form))
    }

    async fn first_match(
        &self,
        secrets: Vec<Zeroizing<Vec<u8>>>,
        stored: Option<&str>,
    ) -> Result<Option<usize>> {
        // A stored text that is no hash is nobody's: it must not tell itself apart by an error.
        let stored = stored.filter(|stored| PasswordHash::new(stored).is_ok());
        let exists = stored.is_some();
        let stored = stored.unwrap_or(&self.nobody).to_owned();
        let found = self
            .compute(secrets.len(), move || {
                let (hash, argon2) = (PasswordHash::new(&stored).map_err(|_| HashFailed)?, argon2()?);
                let matches: Vec<bool> =
                    secrets.iter().map(|secret| argon2.verify_password(secret, &hash).is_ok()).collect();
                Ok(matches.iter().position(|matches| *matches))
            })
            .await?;
        Ok(found.filter(|_| exists))
    }

    async fn compute<T: Send + 'static>(
        &self,
        hashes: usize,
        work: impl FnOnce() -> std::result::Result<T, HashFailed> + Send + 'static,
    ) -> Result<T> {
        let turn = self.turn().await?;
        self.computed.fetch_add(u64::try_from(hashes).unwrap_or(u64::MAX), Ordering::Relaxed);
        // The turn goes along: a caller who hangs up does not make room for another hash while this one still runs.
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        })
        .await
        .map_err(Error::internal)?
        .map_err(Error::internal)
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit> {
        let _place = self.queue.try_acquire().map_err(|_| Error::unavailable())?;
        tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned())
            .await
            .map_err(|_| Error::unavailable())?
            .map_err(Error::internal)
    }
}

fn argon2() -> std::result::Result<Argon2<'static>, HashFailed> {
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(|_| HashFailed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::Passwords;
    use kernel::protect::random::SeededRandom;

    #[tokio::test]
    async fn a_hash_knows_its_password_and_no_other() {
        let random = SeededRandom::deterministic(1);
        let passwords = Passwords::new(&random).unwrap();
        let hash = passwords.hash("كلمة سر طويلة".as_bytes(), &random).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify("كلمة سر طويلة".as_bytes(), Some(&hash)).await.unwrap());
        assert!(!passwords.verify(b"another", Some(&hash)).await.unwrap());
        assert!(!passwords.verify(b"another", None).await.unwrap());
        assert!(!passwords.verify(b"", Some("")).await.unwrap());
        assert_eq!(passwords.computed(), 5);
    }

    #[tokio::test]
    async fn who_would_wait_too_long_is_told_so() {
        let passwords = Passwords::new(&SeededRandom::deterministic(1)).unwrap();
        let _everyone = passwords.queue.try_acquire_many(66).unwrap();
        let refused = passwords.verify(b"one too many", None).await.unwrap_err();
        assert_eq!(refused.code(), Some(contract::ProblemCode::Unavailable));
        assert_eq!(passwords.computed(), 0);
    }
}
