//! The search for canaries.

use super::{
    canaries::{self, Search, TOKEN, may_read},
    leavings,
    logs::Lines,
    meters,
};
use crate::{
    access::{Caller, Callers},
    operations::{Ids, Operation, Stage, all, both_stages, resolved},
    people::registration::participants::{self, NAME},
    registry::{each, features},
    sign_in::registration::STAFF_NAME,
};
use muwakaba_tests::{Answer, both_databases};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

both_stages! {
    async fn canaries_are_found_only_where_they_may_be_read(stage: Stage) {
        let lines = Lines::of_this_process();
        meters::count();
        let mut birds = Aviary { stage: &stage, secrets: Vec::new(), refusals: Vec::new() };
        let ids = birds.release().await;
        let columns = birds.empty_columns().await;
        assert!(columns.is_empty(), "no canary lies in {columns:?}: hand one in, in the `release` of its feature");
        // Asked first: later, canaries are offered as anything that takes a text.
        let wrongly_told = birds.ask_everybody(&ids).await;
        assert!(wrongly_told.is_empty(), "told to somebody who may not know it:\n{}", wrongly_told.join("\n"));
        birds.offer_everywhere(&ids).await;

        let Aviary { secrets, refusals, .. } = birds;
        let search = Search::of(canaries::all().into_iter().chain(secrets.iter().map(String::as_str)));
        let nothing: [(&str, String); 0] = [];
        assert!(secrets.len() >= 9 && refusals.len() >= 500, "{} secrets, {} refusals", secrets.len(), refusals.len());
        for refusal in &refusals {
            assert_eq!(search.found(&refusal.body), nothing, "a refusal");
            assert_eq!(search.found(format!("{:?}", refusal.headers).as_bytes()), nothing, "a header of a refusal");
        }
        let logged = lines.bytes();
        assert_eq!(search.found(&logged), nothing, "in the logs");
        assert!(logged.len() > 100_000, "only {} bytes of logs", logged.len());
        assert_eq!(search.found(&leavings::of(&stage.app.database).await), nothing, "in the database");
        let shown = meters::shown(&stage.app.app).await;
        assert_eq!(search.found(shown.as_bytes()), nothing, "in the meters");
        for id in [ids.participant, ids.companion, ids.of("appointment_id")] {
            assert!(!shown.contains(&id.to_string()), "an id in the meters");
        }
        for counted in ["route=\"/v1/participants/{participant_id}\"", "status=\"400\""] {
            assert!(shown.contains(counted), "{counted} is not in:\n{shown}");
        }
    }

}

both_databases! {
    async fn a_canary_that_escapes_is_found(app: TestApp) {
        let lines = Lines::of(|| tracing::debug!(name = NAME, "a line that says too much"));
        assert!(!Search::of([NAME]).found(&lines.bytes()).is_empty());
        let centre = json!({"name": STAFF_NAME, "zone": "Africa/Casablanca"});
        app.post("/v1/centres").by(&app.world.administrator).json(centre).expect(201).await;
        assert_eq!(Search::of([NAME, STAFF_NAME, TOKEN]).found(&leavings::of(&app.database).await).len(), 1);
    }
}

/// Where the canaries are.
pub struct Aviary<'a> {
    /// The service and its people.
    pub stage: &'a Stage,
    /// What the service itself gave out as a secret.
    pub secrets: Vec<String>,
    /// The answers that told nothing.
    pub refusals: Vec<Answer>,
}

