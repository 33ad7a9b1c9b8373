//! The key files: there, readable, and closed to others.

use super::report::Report;
use crate::settings::Settings;
use kernel::protect::keys::{KeyDirectory, MASTER_KEY_FILE, MasterKey};

/// Looks at the key directory. `None`: there is none yet, or it cannot be used.
pub fn examine(settings: &Settings, report: &mut Report) -> Option<KeyDirectory> {
    let path = settings.key_directory();
    if !path.exists() {
        report.warning("keys", format!("none in {} yet; they are made at the first start", path.display()));
        return None;
    }
    // Opening would make a directory; this one exists.
    let keys = match KeyDirectory::open(&path) {
        Ok(keys) => keys,
        Err(error) => {
            report.error("keys", error.to_string());
            return None;
        }
    };
    match MasterKey::read(&keys.path_of(MASTER_KEY_FILE)) {
        Ok(_) => {
            report.fine("keys", format!("{}: the master key is readable for its owner alone", path.display()))
        }
        Err(error) => report.error("keys", error.to_string()),
    }
    for name in names(&path) {
        if let Err(error) = keys.read(&name) {
            report.error("keys", error.to_string());
        }
    }
    Some(keys)
}

fn names(path: &std::path::Path) -> Vec<String> {
    let files = std::fs::read_dir(path).into_iter().flatten().flatten();
    let mut names: Vec<String> = files
        .filter_map(|file| file.file_name().into_string().ok())
        .filter(|name| name.ends_with(".key") && name != MASTER_KEY_FILE)
        .collect();
    names.sort();
    names
}
