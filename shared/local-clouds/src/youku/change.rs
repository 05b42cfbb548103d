//! What happened to a video, and when.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// One change of a video, as kept on disk.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Change {
    pub(crate) at: SystemTime,
    pub(crate) call: String,
    pub(crate) fields: BTreeMap<String, String>,
}

/// One change of a video: an entry of `GET /_sandbox/changes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangeView {
    /// The video.
    pub video_id: String,
    /// Milliseconds since 1970 by this machine's clock, which [`YoukuServer::set_clock_ahead`](super::YoukuServer::set_clock_ahead) does
    /// not move.
    pub at_ms: u64,
    /// `commit`, `update` or `destroy`.
    pub call: String,
    /// The fields that the call stated, by Youku's names; of a commit what create stated of title, tags, category, description,
    /// `public_type` and `watch_password`.
    pub fields: BTreeMap<String, String>,
}

impl Change {
    pub(crate) fn new(at: SystemTime, call: &str, fields: BTreeMap<String, String>) -> Self {
        Self { at, call: call.to_owned(), fields }
    }

    pub(crate) fn to_view(&self, video_id: &str) -> ChangeView {
        let since = self.at.duration_since(UNIX_EPOCH).unwrap_or_default();
        ChangeView {
            video_id: video_id.to_owned(),
            at_ms: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
            call: self.call.clone(),
            fields: self.fields.clone(),
        }
    }
}
