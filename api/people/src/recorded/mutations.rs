//! Everything that can be done without network, as the features say.

use crate::app::mutation::{Applied, Applying};
use kernel::error::{Error, Result};
use serde::Deserialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

/// Carries one out, by the feature that has it.
pub(super) async fn apply(operation: &OperationName, applying: &mut Applying<'_>) -> Result<Applied> {
    let mut all = applying.app.features.iter().flat_map(|feature| feature.mutations);
    match all.find(|mutation| mutation.operation == operation.0) {
        Some(mutation) => (mutation.apply)(applying).await,
        None => Err(Error::field("/operation", "unknown_word", "cannot be done without network")),
    }
}

/// An operation, by its name in the contract. Which there are, the contract's assembly says: this knows no feature.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct OperationName(pub String);

impl PartialSchema for OperationName {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("An operation that can be done without network, by its name in this contract."))
            .build()
            .into()
    }
}

impl ToSchema for OperationName {}
