//! The command line of `muwakaba`.

use clap::{Parser, Subcommand};
use contract::time::SystemClock;
use muwakaba::phone;
use std::{process::ExitCode, sync::Arc};

#[derive(Parser)]
#[command(name = "muwakaba", version, about = "Aftercare follow-up: appointments, reminders and answers")]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Be a participant's phone in the terminal.
    Phone(phone::Arguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match CommandLine::parse().command {
        Command::Phone(arguments) => phone::run(arguments, Arc::new(SystemClock)).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("muwakaba: {error}");
            ExitCode::FAILURE
        }
    }
}
