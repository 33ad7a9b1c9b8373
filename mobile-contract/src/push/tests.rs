use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;
use utoipa::PartialSchema;

use super::*;

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn schema() -> Value {
    serde_json::from_str(&fs::read_to_string(folder("schemas/push-payload.schema.json")).unwrap()).unwrap()
}

fn examples() -> Vec<(String, Value)> {
    let mut examples: Vec<(String, Value)> = fs::read_dir(folder("examples/push"))
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            (path.file_name().unwrap().to_string_lossy().into_owned(), serde_json::from_str(&text).unwrap())
        })
        .collect();
    examples.sort_by(|one, other| one.0.cmp(&other.0));
    examples
}

#[test]
fn every_example_fits_the_schema_and_the_types_and_comes_back_the_same() {
    let schema = jsonschema::validator_for(&schema()).unwrap();
    let examples = examples();
    assert!(examples.len() >= 5, "{}", examples.len());
    for (name, example) in examples {
        assert!(schema.is_valid(&example), "{name}: {:?}", schema.iter_errors(&example).collect::<Vec<_>>());
        let again = if example.get("fetch").is_some() {
            serde_json::to_value(serde_json::from_value::<PushWakeUp>(example.clone()).unwrap()).unwrap()
        } else {
            serde_json::to_value(serde_json::from_value::<PushPayload>(example.clone()).unwrap()).unwrap()
        };
        assert_eq!(again, example, "{name}");
    }
}

#[test]
fn the_schema_refuses_what_a_phone_could_not_show() {
    let schema = jsonschema::validator_for(&schema()).unwrap();
    let (_, example) = examples().into_iter().find(|(_, example)| example.get("fetch").is_none()).unwrap();
    for field in example.as_object().unwrap().keys() {
        let mut broken = example.clone();
        broken.as_object_mut().unwrap().remove(field);
        assert!(!schema.is_valid(&broken), "without {field}");
    }
    for (place, value) in [("/tag", "short"), ("/time/local", "2026-12-01T10:00:00Z"), ("/direction", "up")] {
        let mut broken = example.clone();
        *broken.pointer_mut(place).unwrap() = value.into();
        assert!(!schema.is_valid(&broken), "{place} = {value}");
    }
}

#[test]
fn an_app_may_meet_fields_that_it_does_not_know() {
    let (_, mut example) =
        examples().into_iter().find(|(_, example)| example.get("fetch").is_none()).unwrap();
    example["later"] = true.into();
    assert!(jsonschema::validator_for(&schema()).unwrap().is_valid(&example));
    assert!(serde_json::from_value::<PushPayload>(example).is_ok());
}

#[test]
fn the_json_schema_and_openapi_name_the_same_fields() {
    let fields = |schema: &Value| -> (BTreeSet<String>, BTreeSet<String>) {
        let properties = schema["properties"].as_object().unwrap().keys().cloned().collect();
        let required = schema["required"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap().to_owned())
            .collect();
        (properties, required)
    };
    let file = schema();
    for (openapi, name) in [
        (serde_json::to_value(PushPayload::schema()).unwrap(), "payload"),
        (serde_json::to_value(PushWakeUp::schema()).unwrap(), "wake_up"),
    ] {
        assert_eq!(fields(&openapi), fields(&file["$defs"][name]), "{name}");
    }
}

/// All of them stand in one place, the source of `openapi.yaml`; what is repeated here would be forgotten.
#[test]
fn the_words_that_the_json_schema_shows_are_known() {
    let payload = &schema()["$defs"]["payload"]["properties"];
    let shown = |place: &str| -> Vec<String> {
        serde_json::from_value(payload.pointer(place).unwrap()["examples"].clone()).unwrap()
    };
    for word in shown("/purpose") {
        assert!(word.parse::<ReminderPurpose>().is_ok(), "{word}");
    }
    for word in shown("/subject/properties/kind") {
        assert!(word.parse::<crate::SubjectKind>().is_ok(), "{word}");
    }
    for word in shown("/actions/items/properties/action") {
        assert!(word.parse::<NotificationAction>().is_ok(), "{word}");
    }
}

#[test]
fn neither_words_nor_tokens_print() {
    let (_, example) = examples().into_iter().find(|(_, example)| example["actions"][0].is_object()).unwrap();
    let payload: PushPayload = serde_json::from_value(example).unwrap();
    let printed = format!("{payload:?} {:?}", payload.actions);
    for secret in [&payload.title, &payload.body, &payload.receipt_token, &payload.actions[0].token] {
        assert!(!printed.contains(secret.as_str()));
    }
}
