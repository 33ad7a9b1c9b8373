//! The program as an operator runs it: what it prints, with which exit code it ends, and what its errors name.

mod accounts;
mod doctor;
mod guide;
mod outages;
mod seed;

use muwakaba_tests::{TestApp, binary};
use std::{path::Path, process::Command};
use tempfile::TempDir;

/// The program with a data directory of its own, on the database of a test.
struct Program {
    directory: TempDir,
    database_url: String,
    variables: Vec<(&'static str, String)>,
}

/// What came of a command.
#[derive(Debug)]
struct Said {
    code: Option<i32>,
    /// What it was asked for.
    output: String,
    /// Log and error.
    errors: String,
}

impl Program {
    fn on(app: &TestApp) -> Self {
        Self::at(&app.database.url)
    }

    fn at(database_url: &str) -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        Self { directory, database_url: database_url.to_owned(), variables: Vec::new() }
    }

    /// With this variable set as well.
    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    fn data(&self) -> std::path::PathBuf {
        self.directory.path().join("data")
    }

    fn key(&self, name: &str) -> std::path::PathBuf {
        self.data().join("keys").join(name)
    }

    fn run(&self, arguments: &[&str]) -> Said {
        let mut command = Command::new(binary::muwakaba());
        command.args(arguments).current_dir(self.directory.path()).env_clear();
        command.env("DATABASE_URL", &self.database_url).env("MUWAKABA_DATA_DIRECTORY", self.data());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        let ended = command.output().expect("the program runs");
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
        Said { code: ended.status.code(), output: text(&ended.stdout), errors: text(&ended.stderr) }
    }
}

impl Said {
    /// It must have done what it was asked for.
    #[track_caller]
    fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    /// It must have refused with this exit code, shown nothing, and named this.
    #[track_caller]
    fn refused(self, code: i32, names: &[&str]) -> Self {
        assert_eq!((self.code, self.output.as_str()), (Some(code), ""), "{self:?}");
        for name in names {
            assert!(self.errors.contains(name), "{name:?} is not named: {self:?}");
        }
        self
    }

    /// What stands behind this label, which must be there once.
    #[track_caller]
    fn after(&self, label: &str) -> String {
        let found: Vec<&str> = self.output.lines().filter_map(|line| line.strip_prefix(label)).collect();
        let [one] = found[..] else { panic!("{label} stands there {} times: {self:?}", found.len()) };
        one.trim().to_owned()
    }
}

/// Opens a file to everybody, or to its owner alone again.
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("the mode is set");
}

/// What shows a code of somebody's authenticator is no part of what an operator installs.
#[test]
fn nothing_of_the_demonstration_ships() {
    let program = Program::at("sqlite:absent.db");
    for command in ["demo", "phone"] {
        program.run(&[command]).refused(2, &["unrecognized subcommand", command]);
    }
    assert!(!program.run(&["--help"]).done().output.contains("emonstration"));
}
