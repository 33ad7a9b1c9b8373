//! What the service leaves behind in its database: every byte of it.

use muwakaba_tests::Database;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use std::path::Path;

/// The bytes of the files of SQLite (the write-ahead log among them), or every value of every table of PostgreSQL, the
/// binary ones both as they are and in hexadecimal digits.
pub async fn of(database: &Database) -> Vec<u8> {
    match database.url.strip_prefix("sqlite:") {
        Some(file) => files(Path::new(file).parent().expect("a directory")),
        None => tables(&database.url).await,
    }
}

fn files(directory: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(directory).expect("a directory") {
        bytes.extend(std::fs::read(entry.expect("an entry").path()).expect("a file"));
    }
    bytes
}

async fn tables(url: &str) -> Vec<u8> {
    let mut connection = PgConnection::connect(url).await.expect("the database");
    let columns: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns WHERE table_schema = 'public'",
    )
    .fetch_all(&mut connection)
    .await
    .expect("the columns");
    let mut bytes = Vec::new();
    for (table, column, kind) in columns {
        let value = if kind == "bytea" {
            format!("\"{column}\"")
        } else {
            format!("convert_to(\"{column}\"::text, 'UTF8')")
        };
        let statement = format!("SELECT {value} FROM \"{table}\" WHERE \"{column}\" IS NOT NULL");
        let values: Vec<Vec<u8>> = sqlx::query_scalar(AssertSqlSafe(statement))
            .fetch_all(&mut connection)
            .await
            .expect("the values");
        for value in values {
            bytes.extend(value);
            bytes.push(b'\n');
        }
    }
    bytes
}

/// The answer of a statement that counts.
pub async fn count(database: &Database, statement: String) -> i64 {
    let statement = AssertSqlSafe(statement);
    if database.db.is_embedded() {
        let mut connection = SqliteConnection::connect(&database.url).await.expect("the database");
        sqlx::query_scalar(statement).fetch_one(&mut connection).await.expect("a count")
    } else {
        let mut connection = PgConnection::connect(&database.url).await.expect("the database");
        sqlx::query_scalar(statement).fetch_one(&mut connection).await.expect("a count")
    }
}
