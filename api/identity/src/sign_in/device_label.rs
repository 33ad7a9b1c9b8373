//! What a session is called in the list of its owner's sessions. The app makes it from the phone's model or the browser's name,
//! which other people wrote, so it is never refused: it is levelled. What is left is visible ASCII, since the column is not
//! sealed and model names need no more; that keeps much of what people write about themselves out of it.

use serde::{Deserialize, Deserializer};
use unicode_normalization::UnicodeNormalization as _;
use utoipa::openapi::{RefOr, Schema, schema::ObjectBuilder, schema::Type};

/// What a session is called whose app says nothing that can be shown.
const UNNAMED: &str = "Phone or browser";

/// How many characters are kept.
const LENGTH: usize = 60;

/// A label, levelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceLabel(String);

impl DeviceLabel {
    /// Levels what an app says: accents, controls and everything that is not ASCII go, runs of spaces become one, and the rest is
    /// cut to 60 characters.
    pub fn level(said: &str) -> Self {
        let mut label = String::with_capacity(LENGTH);
        // Twice the length is enough to fill it, whatever is dropped from a real model's name; the rest is not looked at.
        for character in said.nfkd().take(4 * LENGTH) {
            let is_space = character.is_whitespace();
            if is_space && !label.is_empty() && !label.ends_with(' ') {
                label.push(' ');
            } else if character.is_ascii_graphic() {
                label.push(character);
            }
            if label.len() == LENGTH {
                break;
            }
        }
        let label = label.trim_end();
        Self(if label.is_empty() { UNNAMED } else { label }.to_owned())
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for DeviceLabel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|said| Self::level(&said))
    }
}

impl utoipa::PartialSchema for DeviceLabel {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "What the list of sessions shall call this device. The app says it, such as from the phone's model; nothing \
                 personal. Any text is taken: of it, visible ASCII is kept, at most 60 characters.",
            ))
            .examples(["Android phone"])
            .into()
    }
}

impl utoipa::ToSchema for DeviceLabel {}

#[cfg(test)]
mod tests {
    use super::{DeviceLabel, UNNAMED};

    #[test]
    fn whatever_an_app_says_becomes_a_label() {
        let long = "x".repeat(10_000);
        for (said, label) in [
            ("Android phone", "Android phone"),
            ("iPhone12,1", "iPhone12,1"),
            ("SM-J701F/DS", "SM-J701F/DS"),
            ("TECNO KE5 & \"S\"", "TECNO KE5 & \"S\""),
            ("  Firefox\t145.0 \u{200E}\n", "Firefox 145.0"),
            ("Téléphone\u{0} d'essai", "Telephone d'essai"),
            ("Ａｎｄｒｏｉｄ", "Android"),
            ("华为 P30", "P30"),
            ("هاتف أمينة", UNNAMED),
            ("", UNNAMED),
            (&long, &long[..60]),
        ] {
            assert_eq!(DeviceLabel::level(said).as_str(), label, "{said}");
        }
    }
}
