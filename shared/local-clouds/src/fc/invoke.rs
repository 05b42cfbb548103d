//! One event call: the payload goes to `POST /invoke`, and only the body of the answer comes back, not its
//! status and headers (fc.md, sections 1.2 and 1.6).

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, header};
use http_body_util::BodyExt;
use tokio::time::{Instant, timeout};

use crate::fc::connection::ConnectionLost;
use crate::fc::error::FcError;
use crate::fc::function::Function;
use crate::fc::headers::{CallInfo, check_response, inject};
use crate::fc::instance::Instance;
use crate::fc::invoke_result::InvokeResult;

/// One event for a function.
pub(crate) struct EventCall<'a> {
    pub(crate) request_id: &'a str,
    pub(crate) payload: Bytes,
    pub(crate) retry_count: u32,
}

impl Function {
    /// Calls the function with one event.
    pub(crate) async fn invoke_event(self: &Arc<Self>, event: EventCall<'_>) -> InvokeResult {
        let request_id = event.request_id;
        let lease = match self.acquire(request_id).await {
            Ok(lease) => lease,
            Err(error) => return InvokeResult::from_error(request_id, &error),
        };
        let Some(instance) = lease.instance().cloned() else {
            return InvokeResult::from_error(request_id, &FcError::process_exited());
        };
        let started = Instant::now();
        let request = self.event_request(&instance, event);
        let outcome = timeout(self.context.config.timeout, send_event(&instance, request)).await;
        let result = match outcome {
            Ok(Ok((headers, body))) => match check_response(&headers) {
                Ok(()) => InvokeResult::from_answer(request_id, has_failed_status(&headers), body),
                Err(error) => InvokeResult::from_error(request_id, &error),
            },
            Ok(Err(ConnectionLost)) => {
                InvokeResult::from_error(request_id, &connection_lost_error(&instance).await)
            }
            Err(_) => {
                lease.discard();
                let result = InvokeResult::from_error(request_id, &self.context.timeout_error());
                return self.with_measurements(result, &instance, started);
            }
        };
        let result = self.with_measurements(result, &instance, started);
        lease.finish();
        result
    }

    fn event_request(&self, instance: &Instance, event: EventCall<'_>) -> Request<Body> {
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
        inject(
            headers,
            &call,
            &self.context.config,
            self.context.credentials().as_ref(),
            &self.context.platform,
        );
        request
    }

    fn with_measurements(
        &self,
        mut result: InvokeResult,
        instance: &Instance,
        started: Instant,
    ) -> InvokeResult {
        result.instance_id = Some(instance.id.clone());
        result.duration = started.elapsed();
        result.memory_mb = instance.process.peak_memory_mb();
        if self.context.config.instance_concurrency == 1 {
            instance.process.drain_logs();
            result.log_tail = Some(instance.process.log.tail().into());
        }
        result
    }
}

async fn send_event(
    instance: &Instance,
    request: Request<Body>,
) -> Result<(HeaderMap, Bytes), ConnectionLost> {
    let (response, connection) = instance.connections.send(request).await?;
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map_err(|_| ConnectionLost)?.to_bytes();
    connection.release().await;
    Ok((parts.headers, body))
}

/// Whether the function reports a failure; the HTTP status alone says nothing (fc.md, section 1.6).
pub(crate) fn has_failed_status(headers: &HeaderMap) -> bool {
    headers.get("x-fc-status").is_some_and(|status| status != "200")
}

/// The error of a broken connection. Waits a moment for a process that died to be noticed, so that the next
/// call is not sent to it.
pub(crate) async fn connection_lost_error(instance: &Instance) -> FcError {
    // A timeout means that the process lives and only the connection broke.
    let _ = timeout(Duration::from_millis(250), instance.process.wait_exit()).await;
    FcError::process_exited()
}
