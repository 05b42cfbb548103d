//! A file of content that lives as long as a record or a reader needs it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The file is removed when the last holder drops it and no record owns it any more.
#[derive(Debug)]
pub(in super::super) struct Segment {
    pub(super) path: PathBuf,
    pub(super) size: u64,
    owners: AtomicUsize,
}

impl Segment {
    /// Content no record owns yet.
    pub(super) fn new(path: PathBuf, size: u64) -> Self {
        Self { path, size, owners: AtomicUsize::new(0) }
    }

    /// A record refers to it.
    pub(super) fn adopt(&self) {
        self.owners.fetch_add(1, Ordering::AcqRel);
    }

    /// A record that referred to it is gone.
    pub(super) fn release(&self) {
        self.owners.fetch_sub(1, Ordering::AcqRel);
    }

    pub(super) fn file_name(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        if *self.owners.get_mut() == 0 {
            // A file left behind is removed at the next start.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
