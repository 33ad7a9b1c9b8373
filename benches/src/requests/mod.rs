//! How fast the daily requests are, beside what a team would write instead, in one run.
//!
//! Everybody gets a store of the same people and times: 100,000 appointments. In each round everybody gets a fresh copy of theirs,
//! all programs run, and each call is asked of one after the other, so that a slow minute of the machine falls on everyone alike.
//! Every answer's status is checked; a run with an unexpected one is no figure. Whether a reading was recorded in the audit log is
//! counted in the log itself, and so is whether what a phone sent was carried out. Visits, what phones send and answers to check-ins are asked of
//! the service alone: they are compared with its own appointments.

mod calls;
mod contender;
mod fastify;
mod field;
mod ours;
mod report;
mod server;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use contract::time::{Clock, SystemClock};
use serde_json::json;

use crate::Failure;
use crate::load::{self, Load};
use crate::processes::{forget_peak, peak_mib, processor_seconds, processor_seconds_of_family};
use crate::store::Shape;
use calls::Call;
pub use contender::Contender;
use contender::{Ground, Running};
pub use ours::created;
pub use server::Server;

/// What is to be measured.
#[derive(Debug)]
pub struct RequestsArguments {
    /// The program of the service.
    pub binary: PathBuf,
    /// A folder on a disk, for stores.
    pub folder: PathBuf,
    /// `benches/peers`.
    pub peers: PathBuf,
    /// How often.
    pub rounds: usize,
    /// How long each call is asked, in seconds.
    pub seconds: f64,
    /// Over how many connections.
    pub connections: usize,
    /// How many managers read.
    pub managers: usize,
    /// Who.
    pub contenders: Vec<Contender>,
    /// Whether a bound that is missed is a failure.
    pub gates: bool,
}

/// One measurement.
#[derive(Debug, Clone)]
pub struct Figure {
    contender: Contender,
    call: Call,
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    /// Of the program, and of the database server where it has one.
    processor_ms: f64,
    peak_mib: f64,
    /// Lines of the audit log for each answer.
    recorded: Option<f64>,
}

/// Measures, prints a line of JSON for each measurement, then the table.
pub async fn run(arguments: &RequestsArguments) -> Result<ExitCode, Failure> {
    let shape = Shape::of_requests(SystemClock.now(), arguments.managers);
    // The second before it counts is answered as well.
    let answered = (arguments.seconds.ceil() as usize + 1) * calls::ANSWERED;
    let shape = Shape { open_check_ins: answered.div_ceil(shape.participants()), ..shape };
    let ground = Ground {
        binary: arguments.binary.clone(),
        folder: arguments.folder.clone(),
        peers: arguments.peers.clone(),
        server: Server::from_environment()?,
    };
    for contender in &arguments.contenders {
        ground.settle(*contender, &shape).await?;
    }
    let mut figures = Vec::new();
    for round in 0..arguments.rounds {
        let mut running = Vec::new();
        for contender in &arguments.contenders {
            running.push(ground.start(*contender).await?);
        }
        // Nobody is always first.
        let first = round % running.len().max(1);
        running.rotate_left(first);
        for call in Call::ALL {
            for one in &running {
                figures.extend(measure(&ground, one, &shape, call, arguments).await?);
            }
        }
        for one in running {
            ground.stop(one).await?;
        }
    }
    Ok(report::print(&figures, arguments.gates))
}

async fn measure(
    ground: &Ground,
    running: &Running,
    shape: &Shape,
    call: Call,
    arguments: &RequestsArguments,
) -> Result<Option<Figure>, Failure> {
    let Some(requests) = running.requests(shape, call).await? else { return Ok(None) };
    let (program, server) = (running.program.id()?, ground.server.process);
    let is_on_server = running.contender.is_on_server();
    let lines_before = running.audit_lines(&ground.server).await?;

    let load = Load {
        address: running.program.address,
        requests: Arc::new(requests),
        repeat: !call.writes(),
        connections: arguments.connections,
        warm_up: Duration::from_secs(1),
        measured: Duration::from_secs_f64(arguments.seconds),
    };
    let processor = Arc::new(Mutex::new(Vec::new()));
    let readings = Arc::clone(&processor);
    forget_peak(program)?;
    let edge = move || {
        let mut seconds = processor_seconds(program)?;
        if is_on_server {
            seconds += processor_seconds_of_family(server)?;
        }
        readings.lock().map_err(|_| "a reading failed")?.push(seconds);
        Ok(())
    };
    let answers = load::run(load, edge).await?;
    calls::check(call, answers.asked, &answers.statuses)?;

    let lines = running.audit_lines(&ground.server).await?;
    let written = lines.zip(lines_before).map(|(after, before)| after - before);
    if call.is_carried_out() && written.is_some_and(|lines| (lines as f64) < answers.asked as f64) {
        return Err(format!("{}: not everything was carried out", call.name()).into());
    }
    let processor = processor.lock().map_err(|_| "a reading failed")?;
    let [before, after] = processor.as_slice() else { return Err("the processor time was not read".into()) };
    let figure = Figure {
        contender: running.contender,
        call,
        per_second: answers.per_second(),
        p50_ms: answers.within_ms(0.5),
        p99_ms: answers.within_ms(0.99),
        processor_ms: (after - before) / answers.times.len() as f64 * 1_000.0,
        peak_mib: peak_mib(program)?,
        recorded: written.filter(|_| call.is_audited()).map(|lines| lines as f64 / answers.asked as f64),
    };
    let line = json!({
        "contender": figure.contender.word(),
        "call": call.name(),
        "per_second": figure.per_second.round(),
        "p50_ms": figure.p50_ms,
        "p99_ms": figure.p99_ms,
        "cpu_ms": (figure.processor_ms * 1_000.0).round() / 1_000.0,
        "peak_mib": figure.peak_mib.round(),
        "audit_lines_per_answer": figure.recorded,
        "statuses": answers.statuses,
        "body_bytes": answers.body_bytes,
    });
    writeln!(std::io::stdout(), "{line}")?;
    Ok(Some(figure))
}
