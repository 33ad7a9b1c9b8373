//! Content negotiation (RFC 9110 §12.5.1), as far as an interface needs it that speaks only JSON: a caller who would not take
//! it is told so before anything is done.

use axum::{
    extract::Request,
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use contract::ProblemCode;
use kernel::error::Error;

/// Refuses requests whose `Accept` excludes JSON.
pub async fn require_json_accepted(request: Request, next: Next) -> Response {
    if takes_json(request.headers()) {
        next.run(request).await
    } else {
        Error::new(ProblemCode::NotAcceptable).into_response()
    }
}

fn takes_json(headers: &HeaderMap) -> bool {
    let mut named = false;
    for value in headers.get_all(header::ACCEPT) {
        // Unreadable text names nothing; be lenient.
        let Ok(text) = value.to_str() else { return true };
        for range in text.split(',').map(str::trim).filter(|range| !range.is_empty()) {
            named = true;
            if range_takes_json(range) {
                return true;
            }
        }
    }
    !named
}

fn range_takes_json(range: &str) -> bool {
    let mut parts = range.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
    let refused = parts.any(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or_default();
        name.trim().eq_ignore_ascii_case("q") && value.trim().parse() == Ok(0.0_f32)
    });
    let is_json =
        matches!(kind.as_str(), "*/*" | "application/*" | "application/json" | "application/problem+json");
    is_json && !refused
}

#[cfg(test)]
mod tests {
    use super::takes_json;
    use axum::http::HeaderMap;

    #[test]
    fn only_who_excludes_json_is_refused() {
        let takes = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("accept", accept.parse().unwrap());
            takes_json(&headers)
        };
        assert!(takes_json(&HeaderMap::new()));
        for accept in [
            "",
            "*/*",
            "application/json",
            "Application/JSON; charset=utf-8",
            "text/html, application/*;q=0.1",
            "application/problem+json",
        ] {
            assert!(takes(accept), "{accept}");
        }
        for accept in ["text/html", "application/xml, text/*", "application/json;q=0", "*/*; q=0.0"] {
            assert!(!takes(accept), "{accept}");
        }
    }
}
