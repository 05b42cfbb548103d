//! What tests and people see of videos and sessions.

use serde::Serialize;

use crate::youku::metadata::Mode;
use crate::youku::session_state::SessionState;

/// A committed video: one entry of `GET /_sandbox/videos`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VideoView {
    /// The video id.
    pub id: String,
    /// As given to create or the last update.
    pub title: String,
    /// Comma-joined, as given to create or the last update.
    pub tags: String,
    /// As given to create or the last update.
    pub description: String,
    /// As given to create or the last update, or `Others`.
    pub category: String,
    /// `all`, `friend` or `password`.
    pub public_type: String,
    /// As given to create.
    pub file_name: String,
    /// How the bytes came.
    pub mode: Mode,
    /// Bytes held.
    pub size: u64,
    /// Lower hex, of the bytes held at the commit; absent if they were discarded.
    pub md5: Option<String>,
    /// CRC-64/XZ of the bytes in decimal digits, as OSS shows it; absent in slice mode.
    pub crc64: Option<String>,
    /// The bytes were discarded, see [`Switches::discard`](super::Switches::discard).
    pub discarded: bool,
    /// `encoding`, then `Switches::final_state`, or `fail` where review rejects it; or what was set for this video, `gone` if `show` does not
    /// know it.
    pub state: String,
    /// How often it was committed.
    pub commits: u32,
    /// How many commit calls named its upload token, including refused ones.
    pub commit_calls: u32,
    /// The account's name.
    pub account: String,
}

/// The bytes received for one upload session: one entry of `GET /_sandbox/received`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceivedView {
    /// Counts the sessions of this process from 1.
    pub session: u64,
    /// The id its video has or would have.
    pub video_id: String,
    /// Bytes received, including repeated and broken transfers.
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
    /// MD5 stated to create; absent in a session of the web form.
    pub file_md5: Option<String>,
    /// Where the session stands.
    pub state: SessionState,
    /// How the bytes come.
    pub mode: Mode,
    /// How many commit calls named it.
    pub commit_calls: u32,
    /// The account's client id.
    pub client_id: String,
}
