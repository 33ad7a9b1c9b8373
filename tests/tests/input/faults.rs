//! Everything that can be wrong with a body, read off its schema.

use crate::operations::resolved;
use serde_json::{Value, json};

/// A body with one thing wrong.
#[derive(Debug)]
pub struct Fault {
    /// What is wrong.
    pub what: String,
    /// The body.
    pub body: Vec<u8>,
    /// Its content type.
    pub content_type: &'static str,
    /// The field that the answer must name; `None` where the text as a whole cannot be read.
    pub pointer: Option<String>,
}

const JSON: &str = "application/json";

/// What is wrong with the text as a whole.
pub fn of_text(valid: &Value) -> Vec<Fault> {
    let text = valid.to_string();
    let first = valid.as_object().and_then(|fields| fields.iter().next()).expect("a field");
    let twice = format!("{{{}:{},{}", Value::from(first.0.as_str()), first.1, &text[1..]);
    let mut not_utf8 = text.clone().into_bytes();
    let quote = not_utf8.iter().rposition(|byte| *byte == b'"').expect("a text");
    not_utf8.insert(quote, 0xff);
    let fault =
        |what: &str, body: Vec<u8>| Fault { what: what.to_owned(), body, content_type: JSON, pointer: None };
    let mut faults = vec![
        fault("empty", Vec::new()),
        fault("null", b"null".to_vec()),
        fault("an array", format!("[{text}]").into_bytes()),
        fault("an empty array", b"[]".to_vec()),
        fault(
            "its fields without names",
            Value::from_iter(valid.as_object().into_iter().flat_map(|o| o.values().cloned()))
                .to_string()
                .into_bytes(),
        ),
        fault("a text", b"\"x\"".to_vec()),
        fault("a number too large", b"1e400".to_vec()),
        fault("cut short", text.as_bytes()[..text.len() - 1].to_vec()),
        fault("with something after it", format!("{text} {text}").into_bytes()),
        fault("not UTF-8", not_utf8),
        fault("with a byte order mark", format!("\u{feff}{text}").into_bytes()),
        fault("deep", format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)).into_bytes()),
        fault("large", format!("{}{text}", " ".repeat(70_000)).into_bytes()),
        Fault { pointer: Some(format!("/{}", first.0)), ..fault("with a field twice", twice.into_bytes()) },
    ];
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""] {
        faults
            .push(Fault { content_type, ..fault(&format!("as {content_type}"), text.clone().into_bytes()) });
    }
    faults
}

/// What is wrong with one field each, however deep.
pub fn of_fields(schema: &Value, valid: &Value) -> Vec<Fault> {
    let mut faults = Vec::new();
    walk(resolved(schema), valid, "", &mut |what, pointer, change| {
        let mut body = valid.clone();
        change(&mut body);
        // A character that JSON cannot write otherwise stands for itself until here.
        let text = body.to_string().replace("LONE-SURROGATE", "\\ud800").replace("NUL-CHARACTER", "\\u0000");
        let is_readable = !text.contains("\\ud800") && !text.contains("\\u0000");
        faults.push(Fault {
            what: format!("{pointer} {what}"),
            body: text.into_bytes(),
            content_type: JSON,
            pointer: is_readable.then(|| pointer.to_owned()),
        });
    });
    faults
}

type Found<'a> = dyn FnMut(&str, &str, &dyn Fn(&mut Value)) + 'a;

