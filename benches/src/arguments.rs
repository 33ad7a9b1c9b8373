//! The command line.

use std::collections::HashMap;
use std::path::PathBuf;
use std::str::FromStr;

use notifications::dispatcher::DispatcherSettings;

use crate::Failure;
use crate::lists::ListsArguments;
use crate::plans::PlansArguments;
use crate::requests::{Contender, RequestsArguments};
use crate::sync::SyncArguments;

/// The channel that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// Web Push.
    WebPush,
    /// FCM.
    Fcm,
}

impl Channel {
    /// The name on the command line and in the result.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WebPush => "web-push",
            Self::Fcm => "fcm",
        }
    }
}

impl FromStr for Channel {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        [Self::WebPush, Self::Fcm].into_iter().find(|one| one.as_str() == text).ok_or_else(|| USAGE.into())
    }
}

/// What is to be done.
#[derive(Debug)]
pub enum Command {
    /// Measure the dispatcher.
    Dispatch(DispatchArguments),
    /// Measure whether those that wait slow the dispatcher down.
    Waiting(WaitingArguments),
    /// Measure how soon one reminder is sent.
    PickUp(PickUpArguments),
    /// Measure the daily requests.
    Requests(RequestsArguments),
    /// Measure the lists at size.
    Lists(ListsArguments),
    /// Let a thousand phones pull at once.
    Sync(SyncArguments),
    /// Let the reconciler plan ahead for everybody.
    Plans(PlansArguments),
    /// Compare the times of absent and out of scope.
    NotFound(NotFoundArguments),
    /// Kill the dispatcher and see what becomes of the reminders.
    Chaos(ChaosArguments),
    /// Be the dispatcher that is killed. Only this program itself gives this command.
    ChaosWorker(WorkerArguments),
}

/// What is to be measured.
#[derive(Debug)]
pub struct DispatchArguments {
    /// The channel.
    pub channel: Channel,
    /// `sqlite` for a fresh file, or the URL of an empty database.
    pub database: String,
    /// How many reminders.
    pub count: usize,
    /// The base URL of the receiver.
    pub sink: String,
    /// What differs from the dispatcher's own settings.
    pub pace: Pace,
}

/// What waits, and what is sent among it.
#[derive(Debug)]
pub struct WaitingArguments {
    /// The database where many wait: `sqlite` for a fresh file, or the URL of an empty database.
    pub full: String,
    /// The database where nobody does.
    pub empty: String,
    /// How many wait.
    pub waiting: usize,
    /// How many are sent in a turn.
    pub count: usize,
    /// The base URL of the receiver.
    pub sink: String,
}

/// What is sent one by one.
#[derive(Debug)]
pub struct PickUpArguments {
    /// `sqlite` for a fresh file, or the URL of an empty database.
    pub database: String,
    /// How many.
    pub count: usize,
}

/// Whom to ask how often.
#[derive(Debug)]
pub struct NotFoundArguments {
    /// What `muwakaba-demo --credentials-file` wrote.
    pub credentials: PathBuf,
    /// How many requests of each kind.
    pub count: usize,
}

/// How often to kill what.
#[derive(Debug)]
pub struct ChaosArguments {
    /// `sqlite` for a fresh file, or the URL of an empty database.
    pub database: String,
    /// How many reminders.
    pub count: usize,
    /// How many dispatchers are killed.
    pub kills: u32,
    /// Seconds after which a dead dispatcher's claims are free again.
    pub lease: u32,
    /// What differs from the dispatcher's own settings.
    pub pace: Pace,
}

/// Where a dispatcher that may be killed finds its work.
#[derive(Debug)]
pub struct WorkerArguments {
    /// The URL of the database, which is there already.
    pub database: String,
    /// Seconds that a claim holds.
    pub lease: u32,
    /// What differs from the dispatcher's own settings.
    pub pace: Pace,
}

/// What of the dispatcher's own settings may be changed from outside.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How many reminders one claim takes.
    pub batch: Option<u32>,
    /// How many are sent at once.
    pub lanes: Option<usize>,
}

impl Pace {
    /// The dispatcher's settings at this pace.
    pub fn settings(self) -> DispatcherSettings {
        let mut settings = DispatcherSettings::default();
        settings.batch = self.batch.unwrap_or(settings.batch);
        settings.lanes = self.lanes.unwrap_or(settings.lanes);
        settings
    }
}

const USAGE: &str = "usage: muwakaba-benches dispatch --channel web-push|fcm --database sqlite|URL --count N --sink http://127.0.0.1:PORT
       muwakaba-benches waiting --full sqlite|URL --empty sqlite|URL --count N --sink http://127.0.0.1:PORT [--waiting N]
       muwakaba-benches pick-up --database sqlite|URL [--count N]
       muwakaba-benches requests --binary FILE --folder FOLDER --peers FOLDER [--rounds N] [--seconds N] [--connections N]
                                 [--managers N] [--contenders sqlite,same,postgres,fastify] [--gates yes|no]
       muwakaba-benches lists --binary FILE --store FOLDER --folder FOLDER [--warm N] [--cold N] [--only TEXT] [--gates yes|no]
       muwakaba-benches sync --binary FILE --folder FOLDER [--gates yes|no]
       muwakaba-benches plans --binary FILE --folder FOLDER [--count N] [--rounds N] [--gates yes|no]
       muwakaba-benches chaos --database sqlite|URL --count N [--kills N] [--lease SECONDS]
       dispatch and chaos: [--batch N] [--lanes N]
       muwakaba-benches not-found --credentials FILE [--count N]";

/// Enough for a median that stays the same from run to run.
const REQUESTS: usize = 5_000;

