//! One statement with its values, on whichever database the transaction runs. [`Param`] is what can be bound on both,
//! [`Record`] what can be read from both.

use crate::{Error, Faults, Result, Sql, listings, sql::parameter_count, tx::Connection};
use embedded::Embedded;
use sqlx::{
    Arguments, AssertSqlSafe, Encode, FromRow, Postgres, Row, SqlSafeStr, SqlStr, Type,
    postgres::PgArguments, postgres::PgRow,
};
use std::ops::ControlFlow;

/// A value that both databases can store.
pub trait Param<'q>: Encode<'q, Embedded> + Type<Embedded> + Encode<'q, Postgres> + Type<Postgres> {}
impl<'q, T> Param<'q> for T where
    T: Encode<'q, Embedded> + Type<Embedded> + Encode<'q, Postgres> + Type<Postgres>
{
}

/// A row that can be read from both databases; `#[derive(sqlx::FromRow)]` and tuples are.
pub trait Record: for<'r> FromRow<'r, embedded::Row> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Record for T where T: for<'r> FromRow<'r, embedded::Row> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// A single value that can be read from both databases.
pub trait Scalar:
    for<'r> sqlx::Decode<'r, Embedded>
    + Type<Embedded>
    + for<'r> sqlx::Decode<'r, Postgres>
    + Type<Postgres>
    + Send
    + Unpin
{
}
impl<T> Scalar for T where
    T: for<'r> sqlx::Decode<'r, Embedded>
        + Type<Embedded>
        + for<'r> sqlx::Decode<'r, Postgres>
        + Type<Postgres>
        + Send
        + Unpin
{
}

enum Values {
    Embedded(embedded::Arguments),
    Postgres(PgArguments),
}

/// Statements over so many rows or fewer are run all the time.
const OFTEN: usize = 16;

/// The text of a statement.
pub(crate) enum Text {
    /// The connection keeps it prepared: it was written in the source, or is one of a few that were put together from it.
    Kept(&'static str),
    /// Put together for a number of rows that will hardly come again.
    Once(String),
}

/// A statement about to run. Bind its values in the order of its parameters, then run it.
#[must_use = "a query does nothing until it is run"]
pub struct Query<'t> {
    connection: &'t mut Connection,
    text: Text,
    template: &'static str,
    parameters: usize,
    values: Values,
    /// How many parameters of rows that were not asked for are still to be filled.
    empty: usize,
    refused: Option<Error>,
    /// Where a test may hold it.
    faults: Option<&'t Faults>,
    /// Whether PostgreSQL plans it for these values each time.
    is_planned_anew: bool,
}

impl Text {
    const fn is_kept(&self) -> bool {
        matches!(self, Self::Kept(_))
    }

    fn into_sql(self) -> SqlStr {
        match self {
            Self::Kept(text) => text.into_sql_str(),
            Self::Once(text) => AssertSqlSafe(text).into_sql_str(),
        }
    }
}

impl<'t> Query<'t> {
    pub(crate) fn new(connection: &'t mut Connection, sql: Sql) -> Self {
        let template = connection.text(sql);
        let parameters = parameter_count(template);
        Self::with_text(connection, template, Text::Kept(template), parameters)
    }

    /// A statement whose `{rows}` stands for `rows` groups of `columns` parameters, and whose other parameters, written `?`,
    /// stand in their place. A long list of `$n` is quadratic on SQLite; plain `?` is not.
    pub(crate) fn listing(connection: &'t mut Connection, sql: Sql, rows: usize, columns: usize) -> Self {
        let template = connection.text(sql);
        let (text, parameters) = if rows <= OFTEN {
            let (text, parameters) = listings::kept(template, rows, columns, connection.is_embedded());
            (Text::Kept(text), parameters)
        } else {
            let (text, parameters) = listings::expand(template, rows, columns, connection.is_embedded());
            (Text::Once(text), parameters)
        };
        Self::with_text(connection, template, text, parameters)
    }

    /// The same with room for at least so many rows, one of a few numbers, so that the statement need not be prepared again for
    /// each number.
    pub(crate) fn kept_listing(
        connection: &'t mut Connection,
        sql: Sql,
        rows: usize,
        columns: usize,
    ) -> Self {
        let room = listings::room(rows);
        let template = connection.text(sql);
        let (text, parameters) = listings::kept(template, room, columns, connection.is_embedded());
        let query = Self::with_text(connection, template, Text::Kept(text), parameters);
        Self { empty: (room - rows) * columns, ..query }
    }

    fn with_text(
        connection: &'t mut Connection,
        template: &'static str,
        text: Text,
        parameters: usize,
    ) -> Self {
        let values = match connection {
            Connection::Lease(_) | Connection::Snapshot(_) => {
                Values::Embedded(embedded::Arguments::default())
            }
            Connection::Postgres(_) | Connection::Glance(_) => Values::Postgres(PgArguments::default()),
        };
        Self {
            connection,
            text,
            template,
            parameters,
            values,
            empty: 0,
            refused: None,
            faults: None,
            is_planned_anew: false,
        }
    }

    pub(crate) fn refused(mut self, error: Option<Error>) -> Self {
        self.refused = error;
        self
    }

    pub(crate) const fn held_by(mut self, faults: Option<&'t Faults>) -> Self {
        self.faults = faults;
        self
    }

