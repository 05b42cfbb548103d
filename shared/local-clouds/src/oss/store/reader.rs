//! Reads content in large steps on a blocking thread.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_core::Stream;

use crate::oss::store::segment::{Segment, SegmentContent, SegmentReader};

const STEP: u64 = 256 * 1024;

/// The position of a stream. It holds the segments, which keeps their files.
pub(crate) struct Cursor {
    segments: std::vec::IntoIter<Arc<Segment>>,
    open: Option<(Arc<Segment>, SegmentReader)>,
    /// Offset in the open or next segment.
    offset: u64,
    left: u64,
}

impl Cursor {
    pub(crate) fn new(segments: Vec<Arc<Segment>>, start: u64, length: u64) -> Self {
        Self { segments: segments.into_iter(), open: None, offset: start, left: length }
    }

    /// Reads the next step; may block.
    pub(crate) fn read_next(&mut self) -> io::Result<Option<Bytes>> {
        while self.left > 0 {
            let Some((segment, reading)) = &mut self.open else {
                let segment = self.segments.next().ok_or(io::ErrorKind::UnexpectedEof)?;
                if self.offset >= segment.size {
                    self.offset -= segment.size;
                } else {
                    let reading = segment.open_at(self.offset)?;
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
            let data = reading.read_next(usize::try_from(length).map_err(io::Error::other)?)?;
            self.offset += data.len() as u64;
            self.left -= data.len() as u64;
            return Ok(Some(data));
        }
        Ok(None)
    }
}

pub(crate) fn stream_segments(
    segments: Vec<Arc<Segment>>,
    start: u64,
    length: u64,
) -> impl Stream<Item = io::Result<Bytes>> + Send {
    // Generated content needs no blocking thread.
    let at_once = segments.iter().all(|segment| matches!(segment.content, SegmentContent::Generated(_)));
    let cursor = Cursor::new(segments, start, length);
    futures_util::stream::try_unfold(cursor, move |mut cursor| async move {
        if at_once {
            return Ok(cursor.read_next()?.map(|data| (data, cursor)));
        }
        let step = tokio::task::spawn_blocking(move || {
            cursor.read_next().map(|data| data.map(|data| (data, cursor)))
        })
        .await;
        step.map_err(io::Error::other)?
    })
}
