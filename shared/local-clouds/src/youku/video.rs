//! Committed videos and the views that tests and people ask for.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::metadata::{Metadata, Mode};
use super::session::{Content, SessionState};
use super::switches::Switches;

/// A committed video, as kept on disk.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Video {
    pub(super) id: String,
    pub(super) metadata: Metadata,
    pub(super) account: String,
    #[serde(flatten)]
    pub(super) measured: Measured,
    pub(super) content: Content,
    pub(super) committed_at: SystemTime,
    /// Calls of `videos/show`.
    pub(super) shows: u32,
    /// How often it became committed: more than once would be a fault of this server.
    pub(super) commits: u32,
    pub(super) commit_calls: u32,
    /// Set from outside: beats what the switches say.
    #[serde(default)]
    pub(super) state: Option<String>,
}

/// The state of a video that `videos/show` knows no more.
pub(super) const GONE: &str = "gone";

/// What is known of the bytes really held.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Measured {
    pub(super) size: u64,
    /// Lower hex; none of bytes that were discarded.
    pub(super) md5: Option<String>,
    /// OSS mode.
    #[serde(default)]
    pub(super) crc64: Option<u64>,
    #[serde(default)]
    pub(super) discarded: bool,
}

impl Video {
    pub(super) fn state(&self, switches: &Switches, now: SystemTime) -> String {
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

    pub(super) fn view(&self, switches: &Switches, now: SystemTime) -> VideoView {
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
pub(super) fn show(id: &str, metadata: &Metadata, state: &str) -> Value {
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

/// A committed video: one entry of `GET /_sandbox/videos`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VideoView {
    /// The video id.
    pub id: String,
    /// As given to create.
    pub title: String,
    /// Comma-joined, as given to create.
    pub tags: String,
    /// As given to create.
    pub description: String,
    /// As given to create, or `Others`.
    pub category: String,
    /// `all`, `friend` or `password`.
    pub public_type: String,
    /// As given to create.
    pub file_name: String,
    /// How the bytes came.
    pub mode: Mode,
    /// Bytes held.
    pub size: u64,
    /// Lower hex, computed of the bytes held when they were committed; absent where they were discarded.
    pub md5: Option<String>,
    /// CRC-64/XZ of the bytes in decimal digits, as OSS shows it; absent in slice mode.
    pub crc64: Option<String>,
    /// The bytes were thrown away, see [`Switches::discard`].
    pub discarded: bool,
    /// `encoding`, then [`Switches::final_state`]; or what was set for this video, `gone` where `show` knows it no more.
    pub state: String,
    /// How often it became committed.
    pub commits: u32,
    /// How many commit calls named its upload token, refused ones included.
    pub commit_calls: u32,
    /// The account's name.
    pub account: String,
}

/// The bytes taken in for one upload session: one entry of `GET /_sandbox/received`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceivedView {
    /// Counts the sessions of this process from 1.
    pub session: u64,
    /// The id its video has or would have.
    pub video_id: String,
    /// Bytes taken in, repeated and broken transfers included.
    pub bytes: u64,
    /// Bytes announced to create.
    pub file_size: u64,
    /// Where the session stands.
    pub state: SessionState,
    /// How the bytes come.
    pub mode: Mode,
}

/// One upload session: one entry of `GET /_sandbox/sessions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SessionView {
    /// Counts the sessions of this process from 1.
    pub session: u64,
    /// The id its video has or would have.
    pub video_id: String,
    /// As given to create.
    pub title: String,
    /// As given to create.
    pub file_name: String,
    /// Bytes announced to create.
    pub file_size: u64,
    /// Where the session stands.
    pub state: SessionState,
    /// How the bytes come.
    pub mode: Mode,
    /// How many commit calls named it.
    pub commit_calls: u32,
    /// The account's client id.
    pub client_id: String,
}
