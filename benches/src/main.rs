//! What `make bench` measures of this service, and what `make chaos` does to it: the real dispatcher with the real channels
//! on a real database. And what `scripts/alike` measures: whether the time of a 404 tells more than the 404.
//!
//! ```text
//! muwakaba-benches dispatch --channel web-push|fcm --database sqlite|sqlite:PATH|postgres://… --count N --sink http://127.0.0.1:PORT
//! muwakaba-benches waiting --full … --empty … --count N --sink http://127.0.0.1:PORT
//! muwakaba-benches pick-up --database sqlite|sqlite:PATH|postgres://… [--count N]
//! muwakaba-benches requests --binary FILE --folder FOLDER --peers FOLDER [--rounds N] [--seconds N] …
//! muwakaba-benches lists --binary FILE --store FOLDER --folder FOLDER [--warm N] [--cold N]
//! muwakaba-benches sync --binary FILE --folder FOLDER
//! muwakaba-benches plans --binary FILE --folder FOLDER [--count N] [--rounds N]
//! muwakaba-benches chaos --database sqlite|sqlite:PATH|postgres://… --count N [--kills N] [--lease SECONDS]
//! muwakaba-benches not-found --credentials FILE [--count N]
//! ```
//!
//! `dispatch` and `chaos` write N reminders that are due, each for its own participant with their own subscription (`people.rs`), and print
//! one line of JSON. `dispatch` lets the dispatcher run until nothing is due (`throughput.rs`); `chaos` kills it on the way
//! (`chaos/`). `requests` fills a store (`store/`), runs the service beside what a team would write instead and asks them alike
//! (`requests/`, `load.rs`). `lists` reads every list of a large store, one after the other (`lists/`). `sync` lets a thousand phones
//! pull at once (`sync.rs`). `plans` lets the reconciler plan ahead for everybody (`plans.rs`). `not-found` asks a demonstration that runs already (`not_found.rs`).

/// The one that the service ships with.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

mod arguments;
mod channels;
mod chaos;
mod client;
mod lists;
mod load;
mod meter;
mod not_found;
mod people;
mod pick_up;
mod plans;
mod processes;
mod program;
mod requests;
mod service;
mod store;
mod sync;
mod throughput;
mod waiting;

use std::error::Error;
use std::process::ExitCode;

use arguments::Command;
use tempfile::TempDir;

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<ExitCode, Failure> {
    match arguments::parse(std::env::args().skip(1))? {
        Command::Dispatch(arguments) => throughput::measure(&arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Waiting(arguments) => waiting::measure(&arguments).await.map(|()| ExitCode::SUCCESS),
        Command::PickUp(arguments) => pick_up::measure(&arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Lists(arguments) => lists::run(&arguments).await,
        Command::Sync(arguments) => sync::run(&arguments).await,
        Command::Plans(arguments) => plans::run(&arguments).await,
        Command::Requests(arguments) => requests::run(&arguments).await,
        Command::NotFound(arguments) => not_found::measure(&arguments).await,
        Command::Chaos(arguments) => chaos::run(&arguments).await,
        Command::ChaosWorker(arguments) => chaos::worker::run(&arguments).await.map(|()| ExitCode::SUCCESS),
    }
}

/// The URL of what the command line calls the database; a fresh file lies in `directory`.
fn database_url(name: &str, directory: &TempDir) -> String {
    match name {
        "sqlite" => format!("sqlite:{}", directory.path().join("measured.db").display()),
        url => url.to_owned(),
    }
}
