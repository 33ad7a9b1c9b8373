//! What an answer of FCM means for the message and for the device.
//!
//! FCM explains a failure twice: by the HTTP status, which a proxy on the way may have made up, and by an error code of
//! its own inside a `google.rpc.Status` document. The code decides where there is one; the status decides where there is
//! none. Only FCM's own words make a device [`Outcome::Gone`]: a bare 404 from a wrong address must not forget every
//! phone in the country.
//!
//! Sources: "FCM Error Codes" and "Best practices when sending FCM messages at scale" of the Firebase documentation, the
//! reference page `ErrorCode` of FCM HTTP v1, and `google/rpc/status.proto`.

use std::time::Duration;

use http::StatusCode;
use serde::Deserialize;

use crate::channel::{Outcome, RejectReason, RetryReason};

/// The least wait after a quota is exhausted. The buckets of FCM refill by the minute, and its documentation asks for at
/// least this much.
const QUOTA_WAIT: Duration = Duration::from_secs(60);

/// The wait where an operator has to repair something first.
const OPERATOR_WAIT: Duration = Duration::from_secs(15 * 60);

/// Every error code that FCM HTTP v1 documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// FCM does not say.
    UnspecifiedError,
    /// A parameter of the request is wrong (400): ours, or the registration token.
    InvalidArgument,
    /// The app installation no longer exists (404).
    Unregistered,
    /// The registration token belongs to another project (403).
    SenderIdMismatch,
    /// Too many messages, in all or to this device (429).
    QuotaExceeded,
    /// FCM is overloaded (503).
    Unavailable,
    /// FCM failed (500).
    Internal,
    /// FCM could not authenticate to Apple or to a web push service on the project's behalf (401).
    ThirdPartyAuthError,
}

impl ErrorCode {
    /// Every code, for tests and for registering metrics.
    pub const ALL: [Self; 8] = [
        Self::UnspecifiedError,
        Self::InvalidArgument,
        Self::Unregistered,
        Self::SenderIdMismatch,
        Self::QuotaExceeded,
        Self::Unavailable,
        Self::Internal,
        Self::ThirdPartyAuthError,
    ];

    /// The code as FCM writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnspecifiedError => "UNSPECIFIED_ERROR",
            Self::InvalidArgument => "INVALID_ARGUMENT",
            Self::Unregistered => "UNREGISTERED",
            Self::SenderIdMismatch => "SENDER_ID_MISMATCH",
            Self::QuotaExceeded => "QUOTA_EXCEEDED",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
            Self::ThirdPartyAuthError => "THIRD_PARTY_AUTH_ERROR",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == text)
    }
}

/// A judged answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    /// What the caller is told.
    pub outcome: Outcome,
    /// The code behind it, for the log.
    pub code: Option<ErrorCode>,
    /// Whether the access token was refused, so that a new one may help.
    pub access_token_refused: bool,
}

/// Judges an answer by its status, its `Retry-After` (already made a duration) and its body.
pub(super) fn judge(status: StatusCode, retry_after: Option<Duration>, body: &[u8]) -> Verdict {
    if status.is_success() {
        return Verdict { outcome: Outcome::Delivered, code: None, access_token_refused: false };
    }
    let failure = serde_json::from_slice::<Failure>(body).map(|failure| failure.error).unwrap_or_default();
    let code = failure.code();
    let outcome = match code {
        Some(ErrorCode::InvalidArgument) if failure.blames_the_token() => Outcome::Gone,
        Some(ErrorCode::InvalidArgument) => Outcome::Rejected(RejectReason::Invalid),
        Some(ErrorCode::Unregistered) => Outcome::Gone,
        Some(ErrorCode::SenderIdMismatch) => Outcome::Rejected(RejectReason::Misconfigured),
        Some(ErrorCode::QuotaExceeded) => throttled(retry_after),
        Some(ErrorCode::Unavailable | ErrorCode::Internal) => retry(retry_after, RetryReason::Unavailable),
        Some(ErrorCode::ThirdPartyAuthError) => unauthorised(retry_after),
        Some(ErrorCode::UnspecifiedError) | None => by_status(status, retry_after),
    };
    let access_token_refused =
        status == StatusCode::UNAUTHORIZED && code != Some(ErrorCode::ThirdPartyAuthError);
    Verdict { outcome, code, access_token_refused }
}

