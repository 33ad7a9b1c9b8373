//! Firebase Cloud Messaging, HTTP v1: how Android phones, and iOS apps that use Firebase, are woken.
//!
//! [`Fcm`] sends one empty wake-up at a time (`message.rs` says why it is empty) over shared HTTP/2 connections, with an
//! access token that all senders share (`access_token.rs`), and turns every answer that FCM documents into an
//! [`Outcome`] (`answer.rs`). `service_account.rs` reads the operator's key file. Nothing in this folder queues, repeats
//! or waits: a message is tried once, and once more if its access token was refused. Everything else is the caller's
//! business.
//!
//! Source: <https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages/send>.

mod access_token;
mod answer;
mod message;
mod service_account;
mod wire;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use bytes::Bytes;
use http::Uri;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};

pub use answer::ErrorCode;
pub use message::{FcmMessage, MAX_TIME_TO_LIVE, Priority};
pub use service_account::{ServiceAccount, ServiceAccountError};

use self::access_token::{AccessToken, TokenSource};
use self::answer::{Verdict, judge, unauthorised};
use self::wire::Door;
use super::transport::{Protocol, Transport, TransportOptions};
use super::{Channel, Outcome, RejectReason};

/// Where FCM is. The defaults are Google's own.
#[derive(Debug, Clone)]
pub struct FcmSettings {
    /// The address of the service, without a path: https, or http to a loopback address for tests and demonstration.
    pub base_url: String,
    /// The token endpoint, in place of the one in the service account file.
    pub token_uri: Option<String>,
}

impl Default for FcmSettings {
    fn default() -> Self {
        Self { base_url: "https://fcm.googleapis.com".to_owned(), token_uri: None }
    }
}

/// Why the channel cannot be set up. Each names the setting.
#[derive(Debug, thiserror::Error)]
pub enum FcmSettingsError {
    /// The address of the service cannot be used.
    #[error("the FCM base URL must be https (or http to a loopback address) and have no path")]
    BaseUrl,
    /// The address of the token endpoint cannot be used.
    #[error("the FCM token URI must be https (or http to a loopback address)")]
    TokenUri,
}

/// How a transport that serves FCM should behave: HTTP/2 only, since both of Google's doors speak it, so that all
/// messages share two connections (whoever sends holds a connection's lock for a moment). Ten seconds for an answer are the least
/// that Google asks for.
#[must_use]
pub fn transport_options() -> TransportOptions {
    TransportOptions {
        protocol: Protocol::Http2 { connections: 2 },
        concurrency_per_origin: 64,
        response_limit: 8 * 1_024,
        ..TransportOptions::default()
    }
}

/// The FCM channel of one Firebase project. Share it: the access token is inside.
pub struct Fcm {
    tokens: TokenSource,
    door: Door,
    headers: HeaderMap,
}

impl Fcm {
    /// A channel that sends in the name of `account`, over a transport with [`transport_options`]. No connection is made
    /// yet.
    ///
    /// # Errors
    /// See [`FcmSettingsError`].
    pub fn new(
        account: ServiceAccount,
        settings: &FcmSettings,
        transport: Arc<Transport>,
    ) -> Result<Self, FcmSettingsError> {
        let endpoint = endpoint(&settings.base_url, account.project_id()).ok_or(FcmSettingsError::BaseUrl)?;
        let token_uri = match &settings.token_uri {
            Some(text) => Some(service_account::parse_service_url(text).ok_or(FcmSettingsError::TokenUri)?),
            None => None,
        };
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let door = Door::new(Arc::clone(&transport), endpoint);
        Ok(Self { tokens: TokenSource::new(account, token_uri, transport), door, headers })
    }

    async fn post(&self, token: &AccessToken, body: Bytes, message: &FcmMessage<'_>) -> Verdict {
        let mut headers = self.headers.clone();
        headers.insert(AUTHORIZATION, token.authorization.clone());
        match self.door.post(headers, body, message.now).await {
            Ok(answer) => judge(answer.status, answer.retry_after, &answer.body),
            Err(outcome) => Verdict { outcome, code: None, access_token_refused: false },
        }
    }

    /// Sends once more with another access token, or explains why that is no use.
    async fn post_with_new_token(
        &self,
        refused: &AccessToken,
        body: Bytes,
        message: &FcmMessage<'_>,
    ) -> Outcome {
        match self.tokens.replace(refused, message.now).await {
            Some(Ok(token)) => self.post(&token, body, message).await.outcome,
            Some(Err(outcome)) => outcome,
            None => unauthorised(None),
        }
    }
}

impl Channel for Fcm {
    type Message<'a> = FcmMessage<'a>;

    async fn send(&self, message: Self::Message<'_>) -> Outcome {
        let Ok(body) = message::body(&message).map(Bytes::from) else {
            return Outcome::Rejected(RejectReason::Invalid);
        };
        let token = match self.tokens.get(message.now).await {
            Ok(token) => token,
            Err(outcome) => return outcome,
        };
        let verdict = self.post(&token, body.clone(), &message).await;
        let outcome = match verdict.access_token_refused {
            true => self.post_with_new_token(&token, body, &message).await,
            false => verdict.outcome,
        };
        if outcome != Outcome::Delivered {
            tracing::debug!(
                fcm.outcome = outcome.as_str(),
                fcm.reason = outcome.reason(),
                fcm.code = verdict.code.map(ErrorCode::as_str),
                "FCM did not take a message"
            );
        }
        outcome
    }
}

/// The address of `messages:send` for a project.
fn endpoint(base_url: &str, project_id: &str) -> Option<Uri> {
    let base = service_account::parse_service_url(base_url)?;
    if base.path() != "/" || base.query().is_some() {
        return None;
    }
    format!("{}/v1/projects/{project_id}/messages:send", base_url.trim_end_matches('/')).parse().ok()
}
