//! Lists come in pages. A cursor holds the sort key of the last item, so a page is found by index however far it is, and
//! what is added or removed meanwhile neither repeats nor hides an item.
//!
//! What a list can be asked is declared with [`list_query!`]: its own filters, then `cursor` and `limit`, which are the same
//! for every list and stand here once. Both come out of it together as a [`Paging`].

use crate::{
    error::{Error, Result},
    legible::Entry,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

/// The page size when the caller names none.
const DEFAULT_LIMIT: u16 = 50;
/// The largest page.
pub const MAX_LIMIT: u16 = 200;

/// Declares the query parameters of a list. The fields of the page are written into the struct itself, since `flatten` would
/// let unknown parameters through.
#[macro_export]
macro_rules! list_query {
    ($(#[$meta:meta])* pub struct $name:ident { $($filters:tt)* }) => {
        $(#[$meta])*
        #[derive(serde::Deserialize, validator::Validate, utoipa::IntoParams)]
        #[serde(deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub struct $name {
            $($filters)*
            /// Where the page begins: `next_cursor` of the page before.
            #[validate(length(max = 256))]
            #[param(max_length = 256)]
            cursor: Option<String>,
            /// How many at most.
            #[validate(range(min = 1, max = $crate::page::MAX_LIMIT))]
            #[param(minimum = 1, maximum = 200, default = 50)]
            limit: Option<u16>,
        }

        impl $name {
            /// Which page is asked for, in a list that is sorted by `K`.
            pub fn paging<K: serde::de::DeserializeOwned>(&self) -> $crate::error::Result<$crate::page::Paging<K>> {
                $crate::page::Paging::read(self.cursor.as_deref(), self.limit)
            }
        }
    };
}
pub use list_query;

list_query! {
    /// Which page of a list that cannot be filtered.
    #[derive(Debug)]
    pub struct PageQuery {}
}

/// One page of a list.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Where the next page begins; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The only page of a list that has no more.
    pub const fn only(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }

    /// The same page of what each item becomes, without those that become nothing: what a later version of this service wrote and
    /// this one cannot read. Where the next page begins does not depend on that.
    pub fn filter_map<U>(self, item: impl FnMut(T) -> Option<U>) -> Page<U> {
        Page { items: self.items.into_iter().filter_map(item).collect(), next_cursor: self.next_cursor }
    }

    /// The same page of what each item becomes.
    pub fn map<U>(self, item: impl FnMut(T) -> Result<U>) -> Result<Page<U>> {
        let items = self.items.into_iter().map(item).collect::<Result<_>>()?;
        Ok(Page { items, next_cursor: self.next_cursor })
    }
}

impl<K, R> Page<Entry<K, R>> {
    /// The same page of what can be read.
    pub fn legible(self) -> Page<R> {
        self.filter_map(|entry| entry.row)
    }
}

/// The page that a caller asks for.
#[derive(Debug, Clone, Copy)]
pub struct Paging<K> {
    /// The sort key of the last item before it; none for the first page.
    pub after: Option<K>,
    /// The most items on it.
    pub limit: u16,
}

impl<K: DeserializeOwned> Paging<K> {
    /// From what the caller sent.
    pub fn read(cursor: Option<&str>, limit: Option<u16>) -> Result<Self> {
        Ok(Self { after: cursor.map(read_cursor).transpose()?, limit: limit.unwrap_or(DEFAULT_LIMIT) })
    }
}

impl<K> Paging<K> {
    /// How many rows to read: one more than the page holds, to know whether another page follows.
    pub fn rows(&self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// The page from the rows that were read.
    pub fn page<R>(&self, mut rows: Vec<R>, key: impl Fn(&R) -> K) -> Result<Page<R>>
    where
        K: Serialize,
    {
        let limit = usize::from(self.limit);
        let next_cursor = if rows.len() > limit {
            rows.truncate(limit);
            rows.last().map(|row| write_cursor(&key(row))).transpose()?
        } else {
            None
        };
        Ok(Page { items: rows, next_cursor })
    }
}

fn read_cursor<K: DeserializeOwned>(cursor: &str) -> Result<K> {
    URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or_else(|| Error::field("?cursor", "value", "is not a cursor of this list"))
}

fn write_cursor(key: &impl Serialize) -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).map_err(Error::internal)?))
}
