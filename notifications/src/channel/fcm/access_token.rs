//! The access token that every request to FCM carries, and how it is come by.
//!
//! Google does not accept the service account's key itself. The key signs a short statement ("this account asks for the
//! right to send messages"), the token endpoint exchanges it for an access token that lives for about an hour, and that
//! is what FCM sees (RFC 7523 §2.1, RFC 6749 §5). One token serves all senders. When it is about to run out, the first
//! sender to notice fetches the next one and the others wait for it; when the endpoint fails, they all share that
//! failure, and nobody asks again for a few seconds.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{StatusCode, Uri};
use jsonwebtoken::{Algorithm, Header};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::answer::unauthorised;
use super::service_account::ServiceAccount;
use super::wire::Door;
use crate::channel::transport::Transport;
use crate::channel::{Outcome, RetryReason};

/// The one right that is asked for.
const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";

/// How long an assertion is valid. Google allows an hour; it is used at once.
const ASSERTION_LIFETIME: i64 = 600;

/// How far the assertion is dated back, for a clock that is a little ahead of Google's.
const CLOCK_TOLERANCE: i64 = 30;

/// A token is replaced this long before it runs out, so that none expires on its way.
const RENEW_BEFORE: TimeDelta = TimeDelta::seconds(120);

/// The life of a token whose answer does not name one (RFC 6749 only recommends it).
const DEFAULT_LIFETIME: u32 = 300;

/// How long a failure of the token endpoint answers for it.
const FAILURE_HOLDS: TimeDelta = TimeDelta::seconds(5);

/// FCM refusing a token leads to a new one at most this often, or a project without the right to send would fetch two
/// tokens for each message.
const RENEWAL_HOLDS: TimeDelta = TimeDelta::seconds(30);

/// The token as FCM wants it. Clones share their text.
#[derive(Clone)]
pub(super) struct AccessToken {
    /// The value of the `Authorization` header, marked as sensitive.
    pub authorization: HeaderValue,
    renew_at: DateTime<Utc>,
    serial: u64,
}

/// The keeper of the token.
pub(super) struct TokenSource {
    account: ServiceAccount,
    door: Door,
    assertion_header: Header,
    current: RwLock<Option<AccessToken>>,
    turn: Mutex<Turn>,
}

/// What only the sender that fetches a token may touch.
#[derive(Default)]
struct Turn {
    serial: u64,
    failure: Option<(DateTime<Utc>, Outcome)>,
    renewed_after_refusal: Option<DateTime<Utc>>,
}

impl TokenSource {
    /// A source with no token yet; `token_uri` stands in for the one in the account's file where it is given.
    pub fn new(account: ServiceAccount, token_uri: Option<Uri>, transport: Arc<Transport>) -> Self {
        let mut assertion_header = Header::new(Algorithm::RS256);
        assertion_header.kid = account.private_key_id().map(ToOwned::to_owned);
        let door = Door::new(transport, token_uri.unwrap_or_else(|| account.token_uri().clone()));
        Self { account, door, assertion_header, current: RwLock::default(), turn: Mutex::default() }
    }

    /// The current token, fetched if need be. `Err` is the outcome for the message that needed it.
    pub async fn get(&self, now: DateTime<Utc>) -> Result<AccessToken, Outcome> {
        if let Some(token) = self.usable(now) {
            return Ok(token);
        }
        let mut turn = self.turn.lock().await;
        if let Some(token) = self.usable(now) {
            return Ok(token);
        }
        self.fetch(&mut turn, now).await
    }

    /// A token other than `refused`, which FCM did not accept. `None` when the token was renewed for that reason a moment
    /// ago, so that another would be refused as well.
    pub async fn replace(
        &self,
        refused: &AccessToken,
        now: DateTime<Utc>,
    ) -> Option<Result<AccessToken, Outcome>> {
        let mut turn = self.turn.lock().await;
        if let Some(token) = self.usable(now)
            && token.serial != refused.serial
        {
            return Some(Ok(token));
        }
        if turn.renewed_after_refusal.is_some_and(|at| is_near(at, now, RENEWAL_HOLDS)) {
            return None;
        }
        self.store(None);
        let fetched = self.fetch(&mut turn, now).await;
        if fetched.is_ok() {
            turn.renewed_after_refusal = Some(now);
        }
        Some(fetched)
    }

