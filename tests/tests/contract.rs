//! The contract: the committed openapi.yaml is what the code keeps, it says enough to be worked with, and it names exactly
//! the operations that there are.

use crate::registry::each;
use muwakaba_tests::{Database, TestApp};
use reqwest::Method;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn document() -> Value {
    serde_json::to_value(muwakaba::contract::contract()).unwrap()
}

/// Every operation: `GET /v1/me` and what is said about it.
fn operations(document: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            if METHODS.contains(&method.as_str()) {
                found.push((format!("{} {path}", method.to_uppercase()), operation.clone()));
            }
        }
    }
    assert!(found.len() > 30, "only {} operations", found.len());
    found
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default().trim()
}

/// Collects what is missing, so that one run tells everything.
#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn require(&mut self, holds: bool, place: &str, what: &str) {
        if !holds {
            self.0.push(format!("{place}: {what}"));
        }
    }
}

impl Drop for Faults {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.0.is_empty(), "{} faults:\n{}", self.0.len(), self.0.join("\n"));
        }
    }
}

#[test]
fn the_committed_contract_is_what_the_code_keeps() {
    let committed = std::fs::read_to_string(root().join("openapi.yaml")).unwrap_or_default();
    let kept = muwakaba::contract::contract_yaml().unwrap();
    let differs = kept.lines().zip(committed.lines()).position(|(kept, committed)| kept != committed);
    assert!(kept == committed, "openapi.yaml differs near line {differs:?}: muwakaba openapi > openapi.yaml");
}

#[test]
fn every_operation_is_described() {
    let document = document();
    let mut faults = Faults::default();
    let mut ids = BTreeSet::new();
    for (name, operation) in operations(&document) {
        for part in ["summary", "description", "operationId"] {
            faults.require(!text(&operation, part).is_empty(), &name, &format!("no {part}"));
        }
        let roles = ["everybody", "staff", "participant", "mentor", "counsellor", "manager", "administrator"];
        let description = text(&operation, "description").to_lowercase();
        faults.require(roles.iter().any(|role| description.contains(role)), &name, "does not say for whom");
        faults.require(
            ids.insert(text(&operation, "operationId").to_owned()),
            &name,
            "its operationId is taken",
        );
        faults.require(
            operation["tags"].as_array().is_some_and(|tags| tags.len() == 1),
            &name,
            "not one tag",
        );
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let place = format!("{name}, parameter {}", parameter["name"]);
            faults.require(!text(parameter, "description").is_empty(), &place, "no description");
        }
    }
}

#[test]
fn every_body_has_an_example() {
    let document = document();
    let mut faults = Faults::default();
    for (name, operation) in operations(&document) {
        for (kind, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
            faults.require(kind == "application/json", &name, "a body that is not JSON");
            faults.require(has_example(&document, content), &name, "its body has no example");
        }
    }
}

/// In the content itself, on the schema, or on each of its fields, unless the field is one of a few words.
fn has_example(document: &Value, content: &Value) -> bool {
    let is_there = |value: &Value| value.get("example").or_else(|| value.get("examples")).is_some();
    let schema = resolve(document, &content["schema"]);
    let field = |field: &Value| {
        let mut ways = field["oneOf"].as_array().into_iter().flatten().chain([field]);
        is_there(field)
            || ways.any(|way| {
                let way = resolve(document, way);
                is_there(way) || way.get("enum").is_some()
            })
    };
    let fields = schema["properties"].as_object();
    is_there(content) || is_there(schema) || fields.is_some_and(|fields| fields.values().all(field))
}

fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null),
        None => schema,
    }
}

#[test]
fn every_answer_is_described_and_every_refusal_is_a_problem() {
    let document = document();
    let mut faults = Faults::default();
    for (name, operation) in operations(&document) {
        let answers = operation["responses"].as_object().unwrap();
        faults.require(answers.keys().any(|status| status.starts_with('2')), &name, "never succeeds");
        faults.require(
            answers.contains_key("500") && answers.contains_key("503"),
            &name,
            "says nothing of failures",
        );
        let is_open = is_open(&document, &operation);
        faults.require(is_open || answers.contains_key("401"), &name, "says nothing of 401");
        if operation["requestBody"].is_object() {
            for status in ["400", "408", "413", "415"] {
                faults.require(
                    answers.contains_key(status),
                    &name,
                    &format!("takes a body and says nothing of {status}"),
                );
            }
        }
        for (status, answer) in answers {
            let place = format!("{name}, {status}");
            faults.require(!text(answer, "description").is_empty(), &place, "no description");
            if status.starts_with('4') || status.starts_with('5') {
                let is_problem = answer["content"]["application/problem+json"]["schema"]["$ref"]
                    == "#/components/schemas/Problem";
                faults.require(is_problem, &place, "is no problem answer");
            }
        }
    }
}

