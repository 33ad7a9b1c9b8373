//! Every statement is prepared on both databases: a typing mistake in a query that no test happens to run is found all the
//! same.

use super::source::statements;
use muwakaba_tests::Database;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqlSafeStr, SqliteConnection};

#[tokio::test]
async fn sqlite_understands_every_statement() {
    let database = Database::sqlite().await;
    let mut connection = SqliteConnection::connect(&database.url).await.unwrap();
    let statements = statements();
    assert!(statements.len() > 30, "only {} statements were found", statements.len());
    let mut faults = Vec::new();
    for statement in statements {
        let text = written_out(&statement.sqlite, statement.columns, false);
        if let Err(error) = (&mut connection).prepare(AssertSqlSafe(text).into_sql_str()).await {
            faults.push(format!("{}: {error}", statement.place));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn postgres_understands_every_statement() {
    let Some(database) = Database::postgres().await else { return };
    let mut connection = PgConnection::connect(&database.url).await.unwrap();
    let mut faults = Vec::new();
    for statement in statements() {
        let text = written_out(&statement.postgres, statement.columns, true);
        match (&mut connection).prepare(AssertSqlSafe(text).into_sql_str()).await {
            Err(error) if !is_about_types(&error) => faults.push(format!("{}: {error}", statement.place)),
            _ => {}
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Without values the types of some parameters cannot be told (42P08, 42P18), or those in a list of rows are taken for text
/// (42804, and 42883 where they are compared). The query builder states them; names and syntax have been checked all the same.
fn is_about_types(error: &sqlx::Error) -> bool {
    let Some(error) = error.as_database_error() else { return false };
    match error.code().as_deref() {
        Some("42P08" | "42P18" | "42804") => true,
        Some("42883") => error.message().ends_with("uuid = text"),
        _ => false,
    }
}

/// Two rows for `{rows}`, and numbers for `?` on PostgreSQL, as the query builder does it.
fn written_out(template: &str, columns: usize, numbered: bool) -> String {
    let group = vec!["?"; columns].join(", ");
    let row = if columns > 1 { format!("({group})") } else { group };
    let text = template.replace("{rows}", &format!("{row}, {row}"));
    if !numbered || !text.contains('?') {
        return text;
    }
    text.split('?')
        .enumerate()
        .map(|(at, piece)| if at == 0 { piece.to_owned() } else { format!("${at}{piece}") })
        .collect()
}
