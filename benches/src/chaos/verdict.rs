//! Whether the promise was kept. Pure: what arrived and what the database says in, faults out.
//!
//! Every message that arrived was either settled, which its delivery's count of attempts shows, or sent under a claim whose
//! dispatcher died. So a subscription may have had as many as these two together, and never another tag.

use std::collections::BTreeMap;

use crate::chaos::receiver::Arrivals;

/// What was seen.
pub struct Evidence<'a> {
    /// What arrived.
    pub arrivals: &'a Arrivals,
    /// How often each subscription was tried, as far as that was written down.
    pub attempts: &'a BTreeMap<String, i64>,
    /// How many claims on each subscription's reminder were cut off by a kill.
    pub cut_off: &'a BTreeMap<String, usize>,
    /// How many reminders are not settled as sent.
    pub unsettled: i64,
    /// How many claims the killed dispatchers may have held at most, all together.
    pub most_held: usize,
}

/// What it comes to.
#[derive(Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Messages beyond the first for a subscription.
    pub repeats: usize,
    /// How many repeats the kills explain: the claims that were cut off.
    pub most_allowed: usize,
    /// Subscriptions that had no message.
    pub lost: usize,
    /// Repeats under another tag than the first message's, and messages without a tag.
    pub changed_tags: usize,
    /// Messages that neither a settled attempt nor a claim that was cut off accounts for.
    pub unexplained: usize,
    /// Messages for subscriptions that do not exist.
    pub strays: usize,
    /// Reminders that the database does not call sent.
    pub unsettled: i64,
    /// Whether the dispatchers held more than they may.
    pub held_too_many: bool,
}

impl Verdict {
    /// Weighs the evidence.
    pub fn of(evidence: &Evidence<'_>) -> Self {
        let most_allowed = evidence.cut_off.values().sum();
        let mut verdict = Self {
            repeats: 0,
            most_allowed,
            lost: 0,
            changed_tags: 0,
            unexplained: 0,
            strays: evidence.arrivals.keys().filter(|path| !evidence.attempts.contains_key(*path)).count(),
            unsettled: evidence.unsettled,
            held_too_many: most_allowed > evidence.most_held,
        };
        for (subscription, &settled) in evidence.attempts {
            let tags = evidence.arrivals.get(subscription).map(Vec::as_slice).unwrap_or_default();
            let settled = usize::try_from(settled).unwrap_or(0);
            let cut_off = evidence.cut_off.get(subscription).copied().unwrap_or(0);
            verdict.repeats += tags.len().saturating_sub(1);
            verdict.lost += usize::from(tags.is_empty());
            verdict.changed_tags +=
                tags.iter().filter(|tag| tag.is_empty() || tags.first() != Some(tag)).count();
            verdict.unexplained += tags.len().saturating_sub(settled + cut_off);
        }
        verdict
    }

    /// Whether the promise was kept.
    pub const fn is_kept(&self) -> bool {
        self.lost == 0
            && self.changed_tags == 0
            && self.unexplained == 0
            && self.strays == 0
            && self.unsettled == 0
            && !self.held_too_many
            && self.repeats <= self.most_allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two subscriptions: what arrived for each, how often it was settled, how often it was cut off.
    fn verdict(first: (&[&str], i64, usize), second: (&[&str], i64, usize)) -> Verdict {
        let both = [("/a", first), ("/b", second)];
        let arrivals: Arrivals = both
            .iter()
            .filter(|(_, one)| !one.0.is_empty())
            .map(|(path, one)| ((*path).to_owned(), one.0.iter().map(|tag| (*tag).to_owned()).collect()))
            .collect();
        let attempts = both.iter().map(|(path, one)| ((*path).to_owned(), one.1)).collect();
        let cut_off = both.iter().map(|(path, one)| ((*path).to_owned(), one.2)).collect();
        Verdict::of(&Evidence {
            arrivals: &arrivals,
            attempts: &attempts,
            cut_off: &cut_off,
            unsettled: 0,
            most_held: 2,
        })
    }

    #[test]
    fn a_repeat_of_what_was_cut_off_is_within_the_promise() {
        let verdict = verdict((&["t", "t"], 1, 1), (&["u"], 1, 1));
        assert!(verdict.is_kept(), "{verdict:?}");
        assert_eq!((verdict.repeats, verdict.most_allowed), (1, 2));
    }

    #[test]
    fn a_repeat_of_what_was_settled_is_not() {
        let verdict = verdict((&["t", "t"], 1, 0), (&["u"], 1, 1));
        assert_eq!(verdict.unexplained, 1);
        assert!(!verdict.is_kept());
    }

    #[test]
    fn a_message_that_never_came_is_not() {
        let verdict = verdict((&[], 1, 1), (&["u"], 1, 0));
        assert_eq!(verdict.lost, 1);
        assert!(!verdict.is_kept());
    }

    #[test]
    fn another_tag_or_none_is_not() {
        assert_eq!(verdict((&["t", "u"], 1, 1), (&["u"], 1, 0)).changed_tags, 1);
        assert_eq!(verdict((&["t"], 1, 1), (&[""], 1, 0)).changed_tags, 1);
        assert!(!verdict((&["t", "u"], 1, 1), (&["u"], 1, 0)).is_kept());
    }

    #[test]
    fn more_claims_than_may_be_held_are_not() {
        assert!(verdict((&["t"], 1, 2), (&["u"], 1, 1)).held_too_many);
    }

    #[test]
    fn what_nobody_subscribed_to_and_what_is_not_settled_are_seen() {
        let stray = Arrivals::from([("/c".to_owned(), vec!["t".to_owned()])]);
        let nobody = BTreeMap::new();
        let verdict = Verdict::of(&Evidence {
            arrivals: &stray,
            attempts: &nobody,
            cut_off: &BTreeMap::new(),
            unsettled: 3,
            most_held: 0,
        });
        assert_eq!((verdict.strays, verdict.unsettled, verdict.is_kept()), (1, 3, false));
    }
}
