//! What callers send.

use super::words::Face;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// How a session was.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"face": "good"}))]
pub struct NewImpression {
    /// The face that was tapped.
    pub face: Face,
}
