//! What a connection is doing, and until when it may go on doing it.

use crate::serve::Limits;
use axum::body::Body;
use bytes::Bytes;
use hyper::{
    body::{Body as HttpBody, Frame, SizeHint},
    rt::{Read, ReadBufCursor, Write},
};
use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};
use tokio::time::Instant;

/// The start of an HTTP/2 connection (RFC 9113 §3.4); no method of HTTP/1.1 begins like it.
const HTTP2_PREFACE: &[u8] = b"PRI";

/// Watches one connection. Clones watch the same one.
#[derive(Clone)]
pub struct Activity(Arc<Mutex<State>>);

struct State {
    running: usize,
    /// When the present state began: the connection, the last request's beginning or the last answer's end.
    since: Instant,
    /// Since when a head is on its way, as far as that can be told.
    head_since: Option<Instant>,
    beginning: Vec<u8>,
}

impl State {
    fn is_http2(&self) -> bool {
        self.beginning == HTTP2_PREFACE
    }
}

impl Activity {
    pub fn new(now: Instant) -> Self {
        Self(Arc::new(Mutex::new(State {
            running: 0,
            since: now,
            // The first head is on its way from the start.
            head_since: Some(now),
            beginning: Vec::with_capacity(HTTP2_PREFACE.len()),
        })))
    }

    /// Until when something must have happened.
    pub fn deadline(&self, limits: &Limits) -> Instant {
        let state = self.lock();
        match (state.running, state.head_since) {
            (0, Some(since)) => since + limits.head,
            (0, None) => state.since + limits.idle,
            _ => state.since + limits.exchange,
        }
    }

    /// A request's head has arrived. It runs until the guard is dropped.
    pub fn begin(&self) -> Running {
        let mut state = self.lock();
        state.running += 1;
        state.since = Instant::now();
        state.head_since = None;
        Running(self.clone())
    }

    fn read(&self, bytes: &[u8]) {
        let mut state = self.lock();
        let missing = HTTP2_PREFACE.len().saturating_sub(state.beginning.len());
        state.beginning.extend(bytes.iter().take(missing));
        // On HTTP/2, bytes between requests are mostly not a head but the protocol's own housekeeping.
        if state.running == 0 && state.head_since.is_none() && !state.is_http2() {
            state.head_since = Some(Instant::now());
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is being answered.
pub struct Running(Activity);

impl Drop for Running {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.running = state.running.saturating_sub(1);
        state.since = Instant::now();
    }
}

/// An answer's body, which keeps its request running until it has been handed over.
pub struct RunningBody {
    body: Body,
    running: Option<Running>,
}

impl RunningBody {
    pub const fn new(body: Body, running: Running) -> Self {
        Self { body, running: Some(running) }
    }
}

impl HttpBody for RunningBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if matches!(frame, Poll::Ready(None)) {
            self.running = None;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A connection's bytes, with a note of when some arrive.
pub struct Watched<T> {
    inner: T,
    activity: Activity,
}

impl<T> Watched<T> {
    pub const fn new(inner: T, activity: Activity) -> Self {
        Self { inner, activity }
    }
}

impl<T: Read + Unpin> Read for Watched<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        // The cursor does not show what was read through it, so the bytes take a detour.
        let mut bytes = [0; 4_096];
        let room = bytes.len().min(buffer.remaining());
        let Some(target) = bytes.get_mut(..room) else { return Poll::Ready(Ok(())) };
        let mut detour = hyper::rt::ReadBuf::new(target);
        let read = Pin::new(&mut self.inner).poll_read(context, detour.unfilled());
        if matches!(read, Poll::Ready(Ok(()))) && !detour.filled().is_empty() {
            self.activity.read(detour.filled());
            buffer.put_slice(detour.filled());
        }
        read
    }
}

impl<T: Write + Unpin> Write for Watched<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(context, bytes)
    }
}
