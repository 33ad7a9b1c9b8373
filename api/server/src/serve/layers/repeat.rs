//! Carries a request out again when the database ended its transaction for the sake of others: PostgreSQL to free two that waited for each
//! other, SQLite because the disk was full or could not be written while several shared one COMMIT. That transaction
//! left nothing behind, so the caller need not hear of it. On SQLite the repetition shares its COMMIT with nobody, and so learns how it
//! ended itself. Only around operations that are one unit of work: of an operation
//! that has committed something before, the repetition would do that twice.

use axum::{
    Extension,
    body::{Body, Bytes, HttpBody, to_bytes},
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use hyper::body::Frame;
use kernel::{
    error::{Error, ReadyToRepeat},
    extract::MAX_BODY,
    protect::random::Random,
};
use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

/// How often one request is carried out at most.
const TIMES: u32 = 3;
/// How long it waits before it is carried out again, at most: long enough for the other transaction to get ahead.
const PAUSE: u64 = 50;

/// Repeats requests; the pauses are random, so that two who met do not meet again.
#[derive(Clone)]
pub struct Repeater(pub Arc<dyn Random>);

/// Carries out the request, and again if it fell victim to a deadlock.
pub async fn if_victim(repeater: Option<Extension<Repeater>>, request: Request, next: Next) -> Response {
    let Some(Extension(repeater)) = repeater else { return next.run(request).await };
    let (parts, body) = request.into_parts();
    let bytes = match to_bytes(body, MAX_BODY).await {
        Ok(bytes) => bytes,
        // Whoever reads the body will say what is wrong with it.
        Err(error) => {
            let broken = Body::new(Broken(Some(error)));
            return next.run(Request::from_parts(parts, broken)).await;
        }
    };
    let mut times = 1;
    loop {
        let request = Request::from_parts(parts.clone(), Body::from(bytes.clone()));
        let (answer, settled) = db::settled(times > 1, next.clone().run(request)).await;
        let answer = settled.map_or_else(|error| Error::from(error).into_response(), |()| answer);
        if answer.extensions().get::<ReadyToRepeat>().is_none() || times == TIMES {
            return answer;
        }
        metrics::counter!("muwakaba_requests_repeated_total").increment(1);
        tokio::time::sleep(pause(&*repeater.0)).await;
        times += 1;
    }
}

/// A body that could not be read to its end, for the one who reports it.
struct Broken(Option<axum::Error>);

impl HttpBody for Broken {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Poll::Ready(self.0.take().map(Err))
    }
}

fn pause(random: &dyn Random) -> Duration {
    let mut byte = [0];
    // Without randomness the pause is the shortest: what needs secrets fails by itself.
    let share = random.fill(&mut byte).map_or(0, |()| u64::from(byte[0]));
    Duration::from_millis(1 + share * PAUSE / 255)
}
