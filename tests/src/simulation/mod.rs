//! Two years in the lives of invented people, through the real service: its router, its store, its reconciler and its dispatcher. Nobody
//! waits: the clock jumps to whatever comes first, something that the service has noted for later or something that one of the people does,
//! and at each stop all that is ready is dealt with before it jumps on.
//!
//! Everything follows from a seed: who does what and when, the ids, the random bytes, and for how long a failed message waits. So the same
//! seed gives the same rows, and a seed that failed can be run again. Acts go through the HTTP router with real access tokens; what is
//! refused by rule is counted by its code, and what no rule explains ends the simulation. What is done in the open:
//!
//! - Accounts and sessions are written as the tests' world writes them: hashing passwords and codes would take longer than everything else.
//! - The push services are a [`Courier`](notifications::dispatcher::Courier) in this process, at the outermost edge, behind planning,
//!   claiming, rendering and retrying. It keeps what it was handed, and fails as push services do.
//!
//! What must hold is looked at from outside, by what was sent (`messages.rs`) and by statements of its own (`laws.rs`), never by asking the
//! code that is under test. Each law can be broken, and a test breaks it.

mod acts;
mod calls;
mod cast;
mod chance;
mod check_ins;
mod courier;
mod desk;
mod field;
mod files;
mod hand_overs;
mod help;
mod laws;
mod lists;
mod meetings;
mod messages;
mod phones;
mod plans;
mod report;
mod service;
mod when;
mod work;

pub use laws::{Law, laws};
pub use messages::{File, Message, Recipient, Scene, Thing, Topic, fault};
pub use report::{Report, Totals};

use crate::Database;
use acts::{Act, Diary};
use cast::Cast;
use chance::Chance;
use chrono::TimeDelta;
use contract::time::{Clock, Instant};
use messages::Inspector;
use muwakaba::background::{self, reconciler};
use serde_json::Value;
use service::Service;

/// When it begins: a Monday morning.
pub const START: &str = crate::app::START;

/// What is simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// From what everything follows.
    pub seed: u64,
    /// How many people there are.
    pub people: usize,
    /// For how many days.
    pub days: i64,
}

impl Settings {
    /// Two years.
    pub const YEARS: i64 = 730;
}

/// Why a simulation ended before its time, with all that it takes to see it again.
#[derive(Debug)]
pub struct Failure {
    /// What was simulated.
    pub settings: Settings,
    /// When it was, on the simulated clock.
    pub at: Instant,
    /// What did not hold.
    pub what: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Settings { seed, people, days } = self.settings;
        write!(
            f,
            "seed {seed} at {}: {}\nsee it again: make simulate ARGS=\"--seed {seed} --people {people} --days {days}\"",
            self.at, self.what
        )
    }
}

impl std::error::Error for Failure {}

/// What did not hold, within the simulation.
type Result<T> = std::result::Result<T, String>;

/// Runs it to its end, and says what there was.
///
/// # Errors
/// The first thing that did not hold.
pub async fn run(database: &Database, settings: Settings) -> std::result::Result<Report, Box<Failure>> {
    let mut simulation = Simulation::begin(database, settings).await;
    match simulation.live_to_the_end().await {
        Ok(report) => Ok(report),
        Err(what) => Err(Box::new(Failure { settings, at: simulation.now(), what })),
    }
}

/// A simulation under way.
struct Simulation {
    settings: Settings,
    service: Service,
    chance: Chance,
    cast: Cast,
    diary: Diary,
    inspector: Inspector,
    totals: Totals,
    /// The last refusal.
    refused: Value,
    /// Whether somebody did something by which check-ins may have been planned.
    has_planned: bool,
    ends: Instant,
}

impl Simulation {
    async fn begin(database: &Database, settings: Settings) -> Self {
        let service = Service::start(database, settings.seed);
        let mut chance = Chance::of(settings.seed);
        let now = service.clock.now();
        let cast = Cast::assemble(&service.app, settings.people, &mut chance).await;
        let mut diary = Diary::default();
        diary.open(&cast, &mut chance, now, settings.days);
        let ends = now.saturating_add(TimeDelta::days(settings.days));
        Self {
            settings,
            service,
            chance,
            cast,
            diary,
            inspector: Inspector::default(),
            totals: Totals::default(),
            refused: Value::Null,
            has_planned: false,
            ends,
        }
    }

    fn now(&self) -> Instant {
        self.service.clock.now()
    }

    async fn live_to_the_end(&mut self) -> Result<Report> {
        self.write_templates().await?;
        let mut timer = self.settle().await?;
        while let Some(next) = self.next_stop(timer) {
            self.service.clock.set(next.max(self.now()));
            self.totals.stops += 1;
            while let Some(act) = self.diary.next_by(self.now()) {
                self.perform(act).await?;
            }
            timer = self.settle().await?;
        }
        self.service.clock.set(self.ends);
        self.settle().await?;
        self.look_at_everything().await?;
        report::report(self).await
    }

    /// Whatever comes first, of what the service has noted and of what somebody does; nothing if that is after the end.
    fn next_stop(&self, timer: Option<Instant>) -> Option<Instant> {
        let next = timer.into_iter().chain(self.diary.first()).min();
        next.filter(|next| *next < self.ends)
    }

    /// Deals with all that is ready, until nothing is, and looks at what was sent; when the service has noted something next.
    async fn settle(&mut self) -> Result<Option<Instant>> {
        let mut has_planned = std::mem::take(&mut self.has_planned);
        let next = loop {
            let (timer, reminder) = self.service.next().await?;
            let is_ready = |at: Option<Instant>| at.is_some_and(|at| at <= self.now());
            if is_ready(timer) {
                let done = reconciler::round(&self.service.app).await;
                self.totals.timers += done.map_err(|error| format!("{error:?}"))?;
                has_planned = true;
            } else if is_ready(reminder) {
                self.totals.dispatched(self.service.dispatch().await?);
            } else {
                break timer.into_iter().chain(reminder).min();
            }
        };
        if has_planned {
            self.learn_of_check_ins().await?;
        }
        self.look_at_messages().await?;
        Ok(next)
    }

    /// The end of a month: everything is looked at, and what has served its time goes.
    async fn end_of_month(&mut self) -> Result<()> {
        background::tidy(&self.service.app).await.map_err(|error| error.to_string())?;
        self.settle().await?;
        self.look_at_everything().await?;
        let next = self.now().saturating_add(TimeDelta::days(30));
        self.diary.note(next, Act::MonthEnds);
        Ok(())
    }

    async fn look_at_everything(&mut self) -> Result<()> {
        self.totals.inspections += 1;
        let broken = laws::broken(&self.service.app.db, self.now()).await?;
        if let Some(first) = broken.first() {
            let all: Vec<&str> = broken.iter().map(String::as_str).take(20).collect();
            return Err(format!("{first} (in all {}: {})", broken.len(), all.join("; ")));
        }
        self.look_at_windows().await?;
        self.look_at_plans().await?;
        self.look_at_lists().await
    }
}
