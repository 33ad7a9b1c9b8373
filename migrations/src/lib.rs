//! Storage: one seam, two databases.
//!
//! The service runs on SQLite (embedded, the default) or PostgreSQL, chosen by `DATABASE_URL`. This crate is the only place
//! that knows there are two. Everyone else opens a [`Db`], begins a [`Tx`] and runs [`sql!`] statements through it:
//!
//! - [`Db::write`] begins a transaction that may change things. On SQLite it takes the write lock at once, since a
//!   transaction that reads first and writes later fails as soon as two of them meet.
//! - [`Db::read`] begins one that sees a single moment of the data and cannot change it.
//!
//! The schema lies in `sqlite/` and `postgres/`, two versions of the same tables that a test compares.

mod error;
mod faults;
mod query;
mod sql;
mod statements;
mod tx;

pub use error::{Error, Result};
pub use faults::Faults;
pub use query::{Param, Query, Record, Scalar};
pub use sql::Sql;
pub use statements::Statements;
pub use tx::{Change, Operation, Tx};

use sqlx::{
    Connection as _, PgPool, SqlitePool,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{path::Path, str::FromStr, sync::Arc, time::Duration};
use tx::Connection;

static SQLITE_SCHEMA: Migrator = sqlx::migrate!("./sqlite");
static POSTGRES_SCHEMA: Migrator = sqlx::migrate!("./postgres");

/// How long a request waits for a connection before it is told to come again.
const PATIENCE: Duration = Duration::from_secs(10);
/// SQLite's page cache of one connection, in KiB (a negative number, as SQLite wants it).
const SQLITE_CACHE: &str = "-2000";
const SQLITE_READERS: u32 = 4;
/// How many rows SQLite's thread may be ahead of their reader. With fewer, a long answer makes the two wait for each other
/// every so many rows.
const SQLITE_ROW_BUFFER: usize = 1_024;
const POSTGRES_CONNECTIONS: u32 = 16;
/// A connection that was used this recently is still there; asking it each time would cost a round trip for every request.
const POSTGRES_TRUSTED_IDLE: Duration = Duration::from_secs(1);

/// An open database.
#[derive(Clone)]
pub struct Db {
    pools: Pools,
    faults: Option<Arc<Faults>>,
    statements: Option<Arc<Statements>>,
}

#[derive(Clone)]
enum Pools {
    /// One connection writes, several read: SQLite has one writer at a time, and readers never wait for it.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

impl Db {
    /// Opens the database that `url` names: `sqlite:PATH` (the file is made if need be) or `postgres://…`.
    pub async fn open(url: &str) -> Result<Self> {
        let scheme = url.split(':').next().unwrap_or_default();
        let pools = match scheme {
            "sqlite" => Self::open_sqlite(url).await?,
            "postgres" | "postgresql" => Self::open_postgres(url).await?,
            other => return Err(Error::UnknownScheme { scheme: other.chars().take(20).collect() }),
        };
        Ok(Self { pools, faults: None, statements: None })
    }

    async fn open_sqlite(url: &str) -> Result<Pools> {
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A confirmed appointment must survive a power cut: FULL syncs the log at every commit.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            .row_buffer_size(SQLITE_ROW_BUFFER)
            // Deleted text would otherwise stay readable in the file.
            .pragma("secure_delete", "ON")
            .pragma("cache_size", SQLITE_CACHE)
            .pragma("trusted_schema", "OFF")
            .pragma("temp_store", "MEMORY");
        let pool = |connections| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(PATIENCE)
                // A file does not hang up, and what a connection has read and prepared is worth keeping.
                .test_before_acquire(false)
                .idle_timeout(None)
                .max_lifetime(None)
        };
        let writer = pool(1).connect_with(options.clone()).await?;
        protect_file(options.get_filename())?;
        let reading = options.create_if_missing(false).pragma("query_only", "ON");
        let readers = pool(SQLITE_READERS).connect_with(reading).await?;
        Ok(Pools::Sqlite { writer, readers })
    }

    async fn open_postgres(url: &str) -> Result<Pools> {
        let options = PgConnectOptions::from_str(url)?.application_name("muwakaba");
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .before_acquire(|connection, about| {
                Box::pin(async move {
                    if about.idle_for > POSTGRES_TRUSTED_IDLE {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_with(options)
            .await?;
        Ok(Pools::Postgres(pool))
    }

    /// Brings the schema up to date. Several nodes may start at once: on PostgreSQL one of them does it.
    pub async fn migrate(&self) -> Result<()> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => SQLITE_SCHEMA.run(writer).await?,
            Pools::Postgres(pool) => POSTGRES_SCHEMA.run(pool).await?,
        }
        Ok(())
    }

    /// How many steps of the schema are missing here; 0 when it is up to date.
    pub async fn pending_migrations(&self) -> Result<usize> {
        let applied: i64 = async {
            let mut tx = self.read().await?;
            tx.query(sql!("SELECT count(*) FROM _sqlx_migrations WHERE success")).scalar().await
        }
        .await
        .unwrap_or(0);
        let known = match &self.pools {
            Pools::Sqlite { .. } => SQLITE_SCHEMA.iter().count(),
            Pools::Postgres(_) => POSTGRES_SCHEMA.iter().count(),
        };
        Ok(known.saturating_sub(usize::try_from(applied).unwrap_or(usize::MAX)))
    }

    /// Begins a transaction that may change things.
    pub async fn write(&self) -> Result<Tx> {
        let connection = match &self.pools {
            Pools::Sqlite { writer, .. } => Connection::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => Connection::Postgres(pool.begin().await?),
        };
        Ok(Tx::new(connection, self.faults.clone(), self.statements.clone()))
    }

    /// Begins a transaction that sees one moment of the data and changes nothing.
    pub async fn read(&self) -> Result<Tx> {
        if self.faults.as_ref().is_some_and(|faults| faults.strike_reading()) {
            return Err(Error::Injected);
        }
        let connection = match &self.pools {
            Pools::Sqlite { readers, .. } => Connection::Sqlite(readers.begin().await?),
            Pools::Postgres(pool) => Connection::Postgres(
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?,
            ),
        };
        Ok(Tx::new(connection, None, self.statements.clone()))
    }

    /// The same database with faults that a test can arm.
    #[must_use]
    pub fn with_faults(mut self, faults: Arc<Faults>) -> Self {
        self.faults = Some(faults);
        self
    }

    /// The same database with its statements on record.
    #[must_use]
    pub fn with_record(mut self, statements: Arc<Statements>) -> Self {
        self.statements = Some(statements);
        self
    }

    /// `SQLite 3.51.3` or `PostgreSQL 15.18`, for the operator.
    pub async fn version(&self) -> Result<String> {
        let mut tx = self.read().await?;
        let version: String = tx
            .query(sql!("SELECT ", lite "sqlite_version()", pg "current_setting('server_version')"))
            .scalar()
            .await?;
        Ok(match &self.pools {
            Pools::Sqlite { .. } => format!("SQLite {version}"),
            Pools::Postgres(_) => format!("PostgreSQL {version}"),
        })
    }

    /// Whether this is the embedded database.
    pub const fn is_embedded(&self) -> bool {
        matches!(self.pools, Pools::Sqlite { .. })
    }

    /// How many connections are open, and how many of them are not in use.
    pub fn connections(&self) -> (u32, u32) {
        let (open, idle) = match &self.pools {
            Pools::Sqlite { writer, readers } => {
                (writer.size() + readers.size(), writer.num_idle() + readers.num_idle())
            }
            Pools::Postgres(pool) => (pool.size(), pool.num_idle()),
        };
        (open, u32::try_from(idle).unwrap_or(u32::MAX))
    }

    /// Finishes running transactions and closes the connections.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// The file holds sealed but still sensitive data: nobody but its owner may open it.
#[cfg(unix)]
fn protect_file(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    if path.as_os_str().is_empty() || path.to_string_lossy().contains(":memory:") {
        return Ok(());
    }
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
        .map_err(|error| Error::Settings(format!("cannot protect {}: {error}", path.display())))
}

#[cfg(not(unix))]
fn protect_file(_: &Path) -> Result<()> {
    Ok(())
}
