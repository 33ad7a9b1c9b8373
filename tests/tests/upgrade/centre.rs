//! A centre with a manager and a participant, who has a phone that is pushed to.

use super::node::{Node, command};
use chrono::{Days, NaiveDate, Utc};
use contract::time::SystemClock;
use muwakaba_demo::phone::{client::Client, device_key::DeviceKey, push_service::PushService};
use muwakaba_tests::http::{Answer, Request};
use reqwest::Method;
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};
use totp_rs::Totp;

/// The people, as they are signed in.
pub struct Centre {
    manager: String,
    manager_token: String,
    participant: String,
    push: PushService,
    next: u32,
}

impl Centre {
    /// Sets it up through this node, as an operator and a manager would.
    pub async fn found(node: &Node, data: &Path, database: &str) -> Self {
        let mut program = command(Path::new(&node.name), data, database);
        program.args(["staff", "add", "--name", "Amal", "--email", "amal@example.org", "--role", "manager"]);
        program.args(["--centre", "Oujda", "--new-centre"]).env("MUWAKABA_PUBLIC_URL", &node.public_url);
        let said = program.output().await.expect("the program runs");
        let said = String::from_utf8(said.stdout).expect("text");
        let after = |label: &str| {
            let line = said.lines().find_map(|line| line.strip_prefix(label));
            line.unwrap_or_else(|| panic!("no {label} in {said}")).trim().to_owned()
        };
        let (password, authenticator) = (after("One-time password:"), after("Authenticator:"));
        let code = Totp::from_url(authenticator.as_str()).expect("an authenticator");
        let now = u64::try_from(Utc::now().timestamp()).expect("a time");
        let factors = json!({
            "email": "amal@example.org", "password": password, "authenticator_code": code.generate(now).to_string(),
            "refresh_token_in": "body",
        });
        let signed_in = node.request(Method::POST, "/v1/sign-in").json(factors).expect(200).await;
        let manager_token = signed_in.string("/access_token");
        let change = json!({"current_password": password, "new_password": "seven herons at the lagoon"});
        bearer(node.request(Method::PUT, "/v1/me/password"), &manager_token).json(change).expect(204).await;
        let new = json!({"name": "Nadia Saidi", "language": "ar"});
        let registered = bearer(node.request(Method::POST, "/v1/participants"), &manager_token)
            .json(new)
            .expect(201)
            .await;
        let participant = registered.string("/id");
        let clock = Arc::new(SystemClock);
        let push = PushService::start(clock.clone()).await.expect("a push service");
        let centre =
            Self { manager: signed_in.string("/person/id"), manager_token, participant, push, next: 0 };
        let path = format!("/v1/participants/{}/enrolment-codes", centre.participant);
        let code = centre.asks(node, Method::POST, &path).expect(201).await.string("/qr_payload");
        let key = DeviceKey::generate().expect("a key");
        let mut phone = Client::new(&node.public_url, key, clock).expect("a client");
        phone.enrol(&code).await.expect("enrolled");
        let subscription = centre.push.subscribe(&phone.public_key().await.expect("a key")).expect("keys");
        phone.register(None, &subscription).await.expect("registered");
        centre
    }

    fn asks(&self, node: &Node, method: Method, path: &str) -> Request {
        bearer(node.request(method, path), &self.manager_token)
    }

    /// Makes so many appointments through this node, each at an hour of its own.
    pub async fn book(&mut self, node: &Node, count: u32) -> Vec<String> {
        let mut made = Vec::new();
        for _ in 0..count {
            let body = json!({
                "participant_id": self.participant, "host_id": self.manager, "kind": "social_counselling",
                "local_start": self.next_start(), "duration_minutes": 30, "place": {"kind": "phone"},
                "override_reason": "No other hour suits",
            });
            let answer = self.asks(node, Method::POST, "/v1/appointments").json(body).expect(201).await;
            made.push(answer.string("/id"));
        }
        made
    }

    fn next_start(&mut self) -> String {
        self.next += 1;
        let day: NaiveDate = Utc::now().date_naive() + Days::new(10 + u64::from(self.next / 8));
        format!("{day}T{:02}:00:00", 9 + self.next % 8)
    }

    /// What this node shows of them.
    pub async fn appointments(&self, node: &Node) -> Vec<Value> {
        let list = self.asks(node, Method::GET, "/v1/appointments?limit=200").expect(200).await;
        list.json()["items"].as_array().expect("items").clone()
    }

    /// The participant will come, says the manager.
    pub async fn confirm(&self, node: &Node, id: &str) {
        self.commands(node, id, "confirm", None).await;
    }

    /// To another hour.
    pub async fn move_away(&mut self, node: &Node, id: &str) {
        let body = json!({"local_start": self.next_start(), "override_reason": "No other hour suits"});
        self.commands(node, id, "move", Some(body)).await;
    }

    /// Off.
    pub async fn cancel(&self, node: &Node, id: &str) {
        self.commands(node, id, "cancel", Some(json!({}))).await;
    }

    /// How it ended, says the manager; or how it really did.
    pub async fn ends(&self, node: &Node, id: &str, command: &str, body: Value) {
        self.commands(node, id, command, Some(body)).await;
    }

    /// In which state this node shows it.
    pub async fn state(&self, node: &Node, id: &str) -> String {
        self.asks(node, Method::GET, &format!("/v1/appointments/{id}")).expect(200).await.string("/state")
    }

    async fn commands(&self, node: &Node, id: &str, command: &str, body: Option<Value>) -> Answer {
        let path = format!("/v1/appointments/{id}");
        let version = self.asks(node, Method::GET, &path).expect(200).await.version();
        let request = self.asks(node, Method::POST, &format!("{path}/{command}")).if_match(version);
        match body {
            Some(body) => request.json(body).expect(200).await,
            None => request.expect(200).await,
        }
    }

    /// How many pushes arrived.
    pub fn pushed(&self) -> usize {
        self.push.received().len()
    }
}

fn bearer(request: Request, token: &str) -> Request {
    request.header("authorization", format!("Bearer {token}"))
}
