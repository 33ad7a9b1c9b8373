//! The requests about what happens away from the desk: visits that are logged, at once or without network, and check-ins that are answered.

use std::collections::HashMap;

use bytes::Bytes;
use care::App;
use chrono::TimeDelta;
use contract::time::{Instant, LocalDateTime, ZoneName};
use db::sql;
use serde_json::{Value, json};
use uuid::Uuid;

use super::calls::CREATED;
use crate::Failure;
use crate::client::{command, request};
use crate::store::shape::id_at;
use crate::store::{Kind, Shape};

/// How long ago everybody was met, and how far ahead the next step is due.
const AGO: TimeDelta = TimeDelta::hours(2);
const AHEAD: TimeDelta = TimeDelta::days(7);

/// The answers to what came with the service, none of which alarms.
const ANSWERS: &str = r#"{"answers":[{"question_id":"how_are_you","option":"good"},{"question_id":"housing","option":"with_others"},{"question_id":"work","option":"searching"},{"question_id":"worry","option":"no"}],"call_wanted":false}"#;

/// Visits, each by the mentor of whom was met.
struct Visits<'a> {
    shape: &'a Shape,
    local_start: LocalDateTime,
    local_due: LocalDateTime,
}

impl<'a> Visits<'a> {
    fn new(app: &App, shape: &'a Shape) -> Result<Self, Failure> {
        // People write minutes.
        let now = Instant::from_seconds(shape.now.as_seconds().div_euclid(60) * 60).unwrap_or(shape.now);
        let on_the_wall = |at| app.zones.to_local(at, &ZoneName::CASABLANCA);
        Ok(Self {
            shape,
            local_start: on_the_wall(now.saturating_sub(AGO))?,
            local_due: on_the_wall(now.saturating_add(AHEAD))?,
        })
    }

    /// The visit with this number, and the number of its mentor.
    fn body(&self, number: usize) -> (Value, usize) {
        let (mentor, round) = (number % self.shape.mentors, number / self.shape.mentors);
        let body = json!({
            "participant_id": self.shape.id(Kind::Participant, self.shape.participant_of(mentor, round)),
            "kind": "home",
            "local_start": self.local_start,
            "duration_minutes": 40,
            "readers": "staff",
            "narrative": "Lives with a brother for now; the residence certificate is still missing",
            "next_step": {"what": "Go to the district office together", "local_due": self.local_due},
        });
        (body, mentor)
    }
}

/// Requests that each log a visit.
pub fn visits(app: &App, shape: &Shape, tokens: &[String]) -> Result<Vec<Bytes>, Failure> {
    let visits = Visits::new(app, shape)?;
    (0..CREATED)
        .map(|number| {
            let (body, mentor) = visits.body(number);
            let token = tokens.get(mentor).ok_or("no such mentor")?;
            Ok(request("POST", "/v1/visits", token, Some(&body.to_string())))
        })
        .collect()
}

/// Requests by each of which a phone sends a visit that it recorded without network.
pub fn pushed(app: &App, shape: &Shape, tokens: &[String]) -> Result<Vec<Bytes>, Failure> {
    let visits = Visits::new(app, shape)?;
    (0..CREATED)
        .map(|number| {
            let (mut body, mentor) = visits.body(number);
            if let Some(body) = body.as_object_mut() {
                body.insert("id".to_owned(), json!(id_at(shape.now, Kind::Visit, number)));
                body.insert("zone".to_owned(), json!(ZoneName::CASABLANCA));
            }
            let sent = json!({"mutations": [{
                "id": id_at(shape.now, Kind::Mutation, number),
                "recorded_at": shape.now,
                "operation": "recordVisit",
                "body": body,
            }]});
            let token = tokens.get(mentor).ok_or("no such mentor")?;
            Ok(request("POST", "/v1/sync", token, Some(&sent.to_string())))
        })
        .collect()
}

/// Requests by each of which a participant answers one of their check-ins that are open.
pub async fn answers(app: &App, shape: &Shape, tokens: &[String]) -> Result<Vec<Bytes>, Failure> {
    let numbers: HashMap<Uuid, usize> =
        (0..shape.participants()).map(|number| (shape.id(Kind::Participant, number), number)).collect();
    let mut tx = app.db.read().await?;
    let open: Vec<(Uuid, Uuid, i64)> = tx
        .query(sql!(
            "SELECT id, participant_id, version FROM check_in WHERE settled = 'unanswered' ORDER BY id"
        ))
        .all()
        .await?;
    drop(tx);
    open.into_iter()
        .map(|(id, participant, version)| {
            let number = numbers.get(&participant).ok_or("no such participant")?;
            let token = tokens.get(*number).ok_or("no such participant")?;
            Ok(command(&format!("/v1/check-ins/{id}/submit"), token, version, ANSWERS))
        })
        .collect()
}
