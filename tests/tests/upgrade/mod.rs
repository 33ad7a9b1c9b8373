//! From the last release to this version with data in the database: on PostgreSQL both run at once, as while nodes are updated one
//! after the other; on SQLite the new one takes over the file. `make upgrade-check` builds the former program and runs this.

mod centre;
mod node;

use centre::Centre;
use node::Node;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row, SqliteConnection};
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// How many appointments are made by each of the two.
const APPOINTMENTS: u32 = 20;
/// Longer than anything here takes.
const FOREVER: Duration = Duration::from_secs(120);

fn former() -> PathBuf {
    let path = std::env::var_os("MUWAKABA_TEST_FORMER_BINARY");
    path.expect("MUWAKABA_TEST_FORMER_BINARY: run this with make upgrade-check").into()
}

fn current() -> PathBuf {
    muwakaba_tests::binary::muwakaba()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the former program: make upgrade-check"]
async fn both_versions_serve_and_send_on_one_postgres() {
    let url = new_postgres().await;
    let keys = TempDir::new().expect("a directory");
    let former = Node::start(&former(), keys.path(), &url, None).await;
    let mut centre = Centre::found(&former, keys.path(), &url).await;
    let before = centre.book(&former, APPOINTMENTS).await;

    let current = Node::start(&current(), keys.path(), &url, Some(&former)).await;
    for node in [&former, &current] {
        assert_eq!(centre.appointments(node).await.len(), before.len(), "{} shows them all", node.name);
    }
    let after = centre.book(&current, APPOINTMENTS).await;
    // Each changes what the other made.
    for (node, theirs) in [(&former, &after), (&current, &before)] {
        for id in theirs.iter().take(5) {
            centre.confirm(node, id).await;
        }
        centre.move_away(node, &theirs[5]).await;
        centre.cancel(node, &theirs[6]).await;
    }
    for node in [&former, &current] {
        assert_eq!(centre.appointments(node).await.len(), before.len() + after.len(), "{}", node.name);
    }
    everything_is_sent(&url, &centre).await;
    outcomes_are_read_by_both(&url, &centre, (&former, &current), &after).await;
    former.stop().await;
    centre.book(&current, 3).await;
    everything_is_sent(&url, &centre).await;
    current.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the former program: make upgrade-check"]
async fn the_new_version_takes_over_a_file_of_sqlite() {
    let directory = TempDir::new().expect("a directory");
    let url = format!("sqlite:{}", directory.path().join("muwakaba.db").display());
    let former = Node::start(&former(), directory.path(), &url, None).await;
    let mut centre = Centre::found(&former, directory.path(), &url).await;
    let before = centre.book(&former, APPOINTMENTS).await;
    let public_url = former.stop().await;

    let current = Node::start_as(&current(), directory.path(), &url, public_url).await;
    assert_eq!(centre.appointments(&current).await.len(), before.len());
    let after = centre.book(&current, APPOINTMENTS).await;
    for id in before.iter().chain(&after).take(5) {
        centre.confirm(&current, id).await;
    }
    everything_is_sent(&url, &centre).await;
    current.stop().await;
}

/// What each says of how a meeting ended, the other reads in its own words, and may correct.
async fn outcomes_are_read_by_both(
    url: &str,
    centre: &Centre,
    (former, current): (&Node, &Node),
    ids: &[String],
) {
    let mut raw = Raw::connect(url).await;
    raw.run("UPDATE appointment SET starts_at = starts_at - INTERVAL '60 days', ends_at = ends_at - INTERVAL '60 days'").await;
    let (ours, theirs) = (&ids[10], &ids[11]);
    let nobody_there = json!({"outcome": "did_not_take_place", "side": "host"});
    centre.ends(current, ours, "record-outcome", nobody_there).await;
    assert_eq!(centre.state(former, ours).await, "excused");
    centre.ends(former, theirs, "record-outcome", json!({"outcome": "no_show"})).await;
    assert_eq!(centre.state(current, theirs).await, "did_not_come");
    let corrected = json!({"outcome": "no_show", "reason": "They did not come"});
    centre.ends(former, ours, "correct-outcome", corrected).await;
    assert_eq!(centre.state(current, ours).await, "did_not_come");
}

/// Lets everything that is planned be due now, and waits until all of it is sent: none lost, and none failed for good.
async fn everything_is_sent(url: &str, centre: &Centre) {
    let mut raw = Raw::connect(url).await;
    raw.run("UPDATE reminder SET due_at = created_at, ready_at = created_at WHERE state = 'planned'").await;
    let begun = Instant::now();
    loop {
        let states = raw.counts("SELECT state, count(*) FROM reminder GROUP BY state").await;
        let of = |state: &str| states.iter().find(|(one, _)| one == state).map_or(0, |(_, count)| *count);
        assert_eq!(of("failed"), 0, "{states:?}");
        if of("planned") + of("sending") == 0 {
            break;
        }
        assert!(begun.elapsed() < FOREVER, "not sent: {states:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let deliveries = raw.counts("SELECT state, count(*) FROM delivery GROUP BY state").await;
    let sent = raw
        .counts("SELECT recipient_kind, count(*) FROM reminder WHERE state IN ('sent', 'seen', 'acted') GROUP BY recipient_kind")
        .await;
    let to_participant = sent.iter().find(|(kind, _)| kind == "participant").map_or(0, |(_, count)| *count);
    assert_eq!(deliveries, [("delivered".to_owned(), to_participant)], "each once, and none failed");
    assert_eq!(i64::try_from(centre.pushed()).expect("a number"), to_participant, "what was sent arrived");
}

/// An empty database on the server of the tests.
async fn new_postgres() -> String {
    let server = std::env::var("MUWAKABA_TEST_POSTGRES").expect("a PostgreSQL server");
    let name = format!("muwakaba_upgrade_{}", uuid::Uuid::now_v7().simple());
    let mut connection = PgConnection::connect(&server).await.expect("a connection");
    connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.expect("a database");
    let (server, _) = server.rsplit_once('/').expect("a path");
    format!("{server}/{name}")
}

/// A raw connection, beside the programs that run on the database.
enum Raw {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Raw {
    async fn connect(url: &str) -> Self {
        if url.starts_with("sqlite:") {
            Self::Sqlite(SqliteConnection::connect(url).await.expect("a connection"))
        } else {
            Self::Postgres(PgConnection::connect(url).await.expect("a connection"))
        }
    }

    async fn run(&mut self, statement: &'static str) {
        match self {
            Self::Sqlite(connection) => drop(connection.execute(statement).await.expect(statement)),
            Self::Postgres(connection) => drop(connection.execute(statement).await.expect(statement)),
        }
    }

    async fn counts(&mut self, statement: &'static str) -> Vec<(String, i64)> {
        match self {
            Self::Sqlite(connection) => {
                let rows = connection.fetch_all(statement).await.expect(statement);
                rows.iter().map(|row| (row.get(0), row.get(1))).collect()
            }
            Self::Postgres(connection) => {
                let rows = connection.fetch_all(statement).await.expect(statement);
                rows.iter().map(|row| (row.get(0), row.get(1))).collect()
            }
        }
    }
}
