//! The bodies of requests: the contract's own examples, and what an example cannot give.

use super::each;
use crate::operations::{Ids, Operation, Stage};
use futures_util::future::LocalBoxFuture;
use muwakaba_tests::SignedIn;
use serde_json::Value;

/// What a body is for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// About whom and what.
    pub ids: &'a Ids,
    /// A number that makes what must be unique unique.
    pub serial: u32,
}

/// The body of an operation.
pub struct Body {
    /// The operation.
    pub operation: &'static str,
    made: Made,
}

/// How a body comes about.
#[derive(Clone, Copy)]
enum Made {
    Over(fn(&Asked<'_>) -> Value),
    Instead(fn(&Asked<'_>) -> Value),
    Found(for<'a> fn(&'a Stage, Option<&'a SignedIn>) -> LocalBoxFuture<'a, Value>),
}

/// The contract's example, with these fields in the place of its own or beside them.
pub const fn over(operation: &'static str, fields: fn(&Asked<'_>) -> Value) -> Body {
    Body { operation, made: Made::Over(fields) }
}

/// Not the contract's example, because it would do something else than what the sweeps need, or since there is none.
pub const fn instead(operation: &'static str, body: fn(&Asked<'_>) -> Value) -> Body {
    Body { operation, made: Made::Instead(body) }
}

/// What only the service can say for this caller.
pub const fn found(
    operation: &'static str,
    body: for<'a> fn(&'a Stage, Option<&'a SignedIn>) -> LocalBoxFuture<'a, Value>,
) -> Body {
    Body { operation, made: Made::Found(body) }
}

/// The body of the operation for this target: right in all its fields, so that an answer tells about the caller and not about it.
pub async fn fill(
    operation: &Operation,
    asked: &Asked<'_>,
    stage: &Stage,
    caller: Option<&SignedIn>,
) -> Option<Value> {
    if !operation.takes_body() {
        return None;
    }
    let registered = each(|feature| feature.bodies).find(|body| body.operation == operation.id);
    let example = || {
        let example = operation.example().unwrap_or_else(|| {
            panic!(
                "{}: give its request an example in the contract, or register `instead` beside its tests",
                operation.id
            )
        });
        filled(example, asked.ids)
    };
    Some(match registered.map(|body| body.made) {
        None => example(),
        Some(Made::Instead(body)) => body(asked),
        Some(Made::Found(body)) => body(stage, caller).await,
        Some(Made::Over(fields)) => {
            let mut body = example();
            let Value::Object(fields) = fields(asked) else {
                panic!("{}: fields are an object", operation.id)
            };
            body.as_object_mut().expect("a body is an object").extend(fields);
            body
        }
    })
}

/// The example about this target.
fn filled(mut example: Value, ids: &Ids) -> Value {
    fn walk(value: &mut Value, ids: &Ids) {
        match value {
            Value::Object(fields) => {
                for (name, inner) in fields {
                    match ids.known(name) {
                        Some(id) if inner.is_string() => *inner = id.to_string().into(),
                        _ => walk(inner, ids),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| walk(item, ids)),
            _ => {}
        }
    }
    walk(&mut example, ids);
    example
}
