//! What `messages:send` accepts. The tables follow the reference page of `projects.messages`: a field that is not in them
//! is refused by name, as the real service does, so that a slip in the product's message cannot pass unseen.

use serde_json::{Map, Value};

use super::answers::{Answer, invalid_argument, invalid_field};

/// The kinds of value in the tables.
enum Kind {
    Text,
    Bool,
    /// A duration such as `3.5s`.
    Duration,
    OneOf(&'static [&'static str]),
    /// Any keys, text values.
    TextMap,
    /// Anything inside: the platform's own document.
    Document,
    Object(&'static [(&'static str, Kind)]),
}

const FCM_OPTIONS: Kind = Kind::Object(&[("analytics_label", Kind::Text)]);

const ANDROID: Kind = Kind::Object(&[
    ("collapse_key", Kind::Text),
    ("priority", Kind::OneOf(&["NORMAL", "HIGH", "normal", "high"])),
    ("ttl", Kind::Duration),
    ("restricted_package_name", Kind::Text),
    ("data", Kind::TextMap),
    ("notification", Kind::Document),
    ("fcm_options", FCM_OPTIONS),
    ("direct_boot_ok", Kind::Bool),
    ("bandwidth_constrained_ok", Kind::Bool),
    ("restricted_satellite_ok", Kind::Bool),
]);

const APNS: Kind = Kind::Object(&[
    ("headers", Kind::TextMap),
    ("payload", Kind::Document),
    ("fcm_options", Kind::Object(&[("analytics_label", Kind::Text), ("image", Kind::Text)])),
    ("live_activity_token", Kind::Text),
]);

const WEB_PUSH: Kind = Kind::Object(&[
    ("headers", Kind::TextMap),
    ("data", Kind::TextMap),
    ("notification", Kind::Document),
    ("fcm_options", Kind::Object(&[("link", Kind::Text), ("analytics_label", Kind::Text)])),
]);

const MESSAGE: Kind = Kind::Object(&[
    ("name", Kind::Text),
    ("data", Kind::TextMap),
    ("notification", Kind::Object(&[("title", Kind::Text), ("body", Kind::Text), ("image", Kind::Text)])),
    ("android", ANDROID),
    ("webpush", WEB_PUSH),
    ("apns", APNS),
    ("fcm_options", FCM_OPTIONS),
    ("token", Kind::Text),
    ("topic", Kind::Text),
    ("condition", Kind::Text),
]);

const REQUEST: &[(&str, Kind)] = &[("validate_only", Kind::Bool), ("message", MESSAGE)];

/// The longest life of a message, in seconds: four weeks.
const MAX_TTL: u64 = 2_419_200;

/// The limit of a message's payload in bytes.
const MAX_PAYLOAD: usize = 4096;

/// Checks a whole request. The faults are answers, ready to be sent.
pub(super) fn check(request: &Value) -> Result<(), Box<Answer>> {
    let Some(fields) = request.as_object() else {
        return Err(invalid_field("", "Invalid JSON payload received. The root is not an object.").into());
    };
    object(fields, REQUEST, "").map_err(|(field, text)| Box::new(invalid_field(&field, &text)))?;
    meaning(request).map_err(|(field, text)| Box::new(invalid_argument(field, &text)))
}

/// Whether a text has the form of a registration token at all.
pub(super) fn is_registration_token(text: &str) -> bool {
    (20..=4096).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.'))
}

type Fault = (String, String);

fn object(fields: &Map<String, Value>, known: &[(&str, Kind)], place: &str) -> Result<(), Fault> {
    for (name, value) in fields {
        let Some((_, kind)) = known.iter().find(|(known, _)| known == name) else {
            let at = if place.is_empty() { String::new() } else { format!(" at '{place}'") };
            let text =
                format!("Invalid JSON payload received. Unknown name \"{name}\"{at}: Cannot find field.");
            return Err((place.to_owned(), text));
        };
        let place = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
        of_kind(value, kind, &place)?;
    }
    Ok(())
}

fn of_kind(value: &Value, kind: &Kind, place: &str) -> Result<(), Fault> {
    let wrong =
        |expected: &str| Err((place.to_owned(), format!("Invalid value at '{place}' ({expected}), {value}")));
    match (kind, value) {
        (Kind::Text, Value::String(_))
        | (Kind::Bool, Value::Bool(_))
        | (Kind::Document, Value::Object(_)) => Ok(()),
        (Kind::Duration, Value::String(text)) if seconds(text).is_some() => Ok(()),
        (Kind::OneOf(names), Value::String(text)) if names.contains(&text.as_str()) => Ok(()),
        (Kind::TextMap, Value::Object(entries)) => {
            match entries.values().position(|entry| !entry.is_string()) {
                None => Ok(()),
                Some(position) => {
                    let place = format!("{place}[{position}].value");
                    Err((place.clone(), format!("Invalid value at '{place}' (TYPE_STRING)")))
                }
            }
        }
        (Kind::Object(known), Value::Object(fields)) => object(fields, known, place),
        (Kind::Text, _) => wrong("TYPE_STRING"),
        (Kind::Bool, _) => wrong("TYPE_BOOL"),
        (Kind::Duration, _) => wrong("type.googleapis.com/google.protobuf.Duration"),
        (Kind::OneOf(_), _) => wrong("TYPE_ENUM"),
        (Kind::TextMap | Kind::Document | Kind::Object(_), _) => wrong("TYPE_MESSAGE"),
    }
}

/// What FCM itself checks once the document is well-formed.
fn meaning(request: &Value) -> Result<(), (&'static str, String)> {
    let message = request.get("message").unwrap_or(&Value::Null);
    // An empty text is the same as an absent one in protocol buffers.
    let is_set =
        |target: &&&str| message.get(**target).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    let targets = ["token", "topic", "condition"].iter().filter(is_set).count();
    if targets != 1 {
        return Err(("message", "Recipient of the message is not set.".to_owned()));
    }
    if let Some(ttl) = message.pointer("/android/ttl").and_then(Value::as_str).and_then(seconds)
        && ttl > MAX_TTL
    {
        return Err(("message.android.ttl", format!("Invalid TTL: {ttl} is over {MAX_TTL} seconds")));
    }
    let data = message.get("data").and_then(Value::as_object);
    let mut size = 0;
    for (key, value) in data.into_iter().flatten() {
        if key == "from" || key == "message_type" || key.starts_with("google.") || key.starts_with("gcm.") {
            return Err(("message.data", format!("Invalid data payload key: {key}")));
        }
        size += key.len() + value.as_str().map_or(0, str::len);
    }
    match size > MAX_PAYLOAD {
        true => Err(("message.data", "Android message is too big".to_owned())),
        false => Ok(()),
    }
}

/// Reads `google.protobuf.Duration` in its JSON form: whole seconds, up to nine digits of fraction, and an `s`.
fn seconds(text: &str) -> Option<u64> {
    let number = text.strip_suffix('s')?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (digits(whole) && digits(fraction) && fraction.len() <= 9).then(|| whole.parse().ok()).flatten()
}
