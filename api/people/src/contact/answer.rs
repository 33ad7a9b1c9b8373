//! What callers get.

use super::{
    rules::{self, Standing},
    store::Listed,
    words::ContactKind,
};
use contract::{ParticipantId, SubjectId, time::Instant};
use serde::Serialize;
use utoipa::ToSchema;

/// A contact that reached somebody.
#[derive(Debug, Serialize, ToSchema)]
pub struct LastContact {
    /// What it was.
    pub kind: ContactKind,
    /// Which one.
    pub id: SubjectId,
    /// When it began.
    pub at: Instant,
}

/// How long somebody has been without contact.
#[derive(Debug, Serialize, ToSchema)]
pub struct Contacts {
    /// Who.
    pub participant_id: ParticipantId,
    /// The last contact that reached them, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<LastContact>,
    /// Since when the days are counted: that, or since when they are accompanied.
    pub counted_from: Instant,
    /// How many whole days it has been. Attempts that reached nobody do not shorten it.
    #[schema(minimum = 0)]
    pub days: i64,
    /// After how many their centre wants somebody to be looked for.
    #[schema(minimum = 1)]
    pub after_days: i64,
    /// Whether it has been as long.
    pub is_without_contact: bool,
    /// How many attempts reached nobody since.
    #[schema(minimum = 0)]
    pub attempts_since: usize,
    /// When another attempt is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub try_again_at: Option<Instant>,
}

impl Contacts {
    /// How it stands with this participant.
    pub fn of(participant_id: ParticipantId, standing: &Standing) -> Self {
        let last =
            standing.last.map(|last| LastContact { kind: last.kind, id: SubjectId(last.id), at: last.at });
        Self {
            participant_id,
            last,
            counted_from: standing.counted_from,
            days: standing.days,
            after_days: standing.after_days,
            is_without_contact: standing.is_without_contact(),
            attempts_since: standing.attempts_since,
            try_again_at: standing.try_again.map(|attempt| attempt.at),
        }
    }
}

/// Somebody who has been without contact for long.
#[derive(Debug, Serialize, ToSchema)]
pub struct WithoutContact {
    /// Who.
    pub participant_id: ParticipantId,
    /// When they were met or spoken to last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_at: Option<Instant>,
    /// Since when the days are counted.
    pub counted_from: Instant,
    /// How many whole days it has been.
    #[schema(minimum = 0)]
    pub days: i64,
    /// When another attempt is due after one in vain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub try_again_at: Option<Instant>,
}

impl WithoutContact {
    /// One of a list at `now`.
    pub fn of(listed: &Listed, now: Instant) -> Self {
        Self {
            participant_id: listed.participant_id,
            last_at: listed.last_at,
            counted_from: listed.counted_from,
            days: rules::days_between(listed.counted_from, now),
            try_again_at: listed.try_again_at,
        }
    }
}
