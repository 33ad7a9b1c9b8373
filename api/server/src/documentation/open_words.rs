//! Enumerations may grow, and an app of today meets a word of tomorrow. A generated client refuses what an `enum` does not name, so in
//! what the service answers a word is any text, and those that are known stand beside it (`x-extensible-enum`, as others do who keep
//! contracts for years). In what apps send an `enum` stays an `enum`: the service refuses what it does not know. A schema that is used
//! for both is there twice, the one to be sent with `Input` behind its name.

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const SCHEMAS: &str = "#/components/schemas/";
const KNOWN_WORDS: &str = "x-extensible-enum";

/// Opens the words of all answers in this OpenAPI document.
pub fn open(document: &mut Value) {
    let Some(schemas) = document.pointer("/components/schemas").and_then(Value::as_object).cloned() else {
        return;
    };
    let answered = reached(&schemas, named_in_operations(document, &["responses"]));
    let sent = reached(&schemas, named_in_operations(document, &["requestBody", "parameters"]));
    let has_words = |name: &String| {
        reached(&schemas, [name.clone()].into())
            .iter()
            .any(|name| schemas.get(name).is_some_and(is_enumeration))
    };
    let twice: BTreeSet<String> =
        answered.intersection(&sent).filter(|name| has_words(name)).cloned().collect();

    let mut opened = schemas.clone();
    for name in &twice {
        if let Some(mut input) = schemas.get(name).cloned() {
            rename(&mut input, &twice);
            opened.insert(as_input(name), input);
        }
    }
    for name in sent.difference(&answered) {
        opened.get_mut(name).into_iter().for_each(|schema| rename(schema, &twice));
    }
    for name in &answered {
        opened.get_mut(name).into_iter().for_each(open_words);
    }
    if let Some(schemas) = document.pointer_mut("/components/schemas") {
        *schemas = Value::Object(opened);
    }
    for operation in operations(document) {
        for part in ["requestBody", "parameters"] {
            operation.get_mut(part).into_iter().for_each(|part| rename(part, &twice));
        }
    }
}

fn as_input(name: &str) -> String {
    format!("{name}Input")
}

fn is_enumeration(schema: &Value) -> bool {
    schema.get("enum").is_some()
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    paths
        .into_iter()
        .flat_map(|paths| paths.values_mut())
        .filter_map(Value::as_object_mut)
        .flat_map(|path| path.values_mut())
        .filter_map(Value::as_object_mut)
}

/// The schemas that these parts of the operations name.
fn named_in_operations(document: &Value, parts: &[&str]) -> BTreeSet<String> {
    let mut document = document.clone();
    let mut names = BTreeSet::new();
    for operation in operations(&mut document) {
        for part in parts {
            operation.get(*part).into_iter().for_each(|part| named(part, &mut names));
        }
    }
    names
}

/// The schemas that this part of the document names itself.
fn named(part: &Value, names: &mut BTreeSet<String>) {
    match part {
        Value::Object(fields) => {
            let reference = fields.get("$ref").and_then(Value::as_str);
            names.extend(reference.and_then(|to| to.strip_prefix(SCHEMAS)).map(str::to_owned));
            fields.values().for_each(|field| named(field, names));
        }
        Value::Array(items) => items.iter().for_each(|item| named(item, names)),
        _ => {}
    }
}

/// These schemas and all that they are made of.
fn reached(schemas: &Map<String, Value>, mut names: BTreeSet<String>) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    while let Some(name) = names.pop_first() {
        if let Some(schema) = schemas.get(&name).filter(|_| !reached.contains(&name)) {
            named(schema, &mut names);
            reached.insert(name);
        }
    }
    reached
}

/// Names the schemas to be sent instead of those that are answered.
fn rename(part: &mut Value, twice: &BTreeSet<String>) {
    match part {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get_mut("$ref")
                && let Some(name) = reference.strip_prefix(SCHEMAS).filter(|name| twice.contains(*name))
            {
                *reference = format!("{SCHEMAS}{}", as_input(name));
            }
            fields.values_mut().for_each(|field| rename(field, twice));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, twice)),
        _ => {}
    }
}