/// Judges an answer in which FCM's own code is missing or says nothing: a proxy, the gateway before FCM, or a code that
/// is newer than this program.
fn by_status(status: StatusCode, wait: Option<Duration>) -> Outcome {
    match status {
        StatusCode::REQUEST_TIMEOUT => retry(wait, RetryReason::Timeout),
        StatusCode::TOO_MANY_REQUESTS => throttled(wait),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => unauthorised(wait),
        StatusCode::PAYLOAD_TOO_LARGE => Outcome::Rejected(RejectReason::TooLarge),
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
            Outcome::Rejected(RejectReason::Misconfigured)
        }
        _ if status.is_redirection() => Outcome::Rejected(RejectReason::ForbiddenEndpoint),
        _ if status.is_client_error() => Outcome::Rejected(RejectReason::Invalid),
        _ => retry(wait, RetryReason::Unavailable),
    }
}

const fn retry(after: Option<Duration>, reason: RetryReason) -> Outcome {
    Outcome::Retry { after, reason }
}

fn throttled(wait: Option<Duration>) -> Outcome {
    retry(Some(wait.map_or(QUOTA_WAIT, |wait| wait.max(QUOTA_WAIT))), RetryReason::Throttled)
}

/// The wait after our credentials were refused, here or at the token endpoint.
pub(super) fn unauthorised(wait: Option<Duration>) -> Outcome {
    retry(Some(wait.map_or(OPERATOR_WAIT, |wait| wait.max(OPERATOR_WAIT))), RetryReason::Unauthorised)
}

/// The error document, as far as it is of use here.
#[derive(Deserialize)]
struct Failure {
    error: Status,
}

#[derive(Deserialize, Default)]
struct Status {
    #[serde(default)]
    message: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    details: Vec<Detail>,
}

#[derive(Deserialize)]
struct Detail {
    #[serde(rename = "@type", default)]
    kind: String,
    #[serde(rename = "errorCode")]
    error_code: Option<String>,
    #[serde(rename = "fieldViolations", default)]
    field_violations: Vec<FieldViolation>,
}

#[derive(Deserialize)]
struct FieldViolation {
    #[serde(default)]
    field: String,
}

impl Status {
    /// FCM's own code; failing that, the general status where it can mean one thing only. `NOT_FOUND` and
    /// `PERMISSION_DENIED` cannot: a project that does not exist has them as well.
    fn code(&self) -> Option<ErrorCode> {
        let told = self
            .details
            .iter()
            .filter(|detail| detail.kind.ends_with("/google.firebase.fcm.v1.FcmError"))
            .find_map(|detail| detail.error_code.as_deref());
        match (told, self.status.as_str()) {
            (Some(code), _) => ErrorCode::parse(code),
            (None, "INVALID_ARGUMENT") => Some(ErrorCode::InvalidArgument),
            (None, "RESOURCE_EXHAUSTED") => Some(ErrorCode::QuotaExceeded),
            (None, "UNAVAILABLE") => Some(ErrorCode::Unavailable),
            (None, "INTERNAL") => Some(ErrorCode::Internal),
            (None, _) => None,
        }
    }

    /// Whether an invalid argument is the registration token. FCM names the field in a `BadRequest` detail, or, in the
    /// second of the two documented forms, leaves the detail out and says so in the message alone.
    fn blames_the_token(&self) -> bool {
        let mut fields = self
            .details
            .iter()
            .flat_map(|detail| &detail.field_violations)
            .map(|at| at.field.as_str())
            .peekable();
        if fields.peek().is_some() {
            return fields.all(|field| field == "message.token");
        }
        !self.details.is_empty() && self.message.to_ascii_lowercase().contains("registration token")
    }
}
