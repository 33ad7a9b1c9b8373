//! Privacy types: text about a person that must not leak by accident.
//!
//! Each type is checked when it is made, wiped from memory when it is dropped, and prints as `Name(…)`. There is no
//! `Display` and no `Serialize`: the text is only had by calling `expose`, so that every place where personal text
//! leaves the service can be found by searching for that word. An answer that may carry such a field says so on
//! the field: `#[serde(serialize_with = "expose_in_answer")]`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};
use unicode_normalization::UnicodeNormalization as _;
use utoipa::openapi::{
    RefOr, Schema,
    schema::{ObjectBuilder, SchemaFormat, SchemaType, Type},
};
use zeroize::{Zeroize as _, Zeroizing};

use super::visible::is_any_visible;

mod contact;
#[cfg(test)]
mod tests;

/// Why a text was refused. It never holds the text: these messages reach logs and error answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PrivacyError {
    /// Nothing is left after trimming.
    #[error("must not be empty")]
    Empty,
    /// More characters (Unicode scalar values, after normalisation) than the type allows.
    #[error("must have at most {0} characters")]
    TooLong(usize),
    /// Characters, but none that can be seen.
    #[error("must have at least one character that can be seen")]
    NothingVisible,
    /// A control character, U+0000 among them.
    #[error("must not contain control characters")]
    ControlCharacter,
    /// A character that changes the direction of what follows or that cannot be seen: one name could pass for another.
    #[error("must not contain characters that change the text direction or are invisible")]
    HiddenCharacter,
    /// Not a telephone number.
    #[error(
        "must be a telephone number that can be called: + and the country code, then the number as it is called from abroad, or a \
         Moroccan number of 10 digits from 0"
    )]
    NotPhone,
    /// Not an e-mail address.
    #[error("must be an e-mail address such as name@example.org")]
    NotEmail,
    /// The domain of an e-mail address is none, in letters or in its `xn--` form.
    #[error(
        "the part after @ must be the name of a domain that there can be, in its own letters or in its xn-- form"
    )]
    NotDomain,
    /// A stored value that is not UTF-8, which only damage or a programming error can cause.
    #[error("the stored value is not text")]
    NotText,
}

/// What all privacy types share.
pub trait PrivateText: Sized {
    /// Checks and normalises text that comes from outside.
    ///
    /// # Errors
    /// What is wrong with it, without repeating it.
    fn parse(text: &str) -> Result<Self, PrivacyError>;

    /// Takes back a value that was checked before it was stored. The rules of today are not applied to it: a rule
    /// made stricter must not make an old value unreadable.
    ///
    /// # Errors
    /// [`PrivacyError::NotText`] if the bytes are not UTF-8.
    fn from_stored(bytes: &[u8]) -> Result<Self, PrivacyError>;

    /// The text itself. Every call is a place where personal text may leave the service.
    fn expose(&self) -> &str;
}

/// Writes a private text into an answer, for `#[serde(serialize_with = "…")]` on a field that the caller may read.
///
/// # Errors
/// Those of the serializer.
pub fn expose_in_answer<T: PrivateText, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(value.expose())
}

/// The same as [`expose_in_answer`] for a field that may be absent; an absent one is written as null.
///
/// # Errors
/// Those of the serializer.
pub fn expose_in_answer_if_any<T: PrivateText, S: Serializer>(
    value: &Option<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    value.as_ref().map(PrivateText::expose).serialize(serializer)
}

/// The same as [`expose_in_answer`] for several.
///
/// # Errors
/// Those of the serializer.
pub fn expose_all_in_answer<T: PrivateText, S: Serializer>(
    values: &[T],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(values.iter().map(PrivateText::expose))
}

/// Trims, normalises to NFC and counts. The input bound is exact enough to be free of false alarms: no canonical
/// composition turns more than 4 characters of 4 bytes into one.
fn normalise(text: &str, limit: usize) -> Result<Zeroizing<String>, PrivacyError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(PrivacyError::Empty);
    }
    if text.len() > limit.saturating_mul(16) {
        return Err(PrivacyError::TooLong(limit));
    }
    let mut normal = Zeroizing::new(String::with_capacity(text.len()));
    normal.extend(text.nfc());
    if normal.chars().nth(limit).is_some() {
        return Err(PrivacyError::TooLong(limit));
    }
    if !is_any_visible(&normal) {
        return Err(PrivacyError::NothingVisible);
    }
    Ok(normal)
}