/// Any word, with those that are known beside it.
fn open_words(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if let Some(words) = fields.remove("enum") {
                let about = fields.get("description").and_then(Value::as_str).unwrap_or_default();
                let about =
                    format!("{about} More words may come: show a neutral form for one that is not known.");
                fields.insert("description".to_owned(), json!(about.trim_start()));
                fields.insert("pattern".to_owned(), json!("^[a-z0-9_-]+$"));
                fields.insert("maxLength".to_owned(), json!(64));
                fields.insert(KNOWN_WORDS.to_owned(), words);
            }
            fields.values_mut().for_each(open_words);
        }
        Value::Array(items) => items.iter_mut().for_each(open_words),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Value {
        let schema = |name: &str| json!({"$ref": format!("{SCHEMAS}{name}")});
        json!({
            "paths": {"/visits": {"post": {
                "parameters": [{"schema": schema("Kind")}],
                "requestBody": schema("NewVisit"),
                "responses": {"201": schema("Visit")},
            }}},
            "components": {"schemas": {
                "Kind": {"type": "string", "enum": ["home", "phone"], "description": "How."},
                "Mood": {"type": "string", "enum": ["good"]},
                "Place": {"properties": {"kind": schema("Kind")}},
                "Wish": {"type": "string", "enum": ["soon"]},
                "Id": {"type": "string"},
                "NewVisit": {"properties": {"id": schema("Id"), "place": schema("Place"), "wish": schema("Wish")}},
                "Visit": {"properties": {"id": schema("Id"), "place": schema("Place"), "mood": schema("Mood")}},
            }},
        })
    }

    #[test]
    fn words_are_open_in_answers_and_closed_in_requests() {
        let mut document = document();
        open(&mut document);
        let schemas = &document["components"]["schemas"];
        for answered in ["Kind", "Mood"] {
            assert!(schemas[answered].get("enum").is_none(), "{answered}");
        }
        assert_eq!(schemas["Kind"][KNOWN_WORDS], json!(["home", "phone"]));
        assert!(schemas["Kind"]["description"].as_str().unwrap().starts_with("How. More words may come"));
        assert_eq!(schemas["Wish"]["enum"], json!(["soon"]));
        assert_eq!(schemas["KindInput"]["enum"], json!(["home", "phone"]));
        let kind_of = |place: &str| schemas[place]["properties"]["kind"]["$ref"].clone();
        assert_eq!(kind_of("Place"), json!("#/components/schemas/Kind"));
        assert_eq!(kind_of("PlaceInput"), json!("#/components/schemas/KindInput"));
        let sent = &schemas["NewVisit"]["properties"];
        assert_eq!(sent["place"]["$ref"], json!("#/components/schemas/PlaceInput"));
        assert_eq!(sent["id"]["$ref"], json!("#/components/schemas/Id"), "what has no words is there once");
        assert!(schemas.get("IdInput").is_none());
        let operation = &document["paths"]["/visits"]["post"];
        assert_eq!(operation["parameters"][0]["schema"]["$ref"], json!("#/components/schemas/KindInput"));
        assert_eq!(operation["responses"]["201"]["$ref"], json!("#/components/schemas/Visit"));
    }

    #[test]
    fn no_answer_of_the_contract_has_a_closed_word() {
        let document = serde_json::to_value(crate::contract::contract()).unwrap();
        let schemas = document["components"]["schemas"].as_object().unwrap();
        let answered = reached(schemas, named_in_operations(&document, &["responses"]));
        let closed: Vec<_> =
            answered.iter().filter(|name| schemas[*name].to_string().contains("\"enum\"")).collect();
        assert!(answered.len() > 50, "{}", answered.len());
        assert_eq!(closed, Vec::<&String>::new());
    }
}
