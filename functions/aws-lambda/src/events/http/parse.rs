//! An event of any form to a request.

use super::{format_one, format_two};
use crate::http_form::HttpForm;
use axum::body::Body;
use http::Request;
use lambda_runtime::Diagnostic;
use serde_json::Value;

/// The request of an event, and the form of its response.
///
/// # Errors
/// `InvalidEvent` where the event holds no method, no path and query, or a body that is not base64 although it says so.
pub(crate) fn parse_request(event: Value) -> Result<(Request<Body>, HttpForm), Diagnostic> {
    if event.get("version").and_then(Value::as_str) == Some("2.0") {
        let (parts, form) = format_two::parse_parts(event)?;
        return Ok((parts.into_request()?, form));
    }
    let form = format_one::detect_form(&event);
    Ok((format_one::parse_parts(event, form)?.into_request()?, form))
}
