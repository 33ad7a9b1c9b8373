//! What sqlx asks of a database beyond its values: a connection, transactions, prepared statements. [`Embedded`] has none of
//! them, so they are a type without values: whoever would need one cannot get it, and the compiler knows that.

use crate::{Arguments, Column, Embedded, Kind};
use either::Either;
use sqlx::{ColumnIndex, Error, SqlStr, Transaction};
use sqlx_core::transaction::TransactionManager;
use std::{str::FromStr, time::Duration};
use url::Url;

/// The connection, transaction manager and statement that do not exist.
#[derive(Debug, Clone, Copy)]
pub enum Nowhere {}

/// The options for connecting that do not exist.
#[derive(Debug, Clone, Copy)]
pub enum NoOptions {}

fn none() -> Error {
    Error::Configuration("the embedded database is opened by the crate `db`".into())
}

impl sqlx::Connection for Nowhere {
    type Database = Embedded;
    type Options = NoOptions;

    async fn close(self) -> Result<(), Error> {
        match self {}
    }
    async fn close_hard(self) -> Result<(), Error> {
        match self {}
    }
    async fn ping(&mut self) -> Result<(), Error> {
        match *self {}
    }
    async fn begin(&mut self) -> Result<Transaction<'_, Embedded>, Error> {
        match *self {}
    }
    fn shrink_buffers(&mut self) {
        match *self {}
    }
    async fn flush(&mut self) -> Result<(), Error> {
        match *self {}
    }
    fn should_flush(&self) -> bool {
        match *self {}
    }
}

impl FromStr for NoOptions {
    type Err = Error;
    fn from_str(_: &str) -> Result<Self, Error> {
        Err(none())
    }
}

impl sqlx::ConnectOptions for NoOptions {
    type Connection = Nowhere;

    fn from_url(_: &Url) -> Result<Self, Error> {
        Err(none())
    }
    async fn connect(&self) -> Result<Nowhere, Error> {
        match *self {}
    }
    fn log_statements(self, _: log::LevelFilter) -> Self {
        match self {}
    }
    fn log_slow_statements(self, _: log::LevelFilter, _: Duration) -> Self {
        match self {}
    }
}

impl TransactionManager for Nowhere {
    type Database = Embedded;

    async fn begin(connection: &mut Nowhere, _: Option<SqlStr>) -> Result<(), Error> {
        match *connection {}
    }
    async fn commit(connection: &mut Nowhere) -> Result<(), Error> {
        match *connection {}
    }
    async fn rollback(connection: &mut Nowhere) -> Result<(), Error> {
        match *connection {}
    }
    fn start_rollback(connection: &mut Nowhere) {
        match *connection {}
    }
    fn get_transaction_depth(connection: &Nowhere) -> usize {
        match *connection {}
    }
}

impl ColumnIndex<Nowhere> for usize {
    fn index(&self, statement: &Nowhere) -> Result<usize, Error> {
        match *statement {}
    }
}

impl sqlx::Statement for Nowhere {
    type Database = Embedded;

    fn into_sql(self) -> SqlStr {
        match self {}
    }
    fn sql(&self) -> &SqlStr {
        match *self {}
    }
    fn parameters(&self) -> Option<Either<&[Kind], usize>> {
        match *self {}
    }
    fn columns(&self) -> &[Column] {
        match *self {}
    }
    sqlx_core::impl_statement_query!(Arguments);
}

sqlx_core::impl_into_arguments_for_arguments!(Arguments);
