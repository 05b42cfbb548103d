//! What only the platform knows of a request.

use app::Credentials;
use tokio::time::Instant;

/// One invocation as the platform sees it: an extension of the request.
#[derive(Debug, Clone, Default)]
pub struct RequestContext {
    /// The platform's id of the request, for the log; `None` where there is no platform, or it names none.
    pub request_id: Option<String>,
    /// Credentials to read the object with, in place of the process's own.
    pub credentials: Option<Credentials>,
    /// Latest end of the work with which its answer still reaches the caller.
    pub deadline: Option<Instant>,
}
