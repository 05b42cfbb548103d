//! A run of content that lives as long as a record or a reader needs it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;

use super::generated;

/// A file is removed when the last holder drops it and no record owns it any more.
#[derive(Debug)]
pub(in super::super) struct Segment {
    pub(super) content: Content,
    pub(super) size: u64,
    owners: AtomicUsize,
}

/// Where the bytes are.
#[derive(Debug)]
pub(super) enum Content {
    File(PathBuf),
    /// Made up from this seed when they are read.
    Generated(u64),
    /// Hashed and thrown away.
    Discarded,
}

impl Segment {
    /// Content no record owns yet.
    pub(super) fn new(content: Content, size: u64) -> Self {
        Self { content, size, owners: AtomicUsize::new(0) }
    }

    /// A record refers to it.
    pub(super) fn adopt(&self) {
        self.owners.fetch_add(1, Ordering::AcqRel);
    }

    /// A record that referred to it is gone.
    pub(super) fn release(&self) {
        self.owners.fetch_sub(1, Ordering::AcqRel);
    }

    /// For reading from there on.
    pub(super) fn open(&self, offset: u64) -> io::Result<Reading> {
        match &self.content {
            Content::File(path) => {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(offset))?;
                Ok(Reading::File(file))
            }
            Content::Generated(seed) => Ok(Reading::Generated { seed: *seed, offset }),
            Content::Discarded => Err(io::Error::new(io::ErrorKind::NotFound, "the bytes were discarded")),
        }
    }
}

/// Stands somewhere in the bytes of a segment.
pub(super) enum Reading {
    File(File),
    Generated { seed: u64, offset: u64 },
}

impl Reading {
    /// The next bytes, `most` of them or fewer. They must not reach beyond the segment.
    pub(super) fn next(&mut self, most: usize) -> io::Result<Bytes> {
        match self {
            Self::File(file) => {
                // Not filled with zeros first.
                let mut data = Vec::with_capacity(most);
                file.take(most as u64).read_to_end(&mut data)?;
                if data.len() == most { Ok(data.into()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
            }
            Self::Generated { seed, offset } => {
                let data = generated::bytes(*seed, *offset, most)?;
                *offset += data.len() as u64;
                Ok(data)
            }
        }
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        if let Content::File(path) = &self.content
            && *self.owners.get_mut() == 0
        {
            // A file left behind is removed at the next start.
            let _ = std::fs::remove_file(path);
        }
    }
}
