//! Every table that says something about a person is on the privacy page, and it is decided whether phones get it. A new table fails this
//! test until both are done.

use crate::contract::root;
use care::sync::lists;
use muwakaba_tests::Database;
use std::collections::BTreeSet;

/// What phones get of a table.
enum Phones {
    /// These lists of a pull.
    Get(&'static [&'static str]),
    /// Nothing, for this reason.
    GetNothing(&'static str),
}

use Phones::{Get, GetNothing};

const ONLINE: &str = "read online: it is needed where there is a network, or changes by time passing";
const SECRET: &str = "a means of signing in";
const MACHINERY: &str = "the service's own work; what it is about is told";
const OVERSIGHT: &str = "for oversight, read online";

/// Tables about people: what the page calls them, and what phones get.
const ABOUT_PEOPLE: [(&str, &str, Phones); 27] = [
    ("participant", "participant", Get(&["participants", "myself"])),
    ("staff", "staff member", GetNothing(ONLINE)),
    ("assignment", "assignment", Get(&["assignments"])),
    ("appointment", "appointment", Get(&["appointments"])),
    ("appointment_slot", "appointment", Get(&["appointments"])),
    ("appointment_outcome", "outcome", Get(&["appointments"])),
    ("appointment_note", "note", Get(&["appointment_notes"])),
    ("unresolved_time", "appointment", GetNothing(MACHINERY)),
    ("emergency_access", "emergency access", GetNothing(ONLINE)),
    ("reminder", "reminder, delivery", GetNothing(ONLINE)),
    ("reminder_facts", "reminder, delivery", GetNothing(ONLINE)),
    ("delivery", "reminder, delivery", GetNothing(MACHINERY)),
    ("used_action", "reminder, delivery", GetNothing(MACHINERY)),
    ("device", "device", GetNothing(SECRET)),
    ("session", "session", GetNothing(SECRET)),
    ("enrolled_device", "enrolled device of a staff member", GetNothing(SECRET)),
    ("enrolment_code", "enrolment code", GetNothing(SECRET)),
    ("throttle", "failed tries", GetNothing(SECRET)),
    ("used_proof", "failed tries", GetNothing(SECRET)),
    ("audit", "audit log", GetNothing(OVERSIGHT)),
    ("sync_seen", "who was told about on which phone", GetNothing(OVERSIGHT)),
    ("idempotency", "kept answer to a repeated request", GetNothing(MACHINERY)),
    ("mutation", "what was recorded without network", GetNothing(MACHINERY)),
    ("change", "change feed, agenda", GetNothing(MACHINERY)),
    ("agenda", "change feed, agenda", GetNothing(MACHINERY)),
    ("replanning", "change feed, agenda", GetNothing(MACHINERY)),
    ("centre", "centre", Get(&["centres"])),
];

/// Tables about nobody.
const ABOUT_NOBODY: [&str; 6] =
    ["change_counter", "change_day", "epoch", "epoch_position", "setting", "_sqlx_migrations"];

/// Columns that name a person, or something of one.
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

#[tokio::test]
async fn every_table_about_people_is_on_the_privacy_page_and_decided_for_phones() {
    let database = Database::sqlite().await;
    let mut tx = database.db.read().await.unwrap();
    let tables: Vec<String> = tx
        .query(db::sql!(lite "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'", pg "SELECT 1"))
        .scalars()
        .await
        .unwrap();
    let known: BTreeSet<&str> = ABOUT_PEOPLE.iter().map(|(table, ..)| *table).chain(ABOUT_NOBODY).collect();
    let there: BTreeSet<&str> = tables.iter().map(String::as_str).collect();
    assert_eq!(there, known, "say in privacy/tables.rs what a new table says about whom");
    for table in ABOUT_NOBODY {
        let columns: Vec<String> = tx
            .query(db::sql!(lite "SELECT name FROM pragma_table_info($1)", pg "SELECT $1"))
            .bind(table)
            .scalars()
            .await
            .unwrap();
        let personal: Vec<_> = columns.iter().filter(|column| PERSONAL.contains(&column.as_str())).collect();
        assert!(personal.is_empty(), "{table} is about somebody: {personal:?}");
    }
    let page = std::fs::read_to_string(root().join("docs/PRIVACY.md")).unwrap();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for (table, row, phones) in ABOUT_PEOPLE {
        assert!(page.contains(&format!("\n| {row} | ")), "docs/PRIVACY.md has no row `{row}` for {table}");
        match phones {
            Get(lists) => told.extend(lists),
            GetNothing(why) => assert!(!why.is_empty()),
        }
    }
    assert_eq!(
        lists(),
        told.into_iter().collect::<Vec<_>>(),
        "every list that phones get is of a table here"
    );
}
