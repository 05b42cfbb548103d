//! What only the platform knows of a request.

use app::Credentials;
use tokio::time::Instant;

/// One call as the platform sees it: an extension of the request.
#[derive(Debug, Clone, Default)]
pub struct RequestContext {
    /// The platform's id of the request, for the log.
    pub request_id: String,
    /// Credentials to read the object with, in place of the process's own.
    pub credentials: Option<Credentials>,
    /// When the work must have ended for its answer still to reach the caller.
    pub deadline: Option<Instant>,
}
