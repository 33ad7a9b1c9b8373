//! The command line. Each command reads the settings, does one thing and says what came of it: results on the standard
//! output, log lines and errors on the other.

mod accounts;
mod arguments;
mod contract;
mod qr;
mod service;

pub use service::until_told;

use crate::{
    settings::{FILE_VARIABLE, Settings},
    telemetry,
};
use arguments::{Arguments, Command};
use clap::Parser;
use std::{error::Error, ffi::OsString, path::PathBuf, process::ExitCode};

/// What a command comes to: the code to exit with, or an error to show.
pub type Outcome = Result<ExitCode, Box<dyn Error + Send + Sync>>;

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    match runtime.block_on(carry_out(arguments)) {
        Ok(code) => code,
        Err(error) => failed(&*error),
    }
}

fn failed(error: &dyn Error) -> ExitCode {
    eprintln!("muwakaba: {error}");
    ExitCode::FAILURE
}

async fn carry_out(arguments: Arguments) -> Outcome {
    let file = arguments.settings.or_else(|| std::env::var_os(FILE_VARIABLE).map(PathBuf::from));
    let settings = || Settings::load(file.as_deref(), environment());
    match arguments.command {
        Command::Serve => service::serve(&logged(settings()?)?).await,
        Command::Migrate => service::migrate(&logged(settings()?)?).await,
        Command::Staff(command) => accounts::staff(&logged(settings()?)?, command).await,
        Command::EnrolCode(command) => accounts::enrol_code(&logged(settings()?)?, &command).await,
        Command::Doctor => crate::doctor::run(settings()).await,
        Command::Openapi(command) => contract::openapi(&command),
    }
}

fn logged(settings: Settings) -> Result<Settings, Box<dyn Error + Send + Sync>> {
    telemetry::start_log(&settings.log)?;
    Ok(settings)
}

/// The environment, as far as it is text; the names of settings are.
fn environment() -> impl Iterator<Item = (String, String)> {
    let text = |text: OsString| text.into_string();
    std::env::vars_os().filter_map(move |(name, value)| text(name).ok().zip(text(value).ok()))
}