    /// Lets PostgreSQL plan it for the values that are bound, each time: where some of them are rare and others common, one plan for all reads too
    /// much for some.
    pub const fn planned_anew(mut self) -> Self {
        self.is_planned_anew = true;
        self
    }

    /// Binds the next value.
    pub fn bind<'q>(mut self, value: impl Param<'q>) -> Self {
        let added = match &mut self.values {
            Values::Embedded(values) => values.add(value),
            Values::Postgres(values) => values.add(value),
        };
        if let Err(error) = added {
            self.refused.get_or_insert(Error::Database(sqlx::Error::Encode(error)));
        }
        self
    }

    /// Binds the next value on SQLite, where it is a parameter.
    pub(crate) fn bind_on_sqlite<'q>(self, value: impl Param<'q>) -> Self {
        match self.values {
            Values::Embedded(_) => self.bind(value),
            Values::Postgres(_) => self,
        }
    }

    /// Binds NULL to what [`Tx::query_kept_rows`](crate::Tx::query_kept_rows) left room for. `T` is the type of the rows'
    /// columns.
    pub fn fill<'q, T>(mut self) -> Self
    where
        Option<T>: Param<'q>,
    {
        for _ in 0..std::mem::take(&mut self.empty) {
            self = self.bind(None::<T>);
        }
        self
    }

    fn check(&mut self) -> Result<()> {
        if let Some(error) = self.refused.take() {
            return Err(error);
        }
        let bound = match &self.values {
            Values::Embedded(values) => values.len(),
            Values::Postgres(values) => values.len(),
        };
        if bound != self.parameters {
            return Err(Error::Parameters { bound, parameters: self.parameters, statement: self.template });
        }
        Ok(())
    }

    /// Runs the statement; how many rows it touched.
    pub async fn execute(mut self) -> Result<u64> {
        self.check()?;
        match (self.connection, self.values) {
            (connection, Values::Postgres(values)) => {
                let connection = connection.postgres().ok_or_else(other_database)?;
                if let Some(faults) = self.faults {
                    faults.pause().await;
                }
                let is_kept = self.text.is_kept() && !self.is_planned_anew;
                let query = sqlx::query_with::<Postgres, _>(self.text.into_sql(), values);
                Ok(query.persistent(is_kept).execute(connection).await?.rows_affected())
            }
            (connection, Values::Embedded(values)) => {
                connection.run(&self.text, &values, &mut |_| Ok(ControlFlow::Continue(())))
            }
        }
    }

    /// The rows of the answer, each as `embedded` or `postgres` reads it; the first alone if no more are wanted.
    async fn rows<T>(
        mut self,
        is_first_enough: bool,
        embedded: impl Fn(&embedded::Row) -> sqlx::Result<T>,
        postgres: impl Fn(&PgRow) -> sqlx::Result<T>,
    ) -> Result<Vec<T>> {
        self.check()?;
        let mut read = Vec::new();
        match (self.connection, self.values) {
            (connection, Values::Postgres(values)) => {
                let connection = connection.postgres().ok_or_else(other_database)?;
                if let Some(faults) = self.faults {
                    faults.pause().await;
                }
                let is_kept = self.text.is_kept() && !self.is_planned_anew;
                let query = sqlx::query_with::<Postgres, _>(self.text.into_sql(), values).persistent(is_kept);
                if is_first_enough {
                    let row = query.fetch_optional(connection).await?;
                    read.extend(row.as_ref().map(&postgres).transpose()?);
                } else {
                    let rows = query.fetch_all(connection).await?;
                    read.reserve_exact(rows.len());
                    for row in &rows {
                        read.push(postgres(row)?);
                    }
                }
            }
            (connection, Values::Embedded(values)) => {
                connection.run(&self.text, &values, &mut |row| {
                    read.push(embedded(row)?);
                    Ok(if is_first_enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
                })?;
            }
        }
        Ok(read)
    }

    /// Every row, in the statement's order.
    pub async fn all<R: Record>(self) -> Result<Vec<R>> {
        self.rows(false, |row| R::from_row(row), |row| R::from_row(row)).await
    }

    /// The only row, if there is one.
    pub async fn optional<R: Record>(self) -> Result<Option<R>> {
        Ok(self.rows(true, |row| R::from_row(row), |row| R::from_row(row)).await?.pop())
    }

    /// The only row. Its absence is an error.
    pub async fn one<R: Record>(self) -> Result<R> {
        self.optional().await?.ok_or(Error::Database(sqlx::Error::RowNotFound))
    }

    /// The first column of the only row, if there is one.
    pub async fn optional_scalar<T: Scalar>(self) -> Result<Option<T>> {
        Ok(self.rows(true, |row| row.try_get(0), |row| row.try_get(0)).await?.pop())
    }

    /// The first column of the only row. Its absence is an error.
    pub async fn scalar<T: Scalar>(self) -> Result<T> {
        self.optional_scalar().await?.ok_or(Error::Database(sqlx::Error::RowNotFound))
    }

    /// The first column of every row.
    pub async fn scalars<T: Scalar>(self) -> Result<Vec<T>> {
        self.rows(false, |row| row.try_get(0), |row| row.try_get(0)).await
    }
}

fn other_database() -> Error {
    Error::Settings("values were bound for another database".to_owned())
}
