//! What callers send.

use crate::page;
use contract::{ParticipantId, time::Instant};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;
use validator::Validate;

/// Which lines to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// About this participant's file.
    pub participant_id: Option<ParticipantId>,
    /// Done by this person. Not for those who do not learn who it was.
    pub actor_id: Option<Uuid>,
    /// Done at this instant or later.
    pub from: Option<Instant>,
    /// Done before this instant.
    pub to: Option<Instant>,
    /// Where the page begins: `next_cursor` of the page before.
    #[validate(length(max = 256))]
    #[param(max_length = 256)]
    pub cursor: Option<String>,
    /// How many at most.
    #[validate(range(min = 1, max = page::MAX_LIMIT))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u16>,
}
