//! One error for every handler: a problem answer, and for the unexpected ones the cause, which is logged once and never sent.

use crate::{caching::NOT_KEPT, request_id};
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use contract::{FieldFault, ParticipantId, Problem, ProblemCode, Subject, UnknownWord};
use std::time::Duration;

/// How long a caller should wait when two writers met or the database was busy.
const SOON: Duration = Duration::from_secs(1);
/// How long a caller should wait when the disk was full: until somebody has made room.
const ROOM: Duration = Duration::from_mins(1);

/// Why a request was not carried out.
#[derive(Debug)]
pub struct Error(Box<Inner>);

/// How many subjects a problem names.
const AT_MOST: usize = 100;

#[derive(Debug)]
enum Inner {
    Refused {
        problem: Problem,
        retry_after: Option<Duration>,
        is_victim: bool,
        /// Whether only the thing that was asked for cannot be read: other requests are answered.
        is_of_one_thing: bool,
    },
    /// Not an error at all: the answer that the same request got the first time.
    Replay(Response),
}

/// Marks the answer to a request that nothing was done of, since its transaction stood in another's way.
#[derive(Debug, Clone, Copy)]
pub struct ReadyToRepeat;

/// What a handler gives back.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A refusal of this kind.
    pub fn new(code: ProblemCode) -> Self {
        Self::of(Problem::new(code))
    }

    fn of(problem: Problem) -> Self {
        Self(Box::new(Inner::Refused {
            problem,
            retry_after: None,
            is_victim: false,
            is_of_one_thing: false,
        }))
    }

    /// A refusal of this kind, with a word to the developer that holds nothing personal.
    pub fn with_detail(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self::of(Problem { detail: Some(detail.into()), ..Problem::new(code) })
    }

    /// It does not exist, or not for this caller: the two must look alike.
    pub fn not_found() -> Self {
        Self::new(ProblemCode::NotFound)
    }

    /// One field is wrong.
    pub fn field(pointer: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        Self::fields(vec![FieldFault {
            pointer: pointer.into(),
            code: code.to_owned(),
            detail: detail.into(),
        }])
    }

    /// Several fields are wrong.
    pub fn fields(errors: Vec<FieldFault>) -> Self {
        Self::of(Problem { errors, ..Problem::new(ProblemCode::Invalid) })
    }

    /// The state of `subject` does not allow the command; those that it does, in words of its kind.
    pub fn command_refused<C: ToString>(
        subject: impl Into<Option<Subject>>,
        detail: impl Into<String>,
        possible: &[C],
    ) -> Self {
        Self::of(Problem {
            subject: subject.into(),
            detail: Some(detail.into()),
            possible_commands: Some(possible.iter().map(C::to_string).collect()),
            ..Problem::new(ProblemCode::CommandRefused)
        })
    }

    /// This much would be left with nobody, unless `field` names who takes it over.
    pub fn still_open(count: usize, remaining: &[Subject], field: &str) -> Self {
        Self::of(Problem {
            detail: Some(format!("{count} are open and lie ahead: name who takes them over in {field}")),
            remaining_count: i64::try_from(count).ok(),
            remaining: remaining.iter().take(AT_MOST).copied().collect(),
            ..Problem::new(ProblemCode::StillOpen)
        })
    }

    /// These would collide with what the same person has at their time.
    pub fn collide(subjects: impl Iterator<Item = Subject>) -> Self {
        Self::of(Problem {
            detail: Some("the successor has something else at the time of these".to_owned()),
            colliding: subjects.take(AT_MOST).collect(),
            ..Problem::new(ProblemCode::TimeTaken)
        })
    }

    /// These are likely the same person as the one who was to be registered.
    pub fn likely_same_person(similar: impl Iterator<Item = ParticipantId>) -> Self {
        Self::of(Problem {
            detail: Some(
                "look at these files first; to register another person, name them in not_same_as".to_owned(),
            ),
            similar: similar.take(AT_MOST).collect(),
            ..Problem::new(ProblemCode::LikelySamePerson)
        })
    }

    /// Somebody changed it since the caller read it.
    pub fn changed(current_version: i64) -> Self {
        Self::of(Problem { current_version: Some(current_version), ..Problem::new(ProblemCode::Changed) })
    }

    /// Too many requests; come again after `wait`.
    pub fn too_many(wait: Duration) -> Self {
        Self(Box::new(Inner::Refused {
            problem: Problem::new(ProblemCode::TooMany),
            retry_after: Some(wait),
            is_victim: false,
            is_of_one_thing: false,
        }))
    }

    /// The service failed. `cause` is logged here, once, under the request's id; the caller learns nothing of it.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(error = %cause, "request failed");
        Self::new(ProblemCode::Internal)
    }

    /// The service cannot answer right now.
    pub fn unavailable() -> Self {
        Self::not_now(false)
    }

    /// Another transaction was first, and this one is to be carried out again: see [`ReadyToRepeat`].
    pub fn stood_in_the_way() -> Self {
        Self::not_now(true)
    }

    fn not_now(is_victim: bool) -> Self {
        Self(Box::new(Inner::Refused {
            problem: Problem::new(ProblemCode::Unavailable),
            retry_after: Some(SOON),
            is_victim,
            is_of_one_thing: false,
        }))
    }

    /// The answer that the same request got the first time; ends the handler early through `?`.
    pub fn replay(answer: Response) -> Self {
        Self(Box::new(Inner::Replay(answer)))
    }

    /// The answer that the same request got the first time, if this is one; else the error.
    pub fn into_replay(self) -> Result<Response> {
        match *self.0 {
            Inner::Replay(answer) => Ok(answer),
            other @ Inner::Refused { .. } => Err(Self(Box::new(other))),
        }
    }

    /// The same, its fields below this place.
    #[must_use]
    pub fn below(mut self, place: &str) -> Self {
        if let Inner::Refused { problem, .. } = &mut *self.0 {
            for fault in &mut problem.errors {
                fault.pointer = format!("{place}{}", fault.pointer);
            }
        }
        self
    }

    /// What is told of it where it is not the whole answer, unless the service cannot answer right now: then this is the whole answer.
    pub fn into_part(self) -> Result<Problem> {
        match *self.0 {
            Inner::Refused { problem, retry_after: None, .. }
            | Inner::Refused { problem, is_of_one_thing: true, .. } => Ok(problem),
            other => Err(Self(Box::new(other))),
        }
    }

    /// Says no more than that there is no such thing, unless the service failed.
    #[must_use]
    pub fn or_not_found(self) -> Self {
        match &*self.0 {
            Inner::Refused { problem, retry_after: None, .. } if problem.code != ProblemCode::Internal => {
                Self::not_found()
            }
            _ => self,
        }
    }

    /// Whether another transaction was first, and this one is to be carried out again.
    pub fn is_victim(&self) -> bool {
        matches!(&*self.0, Inner::Refused { is_victim: true, .. })
    }

    /// The kind of problem, unless this is a replay.
    pub fn code(&self) -> Option<ProblemCode> {
        match &*self.0 {
            Inner::Refused { problem, .. } => Some(problem.code),
            Inner::Replay(_) => None,
        }
    }
}

