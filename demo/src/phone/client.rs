//! The phone's requests to the service.

use super::{device_key::DeviceKey, dialog::Request, push_service::Subscription};
use contract::{
    DeviceId, Problem, ProblemCode, ReceiptEvent, SystemIds,
    push::PushPayload,
    time::{Clock, Instant},
};
use identity::sign_in::tokens::Tokens;
use reqwest::{Method, StatusCode, header};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{fmt, sync::Arc, time::Duration};
use uuid::Uuid;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// What the list of sessions calls this phone.
const LABEL: &str = "Terminal phone";
/// What the text of an enrolment QR code begins with.
const QR_PREFIX: &str = "muwakaba:enrol:";

/// The service, as the phone reaches it.
pub struct Client {
    http: reqwest::Client,
    server: String,
    key: DeviceKey,
    clock: Arc<dyn Clock>,
    /// How many seconds the service's clock is ahead of ours: proofs are made by its clock.
    ahead: i64,
    access_token: String,
}

/// Why a request came to nothing.
#[derive(Debug)]
pub enum ClientError {
    /// The service refused.
    Refused(Box<Problem>),
    /// No whole answer came.
    Network(String),
}

/// What the phone keeps of its tokens until the next ones.
#[derive(Debug)]
pub struct Kept {
    /// Gets the next ones.
    pub refresh_token: String,
    /// Seconds until the access token expires.
    pub expires_in: i64,
}

impl fmt::Display for ClientError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(problem) => {
                write!(formatter, "{} ({})", problem.title, problem.status)?;
                if let Some(detail) = &problem.detail {
                    write!(formatter, ": {detail}")?;
                }
                for fault in &problem.errors {
                    write!(formatter, "; {} {}", fault.pointer, fault.detail)?;
                }
                Ok(())
            }
            Self::Network(cause) => write!(formatter, "no answer: {cause}"),
        }
    }
}

impl std::error::Error for ClientError {}

impl ClientError {
    /// The kind of refusal, if it is one.
    pub fn code(&self) -> Option<ProblemCode> {
        match self {
            Self::Refused(problem) => Some(problem.code),
            Self::Network(_) => None,
        }
    }
}

impl From<reqwest::Error> for ClientError {
    fn from(error: reqwest::Error) -> Self {
        Self::Network(error.to_string())
    }
}

/// With what somebody of the staff signs in.
pub struct StaffAccount {
    /// The address of the account.
    pub email: String,
    /// Its password.
    pub password: String,
    /// The code that their authenticator shows.
    pub code: String,
}

/// What came of a button.
#[derive(Debug, Deserialize)]
pub struct Acted {
    /// Where its subject stands now.
    pub state: String,
    /// When that is.
    #[serde(default)]
    pub time: Value,
}

/// A notification from the list.
#[derive(Debug, Deserialize)]
pub struct Fetched {
    /// When a phone showed it.
    pub seen_at: Option<Instant>,
    /// When it becomes useless.
    pub expires_at: Instant,
    /// What it says.
    pub content: PushPayload,
}

#[derive(Deserialize)]
struct List<T> {
    items: Vec<T>,
}

#[derive(Deserialize)]
struct PublicKey {
    public_key: String,
}

#[derive(Deserialize)]
struct Registered {
    id: DeviceId,
}

impl Client {
    /// To this service, with this key.
    ///
    /// # Errors
    /// If no connection can ever be made.
    pub fn new(server: &str, key: DeviceKey, clock: Arc<dyn Clock>) -> Result<Self, ClientError> {
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
        let server = server.trim_end_matches('/').to_owned();
        Ok(Self { http, server, key, clock, ahead: 0, access_token: String::new() })
    }

    /// The phone's key.
    pub const fn key(&self) -> &DeviceKey {
        &self.key
    }

    /// Enrols with a code, typed or from a QR code.
    ///
    /// # Errors
    /// If the code is refused or nothing answers.
    pub async fn enrol(&mut self, code: &str) -> Result<Kept, ClientError> {
        let mut body = json!({"device_label": LABEL});
        if let (Some(fields), true) = (body.as_object_mut(), code.starts_with(QR_PREFIX)) {
            fields.insert("qr_secret".to_owned(), code.into());
        } else if let Some(fields) = body.as_object_mut() {
            fields.insert("code".to_owned(), code.into());
        }
        self.with_proof("/v1/enrolment", &body).await
    }

    /// Signs in as somebody of the staff, with the code of their authenticator.
    ///
    /// # Errors
    /// If that is refused or nothing answers.
    pub async fn sign_in(&mut self, account: &StaffAccount) -> Result<Kept, ClientError> {
        let StaffAccount { email, password, code } = account;
        let body = json!({
            "email": email, "password": password, "authenticator_code": code, "device_label": LABEL,
        });
        self.with_proof("/v1/sign-in", &body).await
    }

