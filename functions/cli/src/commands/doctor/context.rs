//! What the checks examine.

use app::App;
use std::path::PathBuf;

/// What the checks examine.
pub(super) struct CheckContext {
    pub(super) app: App,
    /// The one account to check; `None`: every account.
    pub(super) account: Option<String>,
    /// HTTP trigger of the deployed function.
    pub(super) function_url: Option<String>,
    /// File with the bearer token for the function.
    pub(super) token_file: Option<PathBuf>,
    /// The callback URL to check.
    pub(super) callback: Option<String>,
    /// Whether each group robot is sent a message.
    pub(super) robots: bool,
}
