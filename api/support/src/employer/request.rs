//! What callers send.

use super::words::{EmployerId, Sector};
use kernel::{
    error::{Error, Result},
    extract::fields::{given, given_or_null},
    protect::privacy::{Name, Note},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// Somebody who gives work.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Bakery of the old port",
    "contact": "Ask for the brother in the morning",
    "sector": "crafts",
    "province": "casablanca"
}))]
pub struct NewEmployer {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<EmployerId>,
    /// What they are called.
    pub name: Name,
    /// How to reach them.
    pub contact: Option<Note>,
    /// What they work in.
    pub sector: Sector,
    /// In which province or prefecture, as a word: small letters, digits and `_`.
    #[validate(length(min = 2, max = 40))]
    #[schema(min_length = 2, max_length = 40, pattern = "^[a-z][a-z0-9_]*$")]
    pub province: Option<String>,
}

/// What is otherwise now. Fields that are left out stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"contact": "By telephone only", "province": null}))]
pub struct EmployerChange {
    /// What they are called.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Name)]
    pub name: Option<Name>,
    /// How to reach them; `null` if that is not known any more.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<Note>)]
    pub contact: Option<Option<Note>>,
    /// What they work in.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Sector)]
    pub sector: Option<Sector>,
    /// In which province or prefecture, as a word; `null` if that is not known.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<String>, min_length = 2, max_length = 40, pattern = "^[a-z][a-z0-9_]*$")]
    pub province: Option<Option<String>>,
}

impl EmployerChange {
    /// The names of the fields that are changed.
    pub fn given(&self) -> Vec<&'static str> {
        [
            ("name", self.name.is_some()),
            ("contact", self.contact.is_some()),
            ("sector", self.sector.is_some()),
            ("province", self.province.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, is_given)| is_given.then_some(name))
        .collect()
    }
}

/// A word for a province: nothing that could hold more than that.
pub fn province(word: Option<String>) -> Result<Option<String>> {
    let Some(word) = word else { return Ok(None) };
    let is_word = (2..=40).contains(&word.len())
        && word.starts_with(|first: char| first.is_ascii_lowercase())
        && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if is_word {
        return Ok(Some(word));
    }
    Err(Error::field("/province", "value", "must be a word of 2 to 40 small letters, digits and _"))
}