    /// Gets the next tokens.
    ///
    /// # Errors
    /// If the token is refused or nothing answers.
    pub async fn refresh(&mut self, refresh_token: &str) -> Result<Kept, ClientError> {
        self.with_proof("/v1/token", &json!({"refresh_token": refresh_token})).await
    }

    /// A request with a proof of the phone's key. The first answer tells the service's clock: where that differs from ours,
    /// the request is made once more by it.
    async fn with_proof(&mut self, path: &str, body: &Value) -> Result<Kept, ClientError> {
        let (tokens, their_time) = self.proven(path, body).await;
        let tokens = match tokens {
            Err(ClientError::Refused(problem)) if problem.code == ProblemCode::CredentialRefused => {
                let ours = self.clock.now().as_seconds();
                let ahead = their_time.map_or(0, |theirs| theirs - ours);
                if (ahead - self.ahead).abs() <= 2 {
                    return Err(ClientError::Refused(problem));
                }
                self.ahead = ahead;
                self.proven(path, body).await.0?
            }
            other => other?,
        };
        let missing = || ClientError::Network("the answer holds no refresh token".to_owned());
        let refresh_token = tokens.refresh_token.ok_or_else(missing)?;
        self.access_token = tokens.access_token;
        Ok(Kept { refresh_token, expires_in: tokens.expires_in })
    }

    async fn proven(&self, path: &str, body: &Value) -> (Result<Tokens, ClientError>, Option<i64>) {
        let address = format!("{}{path}", self.server);
        let proof = match self.key.proof("POST", &address, self.now(), &SystemIds) {
            Ok(proof) => proof,
            Err(error) => return (Err(ClientError::Network(error.to_string())), None),
        };
        let answer = match self.http.post(&address).header("DPoP", proof).json(body).send().await {
            Ok(answer) => answer,
            Err(error) => return (Err(error.into()), None),
        };
        let date = answer.headers().get(header::DATE).and_then(|date| date.to_str().ok());
        let their_time = date.and_then(|date| chrono::DateTime::parse_from_rfc2822(date).ok());
        (read(answer).await, their_time.map(|time| time.timestamp()))
    }

    /// The time at the service, as far as it is known here.
    pub fn now(&self) -> Instant {
        self.clock.now().saturating_add(chrono::TimeDelta::seconds(self.ahead))
    }

    /// The key to subscribe with.
    ///
    /// # Errors
    /// If the service refuses or does not answer.
    pub async fn public_key(&self) -> Result<String, ClientError> {
        let answer: PublicKey = self.ask(Method::GET, "/v1/push/public-key", None).await?;
        Ok(answer.public_key)
    }

    /// Tells where the phone is reached: as a new device, or as the one that it was before.
    ///
    /// # Errors
    /// If the service refuses or does not answer.
    pub async fn register(
        &self,
        known_as: Option<DeviceId>,
        subscription: &Subscription,
    ) -> Result<DeviceId, ClientError> {
        let body = json!({
            "endpoint": subscription.endpoint,
            "keys": {"p256dh": subscription.p256dh, "auth": subscription.auth},
        });
        if let Some(id) = known_as {
            let path = format!("/v1/devices/{id}/web-push");
            match self.ask::<Registered>(Method::PUT, &path, Some(&body)).await {
                // Gone meanwhile: its former endpoint died with the last start, and a push found that out.
                Err(error) if error.code() == Some(ProblemCode::NotFound) => {}
                other => return other.map(|device| device.id),
            }
        }
        let device: Registered = self.ask(Method::POST, "/v1/devices/web-push", Some(&body)).await?;
        Ok(device.id)
    }

    /// The newest notifications.
    ///
    /// # Errors
    /// If the service refuses or does not answer.
    pub async fn notifications(&self) -> Result<Vec<Fetched>, ClientError> {
        let list: List<Fetched> = self.ask(Method::GET, "/v1/notifications?limit=20", None).await?;
        Ok(list.items)
    }

    /// The appointment behind a notification, as the service tells it to somebody who is signed in.
    ///
    /// # Errors
    /// If the service refuses or does not answer.
    pub async fn appointment(&self, id: Uuid) -> Result<Value, ClientError> {
        self.ask(Method::GET, &format!("/v1/appointments/{id}"), None).await
    }

