//! The versions that a change may be based on, by the grammar of RFC 9110 §13.1.1: `*`, or a list of entity tags of which one must
//! be the present one. A change without them could overwrite what its author never saw.

use crate::error::{Error, Result};
use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, header, request::Parts},
};
use contract::ProblemCode;

/// What `If-Match` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: whatever there is.
    Any,
    /// One of these versions. Tags that this service never gave, weak ones among them, are none.
    OneOf(Vec<i64>),
}

impl IfMatch {
    /// Refuses the change unless it was based on `current`.
    pub fn check(&self, current: i64) -> Result<()> {
        match self {
            Self::OneOf(versions) if !versions.contains(&current) => Err(Error::changed(current)),
            Self::Any | Self::OneOf(_) => Ok(()),
        }
    }
}

/// The entity tag of a version.
pub fn etag(version: i64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{version}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let mut lines = parts.headers.get_all(header::IF_MATCH).iter().peekable();
        if lines.peek().is_none() {
            return Err(Error::with_detail(
                ProblemCode::VersionRequired,
                "send If-Match with the ETag you read",
            ));
        }
        // Several lines of one field are one list (RFC 9110 §5.3).
        let value = lines.map(HeaderValue::as_bytes).collect::<Vec<_>>().join(&b',');
        read(&value).ok_or_else(|| {
            Error::field("If-Match:", "value", "must be * or a list of ETags, each within double quotes")
        })
    }
}

/// Reads the field's value; `None` if it is not of the grammar.
fn read(value: &[u8]) -> Option<IfMatch> {
    let mut rest = value.trim_ascii();
    if rest == b"*" {
        return Some(IfMatch::Any);
    }
    let mut versions = Vec::new();
    loop {
        // Empty elements of a list are passed over (RFC 9110 §5.6.1).
        while let Some(after) = rest.strip_prefix(b",") {
            rest = after.trim_ascii_start();
        }
        if rest.is_empty() {
            return Some(IfMatch::OneOf(versions));
        }
        let (weak, tag) = rest.strip_prefix(b"W/").map_or((false, rest), |tag| (true, tag));
        let opaque = tag.strip_prefix(b"\"")?;
        let end = opaque.iter().position(|byte| *byte == b'"')?;
        let (inside, after) = opaque.split_at_checked(end)?;
        if !inside.iter().all(|byte| matches!(byte, 0x21 | 0x23..=0x7E | 0x80..)) {
            return None;
        }
        versions.extend(version(inside).filter(|_| !weak));
        rest = after.strip_prefix(b"\"")?.trim_ascii_start();
        if !rest.is_empty() && !rest.starts_with(b",") {
            return None;
        }
    }
}

/// The version of a tag as [`etag`] writes it.
fn version(tag: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(tag).ok()?;
    text.parse().ok().filter(|version: &i64| version.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::{IfMatch, read};

    #[test]
    fn the_grammar_is_that_of_the_standard() {
        let one_of = |versions: &[i64]| Some(IfMatch::OneOf(versions.to_vec()));
        for (value, expected) in [
            ("*", Some(IfMatch::Any)),
            (" * ", Some(IfMatch::Any)),
            ("\"1\"", one_of(&[1])),
            ("\"1\", \"2\",\"x,y\"", one_of(&[1, 2])),
            (", \"3\" ,, ", one_of(&[3])),
            ("W/\"1\"", one_of(&[])),
            ("W/\"1\", \"2\"", one_of(&[2])),
            ("\"1-gzip\"", one_of(&[])),
            ("\"01\", \"+1\", \"\"", one_of(&[])),
            ("", one_of(&[])),
            ("1", None),
            ("\"1", None),
            ("\"1\"2", None),
            ("\"1\" \"2\"", None),
            ("\"a b\"", None),
            ("w/\"1\"", None),
            ("*, \"1\"", None),
            ("undefined", None),
        ] {
            assert_eq!(read(value.as_bytes()), expected, "{value}");
        }
    }
}
