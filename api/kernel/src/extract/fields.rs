//! What requests have in common, field by field: ids that a client may choose, fields of a change that may be left out or
//! emptied, and fields that the caller's role may not set.

use crate::error::{Error, Result};
use contract::{FieldFault, IdSource};
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

/// The id that the client chose for the new thing, or a new one. A phone without network chooses, so that sending twice makes one
/// thing. That it sorts by time like all others, its type has made sure of.
pub fn new_id(chosen: Option<impl Into<Uuid>>, ids: &dyn IdSource) -> Uuid {
    chosen.map_or_else(|| ids.next(), Into::into)
}

/// For `#[serde(default, deserialize_with = "given")]` on a field of a change that keeps its value when left out. Unlike a
/// plain `Option`, it refuses `null`: what cannot be emptied must not look as if it had been.
pub fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// For `#[serde(default, deserialize_with = "given_or_null")]` on a field of a change that keeps its value when left out and
/// is emptied by `null`.
pub fn given_or_null<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// Refuses the fields of a request that are not among those that the caller may set.
pub fn only_allowed(given: &[&'static str], allowed: &[&'static str]) -> Result<()> {
    let refused: Vec<_> = given
        .iter()
        .filter(|field| !allowed.contains(field))
        .map(|field| FieldFault {
            pointer: format!("/{field}"),
            code: "not_allowed".to_owned(),
            detail: "not to be set by this role".to_owned(),
        })
        .collect();
    if refused.is_empty() { Ok(()) } else { Err(Error::fields(refused)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Change {
        #[serde(default, deserialize_with = "given")]
        kept: Option<u8>,
        #[serde(default, deserialize_with = "given_or_null")]
        emptied: Option<Option<u8>>,
    }

    #[test]
    fn left_out_emptied_and_given_are_told_apart() {
        let change: Change = serde_json::from_str("{}").unwrap();
        assert_eq!((change.kept, change.emptied), (None, None));
        let change: Change = serde_json::from_str(r#"{"kept": 1, "emptied": null}"#).unwrap();
        assert_eq!((change.kept, change.emptied), (Some(1), Some(None)));
        assert!(serde_json::from_str::<Change>(r#"{"kept": null}"#).is_err());
    }

    #[test]
    fn every_field_that_is_not_allowed_is_named() {
        assert!(only_allowed(&["phone"], &["phone", "zone"]).is_ok());
        assert_eq!(
            only_allowed(&["name", "phone"], &["phone"]).unwrap_err().code(),
            Some(contract::ProblemCode::Invalid)
        );
    }
}
