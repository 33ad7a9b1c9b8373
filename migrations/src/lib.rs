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
mod follow;
mod fragments;
mod listings;
mod query;
mod sql;
mod sqlite;
mod statements;
mod tx;
mod unit;

pub use error::{Error, Result};
pub use faults::{Faults, Held, StorageFault};
pub use fragments::{Piece, Statement};
pub use listings::id_list;
pub use query::{Param, Query, Record, Scalar};
pub use sql::Sql;
pub use statements::Statements;
pub use tx::{Change, Operation, Tx};
pub use unit::settled;

use sqlite::{File, Readers, Writer};
use sqlx::{
    ConnectOptions as _, Connection as _, PgPool, Postgres, Transaction,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{path::Path, str::FromStr, sync::Arc, time::Duration};
use tokio_util::task::TaskTracker;
use tx::Connection;

static SQLITE_SCHEMA: Migrator = sqlx::migrate!("./sqlite");
static POSTGRES_SCHEMA: Migrator = sqlx::migrate!("./postgres");

/// How long a request waits for a connection before it is told to come again.
const PATIENCE: Duration = Duration::from_secs(10);
/// SQLite's page cache, in KiB, of a connection that reads and of the one that writes. The writer meets the same pages again and
/// again; what readers find in the system's own cache costs them little.
const READER_CACHE: u32 = 2_000;
const WRITER_CACHE: u32 = 8_000;
const SQLITE_READERS: u32 = 6;
const POSTGRES_CONNECTIONS: u32 = 16;
/// How many statements a connection keeps prepared: more than the service has.
const KEPT_STATEMENTS: usize = 1_024;
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
    Sqlite { writer: Writer, readers: Readers },
    Postgres {
        pool: PgPool,
        /// Transactions that are being begun.
        beginning: TaskTracker,
    },
}

impl Db {
    /// Opens the database that `url` names: `sqlite:PATH` (the file is made if need be) or `postgres://…`.
    pub async fn open(url: &str) -> Result<Self> {
        let scheme = url.split(':').next().unwrap_or_default();
        let pools = match scheme {
            "sqlite" => Self::open_sqlite(url)?,
            "postgres" | "postgresql" => Self::open_postgres(url).await?,
            other => return Err(Error::UnknownScheme { scheme: other.chars().take(20).collect() }),
        };
        Ok(Self { pools, faults: None, statements: None })
    }

    fn open_sqlite(url: &str) -> Result<Pools> {
        let path = SqliteConnectOptions::from_str(url)?.get_filename().to_owned();
        let writer = Writer::open(File::to_write(path.clone(), WRITER_CACHE))?;
        protect_file(&path)?;
        Ok(Pools::Sqlite { writer, readers: Readers::new(File::to_read(path, READER_CACHE), SQLITE_READERS) })
    }

    async fn open_postgres(url: &str) -> Result<Pools> {
        let options = PgConnectOptions::from_str(url)?
            .application_name("muwakaba")
            .statement_cache_capacity(KEPT_STATEMENTS);
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
        Ok(Pools::Postgres { pool, beginning: TaskTracker::new() })
    }

