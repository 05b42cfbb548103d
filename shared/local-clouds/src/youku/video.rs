//! Committed videos.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::youku::metadata::Metadata;
use crate::youku::session_state::ContentLocation;
use crate::youku::switches::Switches;
use crate::youku::views::VideoView;

/// A committed video, as kept on disk.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Video {
    pub(crate) id: String,
    pub(crate) metadata: Metadata,
    pub(crate) account: String,
    #[serde(flatten)]
    pub(crate) measured: MeasuredContent,
    pub(crate) content: ContentLocation,
    pub(crate) committed_at: SystemTime,
    /// Calls of `videos/show`.
    pub(crate) shows: u32,
    /// How often it was committed; more than once would be a fault of this server.
    pub(crate) commits: u32,
    pub(crate) commit_calls: u32,
    /// Set for this video; takes precedence over the switches.
    #[serde(default)]
    pub(crate) state: Option<String>,
}

/// The state of a video that is unknown to `videos/show`.
pub(crate) const GONE: &str = "gone";

/// Size and hashes of the stored bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MeasuredContent {
    pub(crate) size: u64,
    /// Lower hex; none if the bytes were discarded.
    pub(crate) md5: Option<String>,
    /// OSS mode.
    #[serde(default)]
    pub(crate) crc64: Option<u64>,
    #[serde(default)]
    pub(crate) discarded: bool,
    /// OSS mode: one PutObject sent them.
    #[serde(default)]
    pub(crate) single_put: bool,
}

impl Video {
    pub(crate) fn state(&self, switches: &Switches, now: SystemTime) -> String {
        if let Some(state) = &self.state {
            return state.clone();
        }
        let age = now.duration_since(self.committed_at).unwrap_or_default();
        let aged = switches.encoding_ms.is_some_and(|ms| age >= Duration::from_millis(ms));
        if aged || self.shows > switches.encoding_shows {
            switches.final_state.clone()
        } else {
            "encoding".to_owned()
        }
    }

    pub(crate) fn to_view(&self, switches: &Switches, now: SystemTime) -> VideoView {
        let Metadata { title, tags, description, category, public_type, file_name, mode, .. } =
            self.metadata.clone();
        VideoView {
            id: self.id.clone(),
            title,
            tags,
            description,
            category,
            public_type,
            file_name,
            mode,
            size: self.measured.size,
            md5: self.measured.md5.clone(),
            crc64: self.measured.crc64.map(|crc64| crc64.to_string()),
            discarded: self.measured.discarded,
            state: self.state(switches, now),
            commits: self.commits,
            commit_calls: self.commit_calls,
            account: self.account.clone(),
        }
    }
}

/// The answer of `videos/show`.
pub(crate) fn show_json(id: &str, metadata: &Metadata, state: &str) -> Value {
    json!({
        "id": id,
        "title": metadata.title,
        "link": format!("https://v.youku.com/v_show/id_{id}.html"),
        "thumbnail": "",
        "duration": 0,
        "category": metadata.category,
        "state": state,
        "public_type": metadata.public_type,
        "tags": metadata.tags,
        "description": metadata.description,
    })
}
