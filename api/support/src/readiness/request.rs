//! What callers send.

use super::words::{NotSeekingReason, ReadinessItem, ReadinessState, Willingness};
use crate::opening_hours::calendar::CalendarDate;
use kernel::{list_query, protect::privacy::Note};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// Where an item stands.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"item": "national_card", "state": "being_obtained", "on": "2026-11-20", "base_version": 0}))]
pub struct ItemSetting {
    /// Which.
    pub item: ReadinessItem,
    /// Where it stands. The same again is one more step, as when something is still being obtained and has moved.
    pub state: ReadinessState,
    /// Since which day, or on which day it moved.
    pub on: CalendarDate,
    /// The version of the list that was seen; 0 if nothing was said yet. If absent, it is said whatever somebody else said meanwhile.
    #[validate(range(min = 0))]
    #[schema(minimum = 0)]
    pub base_version: Option<i64>,
}

/// Whether somebody looks for work.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "willingness": "not_seeking",
    "reason": "care",
    "what_would_change": "Somebody who looks after the mother in the mornings",
    "base_version": 0
}))]
pub struct WillingnessSetting {
    /// Whether they do.
    pub willingness: Willingness,
    /// Why they do not; of nobody else.
    pub reason: Option<NotSeekingReason>,
    /// What would have to change.
    pub what_would_change: Option<Note>,
    /// The version of the list that was seen; 0 if nothing was said yet. If absent, it is said whatever somebody else said meanwhile.
    #[validate(range(min = 0))]
    #[schema(minimum = 0)]
    pub base_version: Option<i64>,
}

/// That what was said last of whether somebody looks for work was a mistake.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "It was the brother who said so", "base_version": 1}))]
pub struct WillingnessWithdrawal {
    /// Why.
    pub reason: Note,
    /// The version of the list that was seen. If absent, what was said last is withdrawn, whoever said it.
    #[validate(range(min = 0))]
    #[schema(minimum = 0)]
    pub base_version: Option<i64>,
}

list_query! {
    /// Which of what is missing.
    #[derive(Debug)]
    pub struct MissingQuery {
        /// Only this item.
        pub item: Option<ReadinessItem>,
    }
}
