//! The state of an upload session, and the location of its bytes.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The state of an upload session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionState {
    /// Created, no byte received.
    Created,
    /// Bytes were received.
    Transferring,
    /// Committed: a video.
    Committed,
    /// Cancelled by its client.
    Cancelled,
    /// Its upload token expired before it was committed.
    Expired,
}

/// Where the bytes of a session or a video lie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ContentLocation {
    /// Key in Youku's own bucket.
    Object(String),
    /// File under the data directory.
    File(PathBuf),
}
