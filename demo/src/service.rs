//! The service with demonstration data, until it is told to stop.

use crate::{arguments::Demonstration, authenticator, credentials, guide, seed::seed};
use care::App;
use contract::ParticipantId;
use identity::enrolment::{self, codes::Fresh};
use kernel::protect::privacy::Email;
use muwakaba::{
    command_line::until_told,
    outcome::Outcome,
    settings::{LogLevel, Settings},
    start, telemetry,
};
use std::{
    io::{self, Write},
    net::SocketAddr,
    process::ExitCode,
};

/// Seeds the data if need be, says what can be tried, and serves until it is told to stop.
pub async fn run(arguments: &Demonstration) -> Outcome {
    if !arguments.listen.ip().is_loopback() {
        return Err(
            "--listen: the demonstration serves this machine only; choose an address such as 127.0.0.1:8080"
                .into(),
        );
    }
    let mut settings = Settings::plain(&arguments.data, arguments.listen)?;
    settings.push.allow_loopback = true;
    settings.log.level = LogLevel("warn".to_owned());
    telemetry::start_log(&settings.log)?;
    let app = start::open(&settings).await?;
    if let Some(email) = &arguments.code_of {
        return show_code(&app, email).await;
    }
    let shown = seed(&app).await.map_err(|_| "the demonstration's data could not be written")?;
    let code = enrolment_code(&app, shown.participant).await?;
    if let Some(file) = &arguments.credentials_file {
        credentials::write(&app, &shown, arguments.listen, file).await?;
    }
    let starts_on = guide::next_working_day(&app)?;
    let listening = |address: SocketAddr| {
        let guide = guide::text(address, &arguments.data, &shown, &code, &starts_on);
        // Whoever reads may leave before the last line, as `head` does; the demonstration runs on.
        let _unread = writeln!(io::stdout(), "{guide}");
    };
    until_told(&settings, app, listening).await
}

async fn show_code(app: &App, email: &str) -> Outcome {
    let email = Email::parse(email).map_err(|error| format!("--code-of {error}"))?;
    let mut tx = app.db.read().await?;
    let code = authenticator::present_code(app, &mut tx, &email, app.clock.now()).await;
    println!("{}", code.ok().flatten().ok_or("the demonstration has no account with this address")?);
    Ok(ExitCode::SUCCESS)
}

async fn enrolment_code(app: &App, participant: ParticipantId) -> Result<String, String> {
    let failed = |_| "no enrolment code could be made".to_owned();
    let fresh = Fresh::generate(app).await.map_err(failed)?;
    let mut tx = app.db.write().await.map_err(|error| error.to_string())?;
    let now = app.clock.now();
    let shown = enrolment::create_enrolment_code(app, &mut tx, now, participant, None, fresh)
        .await
        .map_err(failed)?;
    tx.commit().await.map_err(|error| error.to_string())?;
    Ok(shown.code.to_string())
}
