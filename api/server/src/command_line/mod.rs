//! The command line. Each command reads the settings, does one thing and says what came of it: results on the standard
//! output, log lines and errors on the other.

mod accounts;
mod arguments;
mod contract;
mod outages;
mod qr;
mod service;

pub use service::until_told;

use crate::{
    outcome::Outcome,
    settings::{FILE_VARIABLE, Settings},
    telemetry,
};
use arguments::{Arguments, Command, Outage};
use clap::Parser;
use std::{error::Error, ffi::OsString, path::PathBuf, process::ExitCode};

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    to_its_end("muwakaba", carry_out(arguments))
}

/// Carries a command of this program out. What goes wrong is said on the standard error.
pub fn to_its_end(program: &str, command: impl Future<Output = Outcome>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(command));
    outcome.unwrap_or_else(|error| {
        eprintln!("{program}: {error}");
        ExitCode::FAILURE
    })
}

async fn carry_out(arguments: Arguments) -> Outcome {
    let file = arguments.settings.or_else(|| std::env::var_os(FILE_VARIABLE).map(PathBuf::from));
    let settings = || Settings::load(file.as_deref(), environment());
    match arguments.command {
        Command::Serve => service::serve(&logged(settings()?)?).await,
        Command::Migrate => service::migrate(&logged(settings()?)?).await,
        Command::Staff(command) => accounts::staff(&logged(settings()?)?, command).await,
        Command::EnrolCode(command) => accounts::enrol_code(&logged(settings()?)?, &command).await,
        Command::Outage(Outage::Declare(new)) => outages::declare(&logged(settings()?)?, &new).await,
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
