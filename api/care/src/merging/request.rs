//! What callers send.

use super::words::{FileField, KeptFrom};
use contract::ParticipantId;
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use validator::Validate;

/// Which file is merged into this one, and what is kept of the two.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "other_id": "01936f6e-4d00-7000-8000-00000000000c",
    "kept": {"name": "this", "phone": "other"}
}))]
pub struct FileMerge {
    /// The other file, of the same centre.
    pub other_id: ParticipantId,
    /// The version of the other file that was looked at; whichever it has if left out.
    #[validate(range(min = 1))]
    #[schema(minimum = 1)]
    pub other_version: Option<i64>,
    /// For each field in which the two differ, from which of them it is kept: `this` or `other`. Where only one of them says something, that is
    /// kept without a word. Fields are named as in the file.
    #[serde(default)]
    #[validate(length(max = 22))]
    #[schema(value_type = BTreeMap<String, KeptFrom>)]
    pub kept: BTreeMap<FileField, KeptFrom>,
}
