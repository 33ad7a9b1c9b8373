//! Everything that can be done without network, one line a feature.

use crate::{
    appointment,
    mutation::{Applied, Applying, Mutate},
};
use kernel::error::{Error, Result};
use serde::Deserialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

macro_rules! mutations {
    ($($feature:ty),+ $(,)?) => {
        /// The operations that can be done without network.
        pub fn operations() -> Vec<&'static str> {
            [$(<$feature as Mutate>::OPERATIONS),+].concat()
        }

        /// Carries one out, by the feature that has it.
        pub(super) async fn apply(applying: &mut Applying<'_>) -> Result<Applied> {
            $(
                if <$feature as Mutate>::OPERATIONS.contains(&applying.operation) {
                    return <$feature as Mutate>::apply(applying).await;
                }
            )+
            Err(Error::field("/operation", "unknown_word", "cannot be done without network"))
        }
    };
}

mutations! {
    appointment::Mutations,
}

/// An operation, by its name in the contract.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct OperationName(pub String);

impl PartialSchema for OperationName {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(operations()))
            .description(Some("An operation that can be done without network, by its name in this contract."))
            .build()
            .into()
    }
}

impl ToSchema for OperationName {}