impl Aviary<'_> {
    /// Puts every canary where it belongs: first the participant, then what features have around them.
    async fn release(&mut self) -> Ids {
        let world = &self.stage.app.world;
        let participant = participants::canary(&self.stage.app).await;
        let mut ids =
            Ids { participant, companion: world.mentor.id, centre: world.centre.0, ..self.stage.own.clone() };
        for release in features().filter_map(|feature| feature.release) {
            ids = release(self, ids).await;
        }
        ids
    }

    /// Columns in which a canary is said to lie, and nothing does.
    async fn empty_columns(&self) -> Vec<&'static str> {
        let mut empty = Vec::new();
        let columns: BTreeSet<&str> =
            each(|feature| feature.canaries).flat_map(|canary| canary.columns.iter().copied()).collect();
        for name in columns {
            let (table, column) = name.split_once('.').expect("a table and its column");
            let statement = format!("SELECT count(*) FROM {table} WHERE {column} IS NOT NULL");
            if leavings::count(&self.stage.app.database, statement).await == 0 {
                empty.push(name);
            }
        }
        empty
    }

    /// Keeps the tokens of an answer as secrets.
    pub fn keep_tokens(&mut self, answer: &Answer) {
        self.secrets.extend([answer.string("/access_token"), answer.string("/refresh_token")]);
    }

    /// Hands every canary in where it does not belong: in every path, query, header and field of every operation.
    async fn offer_everywhere(&mut self, ids: &Ids) {
        let texts = canaries::all();
        for (number, operation) in all().into_iter().enumerate() {
            let callers = Callers::sign_in(&self.stage.app).await;
            // Four of them for each operation, others for the next one.
            for (turn, canary) in
                texts.iter().copied().cycle().skip(number * 4 % texts.len()).take(4).enumerate()
            {
                let caller = [Caller::Manager, Caller::Mentor, Caller::Participant, Caller::Nobody][turn % 4];
                let signed_in = callers.get(caller).filter(|_| !operation.is_public());
                let right = self.stage.request(&operation, ids, signed_in, 1).await;
                let quoted: String = canary.bytes().map(|byte| format!("%{byte:02X}")).collect();
                let path = right.path.split('?').next().unwrap_or_default().to_owned();
                for parameter in operation.parameters("query") {
                    let wrong = format!("{path}?{}={quoted}", parameter["name"].as_str().expect("a name"));
                    self.offer(&right.method, &wrong, |request| match signed_in {
                        Some(person) => request.by(person),
                        None => request,
                    })
                    .await;
                }
                if let Some((start, rest)) = operation.path.split_once('{') {
                    let wrong = format!("{start}{quoted}{}", rest.split_once('}').expect("a placeholder").1);
                    self.offer(&right.method, &wrong, |request| match signed_in {
                        Some(person) => request.by(person),
                        None => request,
                    })
                    .await;
                }
                for header in
                    ["if-match", "idempotency-key", "dpop", "content-type", "cookie", "origin", "accept"]
                {
                    // One that is a good key is kept, as every key is; these are none.
                    let value = format!("{} ;", canary.replace(|c: char| !c.is_ascii(), "?"));
                    let body = right.body.clone();
                    self.offer(&right.method, &path, |request| {
                        let request = match (&body, header) {
                            (Some(body), "content-type") => request.bytes(body.to_string()),
                            (Some(_), _) => request.json(json!({"unknown_field": canary})),
                            (None, _) => request,
                        };
                        match signed_in {
                            Some(person) => request.by(person),
                            None => request,
                        }
                        .header(header, &value)
                    })
                    .await;
                }
                self.offer(&right.method, &path, |request| {
                    request.header("authorization", format!("Bearer {TOKEN}"))
                })
                .await;
                for body in wrong_bodies(&operation, right.body.as_ref(), canary) {
                    let prepared = right.clone();
                    self.offer(&prepared.method, &prepared.path, |request| {
                        let request = match prepared.version {
                            Some(version) => request.if_match(version),
                            None => request,
                        };
                        match signed_in {
                            Some(person) => request.by(person),
                            None => request,
                        }
                        .json(body)
                    })
                    .await;
                }
            }
            self.stage.reset().await;
        }
    }

    async fn offer(
        &mut self,
        method: &Method,
        path: &str,
        finish: impl FnOnce(muwakaba_tests::http::Request) -> muwakaba_tests::http::Request,
    ) {
        let answer = finish(self.stage.app.request(method.clone(), path)).send().await;
        assert!(answer.status < 500, "{method} {path}: {}", answer.text());
        if answer.status >= 400 {
            self.refusals.push(answer);
        }
    }

    /// Lets everybody read everything that they are given, and says who was told what is not for them.
    async fn ask_everybody(&mut self, ids: &Ids) -> Vec<String> {
        let mut wrongly_told = Vec::new();
        let search = Search::of(canaries::all().into_iter().chain(self.secrets.iter().map(String::as_str)));
        let mut seen = BTreeSet::new();
        let mut callers = Callers::sign_in(&self.stage.app).await;
        callers.replace(Caller::Participant, self.stage.on_a_phone_of(ids.participant).await);
        for operation in all().iter().filter(|operation| operation.method == Method::GET) {
            for caller in Caller::ALL {
                let person = callers.get(caller);
                let answer = self
                    .stage
                    .request(operation, ids, person, 0)
                    .await
                    .by(&self.stage.app, person)
                    .send()
                    .await;
                for (canary, _) in search.found(&answer.body) {
                    seen.insert(canary.to_owned());
                    if !may_read(caller, canary) || answer.status != 200 {
                        wrongly_told.push(format!("{} tells {caller:?} {canary}", operation.id));
                    }
                }
            }
        }
        let readable = canaries::all()
            .into_iter()
            .filter(|canary| Caller::ALL.iter().any(|caller| may_read(*caller, canary)));
        let unseen: Vec<_> = readable.filter(|canary| !seen.contains(*canary)).collect();
        assert_eq!(unseen, Vec::<&str>::new(), "nobody can read these");
        wrongly_told
    }
}

/// The body with the canary in each of the fields that it may have, in turn, as a text and as what it is not.
fn wrong_bodies(operation: &Operation, right: Option<&Value>, canary: &str) -> Vec<Value> {
    let (Some(Value::Object(fields)), Some(schema)) = (right, operation.body_schema()) else {
        return Vec::new();
    };
    let mut bodies = vec![json!(canary), json!([canary])];
    let known = resolved(schema)["properties"].as_object().expect("fields");
    for name in known.keys() {
        let is_public = each(|feature| feature.public_fields).any(|public| *public == (&*operation.id, name));
        for wrong in [json!(canary), json!([canary]), json!({"unknown": canary})] {
            if is_public && wrong.is_string() {
                continue;
            }
            let mut body = fields.clone();
            body.insert(name.clone(), wrong);
            bodies.push(Value::Object(body));
        }
    }
    bodies
}

#[test]
fn every_canary_is_unlike_every_other() {
    for one in canaries::all() {
        for other in canaries::all().into_iter().filter(|other| *other != one) {
            assert!(Search::of([one]).found(other.as_bytes()).is_empty(), "{one} / {other}");
        }
    }
}
