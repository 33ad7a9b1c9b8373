//! A connection to which small frames are written many at a time.
//!
//! `h2` leaves a body of 256 bytes or more where it lies if the connection takes several pieces in one write, and then writes
//! after every such body: a system call, and over TLS a record, for each request. To a connection that takes one piece at a
//! time it copies bodies of up to a kilobyte behind one another and writes them together. All ours are that small.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Stream;

/// A connection that says that it takes one piece at a time.
pub(super) struct Gathered(TokioIo<Stream>);

impl Gathered {
    pub(super) fn new(stream: Stream) -> Self {
        Self(TokioIo::new(stream))
    }
}

impl AsyncRead for Gathered {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Gathered {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        false
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
