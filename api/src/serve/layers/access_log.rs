//! One line for each request, and the meters beside it. The line names the route's template, never the path: a path holds
//! ids of people, a query what somebody looked for.

use axum::{
    extract::{MatchedPath, Request},
    http::Method,
    middleware::Next,
    response::Response,
};
use std::time::Instant;

/// Writes the line when the answer is ready, or when the caller has hung up before.
pub async fn write(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut line = Line { method: known(request.method()), route, began: Instant::now(), status: None };
    let answer = next.run(request).await;
    line.status = Some(answer.status().as_u16());
    answer
}

struct Line {
    method: &'static str,
    route: Option<MatchedPath>,
    began: Instant,
    status: Option<u16>,
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
