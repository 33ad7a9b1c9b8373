//! What can be said on the command line.

use care::outage::OutageCause;
use clap::{Args, Parser, Subcommand};
use contract::{
    Language, ParticipantId, StaffRole,
    time::{LocalDateTime, ZoneName},
};
use std::path::PathBuf;

/// Aftercare follow-up: appointments, reminders on the phone, and answers with one tap.
#[derive(Debug, Parser)]
#[command(name = "muwakaba", version, arg_required_else_help = true)]
pub struct Arguments {
    /// The settings file [default: muwakaba.toml, if there is one].
    #[arg(long, global = true, value_name = "FILE")]
    pub settings: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the service until it is told to stop (SIGTERM or Ctrl-C).
    Serve,
    /// Bring the database's schema up to date, and do nothing else.
    Migrate,
    /// Staff accounts.
    #[command(subcommand)]
    Staff(Staff),
    /// Make a one-time code with which a participant's phone is enrolled.
    EnrolCode(EnrolCode),
    /// Outages of the service.
    #[command(subcommand)]
    Outage(Outage),
    /// Look at zone data, keys, database, clock, channels and settings, and say what is wrong.
    Doctor,
    /// Print the contract, openapi.yaml, as this program keeps it.
    Openapi(Openapi),
}

/// Commands about staff accounts.
#[derive(Debug, Subcommand)]
pub enum Staff {
    /// Make an account, and show its one-time password and authenticator code once.
    Add(NewStaff),
    /// Give an account a new password and authenticator code; its sessions end.
    Reset {
        /// The address they sign in with.
        #[arg(long)]
        email: String,
    },
}

/// Somebody who is to get an account.
#[derive(Debug, Args)]
pub struct NewStaff {
    /// Their name.
    #[arg(long)]
    pub name: String,
    /// The address they sign in with.
    #[arg(long)]
    pub email: String,
    /// What they may do: mentor, counsellor, manager, administrator or observer.
    #[arg(long)]
    pub role: StaffRole,
    /// The language of their app: ar, fr, zgh or en.
    #[arg(long, default_value = "ar")]
    pub language: Language,
    /// The centre they work at, by its name or id.
    #[arg(long)]
    pub centre: String,
    /// Register the centre first if there is none of that name: how a new service gets its first administrator.
    #[arg(long)]
    pub new_centre: bool,
    /// The zone of a new centre.
    #[arg(long, default_value = "Africa/Casablanca", requires = "new_centre")]
    pub zone: ZoneName,
}

/// Commands about outages.
#[derive(Debug, Subcommand)]
pub enum Outage {
    /// Say that nobody could reach the service, once it is over: what was to be answered then gets that time back.
    Declare(NewOutage),
}

/// A time in which nobody could reach the service.
#[derive(Debug, Args)]
pub struct NewOutage {
    /// From when, on the wall: 2026-11-20T14:00.
    #[arg(long)]
    pub from: LocalDateTime,
    /// Until before when.
    #[arg(long)]
    pub until: LocalDateTime,
    /// Whose wall that is [default: the centre's, or that of the first centre].
    #[arg(long)]
    pub zone: Option<ZoneName>,
    /// Where, by name or id; everywhere if it is left out.
    #[arg(long)]
    pub centre: Option<String>,
    /// Why: service, network, power, upkeep or other.
    #[arg(long, default_value = "service")]
    pub cause: OutageCause,
}

/// For whom to make a code.
#[derive(Debug, Args)]
pub struct EnrolCode {
    /// The participant's id.
    #[arg(long)]
    pub participant: ParticipantId,
}

/// What to do with the contract.
#[derive(Debug, Args)]
pub struct Openapi {
    /// Compare it with this file instead, and fail if they differ.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "openapi.yaml")]
    pub check: Option<PathBuf>,
}
