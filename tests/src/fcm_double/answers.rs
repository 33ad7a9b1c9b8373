//! The answers of the double, in the shapes of the real service: the documents of `google.rpc.Status` with FCM's own
//! detail, the token endpoint's RFC 6749 errors, and the web pages that Google's front end gives when nothing behind it
//! answers.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{Response, StatusCode};
use http_body_util::Full;
use serde_json::{Value, json};

/// An answer of the double.
pub type Answer = Response<Full<Bytes>>;

/// Every failure that FCM HTTP v1 documents, and some that happen all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FcmFailure {
    /// `UNSPECIFIED_ERROR`; the documentation gives it no status, the double uses 500.
    Unspecified,
    /// 400 `INVALID_ARGUMENT` with a faulty field of the message.
    InvalidField,
    /// 400 `INVALID_ARGUMENT` with the registration token named as a field violation.
    InvalidTokenField,
    /// 400 `INVALID_ARGUMENT` with the registration token named in the message only, as FCM does today.
    InvalidToken,
    /// 400 `INVALID_ARGUMENT` for a payload over the limit.
    TooBig,
    /// 404 `UNREGISTERED`.
    Unregistered,
    /// 403 `SENDER_ID_MISMATCH`.
    SenderIdMismatch,
    /// 429 `QUOTA_EXCEEDED`.
    QuotaExceeded,
    /// 503 `UNAVAILABLE`.
    Unavailable,
    /// 500 `INTERNAL`.
    Internal,
    /// 401 `THIRD_PARTY_AUTH_ERROR`.
    ThirdPartyAuth,
    /// 401 without a code of FCM: the access token is not accepted.
    Unauthenticated,
    /// 403 without a code of FCM: the account has no right to send for this project.
    PermissionDenied,
    /// A code that the documentation does not have, with status 400.
    UnknownCode,
}

impl FcmFailure {
    /// Every failure, for tests that go through them all.
    pub const ALL: [Self; 14] = [
        Self::Unspecified,
        Self::InvalidField,
        Self::InvalidTokenField,
        Self::InvalidToken,
        Self::TooBig,
        Self::Unregistered,
        Self::SenderIdMismatch,
        Self::QuotaExceeded,
        Self::Unavailable,
        Self::Internal,
        Self::ThirdPartyAuth,
        Self::Unauthenticated,
        Self::PermissionDenied,
        Self::UnknownCode,
    ];

    /// The answer, with a `Retry-After` header where one is given.
    #[must_use]
    pub fn answer(self, retry_after: Option<&str>) -> Answer {
        let mut answer = match self {
            Self::Unspecified => failure(500, "UNKNOWN", "Unknown error.", &[fcm_error("UNSPECIFIED_ERROR")]),
            Self::InvalidField => {
                invalid_field("message.android.ttl", "Invalid duration in field 'message.android.ttl'")
            }
            Self::InvalidTokenField => failure(
                400,
                "INVALID_ARGUMENT",
                "The request has an argument that is not valid.",
                &[fcm_error("INVALID_ARGUMENT"), bad_request("message.token", "Invalid registration token")],
            ),
            Self::InvalidToken => failure(
                400,
                "INVALID_ARGUMENT",
                "The registration token is not a valid FCM registration token",
                &[fcm_error("INVALID_ARGUMENT")],
            ),
            Self::TooBig => failure(
                400,
                "INVALID_ARGUMENT",
                "Android message is too big",
                &[fcm_error("INVALID_ARGUMENT")],
            ),
            Self::Unregistered => {
                failure(404, "NOT_FOUND", "Requested entity was not found.", &[fcm_error("UNREGISTERED")])
            }
            Self::SenderIdMismatch => {
                failure(403, "PERMISSION_DENIED", "SenderId mismatch", &[fcm_error("SENDER_ID_MISMATCH")])
            }
            Self::QuotaExceeded => failure(
                429,
                "RESOURCE_EXHAUSTED",
                "The quota of messages is used up.",
                &[
                    json!({
                        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
                        "violations": [{"subject": "project", "description": "Message rate exceeded"}]
                    }),
                    fcm_error("QUOTA_EXCEEDED"),
                ],
            ),
            Self::Unavailable => failure(
                503,
                "UNAVAILABLE",
                "The service is currently unavailable.",
                &[fcm_error("UNAVAILABLE")],
            ),
            Self::Internal => {
                failure(500, "INTERNAL", "Internal error encountered.", &[fcm_error("INTERNAL")])
            }
            Self::ThirdPartyAuth => failure(
                401,
                "UNAUTHENTICATED",
                "Auth error from APNS or Web Push Service",
                &[fcm_error("THIRD_PARTY_AUTH_ERROR")],
            ),
            Self::Unauthenticated => unauthenticated("ACCESS_TOKEN_TYPE_UNSUPPORTED"),
            Self::PermissionDenied => permission_denied("another-project"),
            Self::UnknownCode => failure(
                400,
                "FAILED_PRECONDITION",
                "A new kind of failure.",
                &[fcm_error("NOT_YET_DOCUMENTED")],
            ),
        };
        if let Some(value) = retry_after.and_then(|text| HeaderValue::from_str(text).ok()) {
            answer.headers_mut().insert(RETRY_AFTER, value);
        }
        answer
    }
}

