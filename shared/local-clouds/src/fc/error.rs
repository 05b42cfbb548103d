//! Refusals in Function Compute's own format (fc.md, section 3.3).

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;

use crate::fc::ids::new_request_id;

/// A call that the platform did not carry out, or whose answer it could not pass on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub(crate) struct FcError {
    pub(crate) status: StatusCode,
    pub(crate) code: String,
    pub(crate) message: String,
}

impl FcError {
    pub(crate) fn new(status: StatusCode, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into() }
    }

    /// The usual code of a status.
    pub(crate) fn usual_code(status: StatusCode) -> &'static str {
        match status {
            StatusCode::TOO_MANY_REQUESTS => "ResourceExhausted",
            StatusCode::SERVICE_UNAVAILABLE => "ResourceThrottled",
            StatusCode::FORBIDDEN => "AccessDenied",
            StatusCode::BAD_GATEWAY => "BadResponse",
            status if status.is_client_error() => "InvalidArgument",
            _ => "InternalServerError",
        }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidArgument", message)
    }

    pub(crate) fn too_large(limit: usize) -> Self {
        let message = format!("payload size exceeds limit: {limit} bytes");
        Self::new(StatusCode::BAD_REQUEST, "EntityTooLarge", message)
    }

    pub(crate) fn exhausted() -> Self {
        let message = "the function has no instance free and may not start another";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "ResourceExhausted", message)
    }

    pub(crate) fn bad_gateway(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_GATEWAY, code, message)
    }

    pub(crate) fn process_exited() -> Self {
        Self::bad_gateway("BadResponse", "Process exited unexpectedly before completing request")
    }

    /// A failure of the function that `InvokeFunction` reports with HTTP 200 and `X-Fc-Error-Type`.
    pub(crate) fn function(error_type: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::OK, error_type, message)
    }

    /// The JSON body: the platform's format for refusals, the runtimes' format (fc.md, section 1.6) for
    /// function errors.
    pub(crate) fn body(&self, request_id: &str) -> Bytes {
        let document = if self.status == StatusCode::OK {
            json!({"errorMessage": self.message, "errorType": self.code, "stackTrace": []})
        } else {
            json!({"RequestId": request_id, "Code": self.code, "Message": self.message})
        };
        document.to_string().into()
    }

    /// The answer over HTTP.
    pub(crate) fn to_response(&self, request_id: &str) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body(request_id)));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        insert_header(headers, "x-fc-request-id", request_id);
        if self.status == StatusCode::OK {
            insert_header(headers, "x-fc-error-type", &self.code);
        }
        response
    }
}

/// Sets a header to a value of this server, which is always valid.
pub(crate) fn insert_header(headers: &mut http::HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// The refusal that a fault rule asks for.
pub(crate) fn scripted_refusal(status: StatusCode, code: Option<&str>) -> Response<Body> {
    let code = code.unwrap_or(FcError::usual_code(status));
    FcError::new(status, code, "scripted fault").to_response(&new_request_id())
}
