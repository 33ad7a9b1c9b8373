//! The contract, to be read: by programs as `/openapi.yaml` and `/openapi.json`, by people at `/docs`.
//!
//! The page is three files of our own, built into the binary, so that it works without any network but this service. Its
//! script reads `/openapi.json` and builds the page from text nodes only, which lets the policy forbid everything else.
//!
//! These are the only answers that are compressed, once for all: they are the same for everybody. Answers with people's data are
//! not, since the length of a compressed answer tells something about what is in it.

mod open_words;

use crate::constant::Constant;
use axum::{
    Extension, Router,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{Redirect, Response},
    routing::{MethodRouter, get},
};
use care::App;
use kernel::{
    error::{Error, Result},
    problems::PublicProblems,
};
use std::sync::Arc;
use tokio::sync::OnceCell;
use utoipa::openapi::{
    OpenApi, RefOr,
    path::{Operation, Parameter, ParameterIn},
    security::SecurityRequirement,
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What the page may do: load its own two files and the contract, and write text.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// The contract with what is the same for every operation.
pub fn finished(mut document: OpenApi) -> OpenApi {
    for path in document.paths.paths.values_mut() {
        let methods = [&mut path.get, &mut path.post, &mut path.put, &mut path.patch, &mut path.delete];
        for operation in methods.into_iter().flatten() {
            open_to_everybody(operation);
            operation.parameters.iter_mut().flatten().for_each(describe_id);
        }
    }
    with_open_words(&document).unwrap_or(document)
}

/// The same with the words of answers open; `None` if it cannot be read back, which a test rules out.
fn with_open_words(document: &OpenApi) -> Option<OpenApi> {
    let mut value = serde_json::to_value(document).ok()?;
    open_words::open(&mut value);
    serde_json::from_value(value).ok()
}

/// Ids in paths are described here, once, instead of at every operation.
fn describe_id(parameter: &mut RefOr<Parameter>) {
    let RefOr::T(parameter) = parameter else { return };
    let subject = parameter.name.strip_suffix("_id").map(|name| name.replace('_', " "));
    if let (Some(subject), None, ParameterIn::Path) =
        (subject, &parameter.description, &parameter.parameter_in)
    {
        parameter.description = Some(format!("The {subject}'s id"));
    }
}

/// "No credential" can be written as an empty list of ways or as a way that asks for nothing; tools agree on the first. Beside
/// a way that asks for something the second must stay.
fn open_to_everybody(operation: &mut Operation) {
    if let Some(ways) = &mut operation.security
        && ways.iter().all(|way| *way == SecurityRequirement::default())
    {
        ways.clear();
    }
}

/// The contract as it is committed.
///
/// # Errors
/// If it cannot be written as YAML, which a test rules out.
pub fn yaml_of(document: &OpenApi) -> std::result::Result<String, String> {
    let text = document.to_yaml().map_err(|error| error.to_string())?;
    Ok(text.lines().map(quote_time).map(|line| quote_truth(&line)).collect::<Vec<_>>().join("\n") + "\n")
}

/// What readers of YAML 1.1 take for true or false where it stands bare; here they are the names of fields, and words.
const TRUTHS: [&str; 6] = ["on", "off", "yes", "no", "y", "n"];

fn quote_truth(line: &str) -> String {
    let (blank, rest) = line.split_at(line.len() - line.trim_start().len());
    let (dash, rest) = rest.strip_prefix("- ").map_or(("", rest), |rest| ("- ", rest));
    let quoted = |word: &str| if TRUTHS.contains(&word) { format!("'{word}'") } else { word.to_owned() };
    match (rest.split_once(": "), rest.strip_suffix(':')) {
        (Some((key, value)), _) => format!("{blank}{dash}{}: {}", quoted(key), quoted(value)),
        (None, Some(key)) => format!("{blank}{dash}{}:", quoted(key)),
        (None, None) => format!("{blank}{dash}{}", quoted(rest)),
    }
}

/// Readers of YAML 1.1 take a bare `16:30` for a number in base sixty and a bare date for a date: both are texts here.
fn quote_time(line: &str) -> String {
    let start = [": ", "- "].iter().filter_map(|mark| line.rfind(mark)).max().map_or(0, |at| at + 2);
    let (before, value) = line.split_at(start);
    let is_time = value.starts_with(|first: char| first.is_ascii_digit())
        && value.contains([':', '-'])
        && value.bytes().all(|byte| byte.is_ascii_digit() || b":-.TZ+".contains(&byte));
    if is_time { format!("{before}'{value}'") } else { line.to_owned() }
}

/// The contract as it is given out: made by the first who asks, while all others who ask meanwhile wait.
pub struct Written {
    contract: fn() -> OpenApi,
    yaml: OnceCell<Constant>,
    json: OnceCell<Constant>,
}

impl Written {
    /// Of this contract.
    pub fn of(contract: fn() -> OpenApi) -> Arc<Self> {
        Arc::new(Self { contract, yaml: OnceCell::new(), json: OnceCell::new() })
    }
}

/// The contract's own operations. What they answer rides on the request: the contract holds them, too.
pub fn contract_router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(yaml)).routes(routes!(json))
}

