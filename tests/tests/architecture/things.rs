//! What is written to the feed and to the audit log is of a kind that is declared once, by whoever the service knows.

use super::{none, shipped};
use contract::{CentreId, StaffId, StaffRole};
use identity::things::THINGS;
use kernel::{access::Actor, things::Thing};
use std::collections::BTreeSet;
use uuid::Uuid;

fn things() -> Vec<&'static Thing> {
    care::FEATURES.iter().flat_map(|feature| feature.things).chain(THINGS).copied().collect()
}

#[test]
fn only_declared_kinds_are_written_to_the_feed() {
    let faults = shipped()
        .iter()
        .filter(|file| file.name.starts_with("api/") && file.name != "api/kernel/src/things.rs")
        .filter(|file| file.mentions(&["subject_kind", ":", "…"]))
        .map(|file| format!("{}: write its change with Thing::changed", file.name))
        .collect();
    none(faults);
}

#[test]
fn whatever_is_declared_is_known_to_the_service_and_once() {
    let known = things();
    let words: BTreeSet<&str> = known.iter().map(|thing| thing.word).collect();
    assert_eq!(words.len(), known.len(), "two kinds share a word: {known:?}");
    let mut faults = Vec::new();
    for file in shipped().iter().filter(|file| file.name.starts_with("api/") && !file.is_tests()) {
        for declaration in file.text.split(": Thing = Thing {").skip(1) {
            let word = declaration.split('"').nth(1).unwrap_or_default();
            if !words.contains(word) {
                faults.push(format!("{}: its feature does not name `{word}` among its things", file.name));
            }
        }
    }
    none(faults);
}

#[test]
fn a_phone_is_told_of_kinds_that_are_declared() {
    let known = things();
    let actor = Actor::Staff {
        id: StaffId(Uuid::nil()),
        role: StaffRole::Manager,
        centre: CentreId(Uuid::nil()),
        session: None,
        is_posted: false,
    };
    for feature in care::FEATURES {
        for list in feature.lists {
            for kind in list.kinds(&actor) {
                assert!(known.contains(&kind), "`{kind:?}` of the list {}", list.name());
            }
        }
    }
}
