//! What a connection is doing, and until when it may go on doing it.

use super::exchanges::Exchanges;
use crate::limits::Limits;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};
use tokio::{net::TcpStream, time::Instant};

/// The start of an HTTP/2 connection (RFC 9113 §3.4); no method of HTTP/1.1 begins like it.
const HTTP2_PREFACE: &[u8] = b"PRI";

/// Watches one connection. Clones watch the same one.
#[derive(Clone)]
pub struct Activity(Arc<Mutex<State>>);

struct State {
    exchanges: Exchanges,
    /// When the connection was last used: its beginning, or the last answer's end.
    since: Instant,
    /// Since when a head is on its way, as far as that can be told.
    head_since: Option<Instant>,
    beginning: Vec<u8>,
    /// What was sent and not taken shall be dropped with the connection.
    is_cut: bool,
}

impl State {
    fn is_http2(&self) -> bool {
        self.beginning == HTTP2_PREFACE
    }
}

impl Activity {
    pub fn new(now: Instant) -> Self {
        Self(Arc::new(Mutex::new(State {
            exchanges: Exchanges::default(),
            since: now,
            // The first head is on its way from the start.
            head_since: Some(now),
            beginning: Vec::with_capacity(HTTP2_PREFACE.len()),
            is_cut: false,
        })))
    }

    /// Until when something must have happened.
    pub fn deadline(&self, limits: &Limits) -> Instant {
        let state = self.lock();
        state.exchanges.deadline(limits).unwrap_or_else(|| match state.head_since {
            Some(since) => since + limits.head,
            None => state.since + limits.idle,
        })
    }

    /// A request's head has arrived. It runs until the guard is dropped.
    pub fn begin(&self) -> Running {
        let mut state = self.lock();
        state.head_since = None;
        let number = state.exchanges.begin(Instant::now());
        Running { activity: self.clone(), number }
    }

    /// The connection is given up. If answers were on their way, nobody took them: the system need not keep them either.
    pub fn give_up(&self) {
        let mut state = self.lock();
        state.is_cut = !state.exchanges.is_empty();
    }

    fn read(&self, bytes: &[u8]) {
        let mut state = self.lock();
        let missing = HTTP2_PREFACE.len().saturating_sub(state.beginning.len());
        state.beginning.extend(bytes.iter().take(missing));
        // On HTTP/2, bytes between requests are mostly not a head but the protocol's own housekeeping.
        if state.exchanges.is_empty() && state.head_since.is_none() && !state.is_http2() {
            state.head_since = Some(Instant::now());
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is being answered.
pub struct Running {
    activity: Activity,
    number: u64,
}

impl Running {
    /// Its answer is ready to be taken.
    pub fn answer(&self) {
        self.activity.lock().exchanges.answer(self.number, Instant::now());
    }

    /// So many bytes more of it were taken.
    pub fn taken(&self, bytes: usize) {
        self.activity.lock().exchanges.taken(self.number, bytes, Instant::now());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut state = self.activity.lock();
        state.exchanges.end(self.number);
        state.since = Instant::now();
    }
}

/// A connection's bytes, with a note of when some arrive.
pub struct Watched {
    inner: TokioIo<TcpStream>,
    activity: Activity,
}

impl Watched {
    pub const fn new(inner: TokioIo<TcpStream>, activity: Activity) -> Self {
        Self { inner, activity }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if self.activity.lock().is_cut {
            // If it cannot be set, the system gives up by itself after a while.
            let _ = self.inner.inner().set_zero_linger();
        }
    }
}

impl Read for Watched {
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

impl Write for Watched {
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
