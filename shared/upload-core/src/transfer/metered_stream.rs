//! A stream that counts and checks its bytes, and shows when they stall.

use super::crc64::Crc64;
use crate::{ByteStream, Error, ErrorKind, Md5, Progress};
use bytes::Bytes;
use fast_md5::Md5 as Md5Hash;
use futures_core::Stream;
use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};
use tokio::{sync::OwnedSemaphorePermit, time::Instant};

/// Digests of the bytes that have passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Digests {
    pub(crate) crc64: u64,
    pub(crate) md5: Option<Md5>,
}

#[derive(Default)]
struct MonitorState {
    passed: Option<Digests>,
    error: Option<Error>,
    last_byte: Option<Instant>,
    awaits_source: bool,
    in_flight: Option<InFlight>,
}

/// Bytes of one part that are on their way: taken back once its end is known, by then they are accepted, or must be sent again.
struct InFlight {
    progress: Arc<Progress>,
    bytes: u64,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.progress.remove_in_flight(self.bytes);
    }
}

/// Reads what a [`MeteredStream`] has seen.
#[derive(Clone, Default)]
pub(crate) struct StreamMonitor(Arc<Mutex<MonitorState>>);

impl StreamMonitor {
    fn state(&self) -> std::sync::MutexGuard<'_, MonitorState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts the bytes as on their way for as long as the stream or a monitor of it lives: they are sent to Youku.
    pub(crate) fn count_in_flight(&self, progress: &Arc<Progress>) {
        self.state().in_flight = Some(InFlight { progress: progress.clone(), bytes: 0 });
    }

    fn note_chunk(&self, length: usize) {
        let mut state = self.state();
        state.last_byte = Some(Instant::now());
        if let Some(in_flight) = &mut state.in_flight {
            in_flight.bytes += length as u64;
            in_flight.progress.add_in_flight(length);
        }
    }

    /// The digests, once all bytes have passed.
    pub(crate) fn digests(&self) -> Option<Digests> {
        self.state().passed
    }

    /// The error that ended the stream, if any. It can be taken once.
    pub(crate) fn take_error(&self) -> Option<Error> {
        self.state().error.take()
    }

    /// Whether the stream waits for the source, which has a timeout of its own.
    pub(crate) fn awaits_source(&self) -> bool {
        self.state().awaits_source
    }

    /// When the last byte moved.
    pub(crate) fn last_byte(&self) -> Option<Instant> {
        self.state().last_byte
    }
}

/// Metered bytes. The permit is released when the last byte has passed, so that the next part is read while this one's
/// answer is awaited.
pub(crate) struct MeteredStream {
    bytes: ByteStream,
    left: u64,
    crc: Crc64,
    md5: Option<Md5Hash>,
    permit: Option<OwnedSemaphorePermit>,
    progress: Arc<Progress>,
    monitor: StreamMonitor,
}

impl MeteredStream {
    /// Meters `length` bytes. With `with_md5` it computes their MD5 as well.
    pub(crate) fn new(
        bytes: ByteStream,
        length: u64,
        with_md5: bool,
        permit: Option<OwnedSemaphorePermit>,
        progress: Arc<Progress>,
    ) -> (Self, StreamMonitor) {
        let monitor = StreamMonitor::default();
        let crc = Crc64::default();
        let md5 = with_md5.then(Md5Hash::new);
        (Self { bytes, left: length, crc, md5, permit, progress, monitor: monitor.clone() }, monitor)
    }

    fn fail(&mut self, error: Error) -> Error {
        // The HTTP client that consumes the stream wraps or drops this error; the monitor keeps the real one.
        let public = Error::new(error.kind(), error.operation(), "the source's bytes ended early");
        self.monitor.state().error = Some(error);
        self.permit = None;
        public
    }

    fn finish(&mut self) {
        let md5 = self.md5.take().map(|hash| Md5(hash.finalize()));
        self.monitor.state().passed = Some(Digests { crc64: self.crc.value(), md5 });
        self.permit = None;
    }
}

