//! Streams a function's answer to the caller of an HTTP trigger.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::fc::connection::BusyConnection;
use crate::fc::lease::InstanceLease;

/// The body of an answer. It ends the lease when the last byte has passed, when the time is up, or when the
/// caller goes away.
pub(crate) struct Passthrough {
    inner: Incoming,
    call: Option<(InstanceLease, BusyConnection)>,
    deadline: Pin<Box<Sleep>>,
}

impl Passthrough {
    pub(crate) fn new(
        inner: Incoming,
        lease: InstanceLease,
        connection: BusyConnection,
        deadline: Instant,
    ) -> Self {
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
            tokio::spawn(connection.release());
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