/// The contract in YAML, computed once.
#[utoipa::path(
    get, path = "/openapi.yaml", tag = "operation", operation_id = "readContractAsYaml",
    summary = "This contract in YAML",
    description = "The OpenAPI 3.1 document that this service keeps. Roles: everybody, without signing in.",
    security(()),
    responses((status = 200, description = "The contract", body = String, content_type = "application/yaml"), PublicProblems)
)]
async fn yaml(Extension(written): Extension<Arc<Written>>, headers: HeaderMap) -> Result<Response> {
    let make = || yaml_of(&(written.contract)());
    answer(&written.yaml, "application/yaml", make, &headers).await
}

/// The contract in JSON, computed once.
#[utoipa::path(
    get, path = "/openapi.json", tag = "operation", operation_id = "readContractAsJson",
    summary = "This contract in JSON",
    description = "The OpenAPI 3.1 document that this service keeps. Roles: everybody, without signing in.",
    security(()),
    responses((status = 200, description = "The contract", body = Object, content_type = "application/json"), PublicProblems)
)]
async fn json(Extension(written): Extension<Arc<Written>>, headers: HeaderMap) -> Result<Response> {
    let make = || (written.contract)().to_json().map_err(|error| error.to_string());
    answer(&written.json, "application/json", make, &headers).await
}

async fn answer(
    kept: &OnceCell<Constant>,
    kind: &'static str,
    make: impl FnOnce() -> std::result::Result<String, String>,
    asked: &HeaderMap,
) -> Result<Response> {
    let constant = kept
        .get_or_try_init(|| async {
            let text = make().map_err(Error::internal)?;
            let headers = vec![(header::CONTENT_TYPE, HeaderValue::from_static(kind))];
            Constant::new(text, headers).map_err(Error::internal)
        })
        .await?;
    Ok(constant.answer(asked))
}

/// The page for people. It belongs to no contract, so it is not in it.
pub fn pages() -> Router {
    Router::new()
        .route("/docs", get(|| async { Redirect::permanent("/docs/") }))
        .route("/docs/", file("text/html; charset=utf-8", include_str!("page.html")))
        .route("/docs/page.css", file("text/css; charset=utf-8", include_str!("page.css")))
        .route("/docs/page.js", file("text/javascript; charset=utf-8", include_str!("page.js")))
}

fn file(kind: &'static str, text: &'static str) -> MethodRouter {
    let headers: Vec<(HeaderName, HeaderValue)> = vec![
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY)),
    ];
    let constant = Arc::new(Constant::new(text, headers));
    get(move |asked: HeaderMap| async move {
        match &*constant {
            Ok(constant) => Ok(constant.answer(&asked)),
            Err(error) => Err(Error::internal(error)),
        }
    })
}
