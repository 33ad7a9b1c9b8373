//! One line for each request, and the meters beside it. The line names the route's template, never the path: a path holds
//! ids of people, a query what somebody looked for.

use axum::{
    extract::{MatchedPath, Request},
    http::Method,
    response::Response,
};
use std::time::Instant;

/// A line that is written when it is dropped: when the answer is ready, or when the caller has hung up before.
pub struct Line {
    method: &'static str,
    route: Option<MatchedPath>,
    began: Instant,
    status: Option<u16>,
}

impl Line {
    /// Begins the line of this request.
    pub fn of(request: &Request) -> Self {
        let route = request.extensions().get::<MatchedPath>().cloned();
        Self { method: known(request.method()), route, began: Instant::now(), status: None }
    }

    /// Ends it with what the work answers.
    pub async fn ends_with(mut self, work: impl Future<Output = Response>) -> Response {
        let answer = work.await;
        self.status = Some(answer.status().as_u16());
        answer
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let route = self.route.as_ref().map_or("none", MatchedPath::as_str).to_owned();
        let took = self.began.elapsed();
        let milliseconds = took.as_micros() as f64 / 1_000.0;
        match self.status {
            Some(status) => tracing::info!(
                http.method = self.method,
                http.route = route,
                http.status = status,
                http.milliseconds = milliseconds,
                "answered"
            ),
            None => tracing::info!(
                http.method = self.method,
                http.route = route,
                http.milliseconds = milliseconds,
                "the caller hung up"
            ),
        }
        let status = self.status.map_or_else(|| "none".to_owned(), |status| status.to_string());
        metrics::counter!("muwakaba_http_requests_total", "method" => self.method, "route" => route.clone(), "status" => status)
            .increment(1);
        metrics::histogram!("muwakaba_http_request_seconds", "method" => self.method, "route" => route)
            .record(took.as_secs_f64());
    }
}

/// Callers may make up methods; meters must not grow by them.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
