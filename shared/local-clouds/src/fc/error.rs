//! Refusals in Function Compute's own format (fc.md §3.3).

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;

/// A call the platform did not carry out, or whose answer it could not pass on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub(super) struct FcError {
    pub(super) status: StatusCode,
    pub(super) code: String,
    pub(super) message: String,
}

impl FcError {
    pub(super) fn new(status: StatusCode, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into() }
    }

    /// The code that usually goes with a status.
    pub(super) fn usual_code(status: StatusCode) -> &'static str {
        match status {
            StatusCode::TOO_MANY_REQUESTS => "ResourceExhausted",
            StatusCode::SERVICE_UNAVAILABLE => "ResourceThrottled",
            StatusCode::FORBIDDEN => "AccessDenied",
            StatusCode::BAD_GATEWAY => "BadResponse",
            status if status.is_client_error() => "InvalidArgument",
            _ => "InternalServerError",
        }
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidArgument", message)
    }

    pub(super) fn too_large(limit: usize) -> Self {
        let message = format!("payload size exceeds limit: {limit} bytes");
        Self::new(StatusCode::BAD_REQUEST, "EntityTooLarge", message)
    }

    pub(super) fn exhausted() -> Self {
        let message = "the function has no instance free and may not start another";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "ResourceExhausted", message)
    }

    pub(super) fn bad_gateway(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_GATEWAY, code, message)
    }

    pub(super) fn exited() -> Self {
        Self::bad_gateway("BadResponse", "Process exited unexpectedly before completing request")
    }

    /// A failure of the function that `InvokeFunction` reports with HTTP 200 and `X-Fc-Error-Type`.
    pub(super) fn function(error_type: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::OK, error_type, message)
    }

    /// The JSON body: the platform's for refusals, the runtimes' (fc.md §1.6) for function errors.
    pub(super) fn body(&self, request_id: &str) -> Bytes {
        let document = if self.status == StatusCode::OK {
            json!({"errorMessage": self.message, "errorType": self.code, "stackTrace": []})
        } else {
            json!({"RequestId": request_id, "Code": self.code, "Message": self.message})
        };
        document.to_string().into()
    }

    /// The answer over HTTP.
    pub(super) fn response(&self, request_id: &str) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body(request_id)));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        insert(headers, "x-fc-request-id", request_id);
        if self.status == StatusCode::OK {
            insert(headers, "x-fc-error-type", &self.code);
        }
        response
    }
}

/// Sets a header whose value is ours and therefore always fits.
pub(super) fn insert(headers: &mut http::HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