/// Whether it can be asked for without an access token or a cookie.
fn is_open(document: &Value, operation: &Value) -> bool {
    let ways = operation.get("security").or_else(|| document.get("security")).and_then(Value::as_array);
    ways.is_none_or(|ways| {
        ways.is_empty() || ways.iter().any(|way| way.as_object().is_some_and(serde_json::Map::is_empty))
    })
}

#[test]
fn what_needs_no_token_is_known() {
    let document = document();
    let open: Vec<String> = operations(&document)
        .into_iter()
        .filter(|(_, operation)| is_open(&document, operation))
        .map(|(name, _)| name)
        .collect();
    let machinery = [
        "GET /.well-known/jwks.json",
        "GET /healthz",
        "GET /openapi.json",
        "GET /openapi.yaml",
        "GET /readyz",
    ];
    let mut expected: Vec<&str> =
        machinery.into_iter().chain(each(|feature| feature.open).copied()).collect();
    expected.sort_unstable();
    assert_eq!(open, expected, "register in `open`, beside its tests, what nobody needs to be signed in for");
}

/// Named in the contract, there in the service; without a token refused unless open to everybody.
#[tokio::test]
async fn every_operation_of_the_contract_exists() {
    let app = TestApp::start(Database::sqlite().await).await;
    let document = document();
    let mut faults = Faults::default();
    for (name, operation) in operations(&document) {
        let (method, path) = name.split_once(' ').unwrap();
        let segments: Vec<&str> = path
            .split('/')
            .map(
                |segment| {
                    if segment.starts_with('{') { "0193a2b4-0000-7000-8000-000000000000" } else { segment }
                },
            )
            .collect();
        let answer =
            app.request(Method::from_bytes(method.as_bytes()).unwrap(), &segments.join("/")).send().await;
        if is_open(&document, &operation) {
            faults.require(!matches!(answer.status, 401 | 404 | 405 | 500..), &name, &answer.text());
        } else {
            faults.require(answer.status == 401, &name, &format!("without a token: {}", answer.text()));
        }
    }
}

/// There in the service, named in the contract: routes are only added together with their description, except the pages for
/// people and the operator's meters, which are no part of it.
#[test]
fn no_route_is_outside_the_contract() {
    let mut with_plain_routes = Vec::new();
    let mut folders = vec![root().join("api")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let source = std::fs::read_to_string(&path).unwrap();
                if [".route(", ".route_service(", ".nest_service("].iter().any(|call| source.contains(call)) {
                    with_plain_routes
                        .push(path.strip_prefix(root().join("api")).unwrap().display().to_string());
                }
            }
        }
    }
    with_plain_routes.sort();
    // The page behind a link for people who have no account, and what operators look at.
    let known = [
        "server/src/documentation/mod.rs",
        "server/src/serve/metrics.rs",
        "support/src/referral/page/mod.rs",
    ];
    assert_eq!(with_plain_routes, known);
}

/// The contract knows a schema by its name alone: of two that share one, it would show the one for the other.
#[test]
fn no_two_schemas_share_a_name() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut folders = vec![root().join("api"), root().join("mobile-contract/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                for name in schemas(&std::fs::read_to_string(&path).unwrap()) {
                    places.entry(name).or_default().push(path.display().to_string());
                }
            }
        }
    }
    places.retain(|_, places| places.len() > 1);
    assert!(places.is_empty(), "{places:?}");
}

/// The names of the types of a file that are shown in the contract.
fn schemas(source: &str) -> Vec<String> {
    let (mut found, mut is_shown) = (Vec::new(), false);
    for line in source.lines() {
        let words: Vec<&str> = line
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .filter(|word| !word.is_empty())
            .collect();
        if line.starts_with("#[derive(") {
            is_shown = words.contains(&"ToSchema");
        }
        if let ["pub", "struct" | "enum", name, ..] = words[..] {
            if is_shown && line.starts_with("pub ") {
                found.push(name.to_owned());
            }
            is_shown = false;
        }
    }
    found
}
