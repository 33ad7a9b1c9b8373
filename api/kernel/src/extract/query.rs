//! Query parameters, read strictly: unknown and repeated ones are refused.

use super::body::faults;
use crate::error::{Error, Result};
use axum::{extract::FromRequestParts, http::request::Parts};
use serde::de::DeserializeOwned;
use validator::Validate;

/// A request's query parameters.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T, S> FromRequestParts<S> for Query<T>
where
    T: DeserializeOwned + Validate,
    S: Send + Sync,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query)
            .map_err(|_| Error::field("?", "syntax", "the query cannot be read"))?;
        for (position, (name, value)) in pairs.iter().enumerate() {
            if value.contains('\0') || name.contains('\0') {
                return Err(Error::field(
                    format!("?{name}"),
                    "character",
                    "the character U+0000 is not allowed",
                ));
            }
            if pairs.iter().skip(position + 1).any(|(other, _)| other == name) {
                return Err(Error::field(format!("?{name}"), "duplicate", "given more than once"));
            }
        }
        if !query.is_ascii() || percent_decoded_is_broken(query) {
            return Err(Error::field("?", "encoding", "the query is not UTF-8"));
        }
        let deserializer = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        let value: T = serde_path_to_error::deserialize(deserializer).map_err(|error| {
            let name = error.path().to_string();
            let message = error.into_inner().to_string();
            let pointer = if name == "." { named_in(&message) } else { format!("?{name}") };
            Error::field(
                pointer,
                "value",
                if message.starts_with("unknown field") { "unknown parameter" } else { "is not allowed" },
            )
        })?;
        value.validate().map_err(|errors| {
            let mut faults = faults(&errors);
            for fault in &mut faults {
                fault.pointer = format!("?{}", fault.pointer.trim_start_matches('/'));
            }
            Error::fields(faults)
        })?;
        Ok(Self(value))
    }
}

/// The parser names an unknown or missing parameter only in its message, between back-quotes.
fn named_in(message: &str) -> String {
    format!("?{}", message.split('`').nth(1).unwrap_or_default())
}

/// The parser replaces bytes that are no UTF-8; they are refused instead.
fn percent_decoded_is_broken(query: &str) -> bool {
    let mut bytes = Vec::with_capacity(query.len());
    let mut rest = query.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first == b'%' {
            let value = tail
                .get(..2)
                .and_then(|hex| std::str::from_utf8(hex).ok())
                .and_then(|hex| u8::from_str_radix(hex, 16).ok());
            let Some(value) = value else { return true };
            bytes.push(value);
            rest = tail.get(2..).unwrap_or_default();
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    std::str::from_utf8(&bytes).is_err()
}
