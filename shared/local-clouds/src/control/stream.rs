//! A TCP stream that keeps to the link's rates and can be reset.

use std::io;
use std::io::IoSlice;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::control::lane::Lane;
use crate::control::link::{Direction, Link};
use crate::faults::connection::ConnectionHandle;

pub(crate) struct PacedStream {
    stream: TcpStream,
    link: Link,
    connection: Arc<ConnectionHandle>,
    received: Lane,
    sent: Lane,
}

impl PacedStream {
    pub(crate) fn new(stream: TcpStream, link: Link, connection: Arc<ConnectionHandle>) -> Self {
        Self {
            stream,
            link,
            connection,
            received: Lane::new(Direction::Received),
            sent: Lane::new(Direction::Sent),
        }
    }
}

impl Drop for PacedStream {
    fn drop(&mut self) {
        if self.connection.is_reset_requested() {
            // On failure the peer sees an ordinary close: still no answer.
            let _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
        }
    }
}

impl AsyncRead for PacedStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let Some(most) = ready!(this.received.poll_quota(&this.link, cx)) else {
            return Pin::new(&mut this.stream).poll_read(cx, buf);
        };
        let most = most.min(buf.remaining());
        let mut part = ReadBuf::new(buf.initialize_unfilled_to(most));
        ready!(Pin::new(&mut this.stream).poll_read(cx, &mut part))?;
        let bytes = part.filled().len();
        buf.advance(bytes);
        this.received.charge(&this.link, bytes);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for PacedStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let Some(most) = ready!(this.sent.poll_quota(&this.link, cx)) else {
            return Pin::new(&mut this.stream).poll_write(cx, data);
        };
        let written = ready!(Pin::new(&mut this.stream).poll_write(cx, &data[..most.min(data.len())]))?;
        this.sent.charge(&this.link, written);
        Poll::Ready(Ok(written))
    }

    /// Without limits the bytes are written as they are, not gathered first.
    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let Some(most) = ready!(this.sent.poll_quota(&this.link, cx)) {
            let first = pieces.iter().find(|piece| !piece.is_empty()).map_or(&[][..], |piece| piece);
            let written = ready!(Pin::new(&mut this.stream).poll_write(cx, &first[..most.min(first.len())]))?;
            this.sent.charge(&this.link, written);
            return Poll::Ready(Ok(written));
        }
        Pin::new(&mut this.stream).poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.stream).poll_flush(cx))?;
        this.connection.record_flush();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