/// Embeddings, overrides and isolates of the bidirectional algorithm (UAX #9), zero-width spaces, fillers, line
/// separators and tags. The joiners U+200C and U+200D and the marks U+200E and U+200F stay: keyboards for Arabic
/// script produce them and they cannot reorder a line.
fn is_hidden(character: char) -> bool {
    matches!(
        character,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200B}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}'
            | '\u{2028}' | '\u{2029}' | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}'
            | '\u{206A}'..='\u{206F}' | '\u{E0000}'..='\u{E007F}'
    )
}

/// Runs before trimming, which would quietly drop a line feed or a tab at the ends.
fn refuse_controls(text: &str, allowed: &[char]) -> Result<(), PrivacyError> {
    let refused = |character: char| character.is_control() && !allowed.contains(&character);
    if text.chars().any(refused) { Err(PrivacyError::ControlCharacter) } else { Ok(()) }
}

/// A text of one line, in its normal form.
///
/// # Errors
/// If it is empty or too long, or holds what cannot be seen.
pub fn single_line(text: &str, limit: usize) -> Result<Zeroizing<String>, PrivacyError> {
    refuse_controls(text, &[])?;
    let text = normalise(text, limit)?;
    if text.chars().any(is_hidden) {
        return Err(PrivacyError::HiddenCharacter);
    }
    Ok(text)
}

fn paragraphs(text: &str, limit: usize) -> Result<Zeroizing<String>, PrivacyError> {
    let unix_lines = Zeroizing::new(text.replace("\r\n", "\n"));
    refuse_controls(&unix_lines, &['\n', '\t'])?;
    normalise(&unix_lines, limit)
}

const SINGLE_LINE_PATTERN: &str = r"^[^\u0000-\u001F\u007F-\u009F\u115F\u1160\u200B\u2028-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0]*[^\s\u0000-\u001F\u007F-\u009F\u00AD\u115F\u1160\u200B-\u200F\u2028-\u202E\u2060-\u206F\u2800\u3164\uFEFF\uFFA0][^\u0000-\u001F\u007F-\u009F\u115F\u1160\u200B\u2028-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0]*$";
const PARAGRAPHS_PATTERN: &str = r"^([^\u0000-\u0008\u000B-\u001F\u007F-\u009F]|\r\n)*[^\s\u0000-\u001F\u007F-\u009F\u00AD\u200B-\u200F\u2800]([^\u0000-\u0008\u000B-\u001F\u007F-\u009F]|\r\n)*$";

/// How a privacy type stands in the contract.
struct Contract {
    description: &'static str,
    example: &'static str,
    min: usize,
    max: usize,
    pattern: &'static str,
    format: Option<&'static str>,
}

impl Contract {
    fn schema(self) -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .description(Some(self.description))
            .min_length(Some(self.min))
            .max_length(Some(self.max))
            .pattern(Some(self.pattern))
            .format(self.format.map(|format| SchemaFormat::Custom(format.to_owned())))
            .examples([self.example])
            .into()
    }
}

struct PrivateVisitor<T> {
    expecting: &'static str,
    make: fn(&str) -> Result<T, PrivacyError>,
}

/// serde's own answers to a number or a boolean repeat it ("invalid type: integer `0612345678`"), and a phone
/// number sent without quotes would reach the log that way. So every kind that serde would print is refused here.
macro_rules! refuse_without_echo {
    ($($method:ident: $kind:ty),* $(,)?) => {
        $(fn $method<E: serde::de::Error>(self, _: $kind) -> Result<T, E> {
            Err(E::custom(format_args!("must be text ({})", self.expecting)))
        })*
    };
}

impl<T> Visitor<'_> for PrivateVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "text ({})", self.expecting)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        (self.make)(text).map_err(E::custom)
    }

    fn visit_string<E: serde::de::Error>(self, mut text: String) -> Result<T, E> {
        let made = self.visit_str(&text);
        text.zeroize();
        made
    }

    refuse_without_echo! {
        visit_bool: bool, visit_i64: i64, visit_i128: i128, visit_u64: u64, visit_u128: u128, visit_f64: f64,
        visit_bytes: &[u8],
    }
}

