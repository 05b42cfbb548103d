//! What a fault asks of its connection.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};

use futures_util::task::AtomicWaker;

/// What the handling of a request can ask of its connection, and learn about it.
#[derive(Debug, Default)]
pub(crate) struct ConnectionHandle {
    reset: AtomicBool,
    flushes: AtomicU64,
    flushed: AtomicWaker,
}

impl ConnectionHandle {
    /// The stream is closed by a TCP reset.
    pub(crate) fn request_reset(&self) {
        self.reset.store(true, Ordering::Release);
    }

    /// Whether the stream must be closed by a TCP reset.
    pub(crate) fn is_reset_requested(&self) -> bool {
        self.reset.load(Ordering::Acquire)
    }

    /// Counts a moment at which everything written so far had reached the socket.
    pub(crate) fn record_flush(&self) {
        self.flushes.fetch_add(1, Ordering::AcqRel);
        self.flushed.wake();
    }

    /// How often everything written so far had reached the socket.
    pub(crate) fn flush_count(&self) -> u64 {
        self.flushes.load(Ordering::Acquire)
    }

    /// Ready when `flushes` has passed `since`.
    pub(crate) fn poll_flushed(&self, since: u64, cx: &Context<'_>) -> Poll<()> {
        self.flushed.register(cx.waker());
        if self.flush_count() > since { Poll::Ready(()) } else { Poll::Pending }
    }
}
