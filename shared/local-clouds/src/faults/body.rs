//! Bodies that are cut, stalled or damaged on their way.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};

use crate::faults::connection::ConnectionHandle;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

pub(crate) enum BodyFault {
    /// Flips the lowest bit of the byte at this offset.
    Flip { at: u64 },
    /// Fails after that many bytes have left the socket, which makes hyper drop the connection.
    Cut { after: u64, connection: Arc<ConnectionHandle> },
    /// Waits after that many bytes.
    Stall { after: u64, released: Pin<Box<dyn Future<Output = ()> + Send>> },
}

pub(crate) struct FaultyBody {
    inner: Body,
    effect: Option<BodyFault>,
    position: u64,
    /// Bytes read from `inner` that must wait.
    rest: Option<Bytes>,
    flushes_before_cut: Option<u64>,
}

impl FaultyBody {
    pub(crate) fn wrap(inner: Body, effect: BodyFault) -> Body {
        Body::new(Self { inner, effect: Some(effect), position: 0, rest: None, flushes_before_cut: None })
    }

    /// The offset at which the body stops, as long as it has not passed it.
    fn stop_offset(&self) -> Option<u64> {
        match self.effect {
            Some(BodyFault::Cut { after, .. } | BodyFault::Stall { after, .. }) => Some(after),
            _ => None,
        }
    }

    fn poll_stop(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        match &mut self.effect {
            Some(BodyFault::Cut { connection, .. }) => {
                // Pending at least once, so that hyper flushes what it has before the cut.
                let since = *self.flushes_before_cut.get_or_insert_with(|| connection.flush_count());
                ready!(connection.poll_flushed(since, cx));
                Poll::Ready(Err("cut by a fault rule".into()))
            }
            Some(BodyFault::Stall { released, .. }) => {
                ready!(released.as_mut().poll(cx));
                self.effect = None;
                Poll::Ready(Ok(()))
            }
            _ => Poll::Ready(Ok(())),
        }
    }

    fn apply_to(&mut self, mut data: Bytes) -> Bytes {
        let end = self.position + data.len() as u64;
        match self.effect {
            Some(BodyFault::Flip { at }) if (self.position..end).contains(&at) => {
                let mut copy = data.to_vec();
                if let Some(byte) = usize::try_from(at - self.position).ok().and_then(|at| copy.get_mut(at)) {
                    *byte ^= 1;
                }
                data = copy.into();
            }
            Some(BodyFault::Cut { after, .. } | BodyFault::Stall { after, .. }) if end > after => {
                let keep = usize::try_from(after - self.position).unwrap_or(usize::MAX);
                self.rest = Some(data.split_off(keep));
            }
            _ => {}
        }
        self.position += data.len() as u64;
        data
    }
}

impl HttpBody for FaultyBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        if this.stop_offset() == Some(this.position)
            && let Err(error) = ready!(this.poll_stop(cx))
        {
            return Poll::Ready(Some(Err(error)));
        }
        if let Some(data) = this.rest.take() {
            return Poll::Ready(Some(Ok(Frame::data(this.apply_to(data)))));
        }
        match ready!(Pin::new(&mut this.inner).poll_frame(cx)) {
            Some(Ok(frame)) => Poll::Ready(Some(Ok(match frame.into_data() {
                Ok(data) => Frame::data(this.apply_to(data)),
                Err(other) => other,
            }))),
            Some(Err(error)) => Poll::Ready(Some(Err(error.into()))),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_none() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let inner = self.inner.size_hint();
        let rest = self.rest.as_ref().map_or(0, |rest| rest.len() as u64);
        let mut hint = SizeHint::new();
        hint.set_lower(inner.lower() + rest);
        if let Some(upper) = inner.upper() {
            hint.set_upper(upper + rest);
        }
        hint
    }
}
