//! Values on their way into and out of SQLite. Many lie in one [`Cells`]: texts and bytes behind each other in one buffer, so
//! that a row or a statement's arguments cost two allocations and not one for each value.

use crate::Embedded;
use sqlx::{Database, Encode, Type, encode::IsNull, error::BoxDynError};
use std::{borrow::Cow, fmt};

/// What kind of value this is: SQLite's storage classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Null,
    /// A whole number of up to 64 bits; truth values are 0 and 1.
    Integer,
    /// A floating-point number.
    Real,
    /// Text in UTF-8.
    Text,
    /// Bytes.
    Blob,
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(sqlx::TypeInfo::name(self))
    }
}

impl sqlx::TypeInfo for Kind {
    fn is_null(&self) -> bool {
        *self == Self::Null
    }

    fn name(&self) -> &str {
        match self {
            Self::Null => "NULL",
            Self::Integer => "INTEGER",
            Self::Real => "REAL",
            Self::Text => "TEXT",
            Self::Blob => "BLOB",
        }
    }
}

/// One value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// A floating-point number.
    Real(f64),
    /// Text in UTF-8.
    Text(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
}

#[derive(Debug, Clone, Copy)]
enum Place {
    Null,
    Integer(i64),
    Real(f64),
    Text(usize, usize),
    Blob(usize, usize),
}

/// How many bytes of room for texts, and for bytes, stay when a row is forgotten.
const ROOM_KEPT: usize = 4_096;

/// Several values.
#[derive(Debug, Default)]
pub struct Cells {
    places: Vec<Place>,
    texts: String,
    bytes: Vec<u8>,
}

impl Cells {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Forgets all, and keeps the room for as much again, unless that is uncommonly much.
    pub fn clear(&mut self) {
        self.places.clear();
        self.texts.clear();
        self.bytes.clear();
        self.texts.shrink_to(ROOM_KEPT);
        self.bytes.shrink_to(ROOM_KEPT);
    }

    /// Adds one more.
    pub fn push(&mut self, cell: Cell<'_>) {
        self.places.push(match cell {
            Cell::Null => Place::Null,
            Cell::Integer(number) => Place::Integer(number),
            Cell::Real(number) => Place::Real(number),
            Cell::Text(text) => {
                let from = self.texts.len();
                self.texts.push_str(text);
                Place::Text(from, self.texts.len())
            }
            Cell::Blob(bytes) => {
                let from = self.bytes.len();
                self.bytes.extend_from_slice(bytes);
                Place::Blob(from, self.bytes.len())
            }
        });
    }

    /// The value at this position; `Null` beyond the last.
    pub fn get(&self, position: usize) -> Cell<'_> {
        match self.places.get(position) {
            None | Some(Place::Null) => Cell::Null,
            Some(Place::Integer(number)) => Cell::Integer(*number),
            Some(Place::Real(number)) => Cell::Real(*number),
            Some(Place::Text(from, to)) => Cell::Text(self.texts.get(*from..*to).unwrap_or_default()),
            Some(Place::Blob(from, to)) => Cell::Blob(self.bytes.get(*from..*to).unwrap_or_default()),
        }
    }
}

impl Cell<'_> {
    const fn kind(&self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Integer(_) => Kind::Integer,
            Self::Real(_) => Kind::Real,
            Self::Text(_) => Kind::Text,
            Self::Blob(_) => Kind::Blob,
        }
    }
}

/// A value of a row, borrowed from it.
#[derive(Debug, Clone, Copy)]
pub struct ValueRef<'r>(pub Cell<'r>);

impl<'r> sqlx::ValueRef<'r> for ValueRef<'r> {
    type Database = Embedded;

    fn to_owned(&self) -> OwnedValue {
        let mut cells = Cells::default();
        cells.push(self.0);
        OwnedValue(cells)
    }

    fn type_info(&self) -> Cow<'_, Kind> {
        Cow::Owned(self.0.kind())
    }

    fn is_null(&self) -> bool {
        self.0 == Cell::Null
    }
}

/// A value apart from its row.
#[derive(Debug)]
pub struct OwnedValue(Cells);

impl sqlx::Value for OwnedValue {
    type Database = Embedded;

    fn as_ref(&self) -> ValueRef<'_> {
        ValueRef(self.0.get(0))
    }

    fn type_info(&self) -> Cow<'_, Kind> {
        Cow::Owned(self.0.get(0).kind())
    }

    fn is_null(&self) -> bool {
        self.0.get(0) == Cell::Null
    }
}

/// What is bound to a statement's parameters, in their order.
#[derive(Debug, Default)]
pub struct Arguments(pub Cells);

impl sqlx::Arguments for Arguments {
    type Database = Embedded;

    fn reserve(&mut self, additional: usize, _: usize) {
        self.0.places.reserve(additional);
    }

    fn add<'t, T>(&mut self, value: T) -> Result<(), BoxDynError>
    where
        T: Encode<'t, Embedded> + Type<Embedded>,
    {
        let before = self.0.len();
        if value.encode(&mut self.0)?.is_null() {
            self.0.push(Cell::Null);
        }
        debug_assert_eq!(self.0.len(), before + 1, "one value is one argument");
        Ok(())
    }

    fn len(&self) -> usize {
        self.0.len()
    }
}

/// What an encoded value answers: it is there.
pub(crate) const fn present() -> IsNull {
    IsNull::No
}

/// A value that cannot be read as what was asked for.
pub(crate) fn unexpected(value: &ValueRef<'_>, wanted: Kind) -> BoxDynError {
    format!("{} where {wanted} was expected", value.0.kind()).into()
}

/// The buffer into which [`Embedded`]'s values are encoded.
pub(crate) type Buffer = <Embedded as Database>::ArgumentBuffer;
