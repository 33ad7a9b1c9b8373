//! `muwakaba doctor`: looks at everything that the service leans on and says what is wrong, without changing anything and
//! without showing a secret.

mod channels;
mod database;
mod keys;
mod report;

use crate::{
    outcome::Outcome,
    settings::{Settings, SettingsError},
};
use chrono::Datelike;
use contract::time::{Clock, SystemClock, Zones};
use report::Report;
use std::process::ExitCode;

/// Prints what was found. The exit code is 1 if the service could not work.
pub async fn run(settings: Result<Settings, SettingsError>) -> Outcome {
    let mut report = Report::default();
    match settings {
        Ok(settings) => examine(&settings, &mut report).await,
        Err(error) => report.error("settings", error.to_string()),
    }
    print!("{report}");
    Ok(if report.has_errors() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn examine(settings: &Settings, report: &mut Report) {
    report.fine("settings", origin(settings));
    let zones = Zones::load(settings.zone_data_directory.as_deref());
    zone_data(&zones, report);
    let key_directory = keys::examine(settings, report);
    database::examine(settings, key_directory.as_ref(), &zones, report).await;
    channels::examine(settings, key_directory.as_ref(), report);
}

fn origin(settings: &Settings) -> String {
    let file = settings.file.as_ref().map_or("the defaults".to_owned(), |file| file.display().to_string());
    if settings.variables.is_empty() {
        return file;
    }
    format!("{file}, then {}", settings.variables.join(", "))
}

fn zone_data(zones: &Zones, report: &mut Report) {
    let said = format!("{} ({:?})", zones.version(), zones.source());
    let this_year = SystemClock.now().to_chrono().year();
    match zones.version().year() {
        Some(year) if i32::from(year) >= this_year - 1 => report.fine("zone data", said),
        Some(_) => {
            report.warning("zone data", format!("{said} is old: update the system's tzdata or this program"))
        }
        None => report.warning("zone data", format!("{said}: its age cannot be told")),
    }
}
