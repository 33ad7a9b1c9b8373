//! The programs themselves, for tests that run them as somebody would.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    time::SystemTime,
};

/// The folders whose sources the service is built from.
const SOURCES: [&str; 4] = ["api", "notifications/src", "notifications/messages", "mobile-contract/src"];
/// What the demonstration has beside them.
const OF_DEMONSTRATION: &str = "demo";

/// Where the service lies. Built first if it is not there or older than its sources, as when only this package is tested.
pub fn muwakaba() -> PathBuf {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| find_or_build("muwakaba", &SOURCES)).clone()
}

/// Where the demonstration and the terminal phone lie; built likewise.
pub fn muwakaba_demo() -> PathBuf {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    let sources = || [&SOURCES[..], &[OF_DEMONSTRATION]].concat();
    BINARY.get_or_init(|| find_or_build("muwakaba-demo", &sources())).clone()
}

fn find_or_build(name: &str, sources: &[&str]) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let test = std::env::current_exe().expect("the path of this test");
    let profile = test.ancestors().nth(2).expect("the folder of the profile");
    let binary = profile.join(name);
    let newest = sources.iter().filter_map(|folder| newest_in(&root.join(folder))).max();
    let built = std::fs::metadata(&binary).and_then(|metadata| metadata.modified()).ok();
    if built < newest {
        let mut cargo = Command::new(env!("CARGO"));
        // All at once, as the tests are built: a package alone has other features, and everything below it is compiled again.
        cargo.args(["build", "--quiet", "--workspace", "--bins", "--tests"]).current_dir(&root);
        assert!(cargo.status().expect("cargo runs").success(), "the program could not be built");
    }
    binary
}

fn newest_in(folder: &Path) -> Option<SystemTime> {
    let entries = std::fs::read_dir(folder).ok()?.filter_map(Result::ok);
    entries
        .filter_map(|entry| {
            if entry.path().is_dir() {
                newest_in(&entry.path())
            } else {
                entry.metadata().ok()?.modified().ok()
            }
        })
        .max()
}
