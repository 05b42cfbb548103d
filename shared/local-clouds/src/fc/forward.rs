//! Forwards an HTTP request to a function, both bodies streamed (protocol sheet fc.md, sections 1.2 and 3.2).

use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use tokio::time::{Instant, timeout_at};

use crate::fc::error::{FcError, insert_header};
use crate::fc::function::Function;
use crate::fc::headers::{CallInfo, check_response, inject, strip_request, strip_response};
use crate::fc::invoke::{connection_lost_error, has_failed_status};
use crate::fc::invoke_result::InvokeResult;
use crate::fc::passthrough::Passthrough;

/// Marks an answer whose `x-fc-status` reported a failure.
#[derive(Clone, Copy)]
struct FunctionFailed;

impl Function {
    /// Forwards one request; the answer is streamed.
    pub(crate) async fn forward_http(
        self: &Arc<Self>,
        request: Request<Body>,
        request_id: &str,
        retry_count: u32,
    ) -> Result<Response<Body>, FcError> {
        let lease = self.acquire(request_id).await?;
        let Some(instance) = lease.instance().cloned() else { return Err(FcError::process_exited()) };
        let deadline = Instant::now() + self.context.config.timeout;
        let request = self.to_function_request(request, request_id, retry_count);
        let (response, connection) = match timeout_at(deadline, instance.connections.send(request)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => {
                let error = connection_lost_error(&instance).await;
                lease.finish();
                return Err(error);
            }
            Err(_) => {
                lease.discard();
                return Err(self.context.timeout_error());
            }
        };
        let (mut parts, body) = response.into_parts();
        if let Err(error) = check_response(&parts.headers) {
            lease.finish();
            return Err(error);
        }
        if has_failed_status(&parts.headers) {
            parts.extensions.insert(FunctionFailed);
        }
        strip_response(&mut parts.headers);
        insert_header(&mut parts.headers, "x-fc-request-id", request_id);
        Ok(Response::from_parts(parts, Body::new(Passthrough::new(body, lease, connection, deadline))))
    }

    /// Forwards the request of an asynchronous call; reads the answer to its end, because no caller waits for
    /// it.
    pub(crate) async fn forward_http_buffered(
        self: &Arc<Self>,
        request: Request<Bytes>,
        request_id: &str,
        retry_count: u32,
    ) -> InvokeResult {
        let response = match self.forward_http(request.map(Body::from), request_id, retry_count).await {
            Ok(response) => response,
            Err(error) => return InvokeResult::from_error(request_id, &error),
        };
        let failed = response.extensions().get::<FunctionFailed>().is_some();
        match response.into_body().collect().await {
            Ok(body) => InvokeResult::from_answer(request_id, failed, body.to_bytes()),
            Err(_) => InvokeResult::from_error(request_id, &FcError::process_exited()),
        }
    }

    fn to_function_request(
        &self,
        request: Request<Body>,
        request_id: &str,
        retry_count: u32,
    ) -> Request<Body> {
        let (mut parts, body) = request.into_parts();
        strip_request(&mut parts.headers);
        let path = parts.uri.path().to_owned();
        let call = CallInfo { request_id, control_path: Some("/http-invoke"), retry_count, base_path: &path };
        inject(
            &mut parts.headers,
            &call,
            &self.context.config,
            self.context.credentials().as_ref(),
            &self.context.platform,
        );
        // The function sees the origin form, whatever form the caller used.
        if let Some(path_and_query) = parts.uri.path_and_query().cloned() {
            parts.uri = path_and_query.into();
        }
        let mut request = Request::new(body);
        *request.method_mut() = parts.method;
        *request.uri_mut() = parts.uri;
        *request.headers_mut() = parts.headers;
        request
    }
}
