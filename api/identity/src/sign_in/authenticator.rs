//! The second factor: time-based one-time codes (RFC 6238) from an authenticator app, SHA-1, six digits, thirty seconds, as
//! every such app knows them. One step before and after the present one is taken, for clocks that are a little off.

use crate::typed;
use contract::time::Instant;
use kernel::{error::Error, protect::random::Random};
use totp_rs::{Algorithm, Builder, Totp};
use zeroize::Zeroizing;

/// What the app shows above the code.
const ISSUER: &str = "Muwakaba";
/// Length of the shared secret, in bytes (RFC 4226 §4 recommends 160 bits).
const SECRET_LENGTH: usize = 20;
/// Length of a step, in seconds.
const STEP: u64 = 30;

/// A shared secret between the service and somebody's authenticator app.
pub struct Authenticator {
    secret: Zeroizing<Vec<u8>>,
}

impl Authenticator {
    /// A new secret.
    pub fn generate(random: &dyn Random) -> Result<Self, Error> {
        let mut secret = Zeroizing::new(vec![0; SECRET_LENGTH]);
        random.fill(&mut secret).map_err(Error::internal)?;
        Ok(Self { secret })
    }

    /// A secret from storage.
    pub const fn from_secret(secret: Zeroizing<Vec<u8>>) -> Self {
        Self { secret }
    }

    /// One that nobody has, checked where there is none, so that its absence takes the same time.
    pub fn nobody() -> Self {
        Self { secret: Zeroizing::new(vec![0; SECRET_LENGTH]) }
    }

    /// The secret, to be sealed.
    pub fn expose(&self) -> &[u8] {
        &self.secret
    }

    /// The secret in base32, as a person types it into an app that has no camera.
    pub fn base32(&self) -> Result<String, Error> {
        Ok(self.totp("")?.secret().to_base32())
    }

    /// The address that an authenticator app reads from a QR code; `account` tells this account from others in the app.
    pub fn uri(&self, account: &str) -> Result<String, Error> {
        self.totp(account)?.to_url().map_err(Error::internal)
    }

    /// The step, counted from 1970, whose code this is, however it was typed. The caller sees to it that a step is used once.
    pub fn check(&self, code: &str, now: Instant) -> Result<Option<i64>, Error> {
        let seconds = u64::try_from(now.as_seconds()).unwrap_or(0);
        let code = typed::authenticator_code(code);
        let step = self.totp("")?.check(code.as_ref().map_or("000000", |code| code.as_str()), seconds);
        Ok(step.filter(|_| code.is_some()).and_then(|step| i64::try_from(step).ok()))
    }

    fn totp(&self, account: &str) -> Result<Totp, Error> {
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_skew(1)
            .with_step_duration(STEP)
            .with_issuer(Some(ISSUER))
            .with_account_name(account)
            .with_secret(self.secret.to_vec())
            .build()
            .map_err(Error::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::Authenticator;
    use contract::time::Instant;
    use zeroize::Zeroizing;

    fn at(seconds: i64) -> Instant {
        Instant::from_seconds(seconds).unwrap()
    }

    /// RFC 6238, appendix B: the last six digits of its eight.
    #[test]
    fn the_published_codes_are_ours() {
        let authenticator = Authenticator::from_secret(Zeroizing::new(b"12345678901234567890".to_vec()));
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(authenticator.check(code, at(seconds)).unwrap(), Some(seconds / 30));
        }
    }

    #[test]
    fn one_step_off_is_taken_and_two_are_not() {
        let authenticator = Authenticator::from_secret(Zeroizing::new(b"12345678901234567890".to_vec()));
        for (offset, taken) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
            let step = authenticator.check("081804", at(1_111_111_109 + offset)).unwrap();
            assert_eq!(step, taken.then_some(37_037_036), "{offset}");
        }
        for code in ["081804", "081 804", "٠٨١٨٠٤", "٠٨١ ٨٠٤"] {
            let step = authenticator.check(code, at(1_111_111_109)).unwrap();
            assert_eq!(step, Some(37_037_036), "{code}");
        }
        for code in ["", "81804", "0818040", "٠٨١٨٠", "081 04"] {
            assert_eq!(authenticator.check(code, at(1_111_111_109)).unwrap(), None, "{code}");
        }
    }

    #[test]
    fn the_address_names_the_account_and_the_secret() {
        let authenticator = Authenticator::from_secret(Zeroizing::new(b"12345678901234567890".to_vec()));
        let uri = authenticator.uri("amina@example.org").unwrap();
        assert!(uri.starts_with("otpauth://totp/Muwakaba:amina%40example.org?secret="), "{uri}");
        assert!(uri.contains(&authenticator.base32().unwrap()), "{uri}");
    }
}
