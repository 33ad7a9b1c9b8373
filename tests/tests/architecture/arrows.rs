//! Which way imports go within a crate. Cargo keeps the arrows between crates; within one, its modules (folders, or files beside them) stand
//! on each other without a circle, so that each can be understood from below.

use super::{CRATES, none, root, source::File};
use std::collections::{BTreeMap, BTreeSet};

type Arrows = BTreeMap<String, BTreeMap<String, String>>;

#[test]
fn the_modules_of_a_crate_form_no_circle() {
    let mut faults = Vec::new();
    for (folder, _) in CRATES.iter().filter(|(folder, _)| folder.starts_with("api/")) {
        let arrows = arrows_of(folder);
        assert!(arrows.len() > 3, "{folder} has {} modules", arrows.len());
        for circle in circles(&arrows) {
            faults.push(format!("{folder}: {circle}"));
        }
    }
    none(faults);
}

#[test]
fn a_circle_is_found() {
    let arrow = |to: &str| BTreeMap::from([(to.to_owned(), "a file".to_owned())]);
    let arrows = BTreeMap::from([
        ("a".to_owned(), arrow("b")),
        ("b".to_owned(), arrow("c")),
        ("c".to_owned(), arrow("b")),
        ("d".to_owned(), arrow("a")),
    ]);
    assert_eq!(circles(&arrows), ["b (a file) and c (a file) import each other"]);
    let file = File::of(
        "api/x/src/a/http.rs",
        "use crate::{b::C, D, e}; fn f() { crate::g::h() } mod tests { use crate::z; }",
    );
    let modules = BTreeMap::from([("D".to_owned(), "d".to_owned())]);
    assert_eq!(imported(&file, &modules), BTreeSet::from(["b", "d", "e", "g"].map(str::to_owned)));
}

/// Which module imports which, and in which file for one.
fn arrows_of(folder: &str) -> Arrows {
    let inside = format!("{folder}/src/");
    let files = super::source::files(root(), &format!("{folder}/src"));
    let re_exported = re_exports(&files, &inside);
    let mut arrows = Arrows::new();
    for file in &files {
        let path = file.name.strip_prefix(&inside).unwrap();
        let module = path.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
        if ["lib", "main"].contains(&module.as_str()) {
            continue;
        }
        let to = arrows.entry(module.clone()).or_default();
        for other in imported(file, &re_exported) {
            if other != module {
                to.insert(other, file.name.clone());
            }
        }
    }
    let known: BTreeSet<String> = arrows.keys().cloned().collect();
    for to in arrows.values_mut() {
        to.retain(|module, _| known.contains(module));
    }
    arrows
}

/// What the crate's root gives out again, by the module that it comes from: `pub use module::Name`.
fn re_exports(files: &[File], inside: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let lib = files.iter().find(|file| file.name == format!("{inside}lib.rs")).unwrap();
    for line in lib.text.split("pub use ").skip(1) {
        let (module, names) = line.split(';').next().unwrap().split_once("::").unwrap();
        for name in names.trim_matches(['{', '}']).split(',') {
            found.insert(name.trim().to_owned(), module.to_owned());
        }
    }
    found
}

/// The modules of its own crate that a file imports from.
fn imported(file: &File, re_exported: &BTreeMap<String, String>) -> BTreeSet<String> {
    let names = file.named_behind("crate");
    names.into_iter().map(|name| re_exported.get(&name).cloned().unwrap_or(name)).collect()
}

/// Every two modules that reach each other, whatever way.
fn circles(arrows: &Arrows) -> Vec<String> {
    let reached: BTreeMap<&String, BTreeSet<String>> =
        arrows.keys().map(|module| (module, reached_from(module, arrows))).collect();
    let mut found = Vec::new();
    for (module, to) in arrows {
        for (other, file) in to {
            let back = arrows.get(other).and_then(|back| back.get(module));
            if module < other && reached.get(other).is_some_and(|reached| reached.contains(module)) {
                let way_back = back.map_or("by others", String::as_str);
                found.push(format!("{module} ({file}) and {other} ({way_back}) import each other"));
            } else if reached.get(other).is_some_and(|reached| reached.contains(module)) && back.is_none() {
                found.push(format!("{module} ({file}) imports {other}, which reaches it by others"));
            }
        }
    }
    found
}

fn reached_from(module: &str, arrows: &Arrows) -> BTreeSet<String> {
    let (mut reached, mut open) = (BTreeSet::new(), vec![module.to_owned()]);
    while let Some(next) = open.pop() {
        for other in arrows.get(&next).into_iter().flat_map(BTreeMap::keys) {
            if reached.insert(other.clone()) {
                open.push(other.clone());
            }
        }
    }
    reached
}
