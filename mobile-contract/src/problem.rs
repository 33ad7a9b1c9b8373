//! Problem answers (RFC 9457): what every refusal of the service looks like, and the stable codes that an app may act on.

use crate::vocabulary;
use crate::{ParticipantId, Subject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

vocabulary! {
    /// Why a request was refused. The `type` of a problem is `urn:muwakaba:problem:` and this word.
    ProblemCode {
        /// The request cannot be read: not JSON, not UTF-8, too deep, a key twice.
        Malformed => "malformed",
        /// The request can be read, but fields of it are wrong; `errors` names them.
        Invalid => "invalid",
        /// There is no valid access token.
        Unauthenticated => "unauthenticated",
        /// The e-mail, password or code is wrong. It does not say which.
        SignInRefused => "sign_in_refused",
        /// The refresh token, device proof or enrolment code is no longer good.
        CredentialRefused => "credential_refused",
        /// The caller's role has no use of this operation.
        NotForThisRole => "not_for_this_role",
        /// The password must be changed first; nothing else is possible until then.
        PasswordChangeDue => "password_change_due",
        /// A second factor must be set up first, or the next sign-in would be impossible.
        SecondFactorDue => "second_factor_due",
        /// A page of another origin asked.
        ForeignOrigin => "foreign_origin",
        /// It does not exist, or not for this caller.
        NotFound => "not_found",
        /// There is no such method on this path.
        MethodNotAllowed => "method_not_allowed",
        /// The answer could only be JSON, and the caller does not take it.
        NotAcceptable => "not_acceptable",
        /// The body took too long to arrive.
        TooSlow => "too_slow",
        /// The state does not allow this command; `possible_commands` are those that it does.
        CommandRefused => "command_refused",
        /// The host or the participant has another appointment then.
        TimeTaken => "time_taken",
        /// Something open would be left with nobody; `remaining` says what, and `detail` which field names a successor.
        StillOpen => "still_open",
        /// Another one with the same id, address or name exists.
        AlreadyExists => "already_exists",
        /// The centre has somebody who is likely the same person; `similar` says who, and naming them in `not_same_as` registers another one.
        LikelySamePerson => "likely_same_person",
        /// The centre is closed then; `override_reason` puts it there all the same.
        CentreClosed => "centre_closed",
        /// The button of this notification was used already.
        ActionUsed => "action_used",
        /// The button of this notification is of no use any more; open the app.
        ActionExpired => "action_expired",
        /// Somebody changed it since it was read; `current_version` is how it stands.
        Changed => "changed",
        /// `If-Match` is missing: say which version is being changed.
        VersionRequired => "version_required",
        /// The body is larger than allowed.
        TooLarge => "too_large",
        /// The address is longer than allowed.
        AddressTooLong => "address_too_long",
        /// The headers are larger than allowed.
        HeadersTooLarge => "headers_too_large",
        /// The body is not `application/json`.
        UnsupportedMediaType => "unsupported_media_type",
        /// The same Idempotency-Key came with another request.
        IdempotencyKeyReused => "idempotency_key_reused",
        /// Too many requests; `Retry-After` says when to come again.
        TooMany => "too_many",
        /// The service failed. It has been logged under the request's id.
        Internal => "internal",
        /// The service cannot answer right now; `Retry-After` says when to come again.
        Unavailable => "unavailable",
        /// The service has no room to keep anything more; nothing was done. `Retry-After` says when to come again.
        OutOfRoom => "out_of_room",
    }
}

/// One fault in one place of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldFault {
    /// A JSON pointer (RFC 6901) into the body, or `?name` for a query parameter, `{name}` for a path parameter, `Name:` for a header.
    #[schema(example = "/local_start")]
    pub pointer: String,
    /// A stable word for the fault.
    #[schema(example = "length")]
    pub code: String,
    /// What is wrong, for a developer. It never repeats the value.
    #[schema(example = "must have 1 to 200 characters")]
    pub detail: String,
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem; stable, safe to compare.
    #[serde(rename = "type")]
    #[schema(example = "urn:muwakaba:problem:not_found")]
    pub kind: String,
    /// The same as the last part of `type`.
    pub code: ProblemCode,
    /// The kind of problem in a few words.
    #[schema(example = "Not found")]
    pub title: String,
    /// The HTTP status.
    #[schema(example = 404, minimum = 400, maximum = 599)]
    pub status: u16,
    /// This occurrence, for a developer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The request's id, to be quoted when asking for help.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// What is wrong in which field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldFault>,
    /// With `command_refused`: what the command was about, if that is a kind of thing that people are reminded of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// With `command_refused`: what is possible now, for this caller, in words of that kind, such as an `AppointmentCommand`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub possible_commands: Option<Vec<String>>,
    /// With `changed`: the version to read before trying again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_version: Option<i64>,
    /// With `still_open`: how much there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining_count: Option<i64>,
    /// With `still_open`: what there is, at most a hundred.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub remaining: Vec<Subject>,
    /// With `time_taken`, when several things were to change: those that collide with others, at most a hundred.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub colliding: Vec<Subject>,
    /// With `likely_same_person`: whose files to look at first, at most a hundred.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub similar: Vec<ParticipantId>,
}

