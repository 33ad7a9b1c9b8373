//! What the service tells its operator: log lines and meters. Both are set up once, by `main`.

use crate::settings::{Log, LogFormat};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::{
    io::{self, IsTerminal},
    panic::PanicHookInfo,
    sync::{Mutex, PoisonError},
};
use tracing_subscriber::EnvFilter;

/// The bounds of the duration meters, in seconds.
const DURATIONS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];
/// The bounds of the meter of how late reminders are, in seconds.
const LATENESS: [f64; 9] = [0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1_800.0, 7_200.0];

/// Begins logging, to the standard error output.
///
/// # Errors
/// If logging was begun before.
pub fn start_log(log: &Log) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let filter = EnvFilter::try_new(&log.level.0)?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    match log.format {
        LogFormat::Text => builder.with_target(false).try_init()?,
        LogFormat::Json => {
            builder.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()?
        }
    }
    std::panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// One line for a panic, like every other line. Its message is told only if it stands in the program's text: a composed one
/// could hold somebody's name.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let message = panic.payload().downcast_ref::<&'static str>().copied().unwrap_or("(not shown)");
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(panic.message = message, panic.place = place, "a mistake in this program");
}

/// Begins counting; later calls give the same meters.
///
/// # Errors
/// If something else counts already.
pub fn meters() -> Result<PrometheusHandle, String> {
    // Held while they are made: of two first callers, the second waits and gets the same.
    static METERS: Mutex<Option<PrometheusHandle>> = Mutex::new(None);
    let mut known = METERS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(meters) = &*known {
        return Ok(meters.clone());
    }
    let builder = || {
        PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full("muwakaba_http_request_seconds".to_owned()), &DURATIONS)?
            .set_buckets_for_metric(Matcher::Full("muwakaba_reminder_lag_seconds".to_owned()), &LATENESS)
    };
    let recorder = builder().map_err(|error| error.to_string())?.build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).map_err(|error| error.to_string())?;
    describe();
    Ok(known.insert(handle).clone())
}

fn describe() {
    use metrics::{describe_counter, describe_gauge, describe_histogram};
    describe_counter!("muwakaba_http_requests_total", "Requests by method, route and status");
    describe_histogram!(
        "muwakaba_http_request_seconds",
        "Time from a request's head to its answer, in seconds"
    );
    describe_gauge!("muwakaba_connections", "Open connections");
    describe_counter!("muwakaba_connections_refused_total", "Connections for which there was no place");
    describe_counter!("muwakaba_connections_timed_out_total", "Connections that dawdled and were given up");
    describe_counter!("muwakaba_panics_total", "Mistakes in this program that a request met");
    describe_gauge!("muwakaba_reminders_overdue", "Reminders that are due and not yet sent");
    describe_gauge!("muwakaba_reminders_planned", "Reminders that are still to come");
    describe_gauge!("muwakaba_database_connections", "Connections to the database by state");
}
