//! What a rehearsal reaches besides what the settings name.

use std::path::PathBuf;

/// What a rehearsal reaches besides what the settings name.
#[derive(Debug, Default)]
pub(super) struct Targets {
    /// The internal endpoint of OSS.
    pub(super) internal_endpoint: Option<String>,
    /// HTTP trigger or function URL of the deployed function.
    pub(super) function_url: Option<String>,
    /// File with a bearer token that has the right `manage` there.
    pub(super) token_file: Option<PathBuf>,
}
