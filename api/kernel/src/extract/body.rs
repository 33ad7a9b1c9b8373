//! A JSON body, read strictly and validated.

use super::{call::Digest, canonical, json_scan, objects::Objects};
use crate::error::{Error, Result};
use axum::{
    body::to_bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use contract::{FieldFault, ProblemCode};
use serde::de::DeserializeOwned;
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

/// The largest body that any operation takes, in bytes. The longest honest one is a note of 4,000 characters.
pub const MAX_BODY: usize = 64 * 1024;

/// A request's body: read, checked field by field, and remembered by its digest for idempotency.
#[derive(Debug)]
pub struct Body<T> {
    /// What it says.
    pub value: T,
    /// Tells it apart from every body that says something else; spaces and the order of fields say nothing.
    pub digest: Digest,
}

impl<T, S> FromRequest<S> for Body<T>
where
    T: DeserializeOwned + Validate,
    S: Send + Sync,
{
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self> {
        require_json(request.headers())?;
        let bytes = to_bytes(request.into_body(), MAX_BODY).await.map_err(unreadable)?;
        let value: T = parse(&bytes)?;
        value.validate().map_err(|errors| Error::fields(faults(&errors)))?;
        let canonical =
            canonical::text(&bytes).map_err(|at| Error::field(at, "duplicate", "given more than once"))?;
        Ok(Self { value, digest: Digest::of(canonical.as_bytes()) })
    }
}

/// A part of a body that was read already, read strictly and validated as a whole one is.
pub fn read<T: DeserializeOwned + Validate>(part: &serde_json::Value) -> Result<T> {
    let value: T = parse(&serde_json::to_vec(part).map_err(Error::internal)?)?;
    value.validate().map_err(|errors| Error::fields(faults(&errors)))?;
    Ok(value)
}

fn unreadable(error: axum::Error) -> Error {
    let causes = || std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
    if causes().any(|cause| cause.is::<http_body_util::LengthLimitError>()) {
        Error::with_detail(ProblemCode::TooLarge, format!("at most {MAX_BODY} bytes"))
    } else if causes().any(|cause| cause.is::<crate::door::SlowBody>()) {
        Error::new(ProblemCode::TooSlow)
    } else {
        Error::with_detail(ProblemCode::Malformed, "the body ended early")
    }
}

fn require_json(headers: &HeaderMap) -> Result<()> {
    let stated = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // JSON is UTF-8 (RFC 8259 §8.1), and no parameter of its type has a meaning (§11), `charset` included.
    let kind = stated.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") && !headers.contains_key(header::CONTENT_ENCODING) {
        return Ok(());
    }
    Err(Error::with_detail(ProblemCode::UnsupportedMediaType, "send application/json, not compressed"))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    if std::str::from_utf8(bytes).is_err() {
        return Err(Error::with_detail(ProblemCode::Malformed, "the body is not UTF-8"));
    }
    json_scan::scan(bytes).map_err(|fault| Error::with_detail(ProblemCode::Malformed, fault.describe()))?;
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(Objects(&mut reader)).map_err(|error| {
        let place = pointer(error.path());
        let inner = error.into_inner();
        let pointer = format!("{place}{}", named_in(&inner));
        match inner.classify() {
            serde_json::error::Category::Data => {
                Error::field(pointer, data_code(&inner), without_value(&inner))
            }
            // The parser calls it bad syntax, too, when a word of a vocabulary was due and something else came.
            _ if serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok() => {
                Error::field(pointer, "type", "not allowed here")
            }
            _ => Error::with_detail(
                ProblemCode::Malformed,
                format!("not JSON: line {}, column {}", inner.line(), inner.column()),
            ),
        }
    })?;
    reader.end().map_err(|error| {
        Error::with_detail(
            ProblemCode::Malformed,
            format!("text after the end: line {}, column {}", error.line(), error.column()),
        )
    })?;
    Ok(value)
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path.iter() {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

/// The parser places a field that is missing, or there twice, in the object around it, and names it in its message.
fn named_in(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let is_about_object = text.starts_with("missing field ") || text.starts_with("duplicate field ");
    text.split('`').nth(1).filter(|_| is_about_object).map(|name| format!("/{name}")).unwrap_or_default()
}

fn data_code(error: &serde_json::Error) -> &'static str {
    let text = error.to_string();
    for (start, code) in [
        ("unknown field", "unknown_field"),
        ("missing field", "required"),
        ("duplicate field", "duplicate"),
        ("unknown variant", "unknown_word"),
        ("invalid type", "type"),
        ("invalid length", "length"),
    ] {
        if text.starts_with(start) {
            return code;
        }
    }
    "value"
}

/// The parser's message without what it found: that may be somebody's name.
fn without_value(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
    if let Some((_, expected)) = text.rsplit_once(", expected ") {
        return format!("expected {expected}");
    }
    if let Some(rest) = text.strip_prefix("missing field ") {
        return format!("missing field {rest}");
    }
    if let Some(rest) = text.strip_prefix("duplicate field ") {
        return format!("duplicate field {rest}");
    }
    if text.starts_with("invalid ") || text.starts_with("unknown ") {
        return "not allowed here".to_owned();
    }
    text.to_owned()
}

/// Every fault that `validator` found, with its place.
pub(super) fn faults(errors: &ValidationErrors) -> Vec<FieldFault> {
    let mut found = Vec::new();
    collect(errors, "", &mut found);
    found.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    found
}

fn collect(errors: &ValidationErrors, place: &str, found: &mut Vec<FieldFault>) {
    for (field, kind) in errors.errors() {
        let here = if *field == "__all__" { place.to_owned() } else { format!("{place}/{field}") };
        match kind {
            ValidationErrorsKind::Struct(inner) => collect(inner, &here, found),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    collect(inner, &format!("{here}/{index}"), found);
                }
            }
            ValidationErrorsKind::Field(faults) => found.extend(faults.iter().map(|fault| FieldFault {
                pointer: here.clone(),
                code: fault.code.to_string(),
                detail: describe(fault),
            })),
        }
    }
}

fn describe(fault: &validator::ValidationError) -> String {
    if let Some(message) = &fault.message {
        return message.to_string();
    }
    let limit = |name: &str| fault.params.get(name).map(ToString::to_string);
    match (limit("min"), limit("max"), limit("equal")) {
        (Some(least), Some(most), _) => format!("must be from {least} to {most}"),
        (Some(least), None, _) => format!("must be at least {least}"),
        (None, Some(most), _) => format!("must be at most {most}"),
        (None, None, Some(exact)) => format!("must be exactly {exact}"),
        _ => "is not allowed".to_owned(),
    }
}
