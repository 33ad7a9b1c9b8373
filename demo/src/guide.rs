//! What is printed once the service answers: commands that are ready to copy.

use crate::{
    people::{PASSWORD, STAFF},
    seed::Demonstration,
};
use care::App;
use chrono::{Datelike, TimeDelta, Weekday};
use contract::time::ZoneName;
use std::{net::SocketAddr, path::Path};

/// Four in the afternoon of tomorrow, or of the next day that is no weekend.
pub fn next_working_day(app: &App) -> Result<String, String> {
    let zone = ZoneName::CASABLANCA;
    let mut day = app.zones.to_local(app.clock.now(), &zone).map_err(|error| error.to_string())?.date();
    loop {
        day += TimeDelta::days(1);
        if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            return Ok(format!("{day}T16:00:00"));
        }
    }
}

/// The guide.
pub fn text(address: SocketAddr, data: &Path, shown: &Demonstration, code: &str, starts_on: &str) -> String {
    let program = shell_word(&std::env::args().next().unwrap_or_else(|| "muwakaba-demo".to_owned()));
    let mut accounts = String::new();
    for colleague in &STAFF {
        accounts.push_str(&format!("    {:<30} {}\n", colleague.email, colleague.role.as_str()));
    }
    let Demonstration { participant, mentor } = shown;
    let mentor_phone = shell_word(&data.join("mentor-phone.json").display().to_string());
    let data = shell_word(&data.display().to_string());
    format!(
        r#"
Muwakaba is running with demonstration data. Everybody in it is invented.

  API reference      http://{address}/docs
  Accounts           password of all: {PASSWORD}
{accounts}  Authenticator      {program} --data {data} --code-of mentor@demo.example
                     (each account has its own; a code signs in once, the next one comes within 30 seconds)

Try the main job. In a second terminal, be the participant's phone (the code works once):

  {program} phone --server http://{address} --code {code}

In a third, sign in as the mentor and schedule an appointment; the phone rings:

  CODE=$({program} --data {data} --code-of mentor@demo.example)
  TOKEN=$(curl -s http://{address}/v1/sign-in -H 'content-type: application/json' \
    -d '{{"email":"mentor@demo.example","password":"{PASSWORD}","authenticator_code":"'$CODE'"}}' |
    sed 's/.*"access_token":"\([^"]*\)".*/\1/')
  curl -s http://{address}/v1/appointments -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \
    -d '{{"participant_id":"{participant}","host_id":"{mentor}","kind":"social_counselling",
         "local_start":"{starts_on}","duration_minutes":30,"place":{{"kind":"phone"}}}}'

Press c on the phone to confirm, or a to answer a check-in, one question at a time (b goes back, s stops); w shows the way
so far, h asks how a session was, g ticks a step of a goal, p gives a consent or takes it back.
Then ask as the mentor how the appointment stands, and what was answered:

  curl -s "http://{address}/v1/appointments?participant_id={participant}" -H "authorization: Bearer $TOKEN"
  curl -s "http://{address}/v1/participants/{participant}/check-ins?limit=1" -H "authorization: Bearer $TOKEN"

Or be the mentor's phone, once half a minute has passed, since a code signs in once: t shows today with the calls to make, i
the work list (take, done, not before some days), v logs a visit.

  {program} phone --server http://{address} --state {mentor_phone} --email mentor@demo.example \
    --password {PASSWORD} --authenticator-code $({program} --data {data} --code-of mentor@demo.example)

The manager reads the week in figures, how the centre's work stands, and with whom contact was lost:

  MANAGER_CODE=$({program} --data {data} --code-of manager@demo.example)
  MANAGER=$(curl -s http://{address}/v1/sign-in -H 'content-type: application/json' \
    -d '{{"email":"manager@demo.example","password":"{PASSWORD}","authenticator_code":"'$MANAGER_CODE'"}}' |
    sed 's/.*"access_token":"\([^"]*\)".*/\1/')
  for list in digests work-items/summary contacts; do
    curl -s "http://{address}/v1/$list" -H "authorization: Bearer $MANAGER"; echo
  done

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
