//! What can be said on the command line.

use crate::phone;
use clap::{Args, Parser, Subcommand};
use std::{net::SocketAddr, path::PathBuf};

/// Muwakaba with demonstration data, on this machine only. Everybody in it is invented.
#[derive(Debug, Parser)]
#[command(name = "muwakaba-demo", version, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    /// How the service is run, where nothing else is asked for.
    #[command(flatten)]
    pub demonstration: Demonstration,
    /// What to do instead.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the service with demonstration data; the same as without a command.
    Start(Demonstration),
    /// Be a phone in the terminal: enrol, show each notification as it arrives, and answer it by a key.
    Phone(phone::Arguments),
}

/// How the demonstration is run.
#[derive(Debug, Args)]
pub struct Demonstration {
    /// Where its data are kept.
    #[arg(long, value_name = "DIR", default_value = "data/demo")]
    pub data: PathBuf,
    /// Where it listens: an address of this machine.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Show the present authenticator code of the account with this address, and do nothing else.
    #[arg(long, value_name = "E-MAIL")]
    pub code_of: Option<String>,
    /// Write access tokens for every role to this file as JSON as well, for tools.
    #[arg(long, value_name = "FILE")]
    pub credentials_file: Option<PathBuf>,
}