/// 200 with the name that FCM has given to the message.
pub(super) fn accepted(project_id: &str, number: u64) -> Answer {
    raw(
        200,
        "application/json; charset=UTF-8",
        format!("{{\n  \"name\": \"projects/{project_id}/messages/0:{number:016}%{number:016x}\"\n}}\n"),
    )
}

/// 400 with one faulty field, found by the JSON front end before FCM proper has seen the message.
pub(super) fn invalid_field(field: &str, description: &str) -> Answer {
    failure(400, "INVALID_ARGUMENT", description, &[bad_request(field, description)])
}

/// 400 with one faulty field, found by FCM itself.
pub(super) fn invalid_argument(field: &str, description: &str) -> Answer {
    let details = [bad_request(field, description), fcm_error("INVALID_ARGUMENT")];
    failure(400, "INVALID_ARGUMENT", description, &details)
}

/// 401 from Google's front end.
pub(super) fn unauthenticated(reason: &str) -> Answer {
    failure(
        401,
        "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token.",
        &[json!({
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": reason,
            "domain": "googleapis.com",
            "metadata": {"service": "fcm.googleapis.com", "method": "google.firebase.fcm.v1.FcmService.SendMessage"}
        })],
    )
}

/// 403 from Google's front end.
pub(super) fn permission_denied(project_id: &str) -> Answer {
    let message = format!(
        "Permission 'cloudmessaging.messages.create' denied on resource \
         '//cloudresourcemanager.googleapis.com/projects/{project_id}' (or it may not exist)."
    );
    failure(403, "PERMISSION_DENIED", &message, &[])
}

/// The web page that Google's front end gives for an address that it does not know, or when nothing answers behind it.
#[must_use]
pub fn web_page(status: u16) -> Answer {
    raw(
        status,
        "text/html; charset=UTF-8",
        format!("<!DOCTYPE html>\n<html lang=en><title>Error {status}</title>\n"),
    )
}

/// A failure of the token endpoint (RFC 6749 §5.2).
pub(super) fn grant_failure(status: u16, error: &str, description: &str) -> Answer {
    let body = json!({"error": error, "error_description": description});
    raw(status, "application/json; charset=utf-8", body.to_string())
}

/// Any answer at all.
#[must_use]
pub fn raw(status: u16, content_type: &str, body: String) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(value) = HeaderValue::from_str(content_type) {
        answer.headers_mut().insert(CONTENT_TYPE, value);
    }
    answer
}

fn failure(code: u16, status: &str, message: &str, details: &[Value]) -> Answer {
    let mut error = json!({"code": code, "message": message, "status": status});
    if let (Some(error), false) = (error.as_object_mut(), details.is_empty()) {
        error.insert("details".to_owned(), Value::from(details));
    }
    raw(code, "application/json; charset=UTF-8", json!({"error": error}).to_string())
}

fn fcm_error(code: &str) -> Value {
    json!({"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code})
}

fn bad_request(field: &str, description: &str) -> Value {
    json!({
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [{"field": field, "description": description}]
    })
}
