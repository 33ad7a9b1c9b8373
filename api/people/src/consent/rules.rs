//! What holds of what was said. Pure.
//!
//! Consent is what somebody says last, and in doubt they did not consent. Phones without network send late, so what was said last is not what
//! arrives last: a withdrawal acts when it arrives, whatever was said before or after it, and a consent that was said before a withdrawal
//! does not undo it by arriving later.

use super::words::ConsentState;
use chrono::TimeDelta;
use contract::time::Instant;

/// For how long somebody can agree to something at most.
const LONGEST: TimeDelta = TimeDelta::days(1827);

/// What is wrong with something, in a word and in words.
pub type Fault = (&'static str, &'static str);

/// One line of the ledger, as far as it counts for what holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// What was said.
    pub act: ConsentState,
    /// When.
    pub said_at: Instant,
    /// Until when somebody agrees, if not for good.
    pub expires_at: Option<Instant>,
}

/// How it stands, and which entry made it so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// How.
    pub state: ConsentState,
    /// The place of the entry among all.
    pub by: usize,
    /// Until when, if it is given and not for good.
    pub expires_at: Option<Instant>,
}

/// What holds now of what was said, in the order in which the service learnt of it. `None` if nothing was said.
pub fn what_holds(entries: &[Entry], now: Instant) -> Option<Standing> {
    let mut standing: Option<Standing> = None;
    let mut taken_back: Option<Instant> = None;
    for (by, entry) in entries.iter().enumerate() {
        let is_outdated = match entry.act {
            ConsentState::Given => taken_back.is_some_and(|at| entry.said_at < at),
            ConsentState::Withdrawn => {
                taken_back = taken_back.max(Some(entry.said_at));
                false
            }
            // The time of what was withdrawn, or agreed to anew since, does not run out.
            ConsentState::Expired => standing.is_none_or(|standing| {
                stands(standing.state, standing.expires_at, entry.said_at) != entry.act
            }),
        };
        if !is_outdated {
            let expires_at = entry.expires_at.filter(|_| entry.act == ConsentState::Given);
            standing = Some(Standing { state: entry.act, by, expires_at });
        }
    }
    standing.map(|standing| Standing { state: stands(standing.state, standing.expires_at, now), ..standing })
}

/// Whether it held at this moment by what had been said until then, whenever the service learnt of it.
pub fn held_at(entries: &[Entry], at: Instant) -> bool {
    let until_then: Vec<Entry> = entries.iter().filter(|entry| entry.said_at <= at).copied().collect();
    what_holds(&until_then, at).is_some_and(|standing| standing.state == ConsentState::Given)
}

/// How something that was left like this stands now: time alone ends what is given until then.
pub fn stands(state: ConsentState, expires_at: Option<Instant>, now: Instant) -> ConsentState {
    match (state, expires_at) {
        (ConsentState::Given, Some(until)) if until <= now => ConsentState::Expired,
        _ => state,
    }
}

/// Whether somebody can agree until then, else why not.
pub fn check_expiry(expires_at: Instant, now: Instant) -> Result<(), Fault> {
    if expires_at <= now {
        Err(("past", "must be in the future"))
    } else if expires_at > now.saturating_add(LONGEST) {
        Err(("too_far", "must be within five years"))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
