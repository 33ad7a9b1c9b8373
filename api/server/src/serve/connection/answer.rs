//! An answer on its way: handed over in parts, so that what nobody takes is not all in memory at once, and watched.

use super::{activity::Running, memory::Held};
use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use std::{
    pin::Pin,
    task::{Context, Poll},
};
use tokio::sync::OwnedSemaphorePermit;

/// What a request holds until its answer was handed over: its place among those of the connection, and memory.
pub struct Holds {
    pub running: Running,
    pub _memory: Held,
    pub _turn: OwnedSemaphorePermit,
}

/// An answer's body, which keeps its request running until it has been handed over.
pub struct RunningBody {
    body: Body,
    /// The rest of what the body gave at once.
    rest: Bytes,
    part: usize,
    holds: Option<Holds>,
}

impl RunningBody {
    /// The body, to be handed over in parts of this many bytes.
    pub fn new(body: Body, part: usize, holds: Holds) -> Self {
        holds.running.answer();
        Self { body, rest: Bytes::new(), part, holds: Some(holds) }
    }

    fn next_part(&mut self) -> Frame<Bytes> {
        let part = self.rest.split_to(self.part.min(self.rest.len()));
        if let Some(holds) = &self.holds {
            holds.running.taken(part.len());
        }
        Frame::data(part)
    }
}

impl HttpBody for RunningBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if !self.rest.is_empty() {
            return Poll::Ready(Some(Ok(self.next_part())));
        }
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                Ok(data) => {
                    self.rest = data;
                    Poll::Ready(Some(Ok(self.next_part())))
                }
                Err(trailers) => Poll::Ready(Some(Ok(trailers))),
            },
            Poll::Ready(None) => {
                self.holds = None;
                Poll::Ready(None)
            }
            other => other,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (rest, body) = (u64::try_from(self.rest.len()).unwrap_or(u64::MAX), self.body.size_hint());
        let mut hint = SizeHint::new();
        hint.set_lower(body.lower().saturating_add(rest));
        if let Some(upper) = body.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint
    }
}
