//! Which operations know `Idempotency-Key`: those whose contract says so, read off the contract itself. Sent to any other, the
//! header says nothing, since an app may send it with everything. An operation that acted on it without saying so would answer a
//! second change of a password with what came of the first.

use axum::http::Method;
use std::{collections::HashSet, sync::Arc};
use utoipa::openapi::{OpenApi, RefOr, path::Operation};

/// The header's name.
pub const HEADER: &str = "Idempotency-Key";

/// The operations that know the header. Rides on every request.
#[derive(Debug, Clone)]
pub struct KeyedOperations(Arc<HashSet<(Method, String)>>);

impl KeyedOperations {
    /// Those of this contract.
    pub fn of(contract: &OpenApi) -> Self {
        let mut known = HashSet::new();
        for (path, item) in &contract.paths.paths {
            for (method, operation) in [
                (Method::POST, &item.post),
                (Method::PUT, &item.put),
                (Method::PATCH, &item.patch),
                (Method::DELETE, &item.delete),
            ] {
                if operation.as_ref().is_some_and(declares_it) {
                    known.insert((method, path.clone()));
                }
            }
        }
        Self(Arc::new(known))
    }

    /// Whether this operation is one of them.
    pub fn has(&self, method: &Method, path: &str) -> bool {
        // A look-up by parts would need a key of its own; there are few operations.
        self.0.iter().any(|(known, at)| known == method && at == path)
    }
}

fn declares_it(operation: &Operation) -> bool {
    operation.parameters.iter().flatten().any(|parameter| match parameter {
        RefOr::T(parameter) => parameter.name == HEADER,
        RefOr::Ref(_) => false,
    })
}
