//! The values of the embedded database, in sqlx's own traits.
//!
//! The service runs SQLite's statements itself, on whichever thread holds the connection (crate `db`): sqlx would hand each of
//! them to a thread of its own and wait for the answer, which costs more than most statements. What sqlx does best stays: types
//! say how they are stored with `Type`, `Encode` and `Decode`, and rows are read with `#[derive(sqlx::FromRow)]`, the same
//! for SQLite and PostgreSQL. For that, [`Embedded`] is a [`Database`](sqlx::Database) of sqlx: it has values, rows and
//! arguments, and no connection ([`Nowhere`] cannot be made).

mod nowhere;
mod row;
mod types;
mod value;

pub use nowhere::Nowhere;
pub use row::{Column, Row};
pub use value::{Arguments, Cell, Cells, Kind, OwnedValue, ValueRef};

/// The embedded database, as sqlx's traits know a database.
#[derive(Debug)]
pub struct Embedded;

impl sqlx::Database for Embedded {
    type Connection = Nowhere;
    type TransactionManager = Nowhere;
    type Row = Row;
    type QueryResult = Touched;
    type Column = Column;
    type TypeInfo = Kind;
    type Value = OwnedValue;
    type ValueRef<'r> = ValueRef<'r>;
    type Arguments = Arguments;
    type ArgumentBuffer = Cells;
    type Statement = Nowhere;
    const NAME: &'static str = "SQLite";
    const URL_SCHEMES: &'static [&'static str] = &[];
}

/// How many rows a statement touched.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Touched(pub u64);

impl Extend<Self> for Touched {
    fn extend<T: IntoIterator<Item = Self>>(&mut self, more: T) {
        for one in more {
            self.0 += one.0;
        }
    }
}
