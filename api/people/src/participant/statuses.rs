//! Several states of a file, as a list is asked for them.

use super::status::{rules, words::FileStatus};
use serde::{Deserialize, Deserializer, de::Error};
use std::collections::BTreeSet;

/// Some of the states: their words, with commas between them. At least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statuses(BTreeSet<FileStatus>);

impl Statuses {
    /// Whether this is one of them.
    pub fn include(&self, status: FileStatus) -> bool {
        self.0.contains(&status)
    }

    /// What the two columns can be of a file that stands in one of them.
    pub fn columns(&self) -> Vec<(bool, FileStatus)> {
        self.0.iter().flat_map(|status| rules::columns(*status)).collect()
    }
}

impl<'de> Deserialize<'de> for Statuses {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let words: Result<BTreeSet<FileStatus>, _> = text.split(',').map(str::parse).collect();
        words.map(Self).map_err(|_| D::Error::custom("is no state of a file"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::de::value::{Error, StrDeserializer};

    fn read(text: &str) -> Option<Statuses> {
        Statuses::deserialize(StrDeserializer::<Error>::new(text)).ok()
    }

    #[test]
    fn one_or_several_are_asked_for_and_nothing_else() {
        let two = read("withdrawn,active,withdrawn").unwrap();
        assert!(two.include(FileStatus::Active) && two.include(FileStatus::Withdrawn));
        assert!(!two.include(FileStatus::Paused));
        assert_eq!(two, read("active,withdrawn").unwrap());
        for wrong in ["", ",", "active,", "active, paused", "gone", "Active"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn every_pair_of_columns_belongs_to_one_state() {
        let all = Statuses(FileStatus::ALL.iter().copied().collect());
        assert_eq!(all.columns().len(), 2 * FileStatus::ALL.len());
        for status in FileStatus::ALL {
            let one = Statuses(BTreeSet::from([*status])).columns();
            assert!(one.iter().all(|(active, written)| rules::standing(*active, *written) == *status));
            assert!(one.contains(&(rules::is_accompanied(*status), *status)), "as this version writes it");
        }
    }
}
