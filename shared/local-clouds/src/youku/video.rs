//! Committed videos.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::youku::change::Change;
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
    /// How often a call showed it since it was committed, or sent back to review.
    pub(crate) shows: u32,
    /// How often it was committed; more than once would be a fault of this server.
    pub(crate) commits: u32,
    pub(crate) commit_calls: u32,
    /// Rejected in review: see [`Switches::reject_unreadable`].
    #[serde(default)]
    pub(crate) unreadable: bool,
    /// Set for this video; takes precedence over the switches.
    #[serde(default)]
    pub(crate) state: Option<String>,
    /// When an update sent it back to review.
    #[serde(default)]
    pub(crate) review_since: Option<SystemTime>,
    /// What happened to it, oldest first.
    #[serde(default)]
    pub(crate) changes: Vec<Change>,
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
        let since = self.review_since.unwrap_or(self.committed_at);
        let age = now.duration_since(since).unwrap_or_default();
        let aged = switches.encoding_ms.is_some_and(|ms| age >= Duration::from_millis(ms));
        match aged || self.shows > switches.encoding_shows {
            true if self.unreadable => "fail".to_owned(),
            true => switches.final_state.clone(),
            false if self.review_since.is_some() => "in_review".to_owned(),
            false => "encoding".to_owned(),
        }
    }

    /// Sends it back to review.
    pub(crate) fn restart_review(&mut self, now: SystemTime) {
        (self.review_since, self.shows, self.state) = (Some(now), 0, None);
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

/// A video, as the calls show it.
pub(crate) fn show_json(id: &str, metadata: &Metadata, state: &str, switches: &Switches) -> Value {
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
        "view_count": number_json(0, switches),
    })
}

/// A number as the switches have it.
pub(crate) fn number_json(number: usize, switches: &Switches) -> Value {
    if switches.numbers_are_strings { number.to_string().into() } else { number.into() }
}
