//! What a feature registers, and what it forgot to.

use super::{Body, Feature, each, features};
use crate::operations::{self, Ids, Operation};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// What a registration begins with; whoever writes it differently is not found.
const REGISTERED: &str = ": Feature = Feature {";

fn none(faults: &[String]) {
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Every source file below this folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(path);
        }
    }
    found
}

/// A file that no `mod` names is not compiled, and its tests do not run: nobody would miss them.
#[test]
fn every_registration_is_named_in_the_list_of_all_rs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut registered: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for feature in features() {
        assert!(!feature.file.is_empty(), "a registration does not say `file: file!()`");
        *registered.entry(root.join(feature.file)).or_default() += 1;
    }
    let mut faults = Vec::new();
    for file in files(&root.join("tests/tests")) {
        let text = std::fs::read_to_string(&file).expect("a file");
        let written = text.lines().filter(|line| line.ends_with(REGISTERED)).count();
        let named = registered.remove(&file).unwrap_or_default();
        if written != named {
            faults.push(format!(
                "{} registers {written} features, and FEATURES in all.rs names {named} of them",
                file.display()
            ));
        }
    }
    faults.extend(registered.keys().map(|file| format!("{}: no registration is in it", file.display())));
    none(&faults);
}

#[test]
fn every_folder_of_tests_is_compiled() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let all = std::fs::read_to_string(folder.join("all.rs")).expect("all.rs");
    let mut faults = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy();
        if name != "all" && !all.lines().any(|line| line == format!("mod {name};")) {
            faults.push(format!("all.rs has no line `mod {name};`"));
        }
    }
    none(&faults);
}

#[test]
fn everything_that_operations_are_about_can_be_made() {
    let (ids, mut faults) = (Ids::absent(), Vec::new());
    for operation in operations::all() {
        for parameter in operation.parameters("path") {
            let name = parameter["name"].as_str().expect("a name");
            if ids.known(name).is_none() {
                faults.push(format!(
                    "{}: register beside its tests, in `subjects`, what {{{name}}} is and how one is made",
                    operation.id
                ));
            }
        }
        let is_known = |(list, _): &&(&str, &str)| *list == operation.id;
        if operation.is_list() && each(|feature| feature.lists).find(is_known).is_none() {
            faults.push(format!(
                "{}: register beside its tests, in `lists`, by which id its items are known",
                operation.id
            ));
        }
    }
    none(&faults);
}

#[test]
fn every_body_is_an_example_of_the_contract_or_registered() {
    let bodies: Vec<&Body> = each(|feature| feature.bodies).collect();
    let mut faults = Vec::new();
    for operation in operations::all().into_iter().filter(Operation::takes_body) {
        match bodies.iter().filter(|body| body.operation == operation.id).count() {
            0 if operation.example().is_none() => faults.push(format!(
                "{}: give its request an example in the contract, or register `instead` beside its tests, in `bodies`",
                operation.id
            )),
            0 | 1 => {}
            times => faults.push(format!("{}: its body is registered {times} times", operation.id)),
        }
    }
    none(&faults);
}

#[test]
fn what_is_registered_is_of_operations_that_there_are() {
    let known = operations::all();
    let named = |feature: &'static Feature| {
        let subjects = feature.subjects.iter().flat_map(|subject| subject.needed_by.iter().copied());
        let (bodies, states) = (feature.bodies.iter(), feature.states.iter());
        subjects
            .chain(bodies.map(|body| body.operation))
            .chain(states.map(|state| state.operation))
            .chain(feature.public_fields.iter().map(|(operation, _)| *operation))
            .chain(feature.lists.iter().map(|(operation, _)| *operation))
            .chain(feature.filters.iter().map(|(operation, ..)| *operation))
    };
    let faults: Vec<String> = features()
        .flat_map(|feature| named(feature).map(move |operation| (feature.file, operation)))
        .filter(|(_, operation)| known.iter().all(|one| one.id != *operation))
        .map(|(file, operation)| format!("{file}: the contract has no operation {operation}"))
        .collect();
    none(&faults);
}
