//! The work list: somebody looks through theirs once a week, and does of each item what its cause asks for, or puts it off, or leaves it.
//! Whoever is needed now looks at once.

use super::{Result, Simulation, acts::Act, cast::Who, service::Seen};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// How many items somebody sees to at one sitting.
const AT_ONCE: usize = 12;

/// As much of an item as somebody goes by.
struct Item {
    id: Uuid,
    path: String,
    cause: String,
    subject: Uuid,
    /// Whom it is about; nobody where an answer is wanted of somebody who may not have them.
    person: Option<usize>,
    version: i64,
}

impl Item {
    fn of(simulation: &Simulation, json: &Value) -> Option<Self> {
        let id = |field: &str| json[field].as_str()?.parse::<Uuid>().ok();
        Some(Self {
            id: id("id")?,
            path: format!("/v1/work-items/{}", id("id")?),
            cause: json["cause"].as_str()?.to_owned(),
            subject: id("subject_id")?,
            person: id("participant_id").and_then(|id| simulation.cast.person_of(id)),
            version: json["version"].as_i64()?,
        })
    }
}

impl Simulation {
    /// Somebody looks through their list.
    pub async fn desk(&mut self, staff: usize) -> Result<()> {
        let pause = if self.cast.staff[staff].is_manager { (10, 18) } else { (6, 9) };
        self.later(pause, Act::Desk(staff));
        let path = format!("/v1/work-items?limit={AT_ONCE}");
        let listed = self.ask(Who::Staff(staff), Method::GET, &path, Seen::Nothing, None).await?;
        let Some(listed) = listed else { return Ok(()) };
        let items: Vec<Item> = listed.json()["items"]
            .as_array()
            .map(|items| items.iter().filter_map(|item| Item::of(self, item)).collect())
            .unwrap_or_default();
        for item in items {
            self.see_to_item(staff, &item).await?;
        }
        if self.cast.staff[staff].is_manager { Ok(()) } else { self.make_calls(staff).await }
    }

    /// Somebody is needed now: they say that they see to it, and do.
    pub async fn urgent(&mut self, staff: usize, item: Uuid) -> Result<()> {
        let path = format!("/v1/work-items/{item}");
        let read = self.ask(Who::Staff(staff), Method::GET, &path, Seen::Nothing, None).await?;
        let Some(item) = read.and_then(|read| Item::of(self, &read.json())) else { return Ok(()) };
        let take = format!("{}/take", item.path);
        if self.command(Who::Staff(staff), &take, Seen::Version(item.version)).await?.is_some() {
            self.see_to_item(staff, &Item { version: item.version + 1, ..item }).await?;
        }
        Ok(())
    }

    async fn see_to_item(&mut self, staff: usize, item: &Item) -> Result<()> {
        self.totals.seen_to += 1;
        let who = Who::Staff(staff);
        let is_manager = self.cast.staff[staff].is_manager;
        let Some(person) = item.person else {
            return match (item.cause.as_str(), self.chance.below(100)) {
                (_, 0..12) => Ok(()),
                ("hand_over_asked", _) => self.answer_hand_over(staff, item.subject).await,
                (cause, _) => Err(format!("a work item is about nobody: {} ({cause})", item.id)),
            };
        };
        match (item.cause.as_str(), self.chance.below(100)) {
            (_, 0..12) => Ok(()),
            (_, 12..17) => self.dismiss(who, item).await,
            (cause, 17..25) if !matches!(cause, "check_in_alarm" | "call_wanted" | "person_died") => {
                let days = self.chance.one_of(&[1, 3]);
                let path = format!("{}/snooze", item.path);
                self.post(who, &path, Seen::Version(item.version), json!({"days": days})).await.map(drop)
            }
            ("no_lead", _) if is_manager => self.find_companion(person).await,
            ("check_in_missed", 25..55) if !is_manager => {
                let body = self.answers();
                let path = format!("/v1/check-ins/{}/submit", item.subject);
                self.post(who, &path, Seen::Any, body).await.map(drop)
            }
            ("check_in_missed", 55..80) => {
                let reason =
                    self.chance.one_of(&["illness", "travel", "work", "no_phone", "outage", "forgotten"]);
                let path = format!("/v1/check-ins/{}/excuse", item.subject);
                self.post(who, &path, Seen::Any, json!({"reason": reason})).await.map(drop)
            }
            ("check_in_missed" | "no_contact", 80..90) if !is_manager => self.attempt(person).await,
            ("no_contact", _) if !is_manager => self.visit(person).await,
            ("session_to_arrange", 25..80) if !is_manager => {
                self.arrange_session(staff, person, item.subject).await
            }
            ("session_to_arrange", 80..88) => {
                let path = format!("/v1/plan-sessions/{}/cancel", item.subject);
                self.command(who, &path, Seen::Any).await.map(drop)
            }
            ("check_in_alarm" | "call_wanted" | "help_taken_back", 25..60) => {
                let path = format!("/v1/check-ins/{}/review", item.subject);
                self.command(who, &path, Seen::Any).await.map(drop)
            }
            ("outcome_not_recorded", _) => {
                let outcome = self.outcome();
                let path = format!("/v1/appointments/{}/record-outcome", item.subject);
                self.post(who, &path, Seen::Any, outcome).await.map(drop)
            }
            ("appointment_unanswered", 25..60) => {
                let path = format!("/v1/appointments/{}/confirm", item.subject);
                self.command(who, &path, Seen::Any).await.map(drop)
            }
            ("milestone_due", _) if !is_manager => self.verify(staff, item.subject).await,
            ("job_lost", 25..50) if !is_manager => self.apply(person).await,
            _ => self.finish(who, item).await,
        }
    }

    async fn finish(&mut self, who: Who, item: &Item) -> Result<()> {
        let finished =
            self.command(who, &format!("{}/finish", item.path), Seen::Version(item.version)).await?;
        if finished.is_some() && self.chance.happens(4) {
            // It was the wrong one.
            let path = format!("/v1/work-items/{}/undo", item.id);
            self.command(who, &path, Seen::Any).await?;
        }
        Ok(())
    }

    async fn dismiss(&mut self, who: Who, item: &Item) -> Result<()> {
        let body = json!({"reason": self.chance.one_of(&["handled_otherwise", "nothing_wrong", "other"])});
        let path = format!("{}/dismiss", item.path);
        self.post(who, &path, Seen::Version(item.version), body).await.map(drop)
    }
}
