//! How the platform is told that a call succeeded or failed.
//!
//! Failure is the header `x-fc-status: 404`; the documentation recommends to set header and HTTP status together. On
//! an event call the caller sees neither: the status line and the headers are dropped, the body is the result.

use crate::{Body, Diagnostic};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header::CONTENT_TYPE};

const FC_STATUS: HeaderName = HeaderName::from_static("x-fc-status");

pub(crate) fn success(answer: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::from(answer));
    response.headers_mut().insert(FC_STATUS, HeaderValue::from_static("200"));
    response
}

/// A failed event call or hook.
pub(crate) fn failure(diagnostic: &Diagnostic) -> Response<Body> {
    failed(StatusCode::NOT_FOUND, diagnostic)
}

/// A hook after which the instance should not live on: 500 makes the platform replace it.
pub(crate) fn broken(diagnostic: &Diagnostic) -> Response<Body> {
    failed(StatusCode::INTERNAL_SERVER_ERROR, diagnostic)
}

/// An HTTP call that ended without the handler's own response. The caller may be anyone: it learns nothing more.
pub(crate) fn internal_error() -> Response<Body> {
    failed(StatusCode::INTERNAL_SERVER_ERROR, &Diagnostic::new("InternalError", "the function failed"))
}

fn failed(status: StatusCode, diagnostic: &Diagnostic) -> Response<Body> {
    // Two texts and an empty list always have a JSON form.
    let mut response = Response::new(Body::from(serde_json::to_vec(diagnostic).unwrap_or_default()));
    *response.status_mut() = status;
    response.headers_mut().insert(FC_STATUS, HeaderValue::from_static("404"));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
