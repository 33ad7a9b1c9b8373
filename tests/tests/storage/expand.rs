//! Two versions run beside each other while nodes are updated, so a step of the schema only adds: the version before it goes on
//! reading and writing what it knows (`docs/decisions/upgrades.md`). What nobody uses any more goes a release later, by a step that
//! says since when.

use std::path::Path;

/// The steps before this one were taken when one version ran at a time.
const FROM: u32 = 7;

/// What takes something away from a version that runs, in words as they stand in a statement.
const CONTRACTIONS: [&str; 7] =
    ["DROP TABLE", "DROP COLUMN", "DROP VIEW", "RENAME", "SET NOT NULL", "ADD CONSTRAINT", "ALTER COLUMN"];

/// What a step that takes away says, with the last version that used it.
const SAYS_SINCE: &str = "-- contracts: unused since v";

/// What a step says that forbids what the version before it never does.
const SAYS_KEPT: &str = "-- kept already by v";

/// What this step takes away from the version before it.
fn contractions(step: &str) -> Vec<String> {
    if step.lines().any(|line| line.starts_with(SAYS_SINCE) || line.starts_with(SAYS_KEPT)) {
        return Vec::new();
    }
    let words: Vec<String> = step
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default())
        .flat_map(str::split_whitespace)
        .map(str::to_uppercase)
        .collect();
    let text = words.join(" ");
    let mut found: Vec<String> =
        CONTRACTIONS.iter().filter(|one| text.contains(**one)).map(|one| (*one).to_owned()).collect();
    let adds_what_must_be_given = |statement: &&str| {
        statement.contains("ADD COLUMN") && statement.contains("NOT NULL") && !statement.contains("DEFAULT")
    };
    found
        .extend(text.split(';').filter(adds_what_must_be_given).map(|statement| statement.trim().to_owned()));
    found
}

#[test]
fn new_steps_of_the_schema_only_add() {
    let mut steps = 0;
    for database in ["sqlite", "postgres"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(database);
        for entry in std::fs::read_dir(folder).expect("the steps of the schema") {
            let path = entry.expect("a step").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let number: u32 =
                name.split('_').next().and_then(|number| number.parse().ok()).expect("a number");
            if number < FROM {
                continue;
            }
            steps += 1;
            let found = contractions(&std::fs::read_to_string(&path).expect("a step"));
            assert!(
                found.is_empty(),
                "{database}/{name} takes away what the version before it uses: {found:?}"
            );
        }
    }
    assert!(steps > 0, "no step was looked at");
}

#[test]
fn what_takes_away_is_recognised() {
    for (step, is_refused) in [
        ("CREATE TABLE a (b TEXT NOT NULL);", false),
        ("ALTER TABLE a ADD COLUMN b TEXT;", false),
        ("ALTER TABLE a ADD COLUMN b TEXT NOT NULL DEFAULT 'c';", false),
        ("DROP TRIGGER a; DROP INDEX b;", false),
        ("-- it does not DROP TABLE anything\nCREATE INDEX a ON b (c);", false),
        ("ALTER TABLE a ADD COLUMN b TEXT NOT NULL;", true),
        ("drop\n table a;", true),
        ("ALTER TABLE a RENAME COLUMN b TO c;", true),
        ("ALTER TABLE a DROP COLUMN b;", true),
        ("ALTER TABLE a ALTER COLUMN b SET NOT NULL;", true),
        ("ALTER TABLE a ADD CONSTRAINT b CHECK (c > 0);", true),
        ("-- kept already by v0.1.0\nALTER TABLE a ADD CONSTRAINT b CHECK (c > 0);", false),
        ("-- contracts: unused since v0.2.0\nALTER TABLE a DROP COLUMN b;", false),
    ] {
        assert_eq!(!contractions(step).is_empty(), is_refused, "{step}");
    }
}
