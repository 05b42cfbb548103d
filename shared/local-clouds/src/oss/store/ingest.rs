//! Writes request bodies to disk, hashed and in large steps on a blocking thread.

use std::fs::File;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use bytes::Bytes;
use crc_fast::CrcAlgorithm;
use http_body_util::BodyExt;
use md5::{Digest, Md5};
use sha2::Sha256;

use crate::oss::error::{OssError, Result};
use crate::oss::store::buckets::Store;
use crate::oss::store::segment::{Segment, SegmentContent};

/// Bytes that make a step worth a thread switch.
const STEP: usize = 256 * 1024;

/// Content received but owned by no record yet; removed when dropped.
pub(crate) struct IngestedContent {
    pub(crate) segment: Arc<Segment>,
    pub(crate) size: u64,
    pub(crate) md5: [u8; 16],
    pub(crate) crc64: u64,
    /// Where it was asked for.
    pub(crate) sha256: Option<[u8; 32]>,
}

struct ContentSink {
    /// `None`: the bytes are only hashed.
    file: Option<File>,
    md5: Md5,
    crc64: crc_fast::Digest,
    sha256: Option<Sha256>,
}

impl ContentSink {
    fn write(mut self, chunks: &[Bytes]) -> std::io::Result<Self> {
        for chunk in chunks {
            self.md5.update(chunk);
            self.crc64.update(chunk);
            if let Some(sha256) = &mut self.sha256 {
                sha256.update(chunk);
            }
            if let Some(file) = &mut self.file {
                file.write_all(chunk)?;
            }
        }
        Ok(self)
    }
}

/// Receives the whole body and counts its bytes as they arrive. `discard` keeps none of them;
/// `with_sha256` calculates that hash too.
pub(crate) async fn ingest(
    store: &Store,
    body: &mut Body,
    counter: &AtomicU64,
    discard: bool,
    with_sha256: bool,
) -> Result<IngestedContent> {
    let path = (!discard).then(|| store.new_segment_path());
    let content = || path.clone().map_or(SegmentContent::Discarded, SegmentContent::File);
    let mut sink = ContentSink {
        file: path.as_ref().map(File::create).transpose()?,
        md5: Md5::new(),
        crc64: crc_fast::Digest::new(CrcAlgorithm::Crc64Xz),
        sha256: with_sha256.then(Sha256::new),
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
    // From here on the file belongs to the segment that knows its size.
    unfinished.adopt();
    let segment = Arc::new(Segment::new(content(), size));
    let (md5, crc64) = (sink.md5.finalize().into(), sink.crc64.finalize());
    Ok(IngestedContent { segment, size, md5, crc64, sha256: sink.sha256.map(|hash| hash.finalize().into()) })
}
