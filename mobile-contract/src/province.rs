//! Where in Morocco somebody lives: one of the 75 provinces and prefectures by its official code, or abroad.
//!
//! The list is data, `data/provinces.csv`, which app teams take as it is. Each line says since when it holds and, if the division was
//! changed, until when: a code that was in force once stays readable, and is no longer accepted.

use crate::UnknownWord;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::{fmt, str::FromStr};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{ObjectBuilder, SchemaType, Type},
    },
};

/// All of them, a line each below the names of the columns.
const TABLE: &str = include_str!("../data/provinces.csv");
/// What stands for everywhere else.
const ABROAD: &str = "abroad";
/// Digits of a code.
const LENGTH: usize = 3;

/// One line of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Division {
    /// The code of the High Commission for Planning, without that of the region.
    pub code: &'static str,
    /// `province` or `prefecture`.
    pub kind: &'static str,
    /// Its name in French.
    pub name_fr: &'static str,
    /// Its name in Arabic.
    pub name_ar: &'static str,
    /// The number of its region.
    pub region: &'static str,
    /// The first day on which it was what it is.
    pub valid_from: &'static str,
    /// The last; empty while it lasts.
    pub valid_until: &'static str,
}

/// Every line of the list, those that are no longer in force among them.
pub fn divisions() -> impl Iterator<Item = Division> {
    TABLE.lines().skip(1).filter_map(|line| {
        let mut fields = line.split(',');
        let mut next = || fields.next();
        Some(Division {
            code: next()?,
            kind: next()?,
            name_fr: next()?,
            name_ar: next()?,
            region: next()?,
            valid_from: next()?,
            valid_until: next()?,
        })
    })
}

/// A province or prefecture, or abroad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Province(&'static str);

impl Province {
    /// Not in Morocco.
    pub const ABROAD: Self = Self(ABROAD);

    /// Its code, or `abroad`.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// As it was stored: one that is no longer in force is still what it was.
    pub fn stored(text: &str) -> Option<Self> {
        let known = || divisions().find(|division| division.code == text).map(|division| Self(division.code));
        if text == ABROAD { Some(Self::ABROAD) } else { known() }
    }
}

impl FromStr for Province {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let in_force = |division: &Division| division.code == text && division.valid_until.is_empty();
        match divisions().find(in_force) {
            Some(division) => Ok(Self(division.code)),
            None if text == ABROAD => Ok(Self::ABROAD),
            None => Err(UnknownWord { vocabulary: "Province" }),
        }
    }
}

impl fmt::Display for Province {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

impl Serialize for Province {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Province {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(|_| D::Error::custom("must be the code of a province or prefecture, or abroad"))
    }
}

impl PartialSchema for Province {
    fn schema() -> RefOr<Schema> {
        // Not an enumeration: the division changes by decree, and apps have the list as data.
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .description(Some(
                "A province or prefecture of Morocco by the code of the High Commission for Planning (three digits, without that of the \
                 region; `mobile-contract/data/provinces.csv` is the list), or `abroad`.",
            ))
            .pattern(Some("^([0-9]{3}|abroad)$"))
            .min_length(Some(LENGTH))
            .max_length(Some(ABROAD.len()))
            .examples(["141"])
            .into()
    }
}

impl ToSchema for Province {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn the_list_is_whole() {
        let all: Vec<Division> = divisions().collect();
        assert_eq!(all.len(), TABLE.lines().count() - 1, "every line is read");
        let in_force = || all.iter().filter(|division| division.valid_until.is_empty());
        let codes: BTreeSet<&str> = in_force().map(|division| division.code).collect();
        assert_eq!((in_force().count(), codes.len()), (75, 75));
        assert_eq!(in_force().filter(|division| division.kind == "prefecture").count(), 13);
        let names_fr: BTreeSet<&str> = in_force().map(|division| division.name_fr).collect();
        let names_ar: BTreeSet<&str> = in_force().map(|division| division.name_ar).collect();
        assert_eq!((names_fr.len(), names_ar.len()), (75, 75), "no name is given twice");
        for division in &all {
            let is_code =
                division.code.len() == LENGTH && division.code.bytes().all(|byte| byte.is_ascii_digit());
            assert!(is_code && ["province", "prefecture"].contains(&division.kind), "{division:?}");
            assert!(!division.name_fr.is_empty() && !division.name_ar.is_empty(), "{division:?}");
            assert!(division.valid_from.parse::<chrono::NaiveDate>().is_ok(), "{division:?}");
            let until = division.valid_until;
            assert!(until.is_empty() || until.parse::<chrono::NaiveDate>().is_ok(), "{division:?}");
        }
    }

    /// How many provinces and prefectures each of the twelve regions has, as the High Commission for Planning counts them.
    const OF_REGIONS: [(&str, usize); 12] = [
        ("01", 8),
        ("02", 8),
        ("03", 9),
        ("04", 7),
        ("05", 5),
        ("06", 9),
        ("07", 8),
        ("08", 5),
        ("09", 6),
        ("10", 4),
        ("11", 4),
        ("12", 2),
    ];

    #[test]
    fn each_is_of_one_of_the_twelve_regions() {
        let mut counted = BTreeMap::new();
        for division in divisions().filter(|division| division.valid_until.is_empty()) {
            *counted.entry(division.region).or_insert(0) += 1;
        }
        assert_eq!(counted, BTreeMap::from(OF_REGIONS));
        assert!(divisions().all(|division| OF_REGIONS.iter().any(|(region, _)| *region == division.region)));
    }

    #[test]
    fn those_that_other_lists_have_elsewhere_are_where_the_commission_has_them() {
        for (code, region) in [("385", "06"), ("163", "09"), ("473", "10"), ("221", "11"), ("363", "08")] {
            let found = divisions().find(|division| division.code == code).unwrap();
            assert_eq!(found.region, region, "{found:?}");
        }
    }

    #[test]
    fn a_code_is_read_and_anything_else_is_not() {
        assert_eq!("141".parse::<Province>().unwrap().as_str(), "141");
        assert_eq!("abroad".parse::<Province>().unwrap(), Province::ABROAD);
        assert_eq!(Province::stored("abroad"), Some(Province::ABROAD));
        for wrong in ["", "1", "000", "Casablanca", "Abroad", "06.141"] {
            assert!(wrong.parse::<Province>().is_err() && Province::stored(wrong).is_none(), "{wrong}");
        }
        assert_eq!(serde_json::to_string(&"001".parse::<Province>().unwrap()).unwrap(), "\"001\"");
    }
}
