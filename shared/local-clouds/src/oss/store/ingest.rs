//! Request bodies to disk: hashed and written in large steps off the reactor.

use std::fs::File;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use bytes::Bytes;
use crc_fast::CrcAlgorithm;
use http_body_util::BodyExt;
use md5::{Digest, Md5};

use super::super::error::{OssError, Result};
use super::Store;
use super::segment::{Content, Segment};

/// Bytes gathered before a step is worth a thread switch.
const STEP: usize = 256 * 1024;

/// Content taken in but owned by no record yet: dropped, it is removed.
pub(in super::super) struct Ingested {
    pub(super) segment: Arc<Segment>,
    pub(in super::super) size: u64,
    pub(in super::super) md5: [u8; 16],
    pub(in super::super) crc64: u64,
}

struct Sink {
    /// `None`: the bytes are hashed only.
    file: Option<File>,
    md5: Md5,
    crc64: crc_fast::Digest,
}

impl Sink {
    fn write(mut self, chunks: &[Bytes]) -> std::io::Result<Self> {
        for chunk in chunks {
            self.md5.update(chunk);
            self.crc64.update(chunk);
            if let Some(file) = &mut self.file {
                file.write_all(chunk)?;
            }
        }
        Ok(self)
    }
}

/// Takes the whole body in; counts its bytes as they come. `discard` keeps none of them.
pub(in super::super) async fn ingest(
    store: &Store,
    body: &mut Body,
    counter: &AtomicU64,
    discard: bool,
) -> Result<Ingested> {
    let path = (!discard).then(|| store.new_segment_path());
    let content = || path.clone().map_or(Content::Discarded, Content::File);
    let mut sink = Sink {
        file: path.as_ref().map(File::create).transpose()?,
        md5: Md5::new(),
        crc64: crc_fast::Digest::new(CrcAlgorithm::Crc64Xz),
    };
    // Removes the file if the body breaks off or the request is dropped.
    let unfinished = Segment::new(content(), 0);
    let mut size = 0;
    let mut ended = false;
    while !ended {
        let mut chunks = Vec::new();
        let mut gathered = 0;
        while gathered < STEP && !ended {
            match body.frame().await {
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        gathered += data.len();
                        counter.fetch_add(data.len() as u64, Ordering::Relaxed);
                        chunks.push(data);
                    }
                }
                Some(Err(_)) => {
                    return Err(OssError::invalid("IncompleteBody", "The request body broke off."));
                }
                None => ended = true,
            }
        }
        size += gathered as u64;
        let written = tokio::task::spawn_blocking(move || sink.write(&chunks)).await;
        sink = written.map_err(std::io::Error::other)??;
    }
    // From here on the file belongs to the segment with its size.
    unfinished.adopt();
    let segment = Arc::new(Segment::new(content(), size));
    Ok(Ingested { segment, size, md5: sink.md5.finalize().into(), crc64: sink.crc64.finalize() })
}
