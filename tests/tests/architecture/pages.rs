//! The pages for newcomers name files that there are: whoever follows a journey finds each of its steps.

use super::{none, root};
use std::path::{Path, PathBuf};

/// The folders whose files the pages name.
const FOLDERS: [&str; 7] =
    ["api/", "benches/", "demo/", "migrations/", "mobile-contract/", "notifications/", "tests/"];

#[test]
fn every_file_that_a_page_names_is_there() {
    let (mut faults, mut found) = (Vec::new(), 0);
    for page in pages() {
        let text = std::fs::read_to_string(root().join(&page)).unwrap();
        for name in text.split('`').skip(1).step_by(2).filter(|name| is_path(name)) {
            found += 1;
            if !root().join(name).exists() {
                faults.push(format!("{}: there is no {name}", page.display()));
            }
        }
    }
    assert!(found > 60, "only {found} paths were found");
    none(faults);
}

/// Not of a pattern, such as `api/care/src/<feature>/`.
fn is_path(name: &str) -> bool {
    FOLDERS.iter().any(|folder| name.starts_with(folder))
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "/._-".contains(letter))
}

fn pages() -> Vec<PathBuf> {
    let mut pages = vec![PathBuf::from("README.md"), PathBuf::from("mobile-contract/README.md")];
    let mut folders = vec![PathBuf::from("docs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root().join(&folder)).unwrap() {
            let path = folder.join(entry.unwrap().file_name());
            if root().join(&path).is_dir() {
                folders.push(path);
            } else if path.extension() == Some(Path::new("x.md").extension().unwrap()) {
                pages.push(path);
            }
        }
    }
    pages.sort();
    pages
}
