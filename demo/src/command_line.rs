//! The command line: results on the standard output, log lines and errors on the other.

use crate::{
    arguments::{Arguments, Command},
    phone, service,
};
use clap::Parser;
use contract::time::SystemClock;
use muwakaba::command_line::Outcome;
use std::{error::Error, process::ExitCode, sync::Arc};

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
    eprintln!("muwakaba-demo: {error}");
    ExitCode::FAILURE
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
