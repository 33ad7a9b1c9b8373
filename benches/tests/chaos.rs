//! A small run of what `make chaos` does at full size: dispatchers are killed in the middle of their work, and every
//! reminder is delivered all the same.
//!
//! SQLite always; PostgreSQL where `MUWAKABA_TEST_POSTGRES` names a server and a superuser. Where `CI` or
//! `CI_REQUIRES_ORACLE` is set, a missing server is a failure.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking; clippy excuses only the test functions themselves, not their helpers"
)]

use std::process::Command;

use contract::{IdSource, SystemIds};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// Kills two dispatchers over 2,000 reminders, each of which claims a hundred at a time.
fn kill_twice(database: &str) {
    let output = Command::new(env!("CARGO_BIN_EXE_muwakaba-benches"))
        .args(["chaos", "--database", database, "--count", "2000", "--kills", "2", "--batch", "100"])
        .output()
        .unwrap();
    let (said, faults) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}{faults}");
    let line: serde_json::Value = serde_json::from_str(&said).unwrap();
    let expected = [("count", 2_000), ("kills", 2), ("lost", 0), ("changed_tags", 0), ("unsettled", 0)];
    for (name, value) in expected {
        assert_eq!(line.get(name), Some(&value.into()), "{name} in {said}");
    }
}

#[test]
fn killed_dispatchers_lose_nothing_on_sqlite() {
    kill_twice("sqlite");
}

#[tokio::test]
async fn killed_dispatchers_lose_nothing_on_postgres() {
    let Ok(server) = std::env::var("MUWAKABA_TEST_POSTGRES") else {
        let required = ["CI", "CI_REQUIRES_ORACLE"].into_iter().any(|name| std::env::var_os(name).is_some());
        assert!(!required, "MUWAKABA_TEST_POSTGRES is not set: a run without PostgreSQL proves half");
        return;
    };
    let name = format!("chaos_{}", SystemIds.next().simple());
    let mut connection = PgConnection::connect(&server).await.unwrap();
    connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let (address, _) = server.rsplit_once('/').unwrap();
    kill_twice(&format!("{address}/{name}"));
    connection.execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await.unwrap();
}
