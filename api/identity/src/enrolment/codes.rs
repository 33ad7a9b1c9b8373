//! Enrolment codes, in their two forms. The QR code holds 192 random bits, which nobody guesses. The typed code has eight
//! characters, 40 bits: its first three find the row, the other five prove it, and they are kept under Argon2id, over a keyed
//! hash, so that a stolen database without the key file is of no use for guessing them.

use crate::{
    Identity,
    typed::{self, slip::random_characters},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use contract::{EnrolmentCodeId, time::Instant};
use kernel::error::{Error, Result};
use zeroize::Zeroizing;

/// How long a code can be used.
pub const LIFETIME: TimeDelta = TimeDelta::hours(72);
/// How many wrong ends of a typed code close it.
pub const MAX_TRIES: i64 = 5;
/// What the text in the QR code begins with.
pub const QR_PREFIX: &str = "muwakaba:enrol:";
/// Characters that find the code.
const SELECTOR: usize = 3;
/// Characters that prove it.
const VERIFIER: usize = 5;
/// Random bytes in the QR code.
const SECRET: usize = 24;

/// A code that nobody knows yet.
pub struct Fresh {
    selector: Zeroizing<String>,
    verifier: Zeroizing<String>,
    verifier_hash: String,
    secret: Zeroizing<String>,
    secret_hash: [u8; 32],
}

/// What is shown to whoever hands the code over, once.
pub struct ShownOnce {
    /// The code's id.
    pub id: EnrolmentCodeId,
    /// The code to type, such as `7KQM-2WXA`.
    pub code: Zeroizing<String>,
    /// The text of the QR code.
    pub qr_payload: Zeroizing<String>,
    /// When both stop working.
    pub expires_at: Instant,
}

impl Fresh {
    /// Makes one. Call it before beginning the transaction: hashing takes long.
    pub async fn generate(identity: &Identity) -> Result<Self> {
        let verifier = random_characters(&*identity.random, VERIFIER)?;
        let verifier_hash =
            identity.sign_in.passwords.hash(&pepper(identity, &verifier), &*identity.random).await?;
        let mut secret = Zeroizing::new([0; SECRET]);
        identity.random.fill(&mut *secret).map_err(Error::internal)?;
        let secret = Zeroizing::new(URL_SAFE_NO_PAD.encode(*secret));
        Ok(Self {
            selector: random_characters(&*identity.random, SELECTOR)?,
            verifier,
            verifier_hash,
            secret_hash: secret_hash(identity, &secret),
            secret,
        })
    }

    /// Another beginning; the rest stays.
    pub(super) fn draw_selector(&mut self, identity: &Identity) -> Result<()> {
        self.selector = random_characters(&*identity.random, SELECTOR)?;
        Ok(())
    }

    pub(super) fn selector(&self) -> &str {
        &self.selector
    }

    pub(super) fn verifier_hash(&self) -> &str {
        &self.verifier_hash
    }

    pub(super) const fn secret_hash(&self) -> &[u8; 32] {
        &self.secret_hash
    }

    pub(super) fn show(self, id: EnrolmentCodeId, now: Instant) -> ShownOnce {
        let characters = Zeroizing::new(format!("{}{}", self.selector.as_str(), self.verifier.as_str()));
        let (first, second) = characters.split_at_checked(4).unwrap_or((&characters, ""));
        ShownOnce {
            id,
            code: Zeroizing::new(format!("{first}-{second}")),
            qr_payload: Zeroizing::new(format!("{QR_PREFIX}{}", self.secret.as_str())),
            expires_at: now.saturating_add(LIFETIME),
        }
    }
}

/// What is hashed slowly in place of the last characters themselves.
pub fn pepper(identity: &Identity, verifier: &str) -> [u8; 32] {
    identity.sign_in.enrolment_key.authenticate(format!("typed {verifier}").as_bytes())
}

/// What the database keeps of the QR code's secret.
pub fn secret_hash(identity: &Identity, secret: &str) -> [u8; 32] {
    identity.sign_in.enrolment_key.authenticate(format!("qr {secret}").as_bytes())
}

/// A typed code, taken apart.
#[derive(PartialEq, Eq)]
pub struct Typed {
    /// Finds the code.
    pub selector: String,
    /// Proves it.
    pub verifier: Zeroizing<String>,
}

impl Typed {
    /// Reads what somebody typed: in either case, with or without hyphens and spaces, with the digits of an Arabic keyboard.
    /// `None` for what can be no code.
    pub fn read(text: &str) -> Option<Self> {
        let characters = typed::unambiguous(text, SELECTOR + VERIFIER)?;
        let (selector, verifier) = characters.split_at_checked(SELECTOR)?;
        Some(Self { selector: selector.to_owned(), verifier: Zeroizing::new(verifier.to_owned()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::typed::slip::UNAMBIGUOUS;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<(String, String)> {
        Typed::read(text).map(|typed| (typed.selector, typed.verifier.to_string()))
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = Some(("7KQ".to_owned(), "M2WXA".to_owned()));
        for text in ["7KQM-2WXA", "7kqm2wxa", " 7KQM 2WXA ", "٧KQM-٢WXA", "۷kqm–۲wxa", "7-K-Q-M-2-W-X-A"]
        {
            assert_eq!(read(text), code, "{text}");
        }
        for text in ["", "7KQM-2WX", "7KQM-2WXAA", "7KQM-2WX0", "7KQM-2WXI", "7KQM-2WXé", "٠KQM-2WXA"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_code_survives_being_written_down(picks in proptest::collection::vec(0_usize..32, 8)) {
            let code: String = picks.iter().map(|pick| char::from(UNAMBIGUOUS[*pick])).collect();
            let shown = format!("{}-{}", &code[..4], &code[4..]).to_lowercase();
            prop_assert_eq!(read(&shown), Some((code[..3].to_owned(), code[3..].to_owned())));
        }

        #[test]
        fn hostile_text_is_no_code_and_nothing_breaks(text in ".{0,60}") {
            let _ = Typed::read(&text);
        }
    }
}
