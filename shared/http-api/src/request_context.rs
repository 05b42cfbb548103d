//! What only the platform knows of a request.

use app::Credentials;
use axum::{extract::FromRequestParts, http::request::Parts};
use std::convert::Infallible;
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

/// What the platform put into the request's extensions; nothing where there is no platform.
impl<S: Sync> FromRequestParts<S> for RequestContext {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or_default())
    }
}
