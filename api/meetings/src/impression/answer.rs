//! What callers get.

use super::{
    rules::{self, Sum},
    said::Said,
    words::Face,
};
use contract::time::Instant;
use serde::Serialize;
use utoipa::ToSchema;

/// What a participant said of a session, for themself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"face": "good", "said_at": "2026-12-01T11:20:00Z", "changeable_until": "2026-12-08T11:20:00Z"}))]
pub struct Impression {
    /// The face.
    pub face: Face,
    /// When it was said first.
    pub said_at: Instant,
    /// Until when another face can be chosen.
    pub changeable_until: Instant,
}

impl From<&Said> for Impression {
    fn from(said: &Said) -> Self {
        Self {
            face: said.face,
            said_at: said.first_at,
            changeable_until: rules::changeable_until(said.first_at),
        }
    }
}

/// Whether a sum is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SumState {
    /// It is told.
    Told,
    /// Fewer than five people said something, or all said the same: the sum would tell of single people.
    Withheld,
}

/// What was said of the sessions of one month.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "month": "2026-10", "state": "told", "people": 7,
    "faces": [{"face": "very_bad", "count": 0}, {"face": "bad", "count": 1}, {"face": "fair", "count": 1},
              {"face": "good", "count": 4}, {"face": "very_good", "count": 3}]
}))]
pub struct MonthOfImpressions {
    /// The month, on the wall of the sessions.
    #[schema(pattern = "^[0-9]{4}-[0-9]{2}$")]
    pub month: String,
    /// Whether its sum is told.
    pub state: SumState,
    /// How many people said something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<usize>,
    /// How often each face was chosen, from the worst to the best.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 5)]
    pub faces: Option<Vec<FaceCount>>,
}

/// How often a face was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct FaceCount {
    /// The face.
    pub face: Face,
    /// How often.
    pub count: usize,
}

impl MonthOfImpressions {
    /// What is told of a month.
    pub fn of(month: String, sum: Option<Sum>) -> Self {
        match sum {
            None => Self { month, state: SumState::Withheld, people: None, faces: None },
            Some(sum) => Self {
                month,
                state: SumState::Told,
                people: Some(sum.people),
                faces: Some(sum.faces.into_iter().map(|(face, count)| FaceCount { face, count }).collect()),
            },
        }
    }
}
