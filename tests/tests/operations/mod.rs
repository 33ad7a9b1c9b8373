//! Every operation of the contract, as the service itself declares it, with a request that is right for a given target.
//!
//! The authorization matrix, the sweep of wrong input and the search for canaries all go through this list, so an operation
//! that is added to the service is in all three at once: without a body it fails them, with one it shows up in the matrix for
//! review. What it can be about, and what its body is where the contract's example is not enough, its feature registers.

mod ids;
mod reset;
mod stage;

pub use ids::Ids;
pub use stage::{PASSWORD, Stage};

use muwakaba_tests::{TestApp, http::Request, world::SignedIn};
use reqwest::Method;
use serde_json::Value;
use std::sync::LazyLock;

/// Declares a test on both databases, like `both_databases!`, that finds the [`Stage`] set.
macro_rules! both_stages {
    ($(async fn $name:ident($stage:ident: Stage) $body:block)+) => { $(
        mod $name {
            use super::*;

            async fn body($stage: $crate::operations::Stage) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                body($crate::operations::Stage::set(muwakaba_tests::Database::sqlite().await).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let Some(database) = muwakaba_tests::Database::postgres().await else { return };
                body($crate::operations::Stage::set(database).await).await;
            }
        }
    )+ };
}

pub(crate) use both_stages;

/// The contract as the code declares it.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let (_, document) = muwakaba::operations::operations().split_for_parts();
    serde_json::to_value(document).expect("the contract is JSON")
});

/// One operation.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its name in the contract.
    pub id: String,
    /// Its method.
    pub method: Method,
    /// Its path, with `{placeholders}`.
    pub path: String,
    declared: Value,
}

static ALL: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let mut operations = Vec::new();
    for (path, methods) in DOCUMENT["paths"].as_object().expect("paths") {
        for (method, declared) in methods.as_object().expect("methods") {
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else { continue };
            operations.push(Operation {
                id: declared["operationId"].as_str().expect("an operation has a name").to_owned(),
                method,
                path: path.clone(),
                declared: declared.clone(),
            });
        }
    }
    operations
});

/// Every operation, in the order of the contract.
pub fn all() -> Vec<Operation> {
    ALL.clone()
}

/// The operation of this name.
pub fn named(id: &str) -> Operation {
    ALL.iter()
        .find(|one| one.id == id)
        .unwrap_or_else(|| panic!("the contract has no operation {id}"))
        .clone()
}

impl Operation {
    /// Whether it is for people who are not signed in.
    pub fn is_public(&self) -> bool {
        self.declared["security"]
            .as_array()
            .is_some_and(|ways| ways.iter().any(|way| way.as_object().is_some_and(serde_json::Map::is_empty)))
    }

    /// Whether it takes a body.
    pub fn takes_body(&self) -> bool {
        self.declared.get("requestBody").is_some()
    }

    /// Whether its path names one of these: `visit_id`.
    pub fn is_about(&self, name: &str) -> bool {
        self.path
            .split('/')
            .any(|part| part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) == Some(name))
    }

    /// The contract's example of its body.
    pub fn example(&self) -> Option<Value> {
        let content = self.declared.pointer("/requestBody/content/application~1json")?;
        let schema = resolved(&content["schema"]);
        let first = |value: &Value| value.get("example").or_else(|| value.pointer("/examples/0")).cloned();
        first(content).or_else(|| first(schema))
    }

    /// The schema of its body.
    pub fn body_schema(&self) -> Option<&Value> {
        self.declared.pointer("/requestBody/content/application~1json/schema")
    }

    /// Its parameters of this place: `query`, `header` or `path`.
    pub fn parameters(&self, place: &str) -> Vec<&Value> {
        self.declared["parameters"]
            .as_array()
            .map(|all| all.iter().filter(|parameter| parameter["in"] == place).collect())
            .unwrap_or_default()
    }

    /// Whether it has a header of this name.
    pub fn has_header(&self, name: &str) -> bool {
        self.parameters("header").iter().any(|parameter| parameter["name"] == name)
    }

    /// Whether it lists things that each caller sees a part of.
    pub fn is_list(&self) -> bool {
        self.answers_items() && !self.path.contains('{')
    }

    /// Whether it lists anything.
    pub fn answers_items(&self) -> bool {
        let answer = self.declared.pointer("/responses/200/content/application~1json/schema");
        self.method == Method::GET
            && answer.is_some_and(|schema| resolved(schema).pointer("/properties/items").is_some())
    }
}

/// A schema with its reference followed.
pub fn resolved(schema: &Value) -> &Value {
    match schema["$ref"].as_str() {
        Some(reference) => resolved(
            DOCUMENT.pointer(reference.trim_start_matches('#')).expect("a reference leads somewhere"),
        ),
        None => schema,
    }
}

/// A request, put together and not sent yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// How.
    pub method: Method,
    /// Where.
    pub path: String,
    /// What.
    pub body: Option<Value>,
    /// Based on which version.
    pub version: Option<i64>,
}

impl Prepared {
    /// The request by this caller, without its body.
    pub fn bare(&self, app: &TestApp, caller: Option<&SignedIn>) -> Request {
        let mut request = app.request(self.method.clone(), &self.path);
        if let Some(version) = self.version {
            request = request.if_match(version);
        }
        match caller {
            Some(caller) => request.by(caller),
            None => request,
        }
    }

    /// The request by this caller.
    pub fn by(&self, app: &TestApp, caller: Option<&SignedIn>) -> Request {
        match &self.body {
            Some(body) => self.bare(app, caller).json(body.clone()),
            None => self.bare(app, caller),
        }
    }
}