macro_rules! private_text {
    ($(#[$doc:meta])* $name:ident, $what:literal, $check:expr, $contract:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// The text itself. Every call is a place where personal text may leave the service.
            pub fn expose(&self) -> &str {
                &self.0
            }

            /// Checks and normalises text that comes from outside.
            ///
            /// # Errors
            /// What is wrong with it, without repeating it.
            pub fn parse(text: &str) -> Result<Self, PrivacyError> {
                let check: fn(&str) -> Result<Zeroizing<String>, PrivacyError> = $check;
                check(text).map(Self)
            }
        }

        impl PrivateText for $name {
            fn parse(text: &str) -> Result<Self, PrivacyError> {
                Self::parse(text)
            }

            fn from_stored(bytes: &[u8]) -> Result<Self, PrivacyError> {
                let text = std::str::from_utf8(bytes).map_err(|_| PrivacyError::NotText)?;
                Ok(Self(Zeroizing::new(text.to_owned())))
            }

            fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                // Not `deserialize_str`: serde_json would then refuse a number itself, and print it.
                deserializer.deserialize_any(PrivateVisitor { expecting: $what, make: Self::parse })
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $contract.schema()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}

private_text!(
    /// A person's name as they want to be called: one line of 1 to 200 characters.
    Name,
    "a name",
    |text| single_line(text, 200),
    Contract {
        description: "A person's name: one line, trimmed and normalised to NFC, without control, direction or invisible characters.",
        example: "ⵜⵓⴷⴰ أيت علي",
        min: 1,
        max: 200,
        pattern: SINGLE_LINE_PATTERN,
        format: None,
    }
);

private_text!(
    /// A telephone number, kept in E.164 form (`+212612345678`). A Moroccan number may be given as it is dialled.
    Phone,
    "a telephone number",
    contact::phone,
    Contract {
        description: "A telephone number that can be called: with + and the country code, or a Moroccan one as dialled (10 digits from 0). Spaces, dots and dashes are dropped, and a 0 that is only dialled within the country; kept and answered as E.164.",
        example: "+212600000000",
        min: 7,
        max: 64,
        pattern: contact::PHONE_PATTERN,
        format: None,
    }
);

private_text!(
    /// Free text about a person: up to 4,000 characters, lines and tabs allowed.
    Note,
    "a note",
    |text| paragraphs(text, 4000),
    Contract {
        description: "Free text, trimmed and normalised to NFC, without control characters other than line feed and tab.",
        example: "Prefers to be called after 16:00.",
        min: 1,
        max: 4000,
        pattern: PARAGRAPHS_PATTERN,
        format: None,
    }
);

private_text!(
    /// An e-mail address of at most 254 characters; the domain is kept in lower case.
    Email,
    "an e-mail address",
    contact::email,
    Contract {
        description: "An e-mail address. The domain may be written in any letters (IDNA 2008); it is kept and answered in lower case, and in its xn-- form if it has other letters than ASCII.",
        example: "amina@example.org",
        min: 6,
        max: 254,
        pattern: contact::EMAIL_PATTERN,
        format: Some("idn-email"),
    }
);

private_text!(
    /// The edition of the programme that a participant took part in. It discloses a conviction.
    Edition,
    "a programme edition",
    |text| single_line(text, 100),
    Contract {
        description: "The edition of the programme that the participant took part in: one line.",
        example: "18",
        min: 1,
        max: 100,
        pattern: SINGLE_LINE_PATTERN,
        format: None,
    }
);

private_text!(
    /// A part of the programme that a participant took part in. With the edition it discloses a conviction.
    Axis,
    "an axis of the programme",
    |text| single_line(text, 60),
    Contract {
        description: "An axis of the programme that the participant took part in: one line.",
        example: "vocational",
        min: 1,
        max: 60,
        pattern: SINGLE_LINE_PATTERN,
        format: None,
    }
);

private_text!(
    /// The number that a centre gives a file of its own.
    FileNumber,
    "a file number",
    |text| single_line(text, 40),
    Contract {
        description: "The centre's own number of the file: one line. Never a number that an authority gave the person.",
        example: "CAS-2026-0147",
        min: 1,
        max: 40,
        pattern: SINGLE_LINE_PATTERN,
        format: None,
    }
);

private_text!(
    /// What somebody needs in order to hear, see or move.
    AccessNeed,
    "a need",
    |text| single_line(text, 200),
    Contract {
        description: "What somebody needs in order to hear, see or move: one line.",
        example: "Walks with a stick; needs a room on the ground floor",
        min: 1,
        max: 200,
        pattern: SINGLE_LINE_PATTERN,
        format: None,
    }
);

private_text!(
    /// The place of an appointment: up to 500 characters, lines allowed. Which office someone goes to may reveal why.
    Address,
    "an address",
    |text| paragraphs(text, 500),
    Contract {
        description: "The place of an appointment, trimmed and normalised to NFC, without control characters other than line feed and tab.",
        example: "12, rue de la Paix, 2nd floor",
        min: 1,
        max: 500,
        pattern: PARAGRAPHS_PATTERN,
        format: None,
    }
);
