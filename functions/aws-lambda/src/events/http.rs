//! Requests of function URLs and HTTP APIs (Lambda developer guide: function URL payloads; API Gateway: payload format 2.0).

use super::document::deserialize_event;
use crate::error::invalid_event;
use axum::body::Body;
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderName, HeaderValue, Method, Request, Uri, header::COOKIE};
use lambda_runtime::Diagnostic;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::{borrow::Cow, collections::BTreeMap};

/// The characters that must be encoded in a path. A percent sign is not among them, since the path may already be encoded.
const PATH: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'?').add(b'`');

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HttpEvent {
    raw_path: String,
    #[serde(default, deserialize_with = "null_as_default")]
    raw_query_string: String,
    #[serde(default, deserialize_with = "null_as_default")]
    cookies: Vec<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    headers: BTreeMap<String, String>,
    request_context: RequestContext,
    body: Option<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    is_base64_encoded: bool,
}

/// Lambda leaves a field out where a request has nothing for it; other hosts write null.
fn null_as_default<'de, T: Default + Deserialize<'de>, D: Deserializer<'de>>(
    field: D,
) -> Result<T, D::Error> {
    Option::deserialize(field).map(Option::unwrap_or_default)
}

#[derive(Deserialize)]
struct RequestContext {
    http: RequestLine,
    stage: Option<String>,
}

#[derive(Deserialize)]
struct RequestLine {
    method: String,
}

/// The request of an event.
///
/// # Errors
/// `InvalidEvent` where the event holds no method, no path and query, or a body that is not base64 although it says so.
pub(super) fn parse_request(event: Value) -> Result<Request<Body>, Diagnostic> {
    let event: HttpEvent = deserialize_event(event)?;
    let method = Method::from_bytes(event.request_context.http.method.as_bytes());
    let method = method.map_err(|_| invalid_event("requestContext.http.method is no method"))?;
    let uri =
        build_uri(&event).ok_or_else(|| invalid_event("rawPath and rawQueryString are no path and query"))?;
    let body = match (event.body, event.is_base64_encoded) {
        (None, _) => Vec::new(),
        (Some(text), false) => text.into_bytes(),
        (Some(text), true) => STANDARD.decode(text).map_err(|_| invalid_event("body is not base64"))?,
    };
    let mut request = Request::new(Body::from(body));
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    let cookies = (!event.cookies.is_empty()).then(|| (COOKIE.to_string(), event.cookies.join("; ")));
    for (name, value) in event.headers.into_iter().chain(cookies) {
        // A name or value that HTTP does not allow cannot have come by HTTP.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            request.headers_mut().append(name, value);
        }
    }
    Ok(request)
}

/// The path and query as the caller sent them: an HTTP API puts the name of a stage before the path, except the default one's.
fn build_uri(event: &HttpEvent) -> Option<Uri> {
    let stage = event.request_context.stage.as_deref().filter(|stage| *stage != "$default");
    let path = stage.and_then(|stage| event.raw_path.strip_prefix('/')?.strip_prefix(stage));
    let path = path.filter(|rest| rest.is_empty() || rest.starts_with('/')).unwrap_or(&event.raw_path);
    let path: Cow<'_, str> = utf8_percent_encode(path, PATH).into();
    let slash = if path.starts_with('/') { "" } else { "/" };
    let mark = if event.raw_query_string.is_empty() { "" } else { "?" };
    format!("{slash}{path}{mark}{}", event.raw_query_string).parse().ok()
}
