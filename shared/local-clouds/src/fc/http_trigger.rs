//! An HTTP trigger: the caller's request goes to the function as it is, both bodies streamed (fc.md §1.2, §3.2).

use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use http_body::Body as _;
use http_body_util::{BodyExt, Limited};
use tokio::time::{Instant, timeout_at};

use super::config::HttpAuth;
use super::error::{FcError, insert};
use super::function::Function;
use super::headers::{
    CallInfo, SYNC_BODY, check_request, check_response, inject, strip_request, strip_response,
};
use super::invoke::{InvokeResult, failed_status, lost};
use super::passthrough::Passthrough;
use super::platform::new_request_id;
use super::queue::Queue;
use super::records::Work;
use super::signature::Keys;
use crate::control::Cloud;

const METHODS: [Method; 7] =
    [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::HEAD, Method::PATCH, Method::OPTIONS];

/// The gateway of one function.
#[derive(Clone)]
pub(super) struct HttpTrigger {
    pub(super) function: Arc<Function>,
    pub(super) auth: HttpAuth,
    pub(super) keys: Keys,
    pub(super) queue: Arc<Queue>,
}

/// Marks an answer whose `x-fc-status` reported a failure.
#[derive(Clone, Copy)]
struct Failed;

impl HttpTrigger {
    async fn answer(&self, request: Request<Body>, request_id: &str) -> Result<Response<Body>, FcError> {
        let (parts, body) = request.into_parts();
        check_request(&parts)?;
        if !METHODS.contains(&parts.method) {
            return Err(FcError::invalid(format!("method {} is not supported", parts.method)));
        }
        if self.auth == HttpAuth::Function {
            self.keys.verify_trigger(&parts)?;
        }
        if body.size_hint().lower() > SYNC_BODY as u64 {
            return Err(FcError::too_large(SYNC_BODY));
        }
        if parts
            .headers
            .get("x-fc-invocation-type")
            .is_some_and(|kind| kind.as_bytes().eq_ignore_ascii_case(b"async"))
        {
            return self
                .queue
                .submit_request(&self.function, request_id, Request::from_parts(parts, body))
                .await;
        }
        let body = Body::new(Limited::new(body, SYNC_BODY));
        self.function.http(Request::from_parts(parts, body), request_id, 0).await
    }
}

impl Cloud for HttpTrigger {
    fn operation(&self, _: &Parts) -> String {
        "http".to_owned()
    }

    fn expire(&self, parts: &Parts) {
        self.keys.expire(parts);
    }

    fn refusal(&self, _: &Parts, status: StatusCode, code: Option<&str>) -> Response<Body> {
        scripted_refusal(status, code)
    }

    async fn handle(&self, request: Request<Body>) -> Response<Body> {
        let request_id = new_request_id();
        match self.answer(request, &request_id).await {
            Ok(response) => response,
            Err(error) => error.response(&request_id),
        }
    }
}

/// A refusal a fault rule asked for.
pub(super) fn scripted_refusal(status: StatusCode, code: Option<&str>) -> Response<Body> {
    let code = code.unwrap_or(FcError::usual_code(status));
    FcError::new(status, code, "scripted fault").response(&new_request_id())
}

impl Function {
    /// Passes one request through.
    pub(super) async fn http(
        self: &Arc<Self>,
        request: Request<Body>,
        request_id: &str,
        retry_count: u32,
    ) -> Result<Response<Body>, FcError> {
        let lease = self.acquire(request_id).await?;
        let Some(instance) = lease.instance().cloned() else { return Err(FcError::exited()) };
        let deadline = Instant::now() + self.config.timeout;
        let request = self.passed(request, request_id, retry_count);
        let (response, connection) = match timeout_at(deadline, instance.connections.send(request)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => {
                let error = lost(&instance).await;
                lease.finish();
                return Err(error);
            }
            Err(_) => {
                lease.discard();
                return Err(self.timed_out());
            }
        };
        let (mut parts, body) = response.into_parts();
        if let Err(error) = check_response(&parts.headers) {
            lease.finish();
            return Err(error);
        }
        if failed_status(&parts.headers) {
            parts.extensions.insert(Failed);
        }
        strip_response(&mut parts.headers);
        insert(&mut parts.headers, "x-fc-request-id", request_id);
        Ok(Response::from_parts(parts, Body::new(Passthrough::new(body, lease, connection, deadline))))
    }

    /// The same for an asynchronous call: nobody waits for the answer, so it is read to its end here.
    pub(super) async fn http_buffered(
        self: &Arc<Self>,
        request: Request<Bytes>,
        request_id: &str,
        retry_count: u32,
    ) -> InvokeResult {
        let response = match self.http(request.map(Body::from), request_id, retry_count).await {
            Ok(response) => response,
            Err(error) => return InvokeResult::failed(request_id, &error),
        };
        let failed = response.extensions().get::<Failed>().is_some();
        match response.into_body().collect().await {
            Ok(body) => InvokeResult::answered(request_id, failed, body.to_bytes()),
            Err(_) => InvokeResult::failed(request_id, &FcError::exited()),
        }
    }

    fn passed(&self, request: Request<Body>, request_id: &str, retry_count: u32) -> Request<Body> {
        let (mut parts, body) = request.into_parts();
        strip_request(&mut parts.headers);
        let path = parts.uri.path().to_owned();
        let call = CallInfo { request_id, control_path: Some("/http-invoke"), retry_count, base_path: &path };
        inject(&mut parts.headers, &call, &self.config, self.credentials().as_ref(), &self.platform);
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

    /// One attempt of an asynchronous call.
    pub(super) async fn work(
        self: &Arc<Self>,
        work: &Work,
        request_id: &str,
        retry_count: u32,
    ) -> InvokeResult {
        match work {
            Work::Event(payload) => {
                self.event(super::invoke::Event { request_id, payload: payload.clone(), retry_count }).await
            }
            Work::Request(request) => {
                self.http_buffered(Request::clone(request), request_id, retry_count).await
            }
        }
    }
}
