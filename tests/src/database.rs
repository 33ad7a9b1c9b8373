//! A fresh database for each test.

use db::{Db, sql};
use sqlx::{Connection, Executor, PgConnection};
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant as Moment},
};
use tempfile::TempDir;

/// Longer than anything that a test waits for takes.
const FOREVER: Duration = Duration::from_secs(30);

/// Where the PostgreSQL server of the tests is: the URL of a superuser, who makes a database for each test.
const POSTGRES: &str = "MUWAKABA_TEST_POSTGRES";

/// A database that lives as long as its test.
pub struct Database {
    /// The open database, its schema up to date.
    pub db: Db,
    /// The URL to open it again.
    pub url: String,
    _directory: TempDir,
}

impl Database {
    /// On SQLite, in a directory of its own.
    pub async fn sqlite() -> Self {
        Self::sqlite_within(TempDir::new().expect("a temporary directory")).await
    }

    /// On SQLite, in memory where the system has a place for that: for what writes much, and is not about durability.
    pub async fn sqlite_in_memory_if_possible() -> Self {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() { Self::sqlite_in(memory).await } else { Self::sqlite().await }
    }

    /// On SQLite, in a directory of its own inside this one.
    pub async fn sqlite_in(place: &Path) -> Self {
        Self::sqlite_within(TempDir::new_in(place).expect("a temporary directory")).await
    }

    async fn sqlite_within(directory: TempDir) -> Self {
        let file = directory.path().join("muwakaba.db");
        std::fs::copy(embedded_template().await, &file).expect("a copy of the template");
        Self::open(format!("sqlite:{}", file.display()), directory).await
    }

    /// On PostgreSQL. Without a server the test is left out, except where `CI` is set: there it fails.
    pub async fn postgres() -> Option<Self> {
        let Ok(server) = std::env::var(POSTGRES) else {
            assert!(
                std::env::var_os("CI").is_none(),
                "{POSTGRES} is not set: a run without PostgreSQL proves half"
            );
            return None;
        };
        let name = format!("muwakaba_{}", uuid::Uuid::now_v7().simple());
        let mut connection =
            PgConnection::connect(&server).await.expect("the PostgreSQL server of the tests");
        let template = template(&server, &mut connection).await;
        run(&mut connection, format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")).await;
        Some(Self::open(on_server(&server, &name), TempDir::new().expect("a temporary directory")).await)
    }

    /// Waits until a transaction waits for a lock of another's; at once on SQLite, where they wait for each other to begin.
    pub async fn until_somebody_waits(&self) {
        let begun = Moment::now();
        while !self.db.is_embedded() {
            let mut tx = self.db.read().await.expect("a transaction");
            let waiting = tx
                .query(sql!(
                    "SELECT count(*) FROM ", lite "sqlite_master WHERE FALSE",
                    pg "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                ))
                .scalar::<i64>()
                .await
                .expect("a number");
            if waiting > 0 {
                return;
            }
            assert!(begun.elapsed() < FOREVER, "nobody ever waited");
            tokio::task::yield_now().await;
        }
    }

    async fn open(url: String, directory: TempDir) -> Self {
        let db = Db::open(&url).await.expect("the database opens");
        db.migrate().await.expect("the schema is made");
        Self { db, url, _directory: directory }
    }
}

/// A file with the schema, made once for all tests: copying it is much faster than making it again.
async fn embedded_template() -> PathBuf {
    let file = std::env::temp_dir().join(format!("muwakaba-schema-{}.db", digest_of("sqlite")));
    if !file.exists() {
        // In a folder of its own, and moved there when it is whole: several tests may be the first.
        let folder = TempDir::new().expect("a temporary directory");
        let unfinished = folder.path().join("template.db");
        let db = Db::open(&format!("sqlite:{}", unfinished.display())).await.expect("the template opens");
        db.migrate().await.expect("the schema is made");
        db.close().await;
        std::fs::rename(&unfinished, &file).expect("the template is put in its place");
    }
    file
}

/// A database with the schema, made once for all tests: copying it is much faster than making it again.
async fn template(server: &str, connection: &mut PgConnection) -> String {
    let name = format!("muwakaba_schema_{}", digest_of("postgres"));
    run(connection, "SELECT pg_advisory_lock(7301)".to_owned()).await;
    let exists: bool = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = '{name}')"
    )))
    .fetch_one(&mut *connection)
    .await
    .expect("the list of databases");
    if !exists {
        let unfinished = format!("{name}_unfinished");
        run(connection, format!("DROP DATABASE IF EXISTS {unfinished}")).await;
        run(connection, format!("CREATE DATABASE {unfinished}")).await;
        let db = Db::open(&on_server(server, &unfinished)).await.expect("the template opens");
        db.migrate().await.expect("the schema is made");
        db.close().await;
        run(connection, format!("ALTER DATABASE {unfinished} RENAME TO {name}")).await;
    }
    run(connection, "SELECT pg_advisory_unlock(7301)".to_owned()).await;
    name
}

/// Tells the schema of this database from every other one.
fn digest_of(database: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &schema(database));
    digest.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Every step of the schema, in the order in which they are taken.
fn schema(database: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(database);
    let entries = std::fs::read_dir(folder).expect("the steps of the schema");
    let mut steps: Vec<_> = entries.map(|entry| entry.expect("a step").path()).collect();
    steps.sort();
    steps.iter().flat_map(|step| std::fs::read(step).expect("a step")).collect()
}

async fn run(connection: &mut PgConnection, statement: String) {
    connection
        .execute(sqlx::AssertSqlSafe(statement.clone()))
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
}

fn on_server(server: &str, database: &str) -> String {
    let (address, options) =
        server.split_once('?').map_or((server, None), |(address, options)| (address, Some(options)));
    let scheme_end = address.find("://").map_or(0, |at| at + 3);
    let host_end = address[scheme_end..].find('/').map_or(address.len(), |at| scheme_end + at);
    let options = options.map(|options| format!("?{options}")).unwrap_or_default();
    format!("{}/{database}{options}", &address[..host_end])
}
