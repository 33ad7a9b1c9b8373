//! The tokens behind a notification's buttons. A phone that is locked, or whose sign-in has run out, still answers
//! with one tap, because the notification brought the right to do just that.
//!
//! A token says which reminder, what for and until when, and carries a keyed hash of the three. Nothing is stored when one
//! is made. It opens nothing but its one action on its one reminder, and an action works once ([`use_once`]).
//!
//! Form: base64url of reminder id (16 bytes) ‖ purpose (1) ‖ expiry in seconds since 1970 (4, big-endian) ‖ the first 16
//! bytes of HMAC-SHA-256 (RFC 2104; truncated as its §5 allows). That is 50 characters.

use std::fmt;

use aws_lc_rs::{constant_time, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use contract::time::Instant;
use contract::{NotificationAction, ReminderId};
use db::{Result, Tx, sql};
use uuid::Uuid;

/// The characters of a token.
pub const TOKEN_LENGTH: usize = 50;
/// No button works for longer, however long its reminder is of use: a phone may be lost meanwhile.
pub const MAX_LIFE: TimeDelta = TimeDelta::days(7);
/// A phone without network tells late that it showed a notification. That changes nothing but what its reminder says.
pub const RECEIPT_GRACE: TimeDelta = TimeDelta::days(1);

const SIGNED: usize = 21;
const MAC: usize = 16;
/// Keeps hashes made for other ends with the same key from passing for tokens.
const DOMAIN: &[u8] = b"muwakaba notification action 1";

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenPurpose {
    /// What a button says.
    Action(NotificationAction),
    /// "This was shown", "this was used".
    Receipt,
}

/// The byte of receipts; the contract says those of actions ([`NotificationAction::number`]).
const RECEIPT: u8 = 3;

impl TokenPurpose {
    /// Every purpose.
    pub fn all() -> impl Iterator<Item = Self> {
        NotificationAction::ALL.iter().map(|action| Self::Action(*action)).chain([Self::Receipt])
    }

    const fn byte(self) -> u8 {
        match self {
            Self::Action(action) => action.number(),
            Self::Receipt => RECEIPT,
        }
    }

    /// The name under which its use is kept.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Action(action) => action.as_str(),
            Self::Receipt => "receipt",
        }
    }
}

/// Makes and checks tokens. Derive its secret from the service's master key for this end alone.
pub struct ActionKey(hmac::Context);

impl ActionKey {
    /// A key from 32 secret bytes.
    pub fn new(secret: &[u8; 32]) -> Self {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret));
        context.update(DOMAIN);
        Self(context)
    }

    fn sign(&self, signed: &[u8]) -> [u8; MAC] {
        let mut context = self.0.clone();
        context.update(signed);
        let mut mac = [0; MAC];
        for (to, from) in mac.iter_mut().zip(context.sign().as_ref()) {
            *to = *from;
        }
        mac
    }

    /// A token for `purpose` on `reminder` that works until `expires_at`, rounded down to a second.
    pub fn issue(&self, reminder: ReminderId, purpose: TokenPurpose, expires_at: Instant) -> ActionToken {
        let expiry = u32::try_from(expires_at.as_seconds()).unwrap_or(u32::MAX);
        let signed = reminder.0.into_bytes().into_iter().chain([purpose.byte()]).chain(expiry.to_be_bytes());
        let mut bytes = [0; SIGNED + MAC];
        for (to, from) in bytes.iter_mut().zip(signed) {
            *to = from;
        }
        let (signed, mac) = bytes.split_at_mut(SIGNED);
        mac.copy_from_slice(&self.sign(signed));
        ActionToken(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads a token that somebody presents at `now`. Its purpose is for the caller to compare with what they ask.
    pub fn verify(&self, text: &str, now: Instant) -> std::result::Result<VerifiedToken, TokenRefusal> {
        if text.len() != TOKEN_LENGTH {
            return Err(TokenRefusal::Invalid);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenRefusal::Invalid)?;
        let (signed, mac) = bytes.split_at_checked(SIGNED).ok_or(TokenRefusal::Invalid)?;
        constant_time::verify_slices_are_equal(&self.sign(signed), mac).map_err(|_| TokenRefusal::Invalid)?;
        let (id, rest) = signed.split_first_chunk::<16>().ok_or(TokenRefusal::Invalid)?;
        let (&purpose, expiry) = rest.split_first().ok_or(TokenRefusal::Invalid)?;
        let purpose = TokenPurpose::all().find(|one| one.byte() == purpose).ok_or(TokenRefusal::Invalid)?;
        let expiry = expiry.first_chunk::<4>().ok_or(TokenRefusal::Invalid)?;
        if now.as_seconds() >= i64::from(u32::from_be_bytes(*expiry)) {
            return Err(TokenRefusal::Expired);
        }
        Ok(VerifiedToken { reminder_id: ReminderId(Uuid::from_bytes(*id)), purpose })
    }
}

impl fmt::Debug for ActionKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ActionKey(…)")
    }
}

/// A token on its way to a phone. It does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct ActionToken(String);

impl ActionToken {
    /// The text that the phone will present.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same, given away.
    pub fn into_text(self) -> String {
        self.0
    }
}

impl fmt::Debug for ActionToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ActionToken(…)")
    }
}

/// What a genuine token that still works allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifiedToken {
    /// On which reminder.
    pub reminder_id: ReminderId,
    /// To do what.
    pub purpose: TokenPurpose,
}

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefusal {
    /// Not one of ours: malformed, changed, or made with another key. Which of these is nobody's business.
    #[error("the token is not valid")]
    Invalid,
    /// It worked once.
    #[error("the token has expired")]
    Expired,
}

/// Until when a token works that is made at `now` for a reminder useful until `useful_until`.
pub fn expiry(purpose: TokenPurpose, now: Instant, useful_until: Instant) -> Instant {
    let end = useful_until.min(now.saturating_add(MAX_LIFE));
    match purpose {
        TokenPurpose::Action(_) => end,
        TokenPurpose::Receipt => end.saturating_add(RECEIPT_GRACE),
    }
}

/// Uses an action up: true the first time, false ever after. In the transaction that carries the action out, so that one
/// that failed can be tried again.
pub async fn use_once(tx: &mut Tx, token: VerifiedToken, now: Instant) -> Result<bool> {
    let rows = tx
        .query(sql!(
            "INSERT INTO used_action (reminder_id, action, used_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
        ))
        .bind(token.reminder_id)
        .bind(token.purpose.as_str())
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}

#[cfg(test)]
mod tests;