impl ProblemCode {
    /// The HTTP status that goes with the code.
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed | Self::Invalid => 400,
            Self::Unauthenticated | Self::SignInRefused | Self::CredentialRefused => 401,
            Self::NotForThisRole | Self::PasswordChangeDue | Self::ForeignOrigin => 403,
            Self::SecondFactorDue => 409,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::NotAcceptable => 406,
            Self::TooSlow => 408,
            Self::CommandRefused | Self::TimeTaken | Self::StillOpen | Self::AlreadyExists => 409,
            Self::LikelySamePerson | Self::CentreClosed | Self::ActionUsed => 409,
            Self::ActionExpired => 410,
            Self::Changed => 412,
            Self::TooLarge => 413,
            Self::AddressTooLong => 414,
            Self::UnsupportedMediaType => 415,
            Self::IdempotencyKeyReused => 422,
            Self::VersionRequired => 428,
            Self::TooMany => 429,
            Self::HeadersTooLarge => 431,
            Self::Internal => 500,
            Self::Unavailable => 503,
            Self::OutOfRoom => 507,
        }
    }

    /// The kind of problem in a few words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Malformed => "The request cannot be read",
            Self::Invalid => "Fields of the request are wrong",
            Self::Unauthenticated => "Sign in first",
            Self::SignInRefused => "The sign-in was refused",
            Self::CredentialRefused => "The credential was refused",
            Self::NotForThisRole => "Not for this role",
            Self::PasswordChangeDue => "Change the password first",
            Self::SecondFactorDue => "Set a second factor up first",
            Self::ForeignOrigin => "Not from this origin",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "No such method here",
            Self::NotAcceptable => "Only JSON is served",
            Self::TooSlow => "The request took too long",
            Self::CommandRefused => "Not possible in this state",
            Self::TimeTaken => "The time is taken",
            Self::StillOpen => "Something open would be left with nobody",
            Self::AlreadyExists => "It exists already",
            Self::LikelySamePerson => "They are likely registered already",
            Self::CentreClosed => "The centre is closed then",
            Self::ActionUsed => "Used already",
            Self::ActionExpired => "No longer of use",
            Self::Changed => "It changed in the meantime",
            Self::TooLarge => "The body is too large",
            Self::AddressTooLong => "The address is too long",
            Self::HeadersTooLarge => "The headers are too large",
            Self::UnsupportedMediaType => "Only JSON is taken",
            Self::IdempotencyKeyReused => "The Idempotency-Key was used for another request",
            Self::VersionRequired => "If-Match is missing",
            Self::TooMany => "Too many requests",
            Self::Internal => "The service failed",
            Self::Unavailable => "Not available right now",
            Self::OutOfRoom => "No room to keep it",
        }
    }

    /// The problem's `type`.
    pub fn uri(self) -> String {
        format!("urn:muwakaba:problem:{}", self.as_str())
    }
}

impl Problem {
    /// A bare problem of this kind.
    pub fn new(code: ProblemCode) -> Self {
        Self {
            kind: code.uri(),
            code,
            title: code.title().to_owned(),
            status: code.status(),
            detail: None,
            request_id: None,
            errors: Vec::new(),
            subject: None,
            possible_commands: None,
            current_version: None,
            remaining_count: None,
            remaining: Vec::new(),
            colliding: Vec::new(),
            similar: Vec::new(),
        }
    }
}
