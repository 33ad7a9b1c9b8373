//! Whether anything in the database changed.

use muwakaba_tests::Database;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

/// Looks at the whole database, from a connection of its own.
pub enum Contents {
    /// SQLite counts the commits of other connections itself.
    Sqlite(SqliteConnection),
    /// On PostgreSQL every row of every table is read.
    Postgres(PgConnection, String),
}

impl Contents {
    /// Of this database.
    pub async fn of(database: &Database) -> Self {
        if database.db.is_embedded() {
            return Self::Sqlite(SqliteConnection::connect(&database.url).await.expect("the database"));
        }
        let mut connection = PgConnection::connect(&database.url).await.expect("the database");
        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
        )
        .fetch_all(&mut connection)
        .await
        .expect("the tables");
        let parts: Vec<String> = tables
            .iter()
            .map(|table| format!("(SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{table}\" AS t)"))
            .collect();
        Self::Postgres(connection, format!("SELECT concat({})", parts.join(", ")))
    }

    /// Something that is different after every change.
    pub async fn mark(&mut self) -> String {
        match self {
            Self::Sqlite(connection) => {
                let version: i64 =
                    sqlx::query_scalar("PRAGMA data_version").fetch_one(connection).await.expect("a version");
                version.to_string()
            }
            Self::Postgres(connection, statement) => sqlx::query_scalar(AssertSqlSafe(statement.clone()))
                .fetch_one(connection)
                .await
                .expect("the rows"),
        }
    }
}
