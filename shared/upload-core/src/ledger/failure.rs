//! Why something ended as it should not have.

use serde::{Deserialize, Serialize};

/// Why an upload ended without a video.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// The stable code of the error's kind.
    pub code: String,
    /// One line for people.
    pub text: String,
    /// What a person can do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}
