//! Whether videos may be changed once they are there.

use super::text;
use serde::Deserialize;
use upload_core::{Hiding, ManagePolicy};

/// Whether videos may be changed once they are there, and how one is hidden.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ManageSettings {
    /// Lets videos be changed: by commands and the HTTP API, by sidecars that are written again, and at their hour
    /// (`OSS2YOUKU_MANAGE__ENABLED`). Default `false`.
    #[serde(deserialize_with = "text::deserialize_value")]
    pub enabled: bool,
    /// How a video is hidden until its hour, or by `video hide`: `password` (behind a generated watch password) or `friend`
    /// (`OSS2YOUKU_MANAGE__HIDING`). Default `password`.
    pub hiding: Hiding,
}

impl ManageSettings {
    /// As the core takes it.
    #[must_use]
    pub fn to_policy(self) -> ManagePolicy {
        ManagePolicy { enabled: self.enabled, hiding: self.hiding }
    }
}
