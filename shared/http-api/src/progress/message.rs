//! What a watching caller receives.

use app::core::{Outcome, Progress};
use serde::Serialize;

/// How far an upload is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct ProgressReport {
    pub(super) state: &'static str,
    /// Bytes read from the source.
    pub(super) read: u64,
    /// Bytes that the target has accepted.
    pub(super) accepted: u64,
    /// Bytes of the object.
    pub(super) total: u64,
}

impl ProgressReport {
    /// Reads the counters.
    pub(crate) fn new(progress: &Progress) -> Self {
        Self {
            state: progress.stage().as_str(),
            read: progress.bytes_read(),
            accepted: progress.bytes_accepted(),
            total: progress.bytes_total(),
        }
    }
}

/// One message; its JSON is a line of the lines' form.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub(super) enum ProgressMessage {
    Progress(ProgressReport),
    /// Only in the lines' form: server-sent events have comments for it.
    Heartbeat,
    Outcome(Box<Outcome>),
}
