//! ETags of files.

use std::{fs::Metadata, time::UNIX_EPOCH};

/// Makes a file's ETag: it changes with size or time of writing. Never 32 characters of hex, so never taken for an MD5.
pub(super) fn make_etag(metadata: &Metadata) -> String {
    let written =
        metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    format!("{:x}-{:x}", metadata.len(), written.as_nanos())
}
