//! What a phone is told of what changed. The phone here does what an app must do, and no more: it keeps what it is told, forgets what is
//! gone or revoked, and sweeps after a start.

mod changes;
mod cursors;
mod moving;
mod pushing;
mod races;
mod registration;
mod seed;
mod seen;
mod sizes;
mod starting;

pub use registration::FEATURE;

use muwakaba_tests::{Answer, SignedIn, TestApp};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What a phone has, by list and id.
pub type Things = BTreeMap<(String, String), Value>;

/// A phone.
#[derive(Debug, Default, Clone)]
pub struct Phone {
    /// Where it goes on.
    pub cursor: Option<String>,
    /// What it has.
    pub things: Things,
    /// While it starts: what it was told so far.
    told: Option<BTreeSet<(String, String)>>,
    /// How often each thing was told.
    pub times_told: BTreeMap<(String, String), usize>,
    /// Why it began, each time that it did.
    pub started: Vec<String>,
}

impl Phone {
    /// One request.
    pub async fn ask(&mut self, app: &TestApp, person: &SignedIn, limit: usize) -> Answer {
        let cursor = self.cursor.as_ref().map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let answer = app.get(&format!("/v1/sync?limit={limit}{cursor}")).by(person).expect(200).await;
        self.keep(&answer.json());
        answer
    }

    /// Requests until there is no more now; how many there were.
    pub async fn follow(&mut self, app: &TestApp, person: &SignedIn, limit: usize) -> usize {
        for number in 1..1_000 {
            if self.ask(app, person, limit).await.json()["more"] == json!(false) {
                return number;
            }
        }
        panic!("there is always more");
    }

    /// A phone that begins, and everything that it is told.
    pub async fn fresh(app: &TestApp, person: &SignedIn) -> Self {
        let mut phone = Self::default();
        phone.follow(app, person, 200).await;
        phone
    }

    fn keep(&mut self, page: &Value) {
        if let Some(why) = page.get("started").and_then(Value::as_str) {
            self.started.push(why.to_owned());
            self.told = Some(BTreeSet::new());
        }
        for (list, items) in page["changed"].as_object().unwrap() {
            for item in items.as_array().unwrap() {
                let id = item.get("id").or(item.get("appointment_id")).unwrap().as_str().unwrap();
                let key = (list.clone(), id.to_owned());
                *self.times_told.entry(key.clone()).or_default() += 1;
                self.told.iter_mut().for_each(|told| told.extend([key.clone()]));
                self.things.insert(key, item.clone());
            }
        }
        for gone in page["gone"].as_array().into_iter().flatten() {
            let id = gone["id"].as_str().unwrap().to_owned();
            if gone["list"] == "appointments" {
                self.things.remove(&("appointment_notes".to_owned(), id.clone()));
            }
            self.things.remove(&(gone["list"].as_str().unwrap().to_owned(), id));
        }
        for person in page["revoked"].as_array().into_iter().flatten() {
            self.erase(person.as_str().unwrap());
        }
        self.cursor = Some(page["cursor"].as_str().unwrap().to_owned());
        if page["more"] == json!(false)
            && let Some(told) = self.told.take()
        {
            self.things.retain(|key, _| told.contains(key));
        }
    }

    fn erase(&mut self, person: &str) {
        let theirs: BTreeSet<String> = self
            .things
            .iter()
            .filter(|((list, id), thing)| {
                thing["participant_id"] == json!(person) || (list == "participants" && id == person)
            })
            .map(|((_, id), _)| id.clone())
            .collect();
        self.things.retain(|(_, id), _| !theirs.contains(id));
    }

    /// The ids in one of its lists.
    pub fn ids(&self, list: &str) -> Vec<&str> {
        self.things.keys().filter(|key| key.0 == list).map(|key| key.1.as_str()).collect()
    }
}

/// The id of what was made.
pub fn made(answer: &Answer) -> String {
    answer.header("location").rsplit('/').next().unwrap().to_owned()
}
