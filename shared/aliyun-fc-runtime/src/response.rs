//! The responses that tell the platform whether a call succeeded or failed.
//!
//! Failure is the header `x-fc-status: 404`; the documentation recommends setting the header and the HTTP status together. On
//! an event call the caller sees neither: the status line and the headers are dropped, the body is the result.

use crate::{body::Body, diagnostic::Diagnostic};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header::CONTENT_TYPE};

const FC_STATUS: HeaderName = HeaderName::from_static("x-fc-status");

pub(crate) fn success(body: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(FC_STATUS, HeaderValue::from_static("200"));
    response
}

/// A failed event call or hook.
pub(crate) fn failure(diagnostic: &Diagnostic) -> Response<Body> {
    failure_with_status(StatusCode::NOT_FOUND, diagnostic)
}

/// A hook that leaves the instance unusable: 500 makes the platform replace it.
pub(crate) fn unusable_instance(diagnostic: &Diagnostic) -> Response<Body> {
    failure_with_status(StatusCode::INTERNAL_SERVER_ERROR, diagnostic)
}

/// An HTTP call that ended without the handler's own response. The caller may be anyone, so it learns nothing more.
pub(crate) fn internal_error() -> Response<Body> {
    failure_with_status(
        StatusCode::INTERNAL_SERVER_ERROR,
        &Diagnostic::new("InternalError", "the function failed"),
    )
}

fn failure_with_status(status: StatusCode, diagnostic: &Diagnostic) -> Response<Body> {
    // Two texts and an empty list always have a JSON form.
    let mut response = Response::new(Body::from(serde_json::to_vec(diagnostic).unwrap_or_default()));
    *response.status_mut() = status;
    response.headers_mut().insert(FC_STATUS, HeaderValue::from_static("404"));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
