//! Every list reads about as much as its page shows, whatever lies around it. Over a database that is large enough for its planner
//! to choose as it would at a hundred thousand participants, each list of the contract is asked with every combination of its
//! filters by everybody who may, and the plan of each statement that ran is looked at. A new list is in this test by itself; a
//! new filter fails it until its feature registers a value for it.

mod postgres;
mod seed;
mod sqlite;
mod walk;

pub use seed::{CHUNK, Crowd};

use crate::{registry::each, storage::pieces};
use muwakaba_tests::Database;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use std::collections::BTreeSet;

/// How many rows a page has here.
const PAGE: usize = 20;

/// What each list, by its filters and its caller, comes to.
fn print(database: &str, verdicts: &[walk::Verdict]) {
    println!("{database}: {} combinations", verdicts.len());
    for verdict in verdicts {
        println!("| {} | {} | {} | {} |", verdict.operation, verdict.filters, verdict.caller, verdict.plan);
    }
}

/// Each piece of a statement that is put together was in one of those that ran.
fn every_piece_ran(texts: &BTreeSet<String>, is_embedded: bool) {
    let texts: Vec<String> = texts.iter().map(|text| unnumbered(text)).collect();
    let missing: Vec<String> = pieces()
        .into_iter()
        .filter(|piece| {
            let text = if is_embedded { &piece.sqlite } else { &piece.postgres };
            !texts.iter().any(|ran| ran.contains(text.as_str()))
        })
        .map(|piece| format!("{}: no list ran this piece", piece.place))
        .collect();
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// As the pieces are written: `?` for every parameter.
fn unnumbered(text: &str) -> String {
    let mut parts = text.split('$');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push('?');
        plain.push_str(part.trim_start_matches(|character: char| character.is_ascii_digit()));
    }
    plain
}

/// A plan over an empty table tells nothing, so that each has more than a page, or a reason why it need not.
async fn every_table_is_full(crowd: &Crowd) {
    let mut connection = SqliteConnection::connect(&crowd.app.database.url).await.unwrap();
    let mut faults = Vec::new();
    for table in each(|feature| feature.tables) {
        let count = AssertSqlSafe(format!("SELECT count(*) FROM {}", table.name));
        let rows: i64 = sqlx::query_scalar(count).fetch_one(&mut connection).await.unwrap();
        let is_full = usize::try_from(rows).unwrap() > PAGE;
        match table.unseeded {
            None if !is_full => faults.push(format!(
                "{} has {rows} rows: fill it in the `seed` of its feature, or say with `unseeded` why no list needs it",
                table.name
            )),
            Some(why) if is_full => {
                faults.push(format!("{} has {rows} rows and is said to have none: {why}", table.name));
            }
            Some("") => faults.push(format!("{}: say why no list needs it", table.name)),
            _ => {}
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn sqlite_finds_every_page_by_an_index_that_holds_the_filter() {
    let crowd = Crowd::gather(Database::sqlite().await).await;
    every_table_is_full(&crowd).await;
    let mut judge = sqlite::Judge::new(&crowd.app.database.url).await;
    let mut verdicts = walk::every_list(&crowd, &mut judge).await;
    verdicts.extend(walk::the_feed(&crowd, &mut judge).await);
    verdicts.push(walk::the_week(&crowd, &mut judge).await);
    verdicts.extend(walk::the_pictures(&crowd, &mut judge).await);
    print("SQLite", &verdicts);
    judge.assert_no_faults();
    every_piece_ran(&judge.texts(), true);
}

#[tokio::test]
async fn postgres_reads_about_as_much_as_the_page_shows() {
    let Some(mut database) = Database::postgres().await else { return };
    let said = postgres::listen();
    postgres::explain_everything(&mut database).await;
    let crowd = Crowd::gather(database).await;
    let mut judge = postgres::Judge::new(said);
    let mut verdicts = walk::every_list(&crowd, &mut judge).await;
    verdicts.extend(walk::the_feed(&crowd, &mut judge).await);
    print("PostgreSQL", &verdicts);
    judge.assert_no_faults();
    every_piece_ran(&judge.texts(), false);
}
