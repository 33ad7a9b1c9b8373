//! What can be done with a referral, and when. Pure.

use super::words::{
    ReferralCommand::{self, Accept, Close, RecordMeeting, Refuse, Revoke, Send},
    ReferralState::{self, Accepted, Asked, Closed, Met, Refused, Revoked, Sent},
};
use chrono::{NaiveDate, TimeDelta};
use contract::time::Instant;

/// For how long a partner's link can be used.
pub const LINK_LIFETIME: TimeDelta = TimeDelta::days(14);
/// After how long somebody is told that the partner has not answered; they are told again when the link has run out.
pub const ANSWERED_WITHIN: TimeDelta = TimeDelta::days(7);
/// How many wrong codes in a row end a link.
pub const MAX_TRIES: i64 = 5;

/// Where it stands after the command; `None` if that cannot be done now.
pub const fn after(state: ReferralState, command: ReferralCommand) -> Option<ReferralState> {
    Some(match (state, command) {
        (Asked | Sent, Send) => Sent,
        // Also before a link was made: some answer at once on the telephone.
        (Asked | Sent, Accept) => Accepted,
        (Asked | Sent, Refuse) => Refused,
        (Accepted, RecordMeeting) => Met,
        (Accepted | Met, Close) => Closed,
        (Asked | Sent | Accepted | Met, Revoke) => Revoked,
        _ => return None,
    })
}

/// What can be done now.
pub fn possible(state: ReferralState) -> Vec<ReferralCommand> {
    ReferralCommand::ALL.iter().copied().filter(|command| after(state, *command).is_some()).collect()
}

/// Whether something can still become of it.
pub const fn is_open(state: ReferralState) -> bool {
    !matches!(state, Refused | Closed | Revoked)
}

/// What is to be done about one that was sent then, and when to look again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// The partner may still take their time until then.
    Quiet(Instant),
    /// Somebody is to ask the partner; to look again when the link has run out.
    Unanswered(Instant),
    /// The link has run out.
    LinkExpired,
}

/// How long the partner has not answered.
pub fn waiting(sent_at: Instant, now: Instant) -> Waiting {
    let (soon, late) = (sent_at.saturating_add(ANSWERED_WITHIN), sent_at.saturating_add(LINK_LIFETIME));
    if now < soon {
        Waiting::Quiet(soon)
    } else if now < late {
        Waiting::Unanswered(late)
    } else {
        Waiting::LinkExpired
    }
}

/// Whether they can have met on this day, else why not. A day more than today is let pass: it may be tomorrow already where they are.
pub fn check_meeting(
    met_on: NaiveDate,
    asked_at: Instant,
    now: Instant,
) -> Result<(), (&'static str, &'static str)> {
    let day = |at: Instant| at.to_chrono().date_naive();
    if met_on > day(now.saturating_add(TimeDelta::days(1))) {
        Err(("future", "is in the future: it is written down when it has been"))
    } else if met_on < day(asked_at.saturating_sub(TimeDelta::days(1))) {
        Err(("before_start", "is before the referral was asked for"))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
