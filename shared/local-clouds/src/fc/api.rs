//! The `InvokeFunction` API (protocol sheet fc.md, section 3.1) and the host's own views.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use percent_encoding::percent_decode_str;

use crate::control::cloud::Cloud;
use crate::control::json::json_ok;
use crate::fc::error::{FcError, insert_header, scripted_refusal};
use crate::fc::function::Function;
use crate::fc::headers::{SYNC_BODY, check_request};
use crate::fc::ids::new_request_id;
use crate::fc::invoke::EventCall;
use crate::fc::invoke_result::InvokeResult;
use crate::fc::platform::Platform;
use crate::fc::queue::Queue;
use crate::fc::signature::AccountKeys;

/// The API endpoint of one host.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) functions: Arc<BTreeMap<String, Arc<Function>>>,
    pub(crate) queue: Arc<Queue>,
    pub(crate) keys: AccountKeys,
    pub(crate) platform: Arc<Platform>,
}

impl Api {
    async fn invoke(&self, request: Request<Body>, request_id: &str) -> Result<Response<Body>, FcError> {
        let (parts, body) = request.into_parts();
        let name = invoked_function(&parts).ok_or_else(|| {
            let message = format!("{} {} is not part of this host", parts.method, parts.uri.path());
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
        if read_control_header(&parts, "x-fc-invocation-type", "Async")? {
            return self.queue.submit_signed(function, request_id, &parts.headers, body);
        }
        let tail = read_control_header(&parts, "x-fc-log-type", "Tail")?;
        let result = function.invoke_event(EventCall { request_id, payload: body, retry_count: 0 }).await;
        Ok(invoke_response(&result, tail))
    }

    fn sandbox_view(&self, path: &str) -> Option<Response<Body>> {
        match path {
            "/_sandbox/instances" => {
                let instances: Vec<_> =
                    self.functions.values().flat_map(|function| function.instances()).collect();
                Some(json_ok(&instances))
            }
            "/_sandbox/invocations" => Some(json_ok(&self.queue.records())),
            "/_sandbox/logs" => Some(json_ok(&self.platform.logs.recent())),
            _ => None,
        }
    }
}

impl Cloud for Api {
    fn operation(&self, parts: &Parts) -> String {
        if invoked_function(parts).is_some() { "invoke" } else { "other" }.to_owned()
    }

    fn expire(&self, parts: &Parts) {
        self.keys.expire(parts);
    }

    fn refusal(&self, _: &Parts, status: StatusCode, code: Option<&str>) -> Response<Body> {
        scripted_refusal(status, code)
    }

    async fn handle(&self, request: Request<Body>) -> Response<Body> {
        if request.method() == Method::GET
            && let Some(view) = self.sandbox_view(request.uri().path())
        {
            return view;
        }
        let request_id = new_request_id();
        match Box::pin(self.invoke(request, &request_id)).await {
            Ok(response) => response,
            Err(error) => error.to_response(&request_id),
        }
    }
}

/// The function that an `InvokeFunction` request names.
fn invoked_function(parts: &Parts) -> Option<String> {
    let rest = parts.uri.path().strip_prefix("/2023-03-30/functions/")?;
    let name = rest.strip_suffix("/invocations").filter(|_| parts.method == Method::POST)?;
    percent_decode_str(name).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

/// Whether a control header has the second of its two values; absent = the first.
fn read_control_header(parts: &Parts, name: &'static str, second: &str) -> Result<bool, FcError> {
    let Some(value) = parts.headers.get(name) else { return Ok(false) };
    let first = if second == "Async" { "Sync" } else { "None" };
    let is = |word: &str| value.as_bytes().eq_ignore_ascii_case(word.as_bytes());
    if is(second) || is(first) {
        return Ok(is(second));
    }
    Err(FcError::invalid(format!("{name} must be {first} or {second}")))
}

fn invoke_response(result: &InvokeResult, tail: bool) -> Response<Body> {
    let mut response = Response::new(Body::from(result.body.clone()));
    *response.status_mut() = StatusCode::from_u16(result.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    let kind = if result.status == 200 { "application/octet-stream" } else { "application/json" };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    insert_header(headers, "x-fc-request-id", &result.request_id);
    if let Some(error_type) = result.error_type.as_deref().filter(|_| result.status == 200) {
        insert_header(headers, "x-fc-error-type", error_type);
    }
    if let Some(instance_id) = &result.instance_id {
        insert_header(headers, "x-fc-instance-id", instance_id);
        insert_header(headers, "x-fc-invocation-duration", &result.duration.as_millis().to_string());
        insert_header(headers, "x-fc-max-memory-usage", &result.memory_mb.to_string());
    }
    if let Some(log) = result.log_tail.as_ref().filter(|_| tail) {
        insert_header(headers, "x-fc-log-result", &STANDARD.encode(log));
    }
    response
}
