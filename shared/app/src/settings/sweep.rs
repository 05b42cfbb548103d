//! How the sweep finishes open uploads.

use super::text;
use serde::Deserialize;

/// The sweep: the periodic run that finishes open uploads and finds missed objects.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SweepFields {
    /// A timer calls the function for the sweep: events of uploads that do not finish in one run are acknowledged and left to it
    /// (`OSS2YOUKU_SWEEP__ENABLED`). Default `false`.
    #[serde(deserialize_with = "text::deserialize_value")]
    pub enabled: bool,
    /// Most uploads that one sweep resumes or begins (`OSS2YOUKU_SWEEP__LIMIT`). Default 100.
    #[serde(deserialize_with = "text::deserialize_some")]
    pub limit: Option<usize>,
    /// Whether a sweep also looks for objects whose event was missed (`OSS2YOUKU_SWEEP__DISCOVER`). Default `true`.
    #[serde(deserialize_with = "text::deserialize_value")]
    pub discover: bool,
    /// Most requests to the source that one sweep makes for it: pages of 1,000 keys, and a HEAD of each object that is not long known;
    /// 2 to 100000 (`OSS2YOUKU_SWEEP__REQUESTS`). Default 1000.
    #[serde(deserialize_with = "text::deserialize_value")]
    pub requests: usize,
    /// Seconds that an object is left to its own event before the sweep looks for it, up to 86400 (`OSS2YOUKU_SWEEP__GRACE_SECONDS`). Default 60.
    #[serde(deserialize_with = "text::deserialize_value")]
    pub grace_seconds: u64,
}

impl Default for SweepFields {
    fn default() -> Self {
        Self { enabled: false, limit: None, discover: true, requests: 1000, grace_seconds: 60 }
    }
}

impl SweepFields {
    /// Checks the ranges of the numbers.
    ///
    /// # Errors
    /// Names the field that is out of its range.
    pub(crate) fn check(&self) -> Result<(), String> {
        if !(2..=100_000).contains(&self.requests) {
            return Err(format!("sweep.requests must be 2 to 100000, not {}", self.requests));
        }
        if self.grace_seconds > 86_400 {
            return Err(format!("sweep.grace_seconds must be 0 to 86400, not {}", self.grace_seconds));
        }
        Ok(())
    }
}
