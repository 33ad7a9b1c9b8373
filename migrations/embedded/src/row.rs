//! A row of an answer. One [`Row`] is filled again for every row of an answer, and what is wanted of it is decoded before the
//! next: an answer of many rows allocates no more than an answer of one.

use crate::{
    Embedded,
    value::{Cell, Cells, Kind, ValueRef},
};
use sqlx::{ColumnIndex, Error};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// A column of an answer.
#[derive(Debug, Clone)]
pub struct Column {
    name: Box<str>,
    position: usize,
}

impl Column {
    /// The columns of these names, in their order.
    pub fn named<'n>(names: impl Iterator<Item = &'n str>) -> Arc<[Self]> {
        names.enumerate().map(|(position, name)| Self { name: name.into(), position }).collect()
    }
}

impl sqlx::Column for Column {
    type Database = Embedded;

    fn ordinal(&self) -> usize {
        self.position
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn type_info(&self) -> &Kind {
        // SQLite's values have kinds, its columns have not.
        &Kind::Null
    }
}

/// A row.
#[derive(Debug)]
pub struct Row {
    columns: Arc<[Column]>,
    cells: Cells,
    /// Where the column that is asked for next most likely stands: rows are read in the order in which they were written out.
    likely: AtomicUsize,
}

impl Row {
    /// An empty row of these columns.
    pub fn new(columns: Arc<[Column]>) -> Self {
        Self { columns, cells: Cells::default(), likely: AtomicUsize::new(0) }
    }

    /// How many columns it has.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// Begins the next row: no values yet. The room that the last one took stays, unless it was uncommonly large.
    pub fn clear(&mut self) {
        self.cells.clear();
        self.likely.store(0, Ordering::Relaxed);
    }

    /// Adds the value of the next column.
    pub fn push(&mut self, cell: Cell<'_>) {
        self.cells.push(cell);
    }
}

impl sqlx::Row for Row {
    type Database = Embedded;

    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn try_get_raw<I>(&self, index: I) -> Result<ValueRef<'_>, Error>
    where
        I: ColumnIndex<Self>,
    {
        Ok(ValueRef(self.cells.get(index.index(self)?)))
    }
}

impl ColumnIndex<Row> for usize {
    fn index(&self, row: &Row) -> Result<usize, Error> {
        let len = row.columns.len();
        if *self < len { Ok(*self) } else { Err(Error::ColumnIndexOutOfBounds { index: *self, len }) }
    }
}

impl ColumnIndex<Row> for str {
    fn index(&self, row: &Row) -> Result<usize, Error> {
        let likely = row.likely.load(Ordering::Relaxed);
        let found = match row.columns.get(likely) {
            Some(column) if &*column.name == self => Some(likely),
            _ => row.columns.iter().position(|column| &*column.name == self),
        };
        let position = found.ok_or_else(|| Error::ColumnNotFound(self.to_owned()))?;
        row.likely.store(position + 1, Ordering::Relaxed);
        Ok(position)
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Column, Row};
    use sqlx::{FromRow, Row as _};

    #[derive(FromRow, Debug, PartialEq)]
    struct Person {
        name: String,
        age: Option<i64>,
    }

    #[test]
    fn rows_are_read_by_name_in_any_order_and_by_position() {
        let mut row = Row::new(Column::named(["age", "name"].into_iter()));
        for (age, name) in [(Cell::Integer(40), "Aïcha"), (Cell::Null, "ⵉⴷⵉⵔ")] {
            row.clear();
            row.push(age);
            row.push(Cell::Text(name));
            let person = Person::from_row(&row).expect("a person");
            assert_eq!(person.name, name);
            assert_eq!(person.age.is_some(), age != Cell::Null);
            assert_eq!(row.try_get::<&str, _>(1).expect("a name"), name);
        }
        assert!(row.try_get::<i64, _>("height").is_err());
        assert!(row.try_get::<i64, _>(2).is_err());
    }
}