    fn usable(&self, now: DateTime<Utc>) -> Option<AccessToken> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.as_ref().filter(|token| now < token.renew_at).cloned()
    }

    fn store(&self, token: Option<AccessToken>) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = token;
    }

    async fn fetch(&self, turn: &mut Turn, now: DateTime<Utc>) -> Result<AccessToken, Outcome> {
        if let Some((at, outcome)) = turn.failure
            && is_near(at, now, FAILURE_HOLDS)
        {
            return Err(outcome);
        }
        match self.request(turn.serial + 1, now).await {
            Ok(token) => {
                turn.serial = token.serial;
                turn.failure = None;
                self.store(Some(token.clone()));
                Ok(token)
            }
            Err(outcome) => {
                turn.failure = Some((now, outcome));
                Err(outcome)
            }
        }
    }

    async fn request(&self, serial: u64, now: DateTime<Utc>) -> Result<AccessToken, Outcome> {
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, form)]);
        let answer = self.door.post(headers, self.grant(now)?, now).await.inspect_err(|outcome| {
            tracing::warn!(fcm.reason = outcome.reason(), "the token endpoint of FCM gave no answer");
        })?;
        if answer.status != StatusCode::OK {
            return Err(refusal(answer.status, answer.retry_after, &answer.body));
        }
        serde_json::from_slice::<Grant>(&answer.body)
            .ok()
            .and_then(|grant| grant.into_token(serial, now))
            .ok_or_else(|| {
                tracing::warn!("the token endpoint of FCM gave an answer that holds no usable token");
                Outcome::retry(RetryReason::Unavailable)
            })
    }

    /// The form that asks for a token. Its values need no escaping: an assertion consists of base64url and points.
    fn grant(&self, now: DateTime<Utc>) -> Result<Bytes, Outcome> {
        let issued_at = now.timestamp() - CLOCK_TOLERANCE;
        let audience = self.door.uri().to_string();
        let claims = Claims {
            iss: self.account.client_email(),
            scope: SCOPE,
            aud: &audience,
            iat: issued_at,
            exp: issued_at + ASSERTION_LIFETIME,
        };
        let assertion = jsonwebtoken::encode(&self.assertion_header, &claims, self.account.signing_key())
            .map_err(|_| {
                tracing::error!("the assertion for FCM could not be signed");
                unauthorised(None)
            })?;
        Ok(format!("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={assertion}")
            .into())
    }
}

/// Whether `at` is within `span` of `now`, on either side: messages of one batch may carry slightly different instants,
/// and a clock that was set back must not keep an old entry alive.
fn is_near(at: DateTime<Utc>, now: DateTime<Utc>, span: TimeDelta) -> bool {
    (now - at).abs() < span
}

/// Names the refusal once, for the operator, and makes it the outcome of every message that waited.
fn refusal(status: StatusCode, retry_after: Option<Duration>, body: &[u8]) -> Outcome {
    let error = serde_json::from_slice::<GrantFailure>(body).ok().map_or("", |failure| failure.error.name());
    tracing::warn!(
        fcm.status = status.as_u16(),
        fcm.error = error,
        "the token endpoint of FCM refused the service account"
    );
    match status {
        StatusCode::TOO_MANY_REQUESTS => {
            Outcome::Retry { after: retry_after, reason: RetryReason::Throttled }
        }
        _ if status.is_client_error() => unauthorised(retry_after),
        _ => Outcome::Retry { after: retry_after, reason: RetryReason::Unavailable },
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    scope: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
}

#[derive(Deserialize)]
struct Grant {
    access_token: String,
    token_type: String,
    #[serde(default = "default_lifetime")]
    expires_in: u32,
}

const fn default_lifetime() -> u32 {
    DEFAULT_LIFETIME
}

impl Grant {
    fn into_token(self, serial: u64, now: DateTime<Utc>) -> Option<AccessToken> {
        if !self.token_type.eq_ignore_ascii_case("Bearer") || self.access_token.is_empty() {
            return None;
        }
        let mut authorization = HeaderValue::try_from(format!("Bearer {}", self.access_token)).ok()?;
        authorization.set_sensitive(true);
        let lifetime = TimeDelta::seconds(self.expires_in.into());
        let renew_at = now + lifetime - RENEW_BEFORE.min(lifetime / 4);
        Some(AccessToken { authorization, renew_at, serial })
    }
}

#[derive(Deserialize)]
struct GrantFailure {
    error: GrantError,
}

/// The errors of RFC 6749 §5.2. Only their names are logged, since the description may quote the assertion.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum GrantError {
    InvalidRequest,
    InvalidClient,
    InvalidGrant,
    UnauthorizedClient,
    UnsupportedGrantType,
    InvalidScope,
    #[serde(other)]
    Other,
}

impl GrantError {
    const fn name(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::Other => "other",
        }
    }
}