fn walk(schema: &Value, value: &Value, place: &str, found: &mut Found<'_>) {
    let Some(properties) = schema["properties"].as_object() else { return };
    if schema["additionalProperties"] == json!(false) {
        found("is unknown", &format!("{place}/unknown_field"), &|body| {
            object_at(body, place).insert("unknown_field".to_owned(), json!(1));
        });
    }
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    for (name, property) in properties {
        let here = format!("{place}/{name}");
        let set = |to: Value| {
            move |body: &mut Value| {
                object_at(body, place).insert(name.clone(), to.clone());
            }
        };
        if required.contains(&json!(name)) {
            found("is missing", &here, &|body| {
                object_at(body, place).remove(name);
            });
        }
        let (property, nullable) = without_null(property);
        if !nullable {
            found("is null", &here, &set(Value::Null));
        }
        for wrong in wrong_types(property) {
            found(&format!("is {wrong}"), &here, &set(wrong.clone()));
        }
        if property["type"] == "string" {
            for (what, text) in [
                ("has a lone surrogate", "LONE-SURROGATE".to_owned()),
                ("has U+0000", "NUL-CHARACTER".to_owned()),
                ("is long", "x".repeat(10_000)),
            ] {
                // A text without a limit is cut.
                if what != "is long"
                    || property.get("maxLength").is_some()
                    || property.get("format").is_some()
                {
                    found(what, &here, &set(json!(text)));
                }
            }
            // A password and a token are what they are; no person reads them.
            if property["minLength"].as_u64().is_some_and(|least| least > 0)
                && property.get("format").is_none_or(|format| format != "password")
                && name != "token"
            {
                for unseen in ["\u{2800}", "\u{AD}", "\u{200E}", "\u{200D}\u{64E}"] {
                    found(&format!("is {}", unseen.escape_unicode()), &here, &set(json!(unseen)));
                }
            }
            if property.get("format").is_some_and(|format| format == "uuid") {
                for other in ["e3b0c442-98fc-4c14-9afb-f4c8996fb924", "00000000-0000-0000-0000-000000000000"]
                {
                    found(&format!("is {other}"), &here, &set(json!(other)));
                }
            }
            if property.get("format").is_some_and(|format| format == "uuid") || property.get("enum").is_some()
            {
                found("is no such word", &here, &set(json!("x")));
            }
            if property["minLength"].as_u64().is_some_and(|least| least > 0) {
                found("is empty", &here, &set(json!("")));
            }
        }
        for (bound, beyond) in [("minimum", -1), ("maximum", 1)] {
            if let Some(limit) = property[bound].as_i64() {
                found(&format!("is beyond its {bound}"), &here, &set(json!(limit + beyond)));
            }
        }
        // An array with the fields in their order is no object.
        if let (Some(_), Some(inner)) = (property.get("properties"), value[name].as_object()) {
            found("is an array of its fields", &here, &set(inner.values().cloned().collect()));
            found("is an empty array", &here, &set(json!([])));
        }
        // What may be left out and is left out here is gone through where another body has it.
        if !(value[name].is_null() && nullable) {
            walk(property, &value[name], &here, found);
        }
        if let Some(first) = value[name].get(0) {
            let inner = without_null(&property["items"]).0;
            walk(inner, first, &format!("{here}/0"), found);
        }
    }
}

fn object_at<'a>(body: &'a mut Value, place: &str) -> &'a mut serde_json::Map<String, Value> {
    body.pointer_mut(place)
        .and_then(Value::as_object_mut)
        .unwrap_or_else(|| panic!("the body needs an object at {place}"))
}

/// The schema that is not about null, and whether null is allowed.
fn without_null(schema: &Value) -> (&Value, bool) {
    let schema = resolved(schema);
    for choice in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[choice].as_array() {
            let nullable = choices.iter().any(|one| one["type"] == "null");
            let other = choices.iter().find(|one| one["type"] != "null").map_or(schema, resolved);
            return (other, nullable);
        }
    }
    (schema, schema["type"].as_array().is_some_and(|types| types.contains(&json!("null"))))
}

fn wrong_types(schema: &Value) -> Vec<Value> {
    let kind = match &schema["type"] {
        Value::String(kind) => kind.as_str(),
        Value::Array(kinds) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or_default()
        }
        _ => "",
    };
    match kind {
        "string" => vec![json!(7), json!(true), json!(["x"]), json!({"x": "y"})],
        "integer" => vec![json!("7"), json!(7.5), json!(u64::MAX), json!([7])],
        "boolean" => vec![json!("true"), json!(1), json!({})],
        "array" => vec![json!("x"), json!({"x": 1}), json!([17])],
        "object" => vec![json!("x"), json!([1]), json!(7)],
        other => panic!("a schema of type {other:?}: {schema}"),
    }
}