/// How many wait, and how many are picked up one by one.
const MANY: usize = 1_000_000;
const PICKED_UP: usize = 300;

/// How requests are measured.
const ROUNDS: usize = 3;
const SECONDS: f64 = 5.0;
const CONNECTIONS: usize = 32;
const MANAGERS: usize = 1_000;

/// How often a list is asked for.
const WARM: usize = 100;
const COLD: usize = 3;

/// How many people have a plan.
const PLANNED: usize = 10_000;

const KILLS: u32 = 3;
/// A dispatcher's claims hold for two minutes in production. Nobody wants to wait that long here.
const LEASE: u32 = 10;

/// Reads the command line without the program's name.
pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Command, Failure> {
    let command = words.next().ok_or(USAGE)?;
    let mut options = Options::read(words)?;
    let parsed = match command.as_str() {
        "dispatch" => Command::Dispatch(DispatchArguments {
            channel: options.required("--channel")?,
            database: options.required("--database")?,
            count: options.required("--count")?,
            sink: options.required::<String>("--sink")?.trim_end_matches('/').to_owned(),
            pace: options.pace()?,
        }),
        "waiting" => Command::Waiting(WaitingArguments {
            full: options.required("--full")?,
            empty: options.required("--empty")?,
            waiting: options.optional("--waiting")?.unwrap_or(MANY),
            count: options.required("--count")?,
            sink: options.required::<String>("--sink")?.trim_end_matches('/').to_owned(),
        }),
        "pick-up" => Command::PickUp(PickUpArguments {
            database: options.required("--database")?,
            count: options.optional("--count")?.unwrap_or(PICKED_UP),
        }),
        "requests" => Command::Requests(options.requests()?),
        "lists" => Command::Lists(options.lists()?),
        "sync" => Command::Sync(SyncArguments {
            binary: options.required("--binary")?,
            folder: options.required("--folder")?,
            gates: options.gates()?,
        }),
        "plans" => Command::Plans(PlansArguments {
            binary: options.required("--binary")?,
            folder: options.required("--folder")?,
            count: options.optional("--count")?.unwrap_or(PLANNED),
            rounds: options.optional("--rounds")?.unwrap_or(ROUNDS),
            gates: options.gates()?,
        }),
        "chaos" => Command::Chaos(ChaosArguments {
            database: options.required("--database")?,
            count: options.required("--count")?,
            kills: options.optional("--kills")?.unwrap_or(KILLS),
            lease: options.optional("--lease")?.unwrap_or(LEASE),
            pace: options.pace()?,
        }),
        "not-found" => Command::NotFound(NotFoundArguments {
            credentials: options.required("--credentials")?,
            count: options.optional("--count")?.unwrap_or(REQUESTS),
        }),
        "chaos-worker" => Command::ChaosWorker(WorkerArguments {
            database: options.required("--database")?,
            lease: options.required("--lease")?,
            pace: options.pace()?,
        }),
        _ => return Err(USAGE.into()),
    };
    options.end()?;
    Ok(parsed)
}

/// Pairs of an option and its value.
struct Options(HashMap<String, String>);

impl Options {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let mut pairs = HashMap::new();
        while let Some(name) = words.next() {
            pairs.insert(name, words.next().ok_or(USAGE)?);
        }
        Ok(Self(pairs))
    }

    fn optional<T: FromStr>(&mut self, name: &str) -> Result<Option<T>, Failure> {
        match self.0.remove(name) {
            Some(value) => match value.parse() {
                Ok(value) => Ok(Some(value)),
                Err(_) => Err(format!("{name} cannot be {value}\n{USAGE}").into()),
            },
            None => Ok(None),
        }
    }

    fn required<T: FromStr>(&mut self, name: &str) -> Result<T, Failure> {
        self.optional(name)?.ok_or_else(|| format!("{name} is missing\n{USAGE}").into())
    }

    fn pace(&mut self) -> Result<Pace, Failure> {
        Ok(Pace { batch: self.optional("--batch")?, lanes: self.optional("--lanes")? })
    }

    fn requests(&mut self) -> Result<RequestsArguments, Failure> {
        let contenders: Option<String> = self.optional("--contenders")?;
        let contenders = match contenders {
            Some(words) => words.split(',').map(Contender::from_str).collect::<Result<_, _>>()?,
            None => Contender::ALL.to_vec(),
        };
        Ok(RequestsArguments {
            binary: self.required("--binary")?,
            folder: self.required("--folder")?,
            peers: self.required("--peers")?,
            rounds: self.optional("--rounds")?.unwrap_or(ROUNDS),
            seconds: self.optional("--seconds")?.unwrap_or(SECONDS),
            connections: self.optional("--connections")?.unwrap_or(CONNECTIONS),
            managers: self.optional("--managers")?.unwrap_or(MANAGERS),
            contenders,
            gates: self.gates()?,
        })
    }

    fn lists(&mut self) -> Result<ListsArguments, Failure> {
        Ok(ListsArguments {
            binary: self.required("--binary")?,
            store: self.required("--store")?,
            folder: self.required("--folder")?,
            warm: self.optional("--warm")?.unwrap_or(WARM),
            cold: self.optional("--cold")?.unwrap_or(COLD),
            only: self.optional("--only")?,
            gates: self.gates()?,
        })
    }

    fn gates(&mut self) -> Result<bool, Failure> {
        Ok(self.optional::<String>("--gates")?.is_none_or(|word| word == "yes"))
    }

    /// Refuses what nobody asked for.
    fn end(self) -> Result<(), Failure> {
        match self.0.into_keys().next() {
            Some(name) => Err(format!("{name} is unknown here\n{USAGE}").into()),
            None => Ok(()),
        }
    }
}
