//! A function's answer on its way to an HTTP trigger's caller, chunk by chunk.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep, sleep_until};

use super::connection::Busy;
use super::function::Lease;

/// Ends the lease when the last byte has passed, when the time is up, or when the caller goes away.
pub(super) struct Passthrough {
    inner: Incoming,
    call: Option<(Lease, Busy)>,
    deadline: Pin<Box<Sleep>>,
}

impl Passthrough {
    pub(super) fn new(inner: Incoming, lease: Lease, connection: Busy, deadline: Instant) -> Self {
        let mut body =
            Self { inner, call: Some((lease, connection)), deadline: Box::pin(sleep_until(deadline)) };
        body.finish_if_ended();
        body
    }

    fn finish_if_ended(&mut self) {
        if self.inner.is_end_stream() {
            self.finish();
        }
    }

    fn finish(&mut self) {
        if let Some((lease, connection)) = self.call.take() {
            tokio::spawn(connection.keep());
            lease.finish();
        }
    }
}

impl Body for Passthrough {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match Pin::new(&mut self.inner).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                self.finish_if_ended();
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(_))) => {
                self.finish();
                Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())))
            }
            Poll::Ready(None) => {
                self.finish();
                Poll::Ready(None)
            }
            Poll::Pending => match self.deadline.as_mut().poll(cx) {
                Poll::Ready(()) => {
                    if let Some((lease, _)) = self.call.take() {
                        lease.discard();
                    }
                    Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())))
                }
                Poll::Pending => Poll::Pending,
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
