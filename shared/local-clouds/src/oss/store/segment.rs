//! A run of content that lives as long as a record or a reader needs it.

use std::fs::File;
use std::io;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;

use crate::oss::store::generated;

/// A run of bytes. Its file is removed when the last holder drops it and no record owns it.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) content: SegmentContent,
    pub(crate) size: u64,
    owners: AtomicUsize,
}

/// Where the bytes are.
#[derive(Debug)]
pub(crate) enum SegmentContent {
    File(PathBuf),
    /// Computed from this seed at each read.
    Generated(u64),
    /// Hashed and discarded.
    Discarded,
}

impl Segment {
    /// Creates content that no record owns yet.
    pub(crate) fn new(content: SegmentContent, size: u64) -> Self {
        Self { content, size, owners: AtomicUsize::new(0) }
    }

    /// Adds an owning record.
    pub(crate) fn adopt(&self) {
        self.owners.fetch_add(1, Ordering::AcqRel);
    }

    /// Removes an owning record.
    pub(crate) fn release(&self) {
        self.owners.fetch_sub(1, Ordering::AcqRel);
    }

    /// Opens the content for reading from an offset.
    pub(crate) fn open_at(&self, offset: u64) -> io::Result<SegmentReader> {
        match &self.content {
            SegmentContent::File(path) => {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(offset))?;
                Ok(SegmentReader::File(file))
            }
            SegmentContent::Generated(seed) => Ok(SegmentReader::Generated { seed: *seed, offset }),
            SegmentContent::Discarded => {
                Err(io::Error::new(io::ErrorKind::NotFound, "the bytes were discarded"))
            }
        }
    }
}

/// A position in the bytes of a segment.
pub(crate) enum SegmentReader {
    File(File),
    Generated { seed: u64, offset: u64 },
}

impl SegmentReader {
    /// Reads the next bytes, at most `most`. They must not reach beyond the segment.
    pub(crate) fn read_next(&mut self, most: usize) -> io::Result<Bytes> {
        match self {
            Self::File(file) => {
                // Skip filling the buffer with zeros.
                let mut data = Vec::with_capacity(most);
                file.take(most as u64).read_to_end(&mut data)?;
                if data.len() == most { Ok(data.into()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
            }
            Self::Generated { seed, offset } => {
                let data = generated::read_bytes(*seed, *offset, most)?;
                *offset += data.len() as u64;
                Ok(data)
            }
        }
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        if let SegmentContent::File(path) = &self.content
            && *self.owners.get_mut() == 0
        {
            // Ignore the error: a leftover file is removed at the next start.
            let _ = std::fs::remove_file(path);
        }
    }
}
