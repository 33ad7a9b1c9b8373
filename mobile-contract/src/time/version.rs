//! Which edition of the world's time zone rules is in use. The IANA time zone database names its editions by year and letter:
//! 2026a, 2026b and so on; after z would come za.

use std::{convert::Infallible, fmt, str::FromStr};

/// An edition of the IANA time zone database, ordered by age. One that cannot be told is the oldest of all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ZoneDataVersion(Option<(u16, String)>);

const UNKNOWN: &str = "unknown";

impl ZoneDataVersion {
    /// The edition that cannot be told; older than every other.
    pub const UNKNOWN: Self = Self(None);

    /// Reads an edition such as `2026f`. What follows a hyphen (a packager's mark) is dropped; anything else is unknown.
    pub fn parse(text: &str) -> Self {
        let edition = text.trim().split('-').next().unwrap_or_default();
        let (Some(year), Some(letters)) = (edition.get(..4), edition.get(4..)) else {
            return Self::UNKNOWN;
        };
        let plain = (1..=3).contains(&letters.len())
            && letters.bytes().all(|byte| byte.is_ascii_lowercase())
            && year.bytes().all(|byte| byte.is_ascii_digit());
        match year.parse() {
            Ok(year) if plain => Self(Some((year, letters.to_owned()))),
            _ => Self::UNKNOWN,
        }
    }

    /// The year in which it came out. Several editions come out in every year, so one from before last year is stale.
    pub fn year(&self) -> Option<u16> {
        self.0.as_ref().map(|(year, _)| *year)
    }
}

impl fmt::Display for ZoneDataVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some((year, letters)) => write!(f, "{year:04}{letters}"),
            None => f.write_str(UNKNOWN),
        }
    }
}

impl FromStr for ZoneDataVersion {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::parse(text))
    }
}
