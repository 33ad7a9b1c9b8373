//! Lists during an update, when two versions of the service work on one database. A row that the later one wrote in words that
//! the earlier does not know is left out of the earlier one's lists: one such row must not hide all the others.

use contract::UnknownWord;
use sqlx::{FromRow, Row};
use uuid::Uuid;

/// A row of a list, perhaps of a later version.
#[derive(Debug)]
pub struct Entry<K, R> {
    /// By what it is sorted. It can always be read, so that the pages are the same for both versions.
    pub key: K,
    /// None if it holds a word that is not known here.
    pub row: Option<R>,
}

/// The key of a list that is sorted by its ids.
#[derive(Debug, sqlx::FromRow)]
pub struct ById {
    /// The id.
    pub id: Uuid,
}

impl<'r, D, K, R> FromRow<'r, D> for Entry<K, R>
where
    D: Row,
    K: FromRow<'r, D>,
    R: FromRow<'r, D>,
{
    fn from_row(stored: &'r D) -> sqlx::Result<Self> {
        let row = match R::from_row(stored) {
            Ok(row) => Some(row),
            Err(sqlx::Error::ColumnDecode { source, .. }) if source.is::<UnknownWord>() => None,
            Err(error) => return Err(error),
        };
        Ok(Self { key: K::from_row(stored)?, row })
    }
}

/// What can be read, of a list that has no pages.
pub fn of_all<R>(entries: Vec<Entry<(), R>>) -> Vec<R> {
    entries.into_iter().filter_map(|entry| entry.row).collect()
}
