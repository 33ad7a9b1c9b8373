//! What a command comes to.

use std::{error::Error, process::ExitCode};

/// The code to exit with, or an error to show.
pub type Outcome = Result<ExitCode, Box<dyn Error + Send + Sync>>;
