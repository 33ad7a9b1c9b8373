//! Appointments: agreed on, offered at several times, answered, moved, called off, and how they ended.

use super::{
    Result, Simulation,
    acts::{Act, id_at},
    cast::{Meeting, Who},
    plans::SESSION_KIND,
    service::Seen,
    when,
};
use crate::Answer;
use chrono::TimeDelta;
use contract::time::Instant;
use serde_json::{Value, json};
use uuid::Uuid;

const MINUTES: i64 = 30;

impl Simulation {
    /// Whoever leads agrees on a time with somebody, with themself or a counsellor; and thinks of the next one.
    pub async fn book(&mut self, person: usize) -> Result<()> {
        self.later((45, 110), Act::Book(person));
        let one = &self.cast.people[person];
        let (Some(id), Some(lead), true) = (one.id, one.lead(), one.is_active()) else { return Ok(()) };
        let host = self.chance.one_of(&one.companions).staff;
        let is_counsellor = self.cast.centres[one.centre].counsellors.contains(&host);
        let kind = if is_counsellor { "psychological_counselling" } else { "administrative" };
        let place = if self.chance.happens(30) {
            json!({"kind": "phone"})
        } else {
            json!({"kind": "address", "details": "12, avenue Hassan II"})
        };
        let mut body = json!({
            "participant_id": id, "host_id": self.cast.staff[host].account.id, "kind": kind,
            "duration_minutes": MINUTES, "place": place,
        });
        // Whoever finds the time taken asks for another one.
        for _ in 0..3 {
            let made = if self.chance.happens(15) {
                let slots: Vec<Value> = [(3, 6), (9, 12), (15, 20)]
                    .map(|days| json!({"local_start": self.some_time(days)}))
                    .to_vec();
                body["slots"] = json!(slots);
                self.post(Who::Staff(lead), "/v1/proposals", Seen::Nothing, body.clone()).await?
            } else {
                body.as_object_mut().expect("an object").remove("slots");
                body["local_start"] = json!(self.some_time((3, 20)));
                self.post(Who::Staff(lead), "/v1/appointments", Seen::Nothing, body.clone()).await?
            };
            body.as_object_mut().expect("an object").remove("slots");
            body.as_object_mut().expect("an object").remove("local_start");
            if let Some(made) = made {
                self.keep_meeting(&made, person, host)?;
                break;
            }
        }
        Ok(())
    }

    /// A conversation of their plan is arranged: whoever is asked to receives them, and says for which one that is.
    pub async fn arrange_session(&mut self, staff: usize, person: usize, session: Uuid) -> Result<()> {
        let Some(id) = self.cast.people[person].id else { return Ok(()) };
        let who = Who::Staff(staff);
        let body = json!({
            "participant_id": id, "host_id": self.cast.staff[staff].account.id, "kind": SESSION_KIND,
            "duration_minutes": MINUTES, "place": {"kind": "phone"}, "local_start": self.some_time((3, 9)),
        });
        let made = self.post(who, "/v1/appointments", Seen::Nothing, body).await?;
        let Some(made) = made else { return Ok(()) };
        self.keep_meeting(&made, person, staff)?;
        let link = json!({"appointment_id": id_at(&made, "/id")?});
        let path = format!("/v1/plan-sessions/{session}/link");
        if self.post(who, &path, Seen::Any, link).await?.is_some() {
            self.totals.arranged += 1;
        }
        Ok(())
    }

    fn keep_meeting(&mut self, made: &Answer, person: usize, host: usize) -> Result<()> {
        let meeting = Meeting {
            id: id_at(made, "/id")?,
            person,
            host,
            version: made.version(),
            starts_at: starts_at(made)?,
            is_over: false,
        };
        self.cast.meetings.insert(meeting.id, meeting);
        self.totals.booked += 1;
        self.expect(meeting);
        Ok(())
    }

    fn some_time(&mut self, days: (i64, i64)) -> String {
        let day = when::after(self.now(), TimeDelta::days(self.chance.between(days.0, days.1)));
        when::wall(when::for_a_meeting(day, &mut self.chance))
    }

    /// What will be done about it.
    fn expect(&mut self, meeting: Meeting) {
        let Meeting { id, starts_at, .. } = meeting;
        if self.chance.happens(70) {
            let ahead = starts_at.since(self.now()).num_hours();
            let at = when::after(self.now(), TimeDelta::hours(self.chance.between(1, ahead.max(2))));
            let at = when::awake(at, &mut self.chance);
            self.diary.note(at, Act::Respond(id));
        }
        if self.chance.happens(6) {
            let day = when::after(self.now(), TimeDelta::days(self.chance.between(1, 5)));
            let at = when::at_work(day, &mut self.chance);
            self.diary.note(at, Act::Arrange(id));
        }
        let end = when::after(starts_at, TimeDelta::minutes(MINUTES + 15));
        let end = if self.chance.happens(85) { end } else { when::after(end, TimeDelta::days(4)) };
        self.diary.note(end, Act::Conclude(id));
    }

