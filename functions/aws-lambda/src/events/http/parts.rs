//! What is read of an event, to a request.

use crate::error::invalid_event;
use axum::body::Body;
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderName, HeaderValue, Method, Request};
use lambda_runtime::Diagnostic;

/// A request in texts, as an event holds it.
pub(super) struct RequestParts {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<String>,
    pub(super) is_base64_encoded: bool,
}

impl RequestParts {
    /// The request.
    ///
    /// # Errors
    /// `InvalidEvent`, naming the part that HTTP does not allow.
    pub(super) fn into_request(self) -> Result<Request<Body>, Diagnostic> {
        let method = Method::from_bytes(self.method.as_bytes());
        let method = method.map_err(|_| invalid_event("the request's method is no method"))?;
        let target = self.target.parse();
        let target = target.map_err(|_| invalid_event("the request's path and query are none"))?;
        let body = match (self.body, self.is_base64_encoded) {
            (None, _) => Vec::new(),
            (Some(text), false) => text.into_bytes(),
            (Some(text), true) => STANDARD.decode(text).map_err(|_| invalid_event("body is not base64"))?,
        };
        let mut request = Request::new(Body::from(body));
        *request.method_mut() = method;
        *request.uri_mut() = target;
        for (name, value) in self.headers {
            // A name or value that HTTP does not allow cannot have come by HTTP.
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                request.headers_mut().append(name, value);
            }
        }
        Ok(request)
    }
}
