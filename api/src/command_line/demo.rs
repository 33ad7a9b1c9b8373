//! `demo`: the service with demonstration data, and what to try with it.

use super::{Outcome, arguments::Demo};
use crate::{
    App,
    demo::{self, Demonstration, PASSWORD, STAFF},
    enrolment::{self, codes::Fresh},
    protect::privacy::Email,
    serve::start,
    settings::{LogLevel, Settings},
    sign_in::{
        accounts,
        sessions::{self, NewSession, Owner},
    },
    telemetry,
};
use chrono::TimeDelta;
use contract::{ParticipantId, SessionId, StaffId, StaffRole};
use db::sql;
use serde_json::{Map, Value, json};
use std::{
    io::{self, Write},
    net::SocketAddr,
    os::unix::fs::OpenOptionsExt,
    path::Path,
    process::ExitCode,
};

/// Seeds the data if need be, says what can be tried, and serves until it is told to stop.
pub async fn run(arguments: &Demo) -> Outcome {
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
    let shown = demo::seed(&app).await.map_err(|_| "the demonstration's data could not be written")?;
    let code = enrolment_code(&app, shown.participant).await?;
    if let Some(file) = &arguments.credentials_file {
        write_credentials(&app, &shown, arguments.listen, file).await?;
    }
    let starts_on = next_working_day(&app)?;
    let listening = |address: SocketAddr| {
        let guide = guide(address, &arguments.data, &shown, &code, &starts_on);
        // Whoever reads may leave before the last line, as `head` does; the demonstration runs on.
        let _unread = writeln!(io::stdout(), "{guide}");
    };
    super::service::until_told(&settings, app, listening).await
}

async fn show_code(app: &App, email: &str) -> Outcome {
    let email = Email::parse(email).map_err(|error| format!("--code-of {error}"))?;
    let mut tx = app.db.read().await?;
    let code = accounts::present_code(app, &mut tx, &email, app.clock.now()).await;
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

/// Four in the afternoon of tomorrow, or of the next day that is no weekend.
fn next_working_day(app: &App) -> Result<String, String> {
    use chrono::{Datelike, Weekday};
    let zone = contract::time::ZoneName::CASABLANCA;
    let mut day = app.zones.to_local(app.clock.now(), &zone).map_err(|error| error.to_string())?.date();
    loop {
        day += TimeDelta::days(1);
        if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            return Ok(format!("{day}T16:00:00"));
        }
    }
}

fn guide(address: SocketAddr, data: &Path, shown: &Demonstration, code: &str, starts_on: &str) -> String {
    let program = shell_word(&std::env::args().next().unwrap_or_else(|| "muwakaba".to_owned()));
    let mut accounts = String::new();
    for colleague in &STAFF {
        accounts.push_str(&format!("    {:<30} {}\n", colleague.email, colleague.role.as_str()));
    }
    let Demonstration { participant, mentor } = shown;
    let data = shell_word(&data.display().to_string());
    format!(
        r#"
Muwakaba is running with demonstration data. Everybody in it is invented.

  API reference      http://{address}/docs
  Accounts           password of all: {PASSWORD}
{accounts}  Authenticator      {program} demo --data {data} --code-of mentor@demo.example
                     (each account has its own; a code signs in once, the next one comes within 30 seconds)

Try the main job. In a second terminal, be the participant's phone (the code works once):

  {program} phone --server http://{address} --code {code}

In a third, sign in as the mentor and schedule an appointment; the phone rings:

  CODE=$({program} demo --data {data} --code-of mentor@demo.example)
  TOKEN=$(curl -s http://{address}/v1/sign-in -H 'content-type: application/json' \
    -d '{{"email":"mentor@demo.example","password":"{PASSWORD}","authenticator_code":"'$CODE'"}}' |
    sed 's/.*"access_token":"\([^"]*\)".*/\1/')
  curl -s http://{address}/v1/appointments -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \
    -d '{{"participant_id":"{participant}","host_id":"{mentor}","kind":"social_counselling",
         "local_start":"{starts_on}","duration_minutes":30,"place":{{"kind":"phone"}}}}'

Press c on the phone to confirm, then ask as the mentor:

  curl -s "http://{address}/v1/appointments?participant_id={participant}" -H "authorization: Bearer $TOKEN"

Ctrl-C stops it; the data stay in {data}.
"#
    )
}

/// The text as one word of a shell, so that what the guide prints works as it stands.
fn shell_word(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+=:@".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Access tokens for one person of every role, and for the manager of another centre, for tools that test the contract.
async fn write_credentials(
    app: &App,
    shown: &Demonstration,
    listen: SocketAddr,
    file: &Path,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let mut people = vec![("participant", Owner::Participant(shown.participant))];
    for role in StaffRole::ALL {
        let id: StaffId = if *role == StaffRole::Mentor {
            shown.mentor
        } else {
            tx.query(sql!("SELECT id FROM staff WHERE role = $1 ORDER BY id LIMIT 1"))
                .bind(*role)
                .scalar()
                .await?
        };
        people.push((role.as_str(), Owner::Staff(id)));
    }
    // Somebody who sees what the first manager must not.
    let elsewhere: StaffId = tx
        .query(sql!("SELECT id FROM staff WHERE role = $1 ORDER BY id DESC LIMIT 1"))
        .bind(StaffRole::Manager)
        .scalar()
        .await?;
    people.push(("manager_elsewhere", Owner::Staff(elsewhere)));
    let mut tokens = Map::new();
    for (role, owner) in people {
        let id = SessionId::new(&*app.ids);
        sessions::insert(&mut tx, &NewSession { id, owner, label: "demonstration", device_key: None }, now)
            .await
            .map_err(|_| "no session could be made")?;
        let person = match owner {
            Owner::Staff(id) => id.0,
            Owner::Participant(id) => id.0,
        };
        tokens.insert(role.to_owned(), Value::String(app.sign_in.access_tokens.issue(person, id, now)?));
    }
    tx.commit().await?;
    let unfinished = file.with_extension("unfinished");
    let mut options = std::fs::OpenOptions::new();
    let mut output = options.write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    writeln!(output, "{:#}", json!({ "base_url": format!("http://{listen}"), "tokens": tokens }))?;
    output.sync_all()?;
    std::fs::rename(&unfinished, file)?;
    Ok(())
}