impl Stream for MeteredStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let next = self.bytes.as_mut().poll_next(cx);
        self.monitor.state().awaits_source = next.is_pending();
        let next = std::task::ready!(next);
        Poll::Ready(Some(match next {
            Some(Ok(chunk)) if chunk.len() as u64 <= self.left => {
                self.crc.update(&chunk);
                if let Some(md5) = &mut self.md5 {
                    md5.update(&chunk);
                }
                self.left -= chunk.len() as u64;
                self.progress.add_read(chunk.len());
                self.monitor.note_chunk(chunk.len());
                if self.left == 0 {
                    self.finish();
                }
                Ok(chunk)
            }
            Some(Ok(_)) => {
                let error = Error::new(ErrorKind::Source, "read", "the source sent more than was asked for");
                Err(self.fail(error.retryable()))
            }
            Some(Err(error)) => Err(self.fail(error)),
            None => {
                let error = Error::new(ErrorKind::Source, "read", "the source ended early").retryable();
                Err(self.fail(error))
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{StreamExt, stream};
    use tokio::sync::Semaphore;

    fn bytes(chunks: Vec<Result<Bytes, Error>>) -> ByteStream {
        Box::pin(stream::iter(chunks))
    }

    /// The stream yields the check value of CRC-64/XZ, and returns its permit at the last byte.
    #[tokio::test]
    async fn the_crc64_check_value_is_met_and_the_permit_returned() {
        let permits = Arc::new(Semaphore::new(1));
        let permit = permits.clone().try_acquire_owned().ok();
        let chunks = bytes(vec![Ok(Bytes::from_static(b"12345")), Ok(Bytes::from_static(b"6789"))]);
        let (mut stream, monitor) = MeteredStream::new(chunks, 9, true, permit, Arc::default());
        assert_eq!(stream.next().await.expect("a chunk").expect("bytes"), "12345");
        assert_eq!((permits.available_permits(), monitor.digests()), (0, None));
        assert_eq!(stream.next().await.expect("a chunk").expect("bytes"), "6789");
        assert_eq!(permits.available_permits(), 1, "released though the stream still lives");
        let passed = monitor.digests().expect("all passed");
        assert_eq!(passed.crc64, 0x995d_c9bb_df19_39fa);
        assert_eq!(passed.md5.map(|m| m.to_string()).as_deref(), Some("25f9e794323b453885f5181f1b624d0b"));
    }

    /// Bytes are on their way until the end of their part is known.
    #[tokio::test]
    async fn bytes_are_in_flight_while_their_part_is() {
        let progress = Arc::new(Progress::default());
        let chunks = bytes(vec![Ok(Bytes::from_static(b"12345")), Ok(Bytes::from_static(b"6789"))]);
        let (mut stream, monitor) = MeteredStream::new(chunks, 9, false, None, progress.clone());
        monitor.count_in_flight(&progress);
        let _ = stream.next().await;
        assert_eq!(progress.bytes_in_flight(), 5);
        let _ = stream.next().await;
        drop(stream);
        assert_eq!(progress.bytes_in_flight(), 9, "their answer is awaited");
        drop(monitor);
        assert_eq!(progress.bytes_in_flight(), 0);
    }

    #[tokio::test]
    async fn short_and_long_bodies_are_errors_that_the_monitor_keeps() {
        for (length, word) in [(4, "ended early"), (2, "more than")] {
            let (mut stream, monitor) = MeteredStream::new(
                bytes(vec![Ok(Bytes::from_static(b"abc"))]),
                length,
                false,
                None,
                Arc::default(),
            );
            while let Some(Ok(_)) = stream.next().await {}
            let error = monitor.take_error().expect("an error");
            assert!(error.to_string().contains(word) && error.is_retryable(), "{error}");
            assert_eq!(monitor.digests(), None);
        }
    }
}