    /// They come, cannot come, or would rather come another time.
    pub async fn respond(&mut self, id: Uuid) -> Result<()> {
        let Some(meeting) = self.going_on(id) else { return Ok(()) };
        let who = Who::Person(meeting.person);
        let path = format!("/v1/appointments/{id}");
        let answer = match self.chance.below(100) {
            0..72 => {
                let confirmed =
                    self.command(who, &format!("{path}/confirm"), Seen::Version(meeting.version)).await?;
                match confirmed {
                    Some(confirmed) => Some(confirmed),
                    None => self.choose(who, &path).await?,
                }
            }
            72..80 => self.post(who, &format!("{path}/decline"), Seen::Any, json!({})).await?,
            _ => {
                let wish = json!({"wish": "Later in the week, please"});
                let asked = self.post(who, &format!("{path}/ask-to-move"), Seen::Any, wish).await?;
                if asked.is_some() {
                    self.perhaps(80, (0, 2), Act::Arrange(id));
                }
                asked
            }
        };
        self.remember(id, answer)
    }

    /// One of the times that are offered.
    async fn choose(&mut self, who: Who, path: &str) -> Result<Option<Answer>> {
        let read = self.ask(who, reqwest::Method::GET, path, Seen::Nothing, None).await?;
        let Some(slot) = read.and_then(|read| read.json().pointer("/slots/0/id").cloned()) else {
            return Ok(None);
        };
        self.post(who, &format!("{path}/choose"), Seen::Any, json!({"slot_id": slot})).await
    }

    /// The host moves it, or calls it off.
    pub async fn arrange(&mut self, id: Uuid) -> Result<()> {
        let Some(meeting) = self.going_on(id) else { return Ok(()) };
        let (who, path) = (Who::Staff(meeting.host), format!("/v1/appointments/{id}"));
        let answer = if self.chance.happens(25) {
            self.post(who, &format!("{path}/cancel"), Seen::Any, json!({"reason": "The office is closed"}))
                .await?
        } else {
            let local_start = self.some_time((1, 10));
            let moved = self
                .post(who, &format!("{path}/move"), Seen::Any, json!({"local_start": local_start}))
                .await?;
            if let Some(moved) = &moved {
                let starts_at = starts_at(moved)?;
                self.expect(Meeting { starts_at, ..meeting });
            }
            moved
        };
        self.remember(id, answer)
    }

    /// The host says how it ended.
    pub async fn conclude(&mut self, id: Uuid) -> Result<()> {
        let Some(meeting) = self.going_on(id) else { return Ok(()) };
        if meeting.starts_at > self.now() {
            return Ok(());
        }
        let outcome = self.outcome();
        let path = format!("/v1/appointments/{id}/record-outcome");
        let answer = self.post(Who::Staff(meeting.host), &path, Seen::Any, outcome).await?;
        self.remember(id, answer)
    }

    /// How a meeting ended.
    pub fn outcome(&mut self) -> Value {
        match self.chance.below(100) {
            0..76 => json!({"outcome": "took_place", "late": self.chance.happens(10)}),
            76..90 => json!({"outcome": "did_not_come", "tried": ["called"]}),
            90..95 => {
                json!({"outcome": "did_not_come", "side": "person", "cause": "illness", "accepted": true})
            }
            _ => json!({"outcome": "did_not_take_place", "side": "service", "cause": "nobody_free"}),
        }
    }

    /// An appointment of which there is still something to say.
    fn going_on(&self, id: Uuid) -> Option<Meeting> {
        self.cast.meetings.get(&id).copied().filter(|meeting| !meeting.is_over)
    }

    fn remember(&mut self, id: Uuid, answer: Option<Answer>) -> Result<()> {
        if let (Some(answer), Some(meeting)) = (answer, self.cast.meetings.get_mut(&id)) {
            let is_open = ["proposed", "scheduled", "confirmed", "change_requested"];
            meeting.is_over = !is_open.contains(&answer.string("/state").as_str());
            meeting.version = answer.version();
            meeting.starts_at = starts_at(&answer)?;
        }
        Ok(())
    }
}

/// When it starts: where several times are offered, the first of them.
fn starts_at(answer: &Answer) -> Result<Instant> {
    let json = answer.json();
    let text = json.pointer("/starts_at").or_else(|| json.pointer("/slots/0/starts_at"));
    let text = text.and_then(Value::as_str).ok_or_else(|| format!("no start: {}", answer.text()))?;
    text.parse().map_err(|_| format!("no start: {text}"))
}
