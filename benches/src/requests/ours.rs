//! The requests that the service itself is asked.

use std::ops::Range;

use bytes::Bytes;
use care::App;
use chrono::TimeDelta;
use contract::SessionId;
use contract::time::{Clock, SystemClock};
use db::sql;
use serde_json::json;
use uuid::Uuid;

use super::calls::{self, Call, readings, wanted};
use super::field;
use crate::Failure;
use crate::client::request;
use crate::store::{Kind, Shape};

/// The first time at which an appointment is made: beyond everything that is in the store, and so far ahead that all its
/// reminders are still to come.
const FIRST: TimeDelta = TimeDelta::days(60);

/// How many lines the audit log has.
pub async fn audit_lines(app: &App) -> Result<i64, Failure> {
    let mut tx = app.db.read().await?;
    Ok(tx.query(sql!("SELECT count(*) FROM audit")).scalar().await?)
}

/// The requests of one call. Tokens live for ten minutes, so they are made just before they are used.
pub async fn requests(app: &App, shape: &Shape, call: Call) -> Result<Vec<Bytes>, Failure> {
    let desk = Desk { app, shape };
    match call {
        Call::OwnList => {
            let path = desk.list();
            desk.participants()?.iter().map(|token| Ok(request("GET", &path, token, None))).collect()
        }
        Call::StaffList => {
            let path = desk.list();
            Ok(desk.managers()?.iter().map(|token| request("GET", &path, token, None)).collect())
        }
        Call::OwnOne => {
            let tokens = desk.participants()?;
            (shape.first_ahead()..shape.meetings())
                .map(|number| {
                    let meeting = shape.meeting(number);
                    let token = tokens.get(meeting.participant).ok_or("no such participant")?;
                    Ok(request("GET", &path_of(shape.meeting_id(&meeting)), token, None))
                })
                .collect()
        }
        Call::StaffOne => {
            let tokens = desk.managers()?;
            readings(shape)
                .map(|reading| {
                    let token = tokens.get(reading.manager).ok_or("no such manager")?;
                    Ok(request(
                        "GET",
                        &path_of(shape.meeting_id(&shape.meeting(reading.meeting))),
                        token,
                        None,
                    ))
                })
                .collect()
        }
        Call::Create => created(app, shape, 0..calls::CREATED),
        Call::Visit => field::visits(app, shape, &desk.mentors()?),
        Call::Push => field::pushed(app, shape, &desk.mentors()?),
        Call::CheckIn => field::answers(app, shape, &desk.participants()?).await,
    }
}

/// Requests that each make an appointment; which of all those that are foreseen.
pub fn created(app: &App, shape: &Shape, which: Range<usize>) -> Result<Vec<Bytes>, Failure> {
    let tokens = Desk { app, shape }.managers()?;
    let midnight = shape.now.saturating_add(FIRST).to_chrono().date_naive().and_time(chrono::NaiveTime::MIN);
    wanted(shape)
        .skip(which.start)
        .take(which.len())
        .map(|wanted| {
            let local_start = midnight + TimeDelta::minutes(wanted.minutes);
            let body = json!({
                "participant_id": shape.id(Kind::Participant, wanted.participant),
                "host_id": shape.id(Kind::Mentor, wanted.mentor),
                "kind": "social_counselling",
                "local_start": local_start.format("%Y-%m-%dT%H:%M:%S").to_string(),
                "duration_minutes": 30,
                "place": {"kind": "address", "details": "Centre d'accompagnement, 2e étage, bureau 4"},
            });
            let token = tokens.get(wanted.manager).ok_or("no such manager")?;
            Ok(request("POST", "/v1/appointments", token, Some(&body.to_string())))
        })
        .collect()
}

fn path_of(appointment: Uuid) -> String {
    format!("/v1/appointments/{appointment}")
}

struct Desk<'a> {
    app: &'a App,
    shape: &'a Shape,
}

impl Desk<'_> {
    fn list(&self) -> String {
        format!("/v1/appointments?from={}&limit=20", self.shape.now)
    }

    fn tokens(&self, person: Kind, session: Kind, count: usize) -> Result<Vec<String>, Failure> {
        let now = SystemClock.now();
        let tokens = &self.app.sign_in.access_tokens;
        let token = |number| {
            let session = SessionId(self.shape.id(session, number));
            Ok(tokens.issue(self.shape.id(person, number), session, now)?)
        };
        (0..count).map(token).collect()
    }

    fn participants(&self) -> Result<Vec<String>, Failure> {
        self.tokens(Kind::Participant, Kind::ParticipantSession, self.shape.participants())
    }

    fn mentors(&self) -> Result<Vec<String>, Failure> {
        self.tokens(Kind::Mentor, Kind::MentorSession, self.shape.mentors)
    }

    fn managers(&self) -> Result<Vec<String>, Failure> {
        self.tokens(Kind::Manager, Kind::ManagerSession, self.shape.managers)
    }
}
