//! The door: what handlers take from a request. The extractor is the validation, so a handler that holds a value holds a
//! good one, and every refusal names the field.

mod body;
mod call;
mod canonical;
mod described;
pub mod fields;
mod if_match;
mod json_scan;
mod keyed;
mod objects;
mod path;
mod query;

pub use body::{Body, MAX_BODY, read};
pub use call::{Call, Callers, Digest};
pub use if_match::{IfMatch, etag};
pub use keyed::KeyedOperations;
pub use path::Path;
pub use query::Query;
