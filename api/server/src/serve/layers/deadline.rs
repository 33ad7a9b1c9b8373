//! Time-outs. A handler's time begins when the body has arrived, so that a slow network does not use it up; the body has a
//! pace of its own.

use super::body::PacedBody;
use crate::limits::Limits;
use axum::{
    body::{Body, HttpBody},
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use kernel::error::Error;

/// Answers for a handler that takes too long.
pub async fn enforce(limits: &Limits, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let (body, arrived) = if body.is_end_stream() {
        (body, None)
    } else {
        let (paced, arrived) = PacedBody::new(body, limits);
        (Body::new(paced), Some(arrived))
    };
    let too_long = async {
        if let Some(arrived) = arrived {
            // An error is the other way of saying so: the sender is gone.
            let _ = arrived.await;
        }
        tokio::time::sleep(limits.handling).await;
    };
    tokio::select! {
        mut answer = next.run(Request::from_parts(parts, body)) => {
            if answer.status() == StatusCode::REQUEST_TIMEOUT {
                // The rest of the body may still be on its way; what comes after it cannot be a request.
                answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            answer
        }
        () = too_long => {
            tracing::error!("a request took too long and was given up");
            Error::unavailable().into_response()
        }
    }
}