    /// Chooses one of the times that are offered; how the appointment stands then.
    ///
    /// # Errors
    /// If the service refuses or does not answer.
    pub async fn choose(&self, appointment: Uuid, version: i64, slot: Uuid) -> Result<Value, ClientError> {
        let address = format!("{}/v1/appointments/{appointment}/choose", self.server);
        let request = self.http.post(address).bearer_auth(&self.access_token);
        let request = request.header(header::IF_MATCH, format!("\"{version}\""));
        read(request.json(&json!({"slot_id": slot})).send().await?).await
    }

    /// The check-ins that the phone is told of, as they are now.
    ///
    /// # Errors
    /// If the service refuses or does not answer.
    pub async fn check_ins(&self) -> Result<Vec<Value>, ClientError> {
        let mut found = Vec::new();
        let mut path = "/v1/sync?limit=200".to_owned();
        loop {
            let mut page: Value = self.ask(Method::GET, &path, None).await?;
            if let Some(Value::Array(told)) = page.pointer_mut("/changed/check_ins").map(Value::take) {
                found.extend(told);
            }
            if page.get("more").and_then(Value::as_bool) != Some(true) {
                return Ok(found);
            }
            let cursor = page.get("cursor").and_then(Value::as_str).unwrap_or_default();
            path = format!("/v1/sync?limit=200&cursor={cursor}");
        }
    }

    /// Keeps the answers so far; how the check-in stands then.
    ///
    /// # Errors
    /// If the service refuses or does not answer.
    pub async fn save_answers(&self, id: &str, version: i64, body: &Value) -> Result<Value, ClientError> {
        self.answer(Method::PUT, &format!("{id}/answers"), version, body).await
    }

    /// Gives all answers; how the check-in stands then.
    ///
    /// # Errors
    /// If the service refuses or does not answer.
    pub async fn submit(&self, id: &str, version: i64, body: &Value) -> Result<Value, ClientError> {
        self.answer(Method::POST, &format!("{id}/submit"), version, body).await
    }

    async fn answer(
        &self,
        method: Method,
        path: &str,
        version: i64,
        body: &Value,
    ) -> Result<Value, ClientError> {
        let address = format!("{}/v1/check-ins/{path}", self.server);
        let request = self.http.request(method, address).bearer_auth(&self.access_token);
        read(request.header(header::IF_MATCH, format!("\"{version}\"")).json(body).send().await?).await
    }

    /// What the service tells to somebody who is signed in.
    ///
    /// # Errors
    /// If the service refuses or does not answer.
    pub async fn get(&self, path: &str) -> Result<Value, ClientError> {
        self.ask(Method::GET, path, None).await
    }

    /// Sends what a dialog came to.
    ///
    /// # Errors
    /// If the service refuses or does not answer.
    pub async fn send(&self, request: &Request) -> Result<Value, ClientError> {
        let mut call =
            self.http.post(format!("{}{}", self.server, request.path)).bearer_auth(&self.access_token);
        if let Some(version) = request.version {
            call = call.header(header::IF_MATCH, format!("\"{version}\""));
        }
        if let Some(body) = &request.body {
            call = call.json(body);
        }
        read(call.send().await?).await
    }

    /// Presses a button; needs no sign-in.
    ///
    /// # Errors
    /// If the service refuses or does not answer.
    pub async fn act(&self, token: &str) -> Result<Acted, ClientError> {
        let address = format!("{}/v1/actions", self.server);
        read(self.http.post(address).json(&json!({"token": token})).send().await?).await
    }

    /// Tells that a notification was shown; needs no sign-in.
    ///
    /// # Errors
    /// If the service refuses or does not answer.
    pub async fn receipt(&self, token: &str, event: ReceiptEvent) -> Result<(), ClientError> {
        let address = format!("{}/v1/receipts", self.server);
        let body = json!({"token": token, "event": event});
        let answer = self.http.post(address).json(&body).send().await?;
        if answer.status() == StatusCode::NO_CONTENT { Ok(()) } else { read(answer).await }
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<T, ClientError> {
        let mut request =
            self.http.request(method, format!("{}{path}", self.server)).bearer_auth(&self.access_token);
        if let Some(body) = body {
            request = request.json(body);
        }
        read(request.send().await?).await
    }
}

async fn read<T: DeserializeOwned>(answer: reqwest::Response) -> Result<T, ClientError> {
    let status = answer.status();
    let bytes = answer.bytes().await?;
    if status.is_success() {
        return serde_json::from_slice(&bytes).map_err(|error| ClientError::Network(error.to_string()));
    }
    match serde_json::from_slice::<Problem>(&bytes) {
        Ok(problem) => Err(ClientError::Refused(Box::new(problem))),
        Err(_) => Err(ClientError::Network(format!("an answer {status} that is not this service's"))),
    }
}
