//! What a team would write instead (`benches/peers/requests/`): a service in Node on PostgreSQL, and the requests that it is asked.

use std::path::Path;
use std::process::Stdio;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use chrono::TimeDelta;
use contract::time::{Clock, SystemClock};
use serde_json::json;
use tokio::process::Command;

use super::calls::{Call, readings, wanted};
use crate::Failure;
use crate::client::request;
use crate::store::Shape;

/// `benches/peers/requests/server.mjs` checks tokens with the same secret.
const SECRET: &[u8] = b"a-secret-for-measurements-and-nothing-else";
/// As `ours.rs` has it.
const FIRST: TimeDelta = TimeDelta::days(60);

/// The program, to be started.
pub fn serve(peers: &Path, work: &str, port: u16, database: &str) -> Command {
    let mut command = Command::new("node");
    command
        .arg(peers.join("requests/server.mjs"))
        .args([work, &port.to_string()])
        .env("PG", database)
        .env("NODE_ENV", "production")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

/// The requests of one call; none if it has no such call. `own` is for a service that tells people apart.
pub fn requests(shape: &Shape, call: Call, tells_people_apart: bool) -> Result<Option<Vec<Bytes>>, Failure> {
    // Sessions bear their owners' numbers: mentors, managers, participants.
    let manager = |number: usize| token(shape.mentors + number, shape.centre_of(number));
    let participant = |number: usize| token(shape.mentors + shape.managers + number, shape.centre_of(number));
    let managers: Vec<String> = (0..shape.managers).map(manager).collect();
    let participants: Vec<String> = (0..shape.participants()).map(participant).collect();
    let get = |path: &str, token: &str| request("GET", path, token, None);
    Ok(Some(match call {
        Call::Visit | Call::Push | Call::CheckIn => return Ok(None),
        Call::OwnList | Call::OwnOne | Call::StaffOne if !tells_people_apart => return Ok(None),
        Call::OwnList => participants.iter().map(|token| get("/appointments/own", token)).collect(),
        Call::StaffList => managers.iter().map(|token| get("/appointments/ahead", token)).collect(),
        Call::OwnOne => (shape.first_ahead()..shape.meetings())
            .map(|number| {
                let token =
                    participants.get(shape.meeting(number).participant).ok_or("no such participant")?;
                Ok(get(&format!("/appointments/own/{}", number + 1), token))
            })
            .collect::<Result<_, Failure>>()?,
        Call::StaffOne => readings(shape)
            .map(|reading| {
                let token = managers.get(reading.manager).ok_or("no such manager")?;
                Ok(get(&format!("/appointments/{}", reading.meeting + 1), token))
            })
            .collect::<Result<_, Failure>>()?,
        Call::Create => {
            let first =
                shape.now.saturating_add(FIRST).to_chrono().date_naive().and_time(chrono::NaiveTime::MIN);
            wanted(shape)
                .map(|wanted| {
                    let start = first + TimeDelta::minutes(wanted.minutes);
                    let text = |at: chrono::NaiveDateTime| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
                    let body = json!({
                        "participant": wanted.participant,
                        "host": wanted.mentor,
                        "starts_at": text(start),
                        "ends_at": text(start + TimeDelta::minutes(30)),
                    });
                    let token = managers.get(wanted.manager).ok_or("no such manager")?;
                    Ok(request("POST", "/appointments", token, Some(&body.to_string())))
                })
                .collect::<Result<_, Failure>>()?
        }
    }))
}

/// A JSON Web Token under HMAC-SHA-256.
fn token(session: usize, centre: usize) -> String {
    let now = SystemClock.now().as_seconds();
    let claims = json!({"sub": format!("person-{session}"), "session": session, "centre": centre, "iat": now, "exp": now + 600});
    let part = |text: String| URL_SAFE_NO_PAD.encode(text);
    let signed =
        format!("{}.{}", part(r#"{"alg":"HS256","typ":"JWT"}"#.to_owned()), part(claims.to_string()));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET), signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()))
}