impl From<db::Error> for Error {
    fn from(error: db::Error) -> Self {
        if error.is_full() {
            tracing::error!(%error, "no room on the disk of the database");
            metrics::counter!("muwakaba_disk_full_total").increment(1);
            return Self(Box::new(Inner::Refused {
                problem: Problem::new(ProblemCode::OutOfRoom),
                retry_after: Some(ROOM),
                is_victim: false,
                is_of_one_thing: false,
            }));
        }
        if error.is_transient() {
            tracing::warn!(%error, "the database was busy");
            return Self::not_now(error.is_victim());
        }
        if error.is_unread_for::<UnknownWord>() {
            // During an update another node can read it.
            tracing::warn!(%error, "written by a later version");
            return Self(Box::new(Inner::Refused {
                problem: Problem::new(ProblemCode::Unavailable),
                retry_after: Some(SOON),
                is_victim: false,
                is_of_one_thing: true,
            }));
        }
        match error.violated().as_deref() {
            Some("appointment_host_is_free") => {
                Self::with_detail(ProblemCode::TimeTaken, "the host has another appointment at that time")
            }
            Some("appointment_participant_is_free") => Self::with_detail(
                ProblemCode::TimeTaken,
                "the participant has another appointment at that time",
            ),
            Some("participant_file_number_lookup_centre_id_key") => {
                Self::field("/file_number", "taken", "another file of the centre has this number")
            }
            // A client may choose ids. Whether the other row is one the caller may see is not told.
            Some(name) if name.ends_with("_id_key") || name.ends_with("_pkey") => {
                Self::with_detail(ProblemCode::AlreadyExists, "this id is taken")
            }
            _ => Self::internal(error),
        }
    }
}

impl From<crate::protect::seal::SealError> for Error {
    fn from(error: crate::protect::seal::SealError) -> Self {
        Self::internal(error)
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match *self.0 {
            Inner::Replay(answer) => answer,
            Inner::Refused { mut problem, retry_after, is_victim, .. } => {
                problem.request_id = request_id::current();
                let status =
                    StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let mut answer = (status, Json(&problem)).into_response();
                if is_victim {
                    answer.extensions_mut().insert(ReadyToRepeat);
                }
                let headers = answer.headers_mut();
                headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
                headers.insert(header::CACHE_CONTROL, NOT_KEPT);
                if let Some(wait) = retry_after {
                    // Rounded up: coming again a moment too early would be refused again.
                    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
                }
                if status == StatusCode::UNAUTHORIZED {
                    headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
                }
                answer
            }
        }
    }
}
