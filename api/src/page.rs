//! Lists come in pages. A cursor holds the sort key of the last item, so a page is found by index however far it is, and
//! what is added or removed meanwhile neither repeats nor hides an item.

use crate::error::{Error, Result};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

/// The page size when the caller names none.
pub const DEFAULT_LIMIT: u16 = 50;
/// The largest page.
pub const MAX_LIMIT: u16 = 200;

/// One page of a list.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Where the next page begins; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Reads a cursor that [`paged`] made.
pub fn read_cursor<K: DeserializeOwned>(cursor: Option<&str>) -> Result<Option<K>> {
    let Some(cursor) = cursor else { return Ok(None) };
    URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .map(Some)
        .ok_or_else(|| Error::field("?cursor", "value", "is not a cursor of this list"))
}

/// Makes a page of at most `limit` from rows that were read with one more, to know whether another page follows.
pub fn paged<R, K: Serialize>(mut rows: Vec<R>, limit: u16, key: impl Fn(&R) -> K) -> Result<Page<R>> {
    let limit = usize::from(limit);
    let next_cursor = if rows.len() > limit {
        rows.truncate(limit);
        rows.last()
            .map(|row| serde_json::to_vec(&key(row)).map(|bytes| URL_SAFE_NO_PAD.encode(bytes)))
            .transpose()
            .map_err(Error::internal)?
    } else {
        None
    };
    Ok(Page { items: rows, next_cursor })
}
