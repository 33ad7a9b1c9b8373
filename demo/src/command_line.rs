//! The command line: results on the standard output, log lines and errors on the other.

use crate::{
    arguments::{Arguments, Command},
    phone, service,
};
use clap::Parser;
use contract::time::SystemClock;
use muwakaba::{command_line::to_its_end, outcome::Outcome};
use std::{process::ExitCode, sync::Arc};

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    to_its_end("muwakaba-demo", carry_out(Arguments::parse()))
}

async fn carry_out(arguments: Arguments) -> Outcome {
    match arguments.command {
        None => service::run(&arguments.demonstration).await,
        Some(Command::Start(demonstration)) => service::run(&demonstration).await,
        Some(Command::Phone(arguments)) => {
            phone::run(arguments, Arc::new(SystemClock)).await?;
            Ok(ExitCode::SUCCESS)
        }
    }
}
