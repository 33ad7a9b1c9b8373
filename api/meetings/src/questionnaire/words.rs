//! Ids and words of questionnaires.

use serde::{Deserialize, Deserializer, Serialize};
use std::{fmt, str::FromStr};
use utoipa::ToSchema;

contract::ids! {
    /// A questionnaire.
    QuestionnaireId,
}

contract::vocabulary! {
    /// How a question is answered.
    QuestionKind {
        /// By one of five faces.
        Faces => "faces",
        /// By yes or no.
        YesNo => "yes_no",
        /// By one of up to six choices, each with an icon.
        Choice => "choice",
        /// By a whole number with a unit.
        Number => "number",
        /// By a few words.
        Text => "text",
    }
}

contract::vocabulary! {
    /// What stands beside a choice, for whoever reads little. Apps draw it, and something neutral for a word that they do not know.
    Icon {
        /// A house.
        House => "house",
        /// People who belong together.
        Family => "family",
        /// Work.
        Work => "work",
        /// Looking for something.
        Search => "search",
        /// Learning.
        School => "school",
        /// Money.
        Money => "money",
        /// Papers.
        Papers => "papers",
        /// Health.
        Health => "health",
        /// Prayer.
        Faith => "faith",
        /// A rest.
        Pause => "pause",
        /// A hand that helps.
        Help => "help",
        /// A telephone.
        Phone => "phone",
        /// Not known.
        Question => "question",
        /// Well.
        Good => "good",
        /// Not well.
        Bad => "bad",
        /// Something serious.
        Alert => "alert",
        /// Anything else.
        Other => "other",
    }
}

/// The name of a question within its questionnaire, or of an option within its question: the same in every version in which it means the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, min_length = 1, max_length = 40, pattern = "^[a-z][a-z0-9_]{0,39}$", example = "housing")]
pub struct Slug(String);

/// The text is no such name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a name of small letters, digits and _, from a letter on, at most 40")]
pub struct NotASlug;

impl Slug {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = NotASlug;

    fn from_str(text: &str) -> Result<Self, NotASlug> {
        let is_fit = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let is_slug = (1..=40).contains(&text.len())
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.bytes().all(is_fit);
        if is_slug { Ok(Self(text.to_owned())) } else { Err(NotASlug) }
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Slug {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_form() {
        for name in ["a", "how_are_you", "own_1"] {
            assert_eq!(name.parse::<Slug>().unwrap().as_str(), name);
        }
        for text in ["", "_a", "1a", "A", "a-b", "a b", "é", &"a".repeat(41)] {
            assert_eq!(text.parse::<Slug>(), Err(NotASlug), "{text}");
        }
    }
}
