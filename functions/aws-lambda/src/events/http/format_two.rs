//! Requests of function URLs and HTTP APIs (Lambda developer guide: function URL payloads; API Gateway: payload format 2.0).

use super::{
    fields::{list_values, null_as_default},
    parts::RequestParts,
    target::{build_target, strip_stage},
};
use crate::{events::document::deserialize_event, http_form::HttpForm};
use http::header::COOKIE;
use lambda_runtime::Diagnostic;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HttpEvent {
    raw_path: String,
    #[serde(default, deserialize_with = "null_as_default")]
    raw_query_string: String,
    #[serde(default)]
    cookies: Value,
    #[serde(default)]
    headers: Value,
    request_context: RequestContext,
    body: Option<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    is_base64_encoded: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext {
    http: RequestLine,
    stage: Option<String>,
    domain_name: Option<String>,
}

/// The event's own `httpMethod` is not it: format 2.0 has none.
#[derive(Deserialize)]
struct RequestLine {
    method: String,
}

/// What the event holds of its request, and the form of its response.
pub(super) fn parse_parts(event: Value) -> Result<(RequestParts, HttpForm), Diagnostic> {
    let event: HttpEvent = deserialize_event(event)?;
    let context = event.request_context;
    // Only on API Gateway's own domain the path is known to begin with the stage's name.
    let domain = context.domain_name.as_deref();
    let always = domain.is_none_or(|domain| domain.contains(".execute-api."));
    // The emulator of `cargo lambda` has `localhost` for its function URLs. SAM's has no domain for its HTTP APIs, which want a document.
    let is_function_url =
        domain.is_some_and(|domain| domain.contains(".lambda-url.") || domain == "localhost");
    let form = if is_function_url { HttpForm::FunctionUrl } else { HttpForm::FormatTwo };
    let path = strip_stage(&event.raw_path, context.stage.as_deref(), always);
    let mut headers = list_values(&event.headers);
    if let Value::Array(cookies) = event.cookies {
        let cookies: Vec<_> = cookies.iter().filter_map(Value::as_str).collect();
        headers.extend((!cookies.is_empty()).then(|| (COOKIE.to_string(), cookies.join("; "))));
    }
    let parts = RequestParts {
        method: context.http.method,
        target: build_target(path, &event.raw_query_string),
        headers,
        body: event.body,
        is_base64_encoded: event.is_base64_encoded,
    };
    Ok((parts, form))
}
