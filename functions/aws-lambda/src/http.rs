//! A function URL's or an HTTP API's request to the HTTP door's, and its answer back (Lambda developer guide: function URL
//! payloads; API Gateway: payload format 2.0).

use crate::decode::{fit, invalid};
use axum::body::Body;
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{
    HeaderName, HeaderValue, Method, Request, Response, Uri,
    header::{COOKIE, SET_COOKIE},
};
use http_body_util::BodyExt;
use lambda_runtime::Diagnostic;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::{borrow::Cow, collections::BTreeMap};

/// What cannot stand in a path; a percent sign is left alone, since the path may be encoded already.
const PATH: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'?').add(b'`');

/// A request.
#[derive(Debug)]
pub struct HttpCall(pub(crate) Request<Body>);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    raw_path: String,
    #[serde(default, deserialize_with = "or_nothing")]
    raw_query_string: String,
    #[serde(default, deserialize_with = "or_nothing")]
    cookies: Vec<String>,
    #[serde(default, deserialize_with = "or_nothing")]
    headers: BTreeMap<String, String>,
    request_context: RequestContext,
    body: Option<String>,
    #[serde(default, deserialize_with = "or_nothing")]
    is_base64_encoded: bool,
}

/// Lambda leaves out what a request has not; other hosts write null.
fn or_nothing<'de, T: Default + Deserialize<'de>, D: Deserializer<'de>>(field: D) -> Result<T, D::Error> {
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

impl HttpCall {
    pub(crate) fn read(event: Value) -> Result<Self, Diagnostic> {
        let event: Event = fit(event)?;
        let method = Method::from_bytes(event.request_context.http.method.as_bytes());
        let method = method.map_err(|_| invalid("requestContext.http.method is no method"))?;
        let uri = uri(&event).ok_or_else(|| invalid("rawPath and rawQueryString are no path and query"))?;
        let body = match (event.body, event.is_base64_encoded) {
            (None, _) => Vec::new(),
            (Some(text), false) => text.into_bytes(),
            (Some(text), true) => STANDARD.decode(text).map_err(|_| invalid("body is not base64"))?,
        };
        let mut request = Request::new(Body::from(body));
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        let cookies = (!event.cookies.is_empty()).then(|| (COOKIE.to_string(), event.cookies.join("; ")));
        for (name, value) in event.headers.into_iter().chain(cookies) {
            // What is no header of HTTP cannot have come by HTTP.
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                request.headers_mut().append(name, value);
            }
        }
        Ok(Self(request))
    }
}

/// An HTTP API puts the name of a stage before the path, except the default one's.
fn uri(event: &Event) -> Option<Uri> {
    let stage = event.request_context.stage.as_deref().filter(|stage| *stage != "$default");
    let path = stage.and_then(|stage| event.raw_path.strip_prefix('/')?.strip_prefix(stage));
    let path = path.filter(|rest| rest.is_empty() || rest.starts_with('/')).unwrap_or(&event.raw_path);
    let path: Cow<'_, str> = utf8_percent_encode(path, PATH).into();
    let slash = if path.starts_with('/') { "" } else { "/" };
    let mark = if event.raw_query_string.is_empty() { "" } else { "?" };
    format!("{slash}{path}{mark}{}", event.raw_query_string).parse().ok()
}

/// The answer in the form that Lambda turns into HTTP.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpAnswer {
    status_code: u16,
    headers: BTreeMap<String, String>,
    /// Apart from the other headers, since they cannot be joined; some hosts want the list even where it is empty.
    cookies: Vec<String>,
    body: String,
    is_base64_encoded: bool,
}

impl HttpAnswer {
    /// Reads a response to its end: a stream of progress arrives as a whole.
    ///
    /// # Errors
    /// Where it breaks off.
    pub(crate) async fn of(response: Response<Body>) -> Result<Self, axum::Error> {
        let (head, body) = response.into_parts();
        let (mut headers, mut cookies) = (BTreeMap::<String, String>::new(), Vec::new());
        for (name, value) in &head.headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            if name == SET_COOKIE {
                cookies.push(value.into());
                continue;
            }
            let one = headers.entry(name.to_string()).or_default();
            *one = if one.is_empty() { value.into() } else { format!("{one}, {value}") };
        }
        let (body, is_base64_encoded) = match String::from_utf8(body.collect().await?.to_bytes().into()) {
            Ok(text) => (text, false),
            Err(bytes) => (STANDARD.encode(bytes.as_bytes()), true),
        };
        Ok(Self { status_code: head.status.as_u16(), headers, cookies, body, is_base64_encoded })
    }
}

#[cfg(test)]
mod tests;
