//! The `InvokeFunction` API (fc.md §3.1) and the sandbox's own views.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use percent_encoding::percent_decode_str;
use serde::Serialize;

use super::error::{FcError, insert};
use super::function::Function;
use super::headers::{SYNC_BODY, check_request};
use super::http_trigger::scripted_refusal;
use super::invoke::{Event, InvokeResult};
use super::platform::{Platform, new_request_id};
use super::queue::Queue;
use super::signature::Keys;
use crate::control::Cloud;

/// The API endpoint of one host.
#[derive(Clone)]
pub(super) struct Api {
    pub(super) functions: Arc<BTreeMap<String, Arc<Function>>>,
    pub(super) queue: Arc<Queue>,
    pub(super) keys: Keys,
    pub(super) platform: Arc<Platform>,
}

impl Api {
    async fn invoke(&self, request: Request<Body>, request_id: &str) -> Result<Response<Body>, FcError> {
        let (parts, body) = request.into_parts();
        let name = invoked(&parts).ok_or_else(|| {
            let message = format!("{} {} is not part of this sandbox", parts.method, parts.uri.path());
            FcError::new(StatusCode::BAD_REQUEST, "PathNotSupported", message)
        })?;
        check_request(&parts)?;
        let body = Limited::new(body, SYNC_BODY)
            .collect()
            .await
            .map_err(|_| FcError::too_large(SYNC_BODY))?
            .to_bytes();
        self.keys.verify_api(&parts, &body)?;
        let function = self.functions.get(&name).ok_or_else(|| {
            FcError::new(
                StatusCode::NOT_FOUND,
                "FunctionNotFound",
                format!("function {name:?} does not exist"),
            )
        })?;
        if control(&parts, "x-fc-invocation-type", "Async")? {
            return self.queue.submit_signed(function, request_id, &parts.headers, body);
        }
        let tail = control(&parts, "x-fc-log-type", "Tail")?;
        let result = function.event(Event { request_id, payload: body, retry_count: 0 }).await;
        Ok(response(&result, tail))
    }

    fn view(&self, path: &str) -> Option<Response<Body>> {
        match path {
            "/_sandbox/instances" => {
                let instances: Vec<_> =
                    self.functions.values().flat_map(|function| function.instances()).collect();
                Some(json(&instances))
            }
            "/_sandbox/invocations" => Some(json(&self.queue.records())),
            "/_sandbox/logs" => Some(json(&self.platform.logs.recent())),
            _ => None,
        }
    }
}

impl Cloud for Api {
    fn operation(&self, parts: &Parts) -> String {
        if invoked(parts).is_some() { "invoke" } else { "other" }.to_owned()
    }

    fn expire(&self, parts: &Parts) {
        self.keys.expire(parts);
    }

    fn refusal(&self, _: &Parts, status: StatusCode, code: Option<&str>) -> Response<Body> {
        scripted_refusal(status, code)
    }

    async fn handle(&self, request: Request<Body>) -> Response<Body> {
        if request.method() == Method::GET
            && let Some(view) = self.view(request.uri().path())
        {
            return view;
        }
        let request_id = new_request_id();
        match Box::pin(self.invoke(request, &request_id)).await {
            Ok(response) => response,
            Err(error) => error.response(&request_id),
        }
    }
}

/// The function an `InvokeFunction` request names.
fn invoked(parts: &Parts) -> Option<String> {
    let rest = parts.uri.path().strip_prefix("/2023-03-30/functions/")?;
    let name = rest.strip_suffix("/invocations").filter(|_| parts.method == Method::POST)?;
    percent_decode_str(name).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

/// Whether a control header says the second of its two words; absent = the first.
fn control(parts: &Parts, name: &'static str, second: &str) -> Result<bool, FcError> {
    let Some(value) = parts.headers.get(name) else { return Ok(false) };
    let first = if second == "Async" { "Sync" } else { "None" };
    let is = |word: &str| value.as_bytes().eq_ignore_ascii_case(word.as_bytes());
    if is(second) || is(first) {
        return Ok(is(second));
    }
    Err(FcError::invalid(format!("{name} must be {first} or {second}")))
}

fn response(result: &InvokeResult, tail: bool) -> Response<Body> {
    let mut response = Response::new(Body::from(result.body.clone()));
    *response.status_mut() = StatusCode::from_u16(result.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    let kind = if result.status == 200 { "application/octet-stream" } else { "application/json" };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    insert(headers, "x-fc-request-id", &result.request_id);
    if let Some(error_type) = result.error_type.as_deref().filter(|_| result.status == 200) {
        insert(headers, "x-fc-error-type", error_type);
    }
    if let Some(instance_id) = &result.instance_id {
        insert(headers, "x-fc-instance-id", instance_id);
        insert(headers, "x-fc-invocation-duration", &result.duration.as_millis().to_string());
        insert(headers, "x-fc-max-memory-usage", &result.memory_mb.to_string());
    }
    if let Some(log) = result.log_tail.as_ref().filter(|_| tail) {
        insert(headers, "x-fc-log-result", &STANDARD.encode(log));
    }
    response
}

fn json(value: &impl Serialize) -> Response<Body> {
    let mut response = Response::new(Body::from(Bytes::from(serde_json::to_vec(value).unwrap_or_default())));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