    /// Brings the schema up to date. Several nodes may start at once: on PostgreSQL one of them does it.
    pub async fn migrate(&self) -> Result<()> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => {
                // The schema is the one thing that sqlx does with the file, on a connection that is closed again.
                let mut connection = SqliteConnectOptions::new()
                    .filename(writer.path())
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .foreign_keys(true)
                    .busy_timeout(PATIENCE)
                    .pragma("secure_delete", "ON")
                    .connect()
                    .await?;
                SQLITE_SCHEMA.run(&mut connection).await?;
                connection.close().await?;
            }
            Pools::Postgres { pool, .. } => POSTGRES_SCHEMA.run(pool).await?,
        }
        Ok(())
    }

    /// Lets SQLite count again what its planner chooses indexes by, where much has changed since the last time; mostly there is
    /// nothing to do. To be called after the schema was brought up to date, and now and then. PostgreSQL does it by itself.
    pub async fn optimize(&self) -> Result<()> {
        if self.is_embedded() {
            let mut tx = self.write_alone().await?;
            // Every table, also those that this connection has not asked yet; of large ones a part.
            tx.query(sql!(lite "PRAGMA optimize = 0x10002", pg "SELECT 1")).execute().await?;
            tx.commit().await?;
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
            Pools::Postgres { .. } => POSTGRES_SCHEMA.iter().count(),
        };
        Ok(known.saturating_sub(usize::try_from(applied).unwrap_or(usize::MAX)))
    }

    /// Begins a transaction that may change things. On SQLite it shares its COMMIT with those that come close before and after.
    pub async fn write(&self) -> Result<Tx> {
        self.begin_writing(unit::is_alone()).await
    }

    /// Begins a long transaction that may change things: on SQLite it shares its COMMIT with nobody, so that nobody waits for it
    /// longer than for the connection.
    pub async fn write_alone(&self) -> Result<Tx> {
        self.begin_writing(true).await
    }

    async fn begin_writing(&self, is_alone: bool) -> Result<Tx> {
        let connection = match &self.pools {
            Pools::Sqlite { writer, .. } => {
                Connection::Lease(writer.lease(is_alone, self.faults.clone()).await?)
            }
            Pools::Postgres { pool, beginning } => {
                Connection::Postgres(whole(beginning, pool.clone(), None).await?)
            }
        };
        Ok(Tx::new(connection, self.faults.clone(), self.statements.clone()))
    }

    /// Begins a transaction that sees one moment of the data and changes nothing.
    pub async fn read(&self) -> Result<Tx> {
        if self.faults.as_ref().is_some_and(|faults| faults.strike_reading()) {
            return Err(Error::Injected);
        }
        let connection = match &self.pools {
            Pools::Sqlite { readers, .. } => Connection::Snapshot(readers.snapshot().await?),
            Pools::Postgres { pool, beginning } => Connection::Postgres(
                whole(beginning, pool.clone(), Some("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"))
                    .await?,
            ),
        };
        Ok(Tx::new(connection, None, self.statements.clone()))
    }

    /// Begins a look at something that one statement tells. It costs no transaction, so that two statements of it may see two
    /// moments.
    pub async fn glance(&self) -> Result<Tx> {
        if self.faults.as_ref().is_some_and(|faults| faults.strike_reading()) {
            return Err(Error::Injected);
        }
        let connection = match &self.pools {
            Pools::Sqlite { readers, .. } => Connection::Snapshot(readers.glance().await?),
            Pools::Postgres { pool, .. } => Connection::Glance(pool.acquire().await?),
        };
        Ok(Tx::new(connection, None, self.statements.clone()))
    }

    /// Begins a unit of work of one statement; another one, or a change noted for the feed, is refused. On PostgreSQL it costs no
    /// transaction of its own: the statement is one.
    pub async fn write_one(&self) -> Result<Tx> {
        let Pools::Postgres { pool, .. } = &self.pools else {
            return Ok(self.write().await?.of_one_statement());
        };
        let connection = Connection::Glance(pool.acquire().await?);
        Ok(Tx::new(connection, self.faults.clone(), self.statements.clone()).of_one_statement())
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
            Pools::Postgres { .. } => format!("PostgreSQL {version}"),
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
                let ((writing, resting), (reading, idle)) = (writer.count(), readers.count());
                (writing + reading, resting + idle)
            }
            Pools::Postgres { pool, .. } => (pool.size(), u32::try_from(pool.num_idle()).unwrap_or(u32::MAX)),
        };
        (open, idle)
    }

    /// Finishes running transactions and closes the connections.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres { pool, beginning } => {
                beginning.close();
                beginning.wait().await;
                pool.close().await;
            }
        }
    }
}

/// Begins a transaction on PostgreSQL, in a task of its own: whoever asked may be gone by the time the server has answered, and a
/// connection that was given back in the middle of that would carry an open transaction that nobody knows of to the next.
async fn whole(
    tasks: &TaskTracker,
    pool: PgPool,
    begin: Option<&'static str>,
) -> Result<Transaction<'static, Postgres>> {
    let task = tasks.spawn(async move {
        match begin {
            Some(statement) => pool.begin_with(statement).await,
            None => pool.begin().await,
        }
    });
    task.await.map_err(|_| Error::closed())?.map_err(Error::from)
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
