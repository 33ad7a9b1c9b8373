//! Answering check-ins, by those who are asked, from phones with and without network; and seeing what was answered.

use super::{
    Result, Simulation,
    acts::{Act, Manner},
    cast::Who,
    service::Seen,
    when,
};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

impl Simulation {
    /// How somebody is.
    pub fn answers(&mut self) -> Value {
        let mood = if self.chance.happens(3) {
            "very_bad"
        } else {
            self.chance.one_of(&["bad", "neutral", "good", "good", "very_good"])
        };
        let housing = if self.chance.happens(2) {
            "nowhere"
        } else {
            self.chance.one_of(&["settled", "with_others", "uncertain"])
        };
        let work = self.chance.one_of(&["working", "training", "searching", "paused", "help"]);
        let worry = self.chance.one_of(&["yes", "no", "no"]);
        json!({
            "answers": [
                {"question_id": "how_are_you", "option": mood},
                {"question_id": "housing", "option": housing},
                {"question_id": "work", "option": work},
                {"question_id": "worry", "option": worry},
            ],
            "call_wanted": self.chance.happens(3),
        })
    }

    /// They answer.
    pub async fn answer(&mut self, person: usize, check_in: Uuid, manner: Manner, tries: u8) -> Result<()> {
        let (who, path) = (Who::Person(person), format!("/v1/check-ins/{check_in}"));
        let body = self.answers();
        let is_taken = match manner {
            Manner::Whole => self.post(who, &format!("{path}/submit"), Seen::Any, body).await?.is_some(),
            Manner::Partly => {
                let part = json!({"answers": [body["answers"][0]], "call_wanted": body["call_wanted"]});
                let path = format!("{path}/answers");
                let saved = self.ask(who, Method::PUT, &path, Seen::Any, Some(part)).await?;
                if saved.is_some() && self.chance.happens(60) {
                    let day = when::after(self.now(), TimeDelta::hours(self.chance.between(3, 30)));
                    let at = when::awake(day, &mut self.chance);
                    self.diary.note(at, Act::Answer { person, check_in, manner: Manner::Whole, tries });
                }
                return Ok(());
            }
            Manner::Offline => {
                let mutation = json!({
                    "id": self.service.app.ids.next(), "recorded_at": self.now().to_string(), "operation": "submitCheckIn",
                    "subject_id": check_in, "base_version": 1, "body": body,
                });
                let at = when::after(self.now(), TimeDelta::hours(self.chance.between(1, 90)));
                self.diary.note(at, Act::Send { who, mutation: Box::new(mutation) });
                return Ok(());
            }
        };
        if is_taken {
            self.perhaps(25, (0, 3), Act::Review { person, check_in });
            self.perhaps(8, (0, 2), Act::Correct { person, check_in });
        } else if tries < 2 && self.cast.people[person].account.is_some() {
            // It was moved by a pause, perhaps: they look again.
            let day = when::after(self.now(), TimeDelta::days(self.chance.between(2, 12)));
            let at = when::awake(day, &mut self.chance);
            self.diary.note(at, Act::Answer { person, check_in, manner, tries: tries + 1 });
        }
        Ok(())
    }

    /// They had meant something else, unless somebody has seen it.
    pub async fn correct(&mut self, person: usize, check_in: Uuid) -> Result<()> {
        let mut body = self.answers();
        body["reason"] = json!(self.chance.one_of(&["slip", "slip", "misunderstood", "other"]));
        let path = format!("/v1/check-ins/{check_in}/correct-answers");
        self.post(Who::Person(person), &path, Seen::Any, body).await.map(drop)
    }

    /// Whoever leads sees the answers.
    pub async fn review(&mut self, person: usize, check_in: Uuid) -> Result<()> {
        let Some(lead) = self.cast.people[person].lead() else { return Ok(()) };
        let path = format!("/v1/check-ins/{check_in}/review");
        self.command(Who::Staff(lead), &path, Seen::Any).await.map(drop)
    }
}
