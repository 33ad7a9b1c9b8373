//! What passes between the outbox and a dispatcher: what was claimed, and what came of it.

use std::fmt;

use crate::channel::{RejectReason, RetryReason};
use chrono::TimeDelta;
use contract::time::{Instant, ZoneName};
use contract::{CentreId, DeviceId, Language, ParticipantId, ReminderId, Urgency};
use uuid::Uuid;

/// The longest lease: after a crash nobody waits longer than this for the reminders that were being sent.
pub const MAX_LEASE: TimeDelta = TimeDelta::minutes(2);

/// The right to bring out what was claimed. It ends by itself, and its end is what the claimed rows bear as `ready_at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// When it began.
    pub from: Instant,
    /// When it ends; from then on somebody else may claim the same rows.
    pub until: Instant,
}

impl Lease {
    /// A lease from `now` for `length`, at most [`MAX_LEASE`].
    pub fn new(now: Instant, length: TimeDelta) -> Self {
        Self { from: now, until: now.saturating_add(length.clamp(TimeDelta::microseconds(1), MAX_LEASE)) }
    }
}

/// What a claim took.
#[derive(Debug)]
pub struct Batch<T> {
    /// What is to be sent: [`Due`] as long as it is not known how the recipients are reached, then [`Claimed`].
    pub claimed: Vec<T>,
    /// How many came too late and were never tried; they were settled as `expired`.
    pub expired: usize,
    /// Those whose attempts all came to nothing before they became useless; they were settled as `failed`.
    pub failed: Vec<FailedReminder>,
    /// How many rows the claim touched: fewer than asked for means that nothing more is due now.
    pub touched: usize,
}

impl<T> Batch<T> {
    /// Nothing was claimed.
    pub const fn empty() -> Self {
        Self { claimed: Vec::new(), expired: 0, failed: Vec::new(), touched: 0 }
    }
}

/// A reminder that became due: as much of its row as sending needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The reminder.
    pub id: ReminderId,
    /// Who is told.
    pub recipient_id: Uuid,
    /// What it is about.
    pub subject_id: Uuid,
    /// Whether a phone may show it already: an attempt before this one ended without an answer, or nobody knows how it ended.
    pub is_repeated: bool,
    /// How soon the phone should wake.
    pub urgency: Urgency,
    /// When it became due.
    pub due_at: Instant,
    /// When it becomes useless.
    pub expires_at: Instant,
}

/// A due reminder together with the devices it goes to.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The reminder.
    pub reminder: Due,
    /// The facts its text is made from, as the planner wrote them (JSON), if one of the devices is sent a text.
    pub facts: Option<String>,
    /// The recipient's language; `None` if there is no device, and so nothing to write.
    pub language: Option<Language>,
    /// Where the recipient lives, if they are a participant: their clock may show another time than the one agreed on.
    pub home: Option<ZoneName>,
    /// The devices to try now. None: the person has no device or wants no push, and finds the reminder in the app.
    pub targets: Vec<Target>,
    /// What was leased.
    pub origin: Origin,
    /// For how long.
    pub lease: Lease,
}

/// Which row a claim holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The reminder's own: its first attempt, on every device.
    Reminder,
    /// That of one delivery: another attempt, on its device.
    Delivery {
        /// The device; with the reminder it names the delivery.
        device: DeviceId,
        /// How often it was tried already.
        attempts: u32,
    },
}

impl Origin {
    /// How often this was tried before.
    pub const fn attempts(self) -> u32 {
        match self {
            Self::Reminder => 0,
            Self::Delivery { attempts, .. } => attempts,
        }
    }
}

/// One device to be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The device.
    pub device_id: DeviceId,
    /// The version of its row: an answer about an address that was changed meanwhile says nothing about the new one.
    pub version: i64,
    /// Whether its push service has refused messages to it since it last took one.
    pub is_refused: bool,
    /// Where it is reached.
    pub address: Address,
}

/// Where a device is reached. Whoever knows an address can send to it, so it does not print.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// A Web Push subscription.
    WebPush {
        /// The push service's URL.
        endpoint: String,
        /// The subscription's public key (RFC 8291 `p256dh`, 65 bytes).
        agreement_key: Vec<u8>,
        /// The subscription's authentication secret (RFC 8291 `auth`, 16 bytes).
        authentication_secret: Vec<u8>,
    },
    /// An FCM registration.
    Fcm {
        /// The registration token.
        token: String,
    },
}

impl Address {
    /// Whether what is sent there has a text. FCM only wakes the app.
    pub const fn takes_text(&self) -> bool {
        matches!(self, Self::WebPush { .. })
    }

    /// The channel that reaches it.
    pub const fn channel(&self) -> contract::ChannelKind {
        match self {
            Self::WebPush { .. } => contract::ChannelKind::WebPush,
            Self::Fcm { .. } => contract::ChannelKind::Fcm,
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Address({})", self.channel())
    }
}

/// What came of everything that was tried for one claim.
#[derive(Debug, Clone)]
pub struct Attempted {
    /// The reminder.
    pub reminder_id: ReminderId,
    /// What was leased.
    pub origin: Origin,
    /// The lease under which it was tried.
    pub lease: Lease,
    /// What came of each device. Empty for a reminder without devices: it is then in the app's list, and so sent.
    pub attempts: Vec<Attempt>,
    /// Not tried at all, because the dispatcher is stopping or there is no place at the push service: give it back, to be
    /// claimed from then on.
    pub given_back: Option<Instant>,
}

/// What came of one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// The device.
    pub device_id: DeviceId,
    /// The version of its row when it was claimed.
    pub version: i64,
    /// Whether refusals were counted then.
    pub was_refused: bool,
    /// What came of it.
    pub verdict: Verdict,
    /// Whether that was a refusal of the device.
    pub is_refused: bool,
}

/// What the outbox does about one attempt. A push service's answer and the retry policy together give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The push service took it.
    Delivered,
    /// Try again.
    Again {
        /// When.
        at: Instant,
        /// Why it did not work, in one word.
        reason: &'static str,
        /// Whether the message may have arrived nevertheless.
        may_have_arrived: bool,
    },
    /// The device is no more.
    Gone,
    /// Never to be tried again.
    Failed {
        /// Why, in one word.
        reason: &'static str,
    },
    /// It would become useless before the next try.
    Expired {
        /// Why the last try did not work, in one word.
        reason: &'static str,
    },
}

impl Verdict {
    /// Whether the push service answered that it does not take messages to this device. That our own signature is refused is
    /// such an answer where every subscription has its own key (Web Push), and an operator's matter elsewhere.
    pub(crate) fn is_refusal(self, channel: contract::ChannelKind) -> bool {
        let (Self::Again { reason, .. } | Self::Failed { reason } | Self::Expired { reason }) = self else {
            return false;
        };
        let is_refused =
            [RejectReason::Invalid, RejectReason::Misconfigured].iter().any(|one| one.as_str() == reason);
        is_refused
            || (channel == contract::ChannelKind::WebPush && reason == RetryReason::Unauthorised.as_str())
    }
}

/// A reminder that no device took. Somebody who accompanies the person must hear of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct FailedReminder {
    /// The reminder.
    pub id: ReminderId,
    /// Its centre.
    pub centre_id: CentreId,
    /// The participant whom it was about.
    pub participant_id: ParticipantId,
}
