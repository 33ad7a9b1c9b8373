//! One connection to the file.

use crate::{Error, KEPT_STATEMENTS, Result, query::Text};
use embedded::{Arguments, Cell, Column, Row};
use rusqlite::{
    Connection, OpenFlags, Statement, ToSql,
    config::DbConfig,
    types::{ToSqlOutput, ValueRef},
};
use std::{
    collections::HashMap,
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::Duration,
};

/// How long a connection waits for another process in the rare moments in which a reader must: when it opens the file, and
/// when the log is recovered. Whoever writes waits without holding a thread; see [`super::writer`].
const PATIENCE: Duration = Duration::from_secs(5);

/// The file, and how it is opened.
#[derive(Debug, Clone)]
pub(crate) struct File {
    path: PathBuf,
    may_write: bool,
    /// The page cache, in KiB.
    cache: u32,
}

impl File {
    pub(crate) const fn to_write(path: PathBuf, cache: u32) -> Self {
        Self { path, may_write: true, cache }
    }

    pub(crate) const fn to_read(path: PathBuf, cache: u32) -> Self {
        Self { path, may_write: false, cache }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens a connection.
    pub(crate) fn open(&self) -> Result<Engine> {
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if self.may_write {
            flags |= OpenFlags::SQLITE_OPEN_CREATE;
        }
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(PATIENCE)?;
        connection.set_prepared_statement_cache_capacity(KEPT_STATEMENTS);
        // Otherwise SQLite plans a statement anew whenever other values are bound to it, as its statistics might tell it to:
        // a third of the time of a small request. https://www.sqlite.org/c3ref/c_dbconfig_defensive.html#sqlitedbconfigenableqpsg
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        let cache = -i64::from(self.cache);
        connection.pragma_update(None, "cache_size", cache)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        if self.may_write {
            connection.pragma_update(None, "journal_mode", "WAL")?;
            // A confirmed appointment must survive a power cut: FULL syncs the log at every commit.
            connection.pragma_update(None, "synchronous", "FULL")?;
            // Deleted text would otherwise stay readable in the file.
            connection.pragma_update(None, "secure_delete", true)?;
            connection.busy_timeout(Duration::ZERO)?;
            // See `checkpoint`.
            connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        } else {
            connection.pragma_update(None, "query_only", true)?;
        }
        Ok(Engine { connection, shapes: HashMap::new() })
    }
}

/// An open connection.
pub(crate) struct Engine {
    connection: Connection,
    /// Of the statements that stay prepared, by where their texts lie: for as long as the program runs.
    shapes: HashMap<(usize, usize), Shape>,
}

/// How much of the write-ahead log is to be copied into the database file.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Copying {
    /// Nothing: the log is only looked at.
    Nothing,
    /// What nobody reads in the file right now. Nobody is waited for.
    All,
}

/// The write-ahead log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Log {
    /// How many pages are in it.
    pub pages: i64,
    /// How many of them are in the database file, too.
    pub copied: i64,
}

/// What becomes of the rows of an answer: each is seen once, until somebody has seen enough.
pub(crate) type EachRow<'e> = &'e mut dyn FnMut(&Row) -> Result<ControlFlow<()>>;

impl Engine {
    /// Runs a statement; how many rows it touched.
    pub(crate) fn run(&mut self, text: &Text, arguments: &Arguments, each: EachRow<'_>) -> Result<u64> {
        match text {
            Text::Kept(text) => {
                let mut statement = self.connection.prepare_cached(text)?;
                let shape = self
                    .shapes
                    .entry((text.as_ptr().addr(), text.len()))
                    .or_insert_with(|| Shape::of(&statement));
                step(&mut statement, shape, arguments, each)?;
            }
            Text::Once(text) => {
                let mut statement = self.connection.prepare(text)?;
                let mut shape = Shape::of(&statement);
                step(&mut statement, &mut shape, arguments, each)?;
            }
        }
        Ok(self.connection.changes())
    }

    /// Runs a statement without parameters that answers nothing.
    pub(crate) fn command(&self, text: &'static str) -> Result<()> {
        let mut statement = self.connection.prepare_cached(text)?;
        let mut rows = statement.raw_query();
        while rows.next()?.is_some() {}
        Ok(())
    }

    /// How long the write-ahead log is, after as much of it was copied as can be.
    pub(crate) fn log(&self, copying: Copying) -> Result<Log> {
        // https://www.sqlite.org/pragma.html#pragma_wal_checkpoint
        let text = match copying {
            Copying::Nothing => "PRAGMA wal_checkpoint(NOOP)",
            Copying::All => "PRAGMA wal_checkpoint(PASSIVE)",
        };
        let mut statement = self.connection.prepare_cached(text)?;
        Ok(statement.query_row([], |row| Ok(Log { pages: row.get(1)?, copied: row.get(2)? }))?)
    }

    /// Whether a transaction is open. SQLite ends one by itself when the disk is full, cannot be written, or memory is short.
    pub(crate) fn is_in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }
}

/// What goes into a statement, and what comes out of it.
struct Shape {
    /// For each of its parameters, which of the values it takes.
    takes: Box<[usize]>,
    /// Filled again for every row.
    row: Row,
}

impl Shape {
    fn of(statement: &Statement<'_>) -> Self {
        let takes = (1..=statement.parameter_count()).map(|position| {
            // `$7` is the seventh value wherever it stands; a bare `?` is the one of its own position.
            let numbered = statement.parameter_name(position).and_then(|name| name.get(1..)?.parse().ok());
            numbered.unwrap_or(position) - 1
        });
        Self { takes: takes.collect(), row: Row::new(Column::named(statement.column_names().into_iter())) }
    }
}

fn step(
    statement: &mut Statement<'_>,
    shape: &mut Shape,
    arguments: &Arguments,
    each: EachRow<'_>,
) -> Result<()> {
    for (index, value) in shape.takes.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, Bound(arguments.0.get(*value)))?;
    }
    let row = &mut shape.row;
    let width = row.width();
    let mut rows = statement.raw_query();
    while let Some(found) = rows.next()? {
        row.clear();
        for position in 0..width {
            row.push(match found.get_ref(position)? {
                ValueRef::Null => Cell::Null,
                ValueRef::Integer(number) => Cell::Integer(number),
                ValueRef::Real(number) => Cell::Real(number),
                ValueRef::Text(text) => Cell::Text(std::str::from_utf8(text).map_err(not_text)?),
                ValueRef::Blob(bytes) => Cell::Blob(bytes),
            });
        }
        if each(row)?.is_break() {
            break;
        }
    }
    row.clear();
    Ok(())
}

fn not_text(error: std::str::Utf8Error) -> Error {
    Error::Database(sqlx::Error::Decode(error.into()))
}

struct Bound<'a>(Cell<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Cell::Null => ValueRef::Null,
            Cell::Integer(number) => ValueRef::Integer(number),
            Cell::Real(number) => ValueRef::Real(number),
            Cell::Text(text) => ValueRef::Text(text.as_bytes()),
            Cell::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
