//! One event call: the payload goes to `POST /invoke`, the body comes back, status and headers do not (fc.md §1.2, §1.6).

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use tokio::time::{Instant, timeout};

use super::connection::Lost;
use super::error::FcError;
use super::function::Function;
use super::headers::{CallInfo, check_response, inject};
use super::instance::Instance;

/// What became of one call.
#[derive(Clone, Debug)]
pub struct InvokeResult {
    /// The call's id.
    pub request_id: String,
    /// What `InvokeFunction` answers: 200 also for function errors, else the platform's refusal.
    pub status: u16,
    /// `X-Fc-Error-Type` of a function error, or the code of a refusal; absent = success.
    pub error_type: Option<String>,
    /// The function's answer, or the error document.
    pub body: Bytes,
    /// The instance that worked.
    pub instance_id: Option<String>,
    /// How long the function worked.
    pub duration: Duration,
    /// Most memory the process held at a time, in MB.
    pub memory_mb: u64,
    /// The last 4 KB of the log, at concurrency 1.
    pub log_tail: Option<Bytes>,
}

impl InvokeResult {
    /// A call the platform refused, or ended.
    pub(super) fn failed(request_id: &str, error: &FcError) -> Self {
        Self::new(request_id, error.status, Some(error.code.clone()), error.body(request_id))
    }

    /// A call the function answered; `failed` = with `x-fc-status`.
    pub(super) fn answered(request_id: &str, failed: bool, body: Bytes) -> Self {
        let error_type = failed.then(|| "UnhandledInvocationError".to_owned());
        Self::new(request_id, StatusCode::OK, error_type, body)
    }

    fn new(request_id: &str, status: StatusCode, error_type: Option<String>, body: Bytes) -> Self {
        Self {
            request_id: request_id.to_owned(),
            status: status.as_u16(),
            error_type,
            body,
            instance_id: None,
            duration: Duration::ZERO,
            memory_mb: 0,
            log_tail: None,
        }
    }

    /// Whether the function itself failed: asynchronous calls are retried a settable number of times then.
    pub(super) fn is_function_error(&self) -> bool {
        self.error_type.is_some() && matches!(self.status, 200 | 502)
    }
}

/// One event for a function.
pub(super) struct Event<'a> {
    pub(super) request_id: &'a str,
    pub(super) payload: Bytes,
    pub(super) retry_count: u32,
}

impl Function {
    /// Calls the function with one event.
    pub(super) async fn event(self: &Arc<Self>, event: Event<'_>) -> InvokeResult {
        let request_id = event.request_id;
        let lease = match self.acquire(request_id).await {
            Ok(lease) => lease,
            Err(error) => return InvokeResult::failed(request_id, &error),
        };
        let Some(instance) = lease.instance().cloned() else {
            return InvokeResult::failed(request_id, &FcError::exited());
        };
        let started = Instant::now();
        let request = self.event_request(&instance, event);
        let outcome = timeout(self.config.timeout, exchange(&instance, request)).await;
        let result = match outcome {
            Ok(Ok((headers, body))) => match check_response(&headers) {
                Ok(()) => InvokeResult::answered(request_id, failed_status(&headers), body),
                Err(error) => InvokeResult::failed(request_id, &error),
            },
            Ok(Err(Lost)) => InvokeResult::failed(request_id, &lost(&instance).await),
            Err(_) => {
                lease.discard();
                let result = InvokeResult::failed(request_id, &self.timed_out());
                return self.measured(result, &instance, started);
            }
        };
        let result = self.measured(result, &instance, started);
        lease.finish();
        result
    }

    fn event_request(&self, instance: &Instance, event: Event<'_>) -> Request<Body> {
        let mut request = Request::new(Body::from(event.payload));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = http::Uri::from_static("/invoke");
        let headers = request.headers_mut();
        if let Ok(host) = HeaderValue::from_str(&format!("127.0.0.1:{}", instance.port)) {
            headers.insert(header::HOST, host);
        }
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        let call = CallInfo {
            request_id: event.request_id,
            control_path: Some("/invoke"),
            retry_count: event.retry_count,
            base_path: "",
        };
        inject(headers, &call, &self.config, self.credentials().as_ref(), &self.platform);
        request
    }

    fn measured(&self, mut result: InvokeResult, instance: &Instance, started: Instant) -> InvokeResult {
        result.instance_id = Some(instance.id.clone());
        result.duration = started.elapsed();
        result.memory_mb = instance.process.peak_memory_mb();
        if self.config.instance_concurrency == 1 {
            instance.process.drain_logs();
            result.log_tail = Some(instance.process.log.tail().into());
        }
        result
    }

    pub(super) fn timed_out(&self) -> FcError {
        let seconds = self.config.timeout.as_secs_f64();
        FcError::function("FunctionTimeoutError", format!("Function timed out after {seconds} seconds"))
    }
}

async fn exchange(instance: &Instance, request: Request<Body>) -> Result<(HeaderMap, Bytes), Lost> {
    let (response, connection) = instance.connections.send(request).await?;
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map_err(|_| Lost)?.to_bytes();
    connection.keep().await;
    Ok((parts.headers, body))
}

/// Whether the function reports a failure; the HTTP status alone says nothing (fc.md §1.6).
pub(super) fn failed_status(headers: &HeaderMap) -> bool {
    headers.get("x-fc-status").is_some_and(|status| status != "200")
}

/// The error of a broken connection. Gives a process that died a moment to be seen dead, so that the next call is not
/// sent to it.
pub(super) async fn lost(instance: &Instance) -> FcError {
    // Elapsed means that the process lives and only the connection broke.
    let _ = timeout(Duration::from_millis(250), instance.process.exited()).await;
    FcError::exited()
}
