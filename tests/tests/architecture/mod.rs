//! What keeps the parts of the service apart and no compiler checks: which file may know what. It reads the source as
//! tokens, so that comments and texts do not count, and leaves out modules of tests.

mod arrows;
mod pages;
mod source;
mod things;

use source::{File, files};
use std::path::Path;

/// The folders of the crates that ship, and of the demonstration, which stands on them and under none: with those of ours that each
/// may stand on.
const CRATES: [(&str, &[&str]); 12] = [
    ("migrations/embedded", &[]),
    ("mobile-contract", &["embedded"]),
    ("migrations", &["embedded"]),
    ("notifications", &["contract", "db"]),
    ("api/kernel", &["contract", "db"]),
    ("api/identity", &["contract", "db", "kernel"]),
    ("api/people", &["contract", "db", "notifications", "kernel", "identity"]),
    ("api/meetings", &["contract", "db", "notifications", "kernel", "identity", "people"]),
    ("api/support", &["contract", "db", "notifications", "kernel", "identity", "people"]),
    ("api/care", &["contract", "db", "notifications", "kernel", "identity", "people", "meetings", "support"]),
    ("api/server", &["contract", "db", "notifications", "kernel", "identity", "care"]),
    ("demo", &["contract", "db", "notifications", "kernel", "identity", "care", "muwakaba"]),
];

/// The files that may ask the system what time it is or for a random id, and which words they may use for it.
const OWNERS_OF_TIME: [(&str, &str); 2] = [
    ("mobile-contract/src/time/clock.rs", "SystemTime::now"),
    ("mobile-contract/src/ids.rs", "Uuid::now_v7"),
];

/// The files that may name the two databases: the seam, and how the contract's few types lie in a column of each.
const KNOW_THE_DATABASES: [&str; 4] = [
    "migrations/src/",
    "migrations/embedded/src/",
    "mobile-contract/src/storage.rs",
    "mobile-contract/src/time/storage.rs",
];

/// How the crates call each other.
const OURS: [&str; 12] = [
    "embedded",
    "contract",
    "db",
    "notifications",
    "kernel",
    "identity",
    "people",
    "meetings",
    "support",
    "care",
    "muwakaba",
    "muwakaba-demo",
];

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn shipped() -> Vec<File> {
    CRATES.iter().flat_map(|(folder, _)| files(root(), &format!("{folder}/src"))).collect()
}

fn features() -> Vec<String> {
    let mut features: Vec<String> =
        shipped().iter().filter_map(|file| Some(file.name.strip_suffix("/http.rs")?.to_owned())).collect();
    features.sort();
    assert!(features.len() >= 7, "only {features:?} are features");
    features
}

fn none(faults: Vec<String>) {
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn crates_stand_only_on_those_below_them() {
    let mut faults = Vec::new();
    for (folder, below) in CRATES {
        let manifest = std::fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
        let shipped = manifest.split("[dev-dependencies]").next().unwrap();
        for name in OURS {
            let uses = shipped.lines().any(|line| line.split([' ', '.', '=']).next() == Some(name));
            if uses && !below.contains(&name) {
                faults.push(format!("{folder} must not stand on {name}"));
            }
        }
    }
    none(faults);
}

#[test]
fn no_operation_calls_another_features_operation() {
    let features = features();
    let mut faults = Vec::new();
    for file in shipped().iter().filter(|file| file.name.starts_with("api/")) {
        for feature in &features {
            let (own, name) = (format!("{feature}/"), feature.rsplit('/').next().unwrap());
            if !file.name.starts_with(&own) && file.mentions(&[name, "::", "http"]) {
                faults.push(format!("{} reaches into {feature}::http", file.name));
            }
        }
        if file.mentions(&["pub", "mod", "http"]) {
            faults.push(format!("{} opens its http to others", file.name));
        }
    }
    none(faults);
}

#[test]
fn rules_are_pure() {
    let mut faults = Vec::new();
    for file in shipped().iter().filter(|file| file.name.ends_with("/rules.rs")) {
        for word in ["async", "await", "sqlx", "db", "axum", "App", "Tx"] {
            if file.mentions(&[word]) {
                faults.push(format!("{} is a rule and speaks of {word}", file.name));
            }
        }
    }
    none(faults);
}

#[test]
fn statements_stand_in_stores_and_answers_in_http() {
    let mut faults = Vec::new();
    for file in shipped().iter().filter(|file| file.name.starts_with("api/")) {
        let holds_statements = ["sql", "piece", "scoped"].iter().any(|name| file.mentions(&[name, "!", "…"]));
        if holds_statements && (file.mentions(&["axum"]) || file.mentions(&["Reply"])) {
            faults.push(format!("{} holds statements and speaks of HTTP", file.name));
        }
    }
    none(faults);
}

#[test]
fn only_the_seam_knows_that_there_are_two_databases() {
    let mut faults = Vec::new();
    for file in shipped() {
        if KNOW_THE_DATABASES.iter().any(|known| file.name.starts_with(known)) {
            continue;
        }
        for word in [
            "Sqlite",
            "SqlitePool",
            "SqliteConnection",
            "SqliteRow",
            "SqliteArguments",
            "Postgres",
            "PgPool",
            "PgConnection",
            "PgRow",
            "PgArguments",
        ] {
            if file.mentions(&[word]) {
                faults.push(format!("{} names {word}", file.name));
            }
        }
    }
    none(faults);
}

#[test]
fn time_ids_and_tasks_come_from_those_who_own_them() {
    let mut faults = Vec::new();
    for file in shipped() {
        for call in [
            ["SystemTime", "::", "now"],
            ["Utc", "::", "now"],
            ["Local", "::", "now"],
            ["Timestamp", "::", "now"],
            ["Zoned", "::", "now"],
            ["Uuid", "::", "now_v7"],
            ["Uuid", "::", "new_v4"],
            ["tokio", "::", "spawn"],
            ["OsRng", "::", "default"],
            ["rand", "::", "rng"],
        ] {
            let is_owner = OWNERS_OF_TIME.contains(&(file.name.as_str(), call.concat().as_str()));
            if file.mentions(&call) && !is_owner {
                faults.push(format!("{} calls {}", file.name, call.concat()));
            }
        }
    }
    none(faults);
}

#[test]
fn every_file_is_short_and_says_what_it_is() {
    let mut faults = Vec::new();
    for file in shipped() {
        if !file.is_tests() && !file.text.starts_with("//! ") {
            faults.push(format!("{} does not say what it is", file.name));
        }
    }
    for folder in CRATES.map(|(folder, _)| folder).into_iter().chain(["tests", "benches"]) {
        for file in files(root(), folder) {
            let lines = file.text.lines().count();
            if lines > 500 {
                faults.push(format!("{} has {lines} lines", file.name));
            }
        }
    }
    none(faults);
}

#[test]
fn every_feature_opens_with_a_paragraph_for_newcomers() {
    let mut faults = Vec::new();
    for feature in features() {
        let text = std::fs::read_to_string(root().join(&feature).join("mod.rs")).unwrap_or_default();
        let paragraph: usize = text
            .lines()
            .take_while(|line| line.starts_with("//!"))
            .map(|line| line.split_whitespace().count())
            .sum();
        if paragraph < 20 {
            faults.push(format!("{feature}/mod.rs says what it is in {paragraph} words"));
        }
    }
    none(faults);
}

#[test]
fn changes_are_written_down() {
    let text = std::fs::read_to_string(root().join("CHANGELOG.md")).unwrap_or_default();
    assert!(text.lines().any(|line| line.starts_with("## ")), "CHANGELOG.md has no entry");
}
