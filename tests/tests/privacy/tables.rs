//! Every table that says something about a person is on a privacy page, it is decided whether phones get it, and each of its sealed
//! columns is searched for. A new table fails these tests until its feature has registered it and its page has a row for it.

use crate::{
    contract::root,
    registry::{About, Phones, Table, each},
};
use care::sync::lists;
use muwakaba_tests::Database;
use std::collections::BTreeSet;

/// Columns that name a person or something of one, beside the ids of what features have and the tables about people.
const PERSONAL: [&str; 17] = [
    "participant_id",
    "staff_id",
    "person_id",
    "actor_id",
    "author_id",
    "host_id",
    "recipient_id",
    "created_by",
    "started_by",
    "ended_by",
    "recorded_by",
    "audience",
    "subject_id",
    "appointment_id",
    "reminder_id",
    "session_id",
    "device_id",
];

/// A table of the schema.
struct Found {
    name: String,
    columns: Vec<String>,
    refers_to: Vec<String>,
}

async fn schema() -> Vec<Found> {
    let database = Database::sqlite().await;
    let mut tx = database.db.read().await.unwrap();
    let names: Vec<String> = tx
        .query(db::sql!(lite "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'", pg "SELECT 1"))
        .scalars()
        .await
        .unwrap();
    let mut found = Vec::new();
    for name in names {
        let columns = tx
            .query(db::sql!(lite "SELECT name FROM pragma_table_info($1)", pg "SELECT $1"))
            .bind(name.as_str())
            .scalars()
            .await
            .unwrap();
        let refers_to = tx
            .query(db::sql!(lite "SELECT \"table\" FROM pragma_foreign_key_list($1)", pg "SELECT $1"))
            .bind(name.as_str())
            .scalars()
            .await
            .unwrap();
        found.push(Found { name, columns, refers_to });
    }
    found
}

fn registered() -> impl Iterator<Item = &'static Table> {
    each(|feature| feature.tables)
}

/// The privacy page, and those of features.
fn pages() -> String {
    let mut text = std::fs::read_to_string(root().join("docs/PRIVACY.md")).unwrap();
    for entry in std::fs::read_dir(root().join("docs/privacy")).unwrap() {
        text.push('\n');
        text.push_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    text
}

/// Whether its columns say that it is about somebody.
fn is_about_somebody(table: &Found) -> bool {
    // A centre is about nobody in particular: many things are of one.
    let of_people = |name: &str| {
        registered()
            .any(|one| one.name == name && one.name != "centre" && matches!(one.about, About::People(..)))
    };
    let names_one = |column: &str| {
        PERSONAL.contains(&column)
            || column.ends_with("_sealed")
            || each(|feature| feature.subjects).any(|subject| subject.name == column)
    };
    table.columns.iter().any(|column| names_one(column)) || table.refers_to.iter().any(|name| of_people(name))
}

#[tokio::test]
async fn every_table_is_registered_and_those_about_people_are_on_a_privacy_page() {
    let (schema, pages) = (schema().await, pages());
    let mut faults = Vec::new();
    let there: BTreeSet<&str> = schema.iter().map(|table| table.name.as_str()).collect();
    let known: BTreeSet<&str> = registered().map(|table| table.name).collect();
    assert_eq!(known.len(), registered().count(), "a table is registered twice");
    for name in there.difference(&known) {
        faults.push(format!("{name}: register it beside the tests of its feature, in `tables`"));
    }
    for name in known.difference(&there) {
        faults.push(format!("{name} is registered, and there is no such table"));
    }
    for table in registered() {
        let found = schema.iter().find(|one| one.name == table.name);
        match table.about {
            About::People(row, _) if !pages.contains(&format!("\n| {row} | ")) => faults.push(format!(
                "{}: a page in docs/privacy/, or docs/PRIVACY.md, needs a row `{row}` of what is kept",
                table.name
            )),
            About::Nobody if found.is_some_and(is_about_somebody) => {
                faults.push(format!("{} is about somebody, by its columns", table.name));
            }
            _ => {}
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn it_is_decided_of_every_table_about_people_what_phones_get() {
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for table in registered() {
        match table.about {
            About::People(_, Phones::Get(lists)) => told.extend(lists),
            About::People(_, Phones::GetNothing(why)) => assert!(!why.is_empty(), "{}", table.name),
            About::Nobody => {}
        }
    }
    assert_eq!(lists(), told.into_iter().collect::<Vec<_>>(), "every list that phones get is of a table");
}

#[tokio::test]
async fn every_sealed_column_is_searched_for() {
    let mut faults = Vec::new();
    let sung: BTreeSet<&str> =
        each(|feature| feature.canaries).flat_map(|canary| canary.columns.iter().copied()).collect();
    let unsung: BTreeSet<&str> = each(|feature| feature.unsung)
        .filter(|(_, why)| !why.is_empty())
        .map(|(column, _)| *column)
        .collect();
    let mut sealed = BTreeSet::new();
    for table in schema().await {
        for column in table.columns.iter().filter(|column| column.ends_with("_sealed")) {
            sealed.insert(format!("{}.{column}", table.name));
        }
    }
    for column in &sealed {
        match (sung.contains(column.as_str()), unsung.contains(column.as_str())) {
            (false, false) => faults.push(format!(
                "{column}: register a text for it beside the tests of its feature, in `canaries`, and hand it in, in `release`"
            )),
            (true, true) => faults.push(format!("{column} has a canary, and is said to have none")),
            _ => {}
        }
    }
    for column in sung.union(&unsung).filter(|column| !sealed.contains(**column)) {
        faults.push(format!("{column} is no sealed column"));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
