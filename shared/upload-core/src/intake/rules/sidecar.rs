//! Sidecars: files with metadata next to a video.

use serde::Deserialize;

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
