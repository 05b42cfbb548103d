//! Content from disk, in large steps off the reactor.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures_core::Stream;
use tokio::io::{AsyncRead, ReadBuf};

use super::segment::{Content, Reading, Segment};

const STEP: u64 = 256 * 1024;

/// Where a stream stands; holding the segments keeps their files.
pub(super) struct Cursor {
    segments: std::vec::IntoIter<Arc<Segment>>,
    open: Option<(Arc<Segment>, Reading)>,
    /// Offset in the open or next segment.
    offset: u64,
    left: u64,
}

impl Cursor {
    pub(super) fn new(segments: Vec<Arc<Segment>>, start: u64, length: u64) -> Self {
        Self { segments: segments.into_iter(), open: None, offset: start, left: length }
    }

    /// The next step; may block.
    pub(super) fn next(&mut self) -> io::Result<Option<Bytes>> {
        while self.left > 0 {
            let Some((segment, reading)) = &mut self.open else {
                let segment = self.segments.next().ok_or(io::ErrorKind::UnexpectedEof)?;
                if self.offset >= segment.size {
                    self.offset -= segment.size;
                } else {
                    let reading = segment.open(self.offset)?;
                    self.open = Some((segment, reading));
                }
                continue;
            };
            let length = STEP.min(self.left).min(segment.size - self.offset);
            if length == 0 {
                self.open = None;
                self.offset = 0;
                continue;
            }
            let data = reading.next(usize::try_from(length).map_err(io::Error::other)?)?;
            self.offset += data.len() as u64;
            self.left -= data.len() as u64;
            return Ok(Some(data));
        }
        Ok(None)
    }
}

pub(super) fn stream(
    segments: Vec<Arc<Segment>>,
    start: u64,
    length: u64,
) -> impl Stream<Item = io::Result<Bytes>> + Send {
    // What is generated is no work for another thread.
    let at_once = segments.iter().all(|segment| matches!(segment.content, Content::Generated(_)));
    let cursor = Cursor::new(segments, start, length);
    futures_util::stream::try_unfold(cursor, move |mut cursor| async move {
        if at_once {
            return Ok(cursor.next()?.map(|data| (data, cursor)));
        }
        let step =
            tokio::task::spawn_blocking(move || cursor.next().map(|data| data.map(|data| (data, cursor))))
                .await;
        step.map_err(io::Error::other)?
    })
}

/// The same as a reader.
pub(in super::super) struct ObjectReader {
    content: Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>,
    rest: Bytes,
}

impl ObjectReader {
    pub(in super::super) fn new(content: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Self {
        Self { content: Box::pin(content), rest: Bytes::new() }
    }
}

impl AsyncRead for ObjectReader {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.rest.is_empty() {
            match ready!(this.content.as_mut().poll_next(cx)) {
                Some(data) => this.rest = data?,
                None => return Poll::Ready(Ok(())),
            }
        }
        let length = this.rest.len().min(buf.remaining());
        buf.put_slice(&this.rest[..length]);
        this.rest.advance(length);
        Poll::Ready(Ok(()))
    }
}
