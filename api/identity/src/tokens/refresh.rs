//! Refresh tokens: what a phone keeps between two access tokens. A token says which session it belongs to and its number in
//! it, under a keyed hash; the session says which number is the newest. Using a token replaces it, so a copied token shows
//! itself when the second of its two holders comes with a number that was used up.
//!
//! In the field an answer gets lost now and then, and the phone has only its old token; where there is no network it may be days
//! before it asks again. A device that proves its key may use the last token but one as long as the newest was not used, and gets
//! the newest again. Without such a proof it cannot be told from a thief, so there it is a matter of seconds: two tabs of one
//! browser that refresh at the same moment.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use contract::{SessionId, time::Instant};
use kernel::protect::keys::DerivedKey;
use uuid::Uuid;

/// How long the token before the newest may be repeated where no key is proved: as long as two tabs of one browser may lie apart.
pub const UNBOUND_GRACE: TimeDelta = TimeDelta::seconds(10);
const SESSION: usize = 16;
const GENERATION: usize = 8;
const LENGTH: usize = SESSION + GENERATION + 32;

/// Makes and reads refresh tokens.
#[derive(Debug)]
pub struct RefreshTokens {
    key: DerivedKey,
}

impl RefreshTokens {
    /// Under this key.
    pub const fn new(key: DerivedKey) -> Self {
        Self { key }
    }

    /// The token of this number; the same every time.
    pub fn issue(&self, session: SessionId, generation: i64) -> String {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.extend_from_slice(session.0.as_bytes());
        bytes.extend_from_slice(&generation.to_be_bytes());
        let tag = self.key.authenticate(&bytes);
        bytes.extend_from_slice(&tag);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Which session and number a token of ours is for.
    pub fn read(&self, token: &str) -> Option<(SessionId, i64)> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| bytes.len() == LENGTH)?;
        let (message, tag) = bytes.split_at_checked(SESSION + GENERATION)?;
        if !self.key.is_authentic(message, tag) {
            return None;
        }
        let (session, generation) = message.split_at_checked(SESSION)?;
        Some((
            SessionId(Uuid::from_slice(session).ok()?),
            i64::from_be_bytes(<[u8; GENERATION]>::try_from(generation).ok()?),
        ))
    }
}

/// How the caller stands to the key that the session is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The session is bound to no key.
    Unbound,
    /// The caller proved the session's key.
    SameDevice,
    /// The caller proved another key.
    OtherDevice,
}

/// What becomes of a refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// New tokens; the session's newest number becomes this.
    Advance(i64),
    /// The newest token again, which nobody has used yet: its first delivery was lost, or another tab got it.
    Repeat,
    /// Somebody has a copy of a token: the session ends.
    Reuse,
    /// The token is of no use here.
    Refuse,
}

