//! A TCP stream that keeps to the link's rates and can be reset.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::task::AtomicWaker;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

use super::link::{Direction, Link, Meter, quantum};

/// What the handling of a request can ask of its connection, and learn about it.
#[derive(Debug, Default)]
pub(super) struct Connection {
    reset: AtomicBool,
    flushes: AtomicU64,
    flushed: AtomicWaker,
}

impl Connection {
    /// The stream is closed by a TCP reset.
    pub(super) fn reset(&self) {
        self.reset.store(true, Ordering::Release);
    }

    /// How often everything written so far had reached the socket.
    pub(super) fn flushes(&self) -> u64 {
        self.flushes.load(Ordering::Acquire)
    }

    /// Ready when `flushes` has passed `since`.
    pub(super) fn poll_flushed(&self, since: u64, cx: &Context<'_>) -> Poll<()> {
        self.flushed.register(cx.waker());
        if self.flushes() > since { Poll::Ready(()) } else { Poll::Pending }
    }
}

pub(super) struct PacedStream {
    stream: TcpStream,
    link: Link,
    connection: Arc<Connection>,
    received: Lane,
    sent: Lane,
}

/// One direction of one connection.
struct Lane {
    direction: Direction,
    own: Meter,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Lane {
    fn new(direction: Direction) -> Self {
        Self { direction, own: Meter::default(), pause: None }
    }

    /// How many bytes may go now; `None` = any number, uncounted.
    fn poll_grant(&mut self, link: &Link, cx: &mut Context<'_>) -> Poll<Option<usize>> {
        let settings = link.settings();
        let rates = [settings.bytes_per_second, settings.bytes_per_second_per_connection];
        let Some(slowest) = rates.into_iter().flatten().min() else {
            self.pause = None;
            return Poll::Ready(None);
        };
        loop {
            if let Some(pause) = &mut self.pause {
                ready!(pause.as_mut().poll(cx));
                self.pause = None;
            }
            match link.meter(self.direction).free_at().max(self.own.free_at()) {
                Some(free_at) if free_at > Instant::now() => {
                    self.pause = Some(Box::pin(sleep_until(free_at)))
                }
                _ => return Poll::Ready(Some(quantum(slowest))),
            }
        }
    }

    fn charge(&self, link: &Link, bytes: usize) {
        let settings = link.settings();
        link.meter(self.direction).charge(bytes, settings.bytes_per_second);
        self.own.charge(bytes, settings.bytes_per_second_per_connection);
    }
}

impl PacedStream {
    pub(super) fn new(stream: TcpStream, link: Link, connection: Arc<Connection>) -> Self {
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
        if self.connection.reset.load(Ordering::Acquire) {
            // On failure the peer sees an ordinary close: still no answer.
            let _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
        }
    }
}

impl AsyncRead for PacedStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let Some(most) = ready!(this.received.poll_grant(&this.link, cx)) else {
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
        let Some(most) = ready!(this.sent.poll_grant(&this.link, cx)) else {
            return Pin::new(&mut this.stream).poll_write(cx, data);
        };
        let written = ready!(Pin::new(&mut this.stream).poll_write(cx, &data[..most.min(data.len())]))?;
        this.sent.charge(&this.link, written);
        Poll::Ready(Ok(written))
    }

    /// Where nothing is limited the bytes go out as they lie, without being gathered first.
    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let Some(most) = ready!(this.sent.poll_grant(&this.link, cx)) {
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
        this.connection.flushes.fetch_add(1, Ordering::AcqRel);
        this.connection.flushed.wake();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
