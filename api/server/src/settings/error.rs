//! Why a setting cannot be used, in words that lead to the place.

use std::{fmt, io, path::Path};

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("the settings file {path} cannot be read: {cause}")]
    File {
        /// Which.
        path: String,
        /// What the system said.
        cause: String,
    },
    /// The file is no TOML.
    #[error("{path}, line {line}: {cause}")]
    Syntax {
        /// Which file.
        path: String,
        /// Where in it.
        line: usize,
        /// What is wrong.
        cause: String,
    },
    /// There is no such setting.
    #[error("{origin}: there is no setting `{name}`; muwakaba.example.toml shows all there are")]
    Unknown {
        /// What was set.
        name: String,
        /// Where.
        origin: Origin,
    },
    /// The value cannot be used.
    #[error("{origin}: {name} {problem}")]
    Value {
        /// Which setting.
        name: String,
        /// Where it was set.
        origin: Origin,
        /// What is wrong with it.
        problem: String,
    },
}

impl SettingsError {
    pub(super) fn file(path: &Path, error: &io::Error) -> Self {
        Self::File { path: path.display().to_string(), cause: error.to_string() }
    }
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A line of the settings file.
    Line {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
    },
    /// An environment variable.
    Variable(String),
    /// Nobody set it.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line { file, line } => write!(formatter, "{file}, line {line}"),
            Self::Variable(name) => write!(formatter, "the variable {name}"),
            Self::Default => formatter.write_str("the default settings"),
        }
    }
}
