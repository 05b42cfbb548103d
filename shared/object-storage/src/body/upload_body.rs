//! The body of a request on its way out: exact in length, never held, and watched for whether it moves.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use tokio::time::Instant;

use ::error::BoxError;

/// What the sender and its watchdog know of one exchange.
#[derive(Debug)]
pub(crate) struct Progress {
    began: Instant,
    moved_ms: AtomicU64,
    /// The connection wants bytes and the caller's body has none yet: not the connection's fault.
    waits_for_caller: AtomicBool,
    failure: Mutex<Option<BoxError>>,
}

impl Progress {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            began: Instant::now(),
            moved_ms: AtomicU64::new(0),
            waits_for_caller: AtomicBool::new(false),
            failure: Mutex::new(None),
        })
    }

    /// How long the exchange may still stay silent, of `limit`.
    pub(crate) fn left(&self, limit: Duration) -> Duration {
        if self.waits_for_caller.load(Ordering::Relaxed) {
            return limit;
        }
        let moved = Duration::from_millis(self.moved_ms.load(Ordering::Relaxed));
        limit.saturating_sub(self.began.elapsed().saturating_sub(moved))
    }

    /// Why the caller's body ended early, if it did.
    pub(crate) fn take_failure(&self) -> Option<BoxError> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn note_poll(&self, waiting: bool) {
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.moved_ms.store(now, Ordering::Relaxed);
        self.waits_for_caller.store(waiting, Ordering::Relaxed);
    }
}

/// Exactly `left` more bytes of the caller's body.
pub(crate) struct UploadBody {
    inner: UnsyncBoxBody<Bytes, BoxError>,
    left: u64,
    progress: Arc<Progress>,
}

impl UploadBody {
    pub(crate) fn new(inner: UnsyncBoxBody<Bytes, BoxError>, length: u64, progress: Arc<Progress>) -> Self {
        Self { inner, left: length, progress }
    }

    /// All of `bytes`.
    pub(crate) fn from_bytes(bytes: Bytes, progress: Arc<Progress>) -> Self {
        let length = bytes.len() as u64;
        Self::new(Full::new(bytes).map_err(|never| match never {}).boxed_unsync(), length, progress)
    }

    fn fail(&self, error: BoxError) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        *self.progress.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        Poll::Ready(Some(Err(Broken)))
    }
}

/// Stands for the error kept in [`Progress`], which the HTTP client would wrap beyond reach.
#[derive(Debug, thiserror::Error)]
#[error("the body failed")]
pub(crate) struct Broken;

impl Body for UploadBody {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let polled = Pin::new(&mut self.inner).poll_frame(cx);
        self.progress.note_poll(polled.is_pending());
        let frame = match polled {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Some(Ok(frame))) => frame,
            Poll::Ready(Some(Err(error))) => return self.fail(error),
            Poll::Ready(None) => {
                return self.fail(format!("the body ended {} bytes early", self.left).into());
            }
        };
        let length = frame.data_ref().map_or(0, |data| data.len() as u64);
        match self.left.checked_sub(length) {
            Some(left) => self.left = left,
            None => return self.fail("the body is longer than announced".into()),
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
