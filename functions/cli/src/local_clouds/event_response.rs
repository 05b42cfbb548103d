//! What the function answers to an event.

use serde::Deserialize;

/// The parts of the function's response that matter here.
#[derive(Debug, Deserialize)]
pub(crate) struct EventResponse {
    pub(crate) results: Vec<RecordResult>,
}

/// What became of one object: an outcome, or why it is left alone.
#[derive(Debug, Deserialize)]
pub(crate) struct RecordResult {
    pub(crate) key: Option<String>,
    pub(crate) skipped: Option<String>,
    pub(crate) msg: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) data: Option<ResultData>,
}

/// What an outcome is about.
#[derive(Debug, Deserialize)]
pub(crate) struct ResultData {
    /// The object's key; of an upload that the sweep resumed, its id.
    pub(crate) key: String,
    pub(crate) videoid: Option<String>,
    pub(crate) upload_id: Option<String>,
}

/// What the function answers when it fails.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Diagnostic {
    pub(crate) error_type: String,
    pub(crate) error_message: String,
}

/// The error code of an upload that another holder has.
pub(crate) const IN_PROGRESS: &str = "in_progress";

/// Error codes of failures that the sweep resumes.
pub(crate) const LEFT_TO_SWEEP: [&str; 3] = [IN_PROGRESS, "deadline", "rate_limited"];
