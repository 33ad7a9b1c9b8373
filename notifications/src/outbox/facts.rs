//! Reading the facts of a reminder, also those that a later version of this service wrote on the same database.

use contract::SubjectKind;
use serde_json::Value;

use crate::{plan::ReminderFacts, subjects::own_fields};

/// The names of the fields that all facts have.
const COMMON: [&str; 5] = ["purpose", "subject_kind", "subject_id", "local_start", "zone"];

fn is_known(field: &str, kind: Option<SubjectKind>) -> bool {
    COMMON.contains(&field) || kind.is_some_and(|kind| own_fields(kind).contains(&field))
}

/// The facts of a reminder, as far as this version knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// What is known here.
    pub facts: ReminderFacts,
    /// Whether there are fields that are not known here.
    pub has_more: bool,
}

/// Why facts cannot be read: they hold a word that is not known here, or are no facts.
#[derive(Debug, thiserror::Error)]
#[error("the reminder's facts cannot be read: {0}")]
pub struct UnreadableFacts(#[from] serde_json::Error);

/// Reads the facts of a row.
///
/// # Errors
/// A word is not known here, or a field is missing.
pub fn read_facts(text: &str) -> Result<Facts, UnreadableFacts> {
    if let Ok(facts) = serde_json::from_str(text) {
        return Ok(Facts { facts, has_more: false });
    }
    let mut value: Value = serde_json::from_str(text)?;
    let mut has_more = false;
    if let Some(fields) = value.as_object_mut() {
        let before = fields.len();
        let kind = fields.get("subject_kind").and_then(|kind| kind.as_str()?.parse().ok());
        fields.retain(|name, _| is_known(name, kind));
        has_more = fields.len() < before;
    }
    Ok(Facts { facts: serde_json::from_value(value)?, has_more })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use contract::{ReminderPurpose, time::ZoneName};
    use serde_json::json;

    use super::*;
    use crate::subjects::samples;

    fn full() -> Value {
        json!({
            "purpose": "appointment_proposed", "subject_kind": "appointment",
            "subject_id": "01936f6e-4d00-7000-8000-000000000001", "state": "proposed",
            "local_start": "2026-12-01T10:00:00", "zone": "Africa/Casablanca", "time_origin": "offered",
            "place_kind": "phone",
        })
    }

    #[test]
    fn every_field_of_every_kind_is_known_and_another_one_is_noticed() {
        for kind in SubjectKind::ALL {
            let mut met = BTreeSet::new();
            for purpose in ReminderPurpose::ALL.iter().filter(|purpose| purpose.subject_kind() == *kind) {
                for sample in samples(*purpose) {
                    let facts = ReminderFacts {
                        purpose: *purpose,
                        subject_id: uuid::Uuid::from_u128(1),
                        local_start: "2026-12-01T10:00:00".parse().unwrap(),
                        zone: ZoneName::CASABLANCA,
                        about: sample.facts,
                    };
                    let mut written = serde_json::to_value(&facts).unwrap();
                    let read = read_facts(&written.to_string()).unwrap();
                    assert_eq!((&read.facts, read.has_more), (&facts, false), "{written}");
                    met.extend(written.as_object().unwrap().keys().cloned());
                    written["a_field_of_tomorrow"] = json!({"x": [1]});
                    let read = read_facts(&written.to_string()).unwrap();
                    assert_eq!((read.facts, read.has_more), (facts, true), "{written}");
                }
            }
            let known: BTreeSet<String> =
                COMMON.iter().chain(own_fields(*kind)).map(|name| (*name).to_owned()).collect();
            assert_eq!(met, known, "{kind}");
        }
    }

    #[test]
    fn words_of_tomorrow_are_unreadable() {
        for field in ["purpose", "subject_kind", "state", "time_origin", "place_kind"] {
            let mut later = full();
            later[field] = json!("a_word_of_tomorrow");
            assert!(read_facts(&later.to_string()).is_err(), "{field}");
        }
        for nonsense in ["", "{}", "[]", "null"] {
            assert!(read_facts(nonsense).is_err(), "{nonsense}");
        }
    }
}
