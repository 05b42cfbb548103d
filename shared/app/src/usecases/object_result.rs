//! What became of objects, as functions answer and log it: nobody but the log and a destination reads it.

use serde::Serialize;
use upload_core::Outcome;

/// What became of one object.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum ObjectResult {
    /// It was to be uploaded.
    Outcome(Box<Outcome>),
    /// It is a sidecar whose video is there.
    Sidecar {
        /// The sidecar's key.
        key: String,
        /// What it came to: `changed`, or `known` where this version was carried out before.
        sidecar: &'static str,
    },
    /// It was left alone.
    Skipped {
        /// The object's key.
        key: String,
        /// The stable code of the reason.
        skipped: &'static str,
    },
}

impl ObjectResult {
    /// The result of an object that is left alone; logs the reason.
    #[must_use]
    pub fn skipped(key: String, skipped: &'static str) -> Self {
        tracing::info!(key, reason = skipped, "skipped");
        Self::Skipped { key, skipped }
    }
}
