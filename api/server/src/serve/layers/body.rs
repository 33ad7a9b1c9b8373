//! A request's body that must arrive at a least rate: honest 2G passes, a drip does not.

use crate::limits::Limits;
use axum::body::{Body, HttpBody};
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use kernel::door::SlowBody;
use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    sync::oneshot,
    time::{Instant, Sleep, sleep_until},
};

/// A body under watch.
pub struct PacedBody {
    body: Body,
    pace: Pace,
    alarm: Option<Pin<Box<Sleep>>>,
    /// Closes when the body has been read or given up.
    done: Option<oneshot::Sender<()>>,
}

struct Pace {
    began: Option<Instant>,
    last: Option<Instant>,
    received: u64,
    grace: Duration,
    rate: u32,
}

impl Pace {
    /// Until when the next bytes must be here: the average must hold, and no pause may be longer than the grace.
    fn deadline(&mut self) -> Instant {
        let began = *self.began.get_or_insert_with(Instant::now);
        let earned = Duration::from_secs_f64(self.received as f64 / f64::from(self.rate.max(1)));
        let by_rate = began + self.grace + earned;
        let by_pause = self.last.unwrap_or(began) + self.grace;
        by_rate.min(by_pause)
    }
}

impl PacedBody {
    /// The body, and what completes when it has been read or dropped.
    pub fn new(body: Body, limits: &Limits) -> (Self, oneshot::Receiver<()>) {
        let (done, is_done) = oneshot::channel();
        let pace =
            Pace { began: None, last: None, received: 0, grace: limits.body_grace, rate: limits.body_rate };
        (Self { body, pace, alarm: None, done: Some(done) }, is_done)
    }

    fn is_late(&mut self, context: &mut Context<'_>) -> bool {
        let deadline = self.pace.deadline();
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if alarm.deadline() != deadline {
            alarm.as_mut().reset(deadline);
        }
        alarm.as_mut().poll(context).is_ready()
    }
}

impl HttpBody for PacedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                let length = frame.data_ref().map_or(0, Bytes::len);
                self.pace.received += u64::try_from(length).unwrap_or(u64::MAX);
                self.pace.last = Some(Instant::now());
                if self.body.is_end_stream() {
                    self.done = None;
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(ended) => {
                self.done = None;
                Poll::Ready(ended)
            }
            Poll::Pending if self.is_late(context) => {
                self.done = None;
                Poll::Ready(Some(Err(axum::Error::new(SlowBody))))
            }
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
