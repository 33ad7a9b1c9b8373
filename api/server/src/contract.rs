//! The contract as the code has it.

use crate::{documentation, operations::operations};
use utoipa::openapi::OpenApi;

/// The contract.
pub fn contract() -> OpenApi {
    documentation::finished(operations().split_for_parts().1)
}

/// The contract as it is committed.
///
/// # Errors
/// If it cannot be written as YAML, which a test rules out.
pub fn contract_yaml() -> Result<String, String> {
    documentation::yaml_of(&contract())
}
