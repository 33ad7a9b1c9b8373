//! Reading a policy and refusing one that makes no sense, in words that name the place.

use std::fmt;

use serde_json::Value;

use super::{QuietHours, ReminderPolicy};

/// A policy that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("reminder policy{}: {message}", Place(.pointer))]
pub struct PolicyError {
    /// Where the fault is, as a JSON pointer (RFC 6901); empty for the whole document.
    pub pointer: String,
    /// What is wrong there.
    pub message: String,
}

struct Place<'a>(&'a str);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, " at {}", self.0) }
    }
}

const MOST_DAYS_AFTER_START: u32 = 30;
/// A night so long that a reminder could find no day to move to.
const MOST_QUIET_MINUTES: i64 = 20 * 60;

pub(super) fn read(json: &str) -> Result<ReminderPolicy, PolicyError> {
    // serde would take an array for an object whose fields all have defaults.
    if !json.trim_start().starts_with('{') {
        return Err(fault("", "expected a JSON object"));
    }
    let mut document = serde_json::Deserializer::from_str(json);
    let policy = serde_path_to_error::deserialize(&mut document)
        .map_err(|error| fault(pointer(error.path()), error.inner().to_string()))?;
    document.end().map_err(|error| fault("", error.to_string()))?;
    Ok(policy)
}

/// What a centre wrote formerly, as far as it still says something.
pub(super) fn read_former(json: &str) -> Option<ReminderPolicy> {
    let mut document: Value = serde_json::from_str(json).ok().filter(Value::is_object)?;
    ReminderPolicy::forget_former(&mut document);
    let mut policy: ReminderPolicy = serde_json::from_value(document).ok()?;
    policy.settle_parts();
    policy.check().ok().map(|()| policy)
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        let step = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.replace('~', "~0").replace('/', "~1"),
            Segment::Enum { variant } => variant.clone(),
            Segment::Unknown => break,
        };
        pointer.push('/');
        pointer.push_str(&step);
    }
    pointer
}

pub(crate) fn fault(pointer: impl Into<String>, message: impl Into<String>) -> PolicyError {
    PolicyError { pointer: pointer.into(), message: message.into() }
}

impl ReminderPolicy {
    /// Whether the policy makes sense. [`ReminderPolicy::parse`] has asked already.
    ///
    /// # Errors
    /// The first fault, with a JSON pointer to it.
    pub fn check(&self) -> Result<(), PolicyError> {
        self.check_parts()?;
        if let Some(quiet) = self.quiet_hours {
            check_quiet_hours(quiet)?;
        }
        within(self.after_start_days, MOST_DAYS_AFTER_START, "days")
            .map_err(|message| fault("/after_start_days", message))
    }
}

fn check_quiet_hours(quiet: QuietHours) -> Result<(), PolicyError> {
    if quiet.from == quiet.until {
        return Err(fault("/quiet_hours", "begin and end at the same time; write null for none"));
    }
    if quiet.minutes() > MOST_QUIET_MINUTES {
        return Err(fault("/quiet_hours", "must leave at least 4 hours of the day"));
    }
    Ok(())
}

pub(crate) fn within(value: u32, most: u32, unit: &str) -> Result<(), String> {
    if (1..=most).contains(&value) { Ok(()) } else { Err(format!("must be 1 to {most} {unit}")) }
}