/// Judges a token with the number `presented` where `newest` was given out at `rotated_at`.
pub fn judge(presented: i64, newest: i64, rotated_at: Instant, holder: Holder, now: Instant) -> Ruling {
    let is_last_but_one = presented.saturating_add(1) == newest;
    match holder {
        Holder::OtherDevice => Ruling::Reuse,
        _ if presented == newest => Ruling::Advance(newest.saturating_add(1)),
        // Only a database that was restored from a backup knows fewer numbers than it gave out. The phone that proves its
        // key did nothing wrong and must not have to travel to the centre for it.
        Holder::SameDevice if presented > newest => Ruling::Advance(presented.saturating_add(1)),
        Holder::Unbound if presented > newest => Ruling::Refuse,
        // Once the newest was used there is one newer than that, and this one is an older token like any other.
        Holder::SameDevice if is_last_but_one => Ruling::Repeat,
        Holder::Unbound if is_last_but_one && now.since(rotated_at) <= UNBOUND_GRACE => Ruling::Repeat,
        _ => Ruling::Reuse,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::protect::keys::{MasterKey, Purpose};
    use proptest::prelude::*;

    fn tokens(seed: u8) -> RefreshTokens {
        let master = MasterKey::from_bytes(zeroize::Zeroizing::new([seed; 32]));
        RefreshTokens::new(master.derive(Purpose::RefreshTokens).unwrap())
    }

    fn at(seconds: i64) -> Instant {
        Instant::from_seconds(1_800_000_000 + seconds).unwrap()
    }

    proptest! {
        #[test]
        fn a_token_says_what_it_was_made_for_and_no_other_key_makes_it(id in any::<u128>(), generation in any::<i64>()) {
            let session = SessionId(Uuid::from_u128(id));
            let token = tokens(1).issue(session, generation);
            prop_assert_eq!(tokens(1).read(&token), Some((session, generation)));
            prop_assert_eq!(tokens(2).read(&token), None);
        }

        #[test]
        fn a_changed_token_is_none(generation in any::<i64>(), place in 0_usize..75, by in 1_u8..64) {
            const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
            let mut token = tokens(1).issue(SessionId(Uuid::max()), generation).into_bytes();
            let old = ALPHABET.iter().position(|letter| *letter == token[place]).unwrap();
            token[place] = ALPHABET[(old + usize::from(by)) % 64];
            prop_assert_eq!(tokens(1).read(&String::from_utf8(token).unwrap()), None);
        }

        #[test]
        fn hostile_text_is_no_token(text in ".{0,200}") {
            prop_assert_eq!(tokens(1).read(&text), None);
        }

        #[test]
        fn a_number_is_good_once_and_an_older_one_ends_the_session(newest in 1_i64..1000, back in 1_i64..4, after in 0_i64..20) {
            for holder in [Holder::Unbound, Holder::SameDevice] {
                prop_assert_eq!(judge(newest, newest, at(0), holder, at(after)), Ruling::Advance(newest + 1));
            }
            let unbound = judge(newest - back, newest, at(0), Holder::Unbound, at(after));
            prop_assert_eq!(unbound, if back == 1 && after <= 10 { Ruling::Repeat } else { Ruling::Reuse });
            // A phone may have been without a network for days.
            let same_device = judge(newest - back, newest, at(0), Holder::SameDevice, at(after * 1_000_000));
            prop_assert_eq!(same_device, if back == 1 { Ruling::Repeat } else { Ruling::Reuse });
            for presented in [newest - back, newest, newest + back] {
                prop_assert_eq!(judge(presented, newest, at(0), Holder::OtherDevice, at(after)), Ruling::Reuse);
            }
        }
    }

    proptest! {
        /// A phone whose answers get lost, each again and again, with any time between its tries: nothing ends its session, and
        /// however often it asks with one token, it is given the same one.
        #[test]
        fn lost_answers_never_silence_the_device(losses in proptest::collection::vec((0_u32..6, 0_i64..10_000_000), 1..60)) {
            let (mut newest, mut kept, mut rotated_at, mut now) = (1_i64, 1_i64, at(0), at(0));
            for (lost, pause) in losses {
                let mut given = None;
                for _ in 0..=lost {
                    now = now.saturating_add(TimeDelta::seconds(pause));
                    let got = match judge(kept, newest, rotated_at, Holder::SameDevice, now) {
                        Ruling::Advance(next) => {
                            (newest, rotated_at) = (next, now);
                            next
                        }
                        Ruling::Repeat => newest,
                        other => return Err(TestCaseError::fail(format!("{other:?}"))),
                    };
                    prop_assert_eq!(*given.get_or_insert(got), got);
                }
                kept = given.unwrap_or(kept);
            }
        }
    }

    #[test]
    fn after_a_restored_backup_the_device_goes_on_and_a_bare_token_does_not() {
        assert_eq!(judge(9, 5, at(0), Holder::SameDevice, at(1)), Ruling::Advance(10));
        assert_eq!(judge(9, 5, at(0), Holder::Unbound, at(1)), Ruling::Refuse);
    }
}
