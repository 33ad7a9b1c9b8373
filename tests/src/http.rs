//! Requests and answers, short to write and loud when they are not what the test expects.

use crate::world::SignedIn;
use contract::{Problem, ProblemCode};
use reqwest::{RequestBuilder, header::HeaderMap};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A request being put together.
#[must_use = "a request does nothing until it is sent"]
pub struct Request(RequestBuilder);

impl Request {
    pub(crate) const fn new(builder: RequestBuilder) -> Self {
        Self(builder)
    }

    /// To another process than a test's own.
    pub const fn to(builder: RequestBuilder) -> Self {
        Self(builder)
    }

    /// Signed in as this person.
    pub fn by(self, person: &SignedIn) -> Self {
        Self(self.0.bearer_auth(&person.access_token))
    }

    /// With this header.
    pub fn header(self, name: &str, value: impl AsRef<str>) -> Self {
        Self(self.0.header(name, value.as_ref()))
    }

    /// Based on this version.
    pub fn if_match(self, version: i64) -> Self {
        self.header("if-match", format!("\"{version}\""))
    }

    /// With this JSON body.
    pub fn json(self, body: Value) -> Self {
        Self(self.0.json(&body))
    }

    /// With this body as it is, said to be JSON.
    pub fn raw(self, body: impl Into<reqwest::Body>) -> Self {
        Self(self.0.header("content-type", "application/json").body(body))
    }

    /// With this body and nothing said about it.
    pub fn bytes(self, body: impl Into<reqwest::Body>) -> Self {
        Self(self.0.body(body))
    }

    /// Sends it.
    pub async fn send(self) -> Answer {
        let response = self.0.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.expect("a whole answer").to_vec();
        Answer { status, headers, body }
    }

    /// Sends it; it must succeed with this status.
    pub async fn expect(self, status: u16) -> Answer {
        let answer = self.send().await;
        assert_eq!(answer.status, status, "{}", answer.text());
        answer
    }

    /// Sends it; it must be refused with this problem.
    pub async fn refused(self, code: ProblemCode) -> Problem {
        let answer = self.send().await;
        assert_eq!(answer.header("content-type"), "application/problem+json", "{}", answer.text());
        let problem: Problem = answer.read();
        assert_eq!(problem.code, code, "{}", answer.text());
        assert_eq!((answer.status, problem.status), (code.status(), code.status()));
        problem
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        format!("{} {}", self.status, String::from_utf8_lossy(&self.body))
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body as this type.
    pub fn read<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// A header, empty if absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().expect("an ASCII header")).unwrap_or_default()
    }

    /// The version in its ETag.
    pub fn version(&self) -> i64 {
        self.header("etag").trim_matches('"').parse().unwrap_or_else(|_| panic!("no ETag: {}", self.text()))
    }

    /// A string in the body.
    pub fn string(&self, pointer: &str) -> String {
        let json = self.json();
        json.pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("no text at {pointer}: {}", self.text()))
            .to_owned()
    }
}
