//! Sidecars: files with metadata next to a video.

use serde::Deserialize;
use std::fmt::Write as _;

/// Suffix that turns a video's key into its sidecar's key.
pub const SIDECAR_SUFFIX: &str = ".youku.json";

/// Whether a video's metadata may, or must, come in a file next to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sidecar {
    /// Not looked for.
    Off,
    /// Read if it exists when the video arrives.
    #[default]
    Optional,
    /// The video waits for it.
    Required,
}

/// Returns the key of a video's sidecar.
#[must_use]
pub fn sidecar_key(video_key: &str) -> String {
    format!("{video_key}{SIDECAR_SUFFIX}")
}

/// The MD5 of a sidecar's bytes, which tells its version.
#[must_use]
pub(crate) fn sidecar_digest(json: &[u8]) -> String {
    fast_md5::digest(json).iter().fold(String::with_capacity(32), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
