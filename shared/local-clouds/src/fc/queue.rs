//! Asynchronous calls: accepted at once, delivered at least once (fc.md, section 2.4).

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use tokio::sync::broadcast;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::fc::call_registry::CallRegistry;
use crate::fc::config::function::FunctionConfig;
use crate::fc::delivery::Delivery;
use crate::fc::error::{FcError, insert_header};
use crate::fc::function::Function;
use crate::fc::headers::ASYNC_BODY;
use crate::fc::ids::new_request_id;
use crate::fc::lock::lock;
use crate::fc::records::{AsyncOutcome, AsyncRecord};
use crate::fc::work::AsyncWork;

/// The queue of all functions of a host.
pub(crate) struct Queue {
    calls: Arc<CallRegistry>,
    tasks: Mutex<JoinSet<()>>,
}

impl Queue {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { calls: CallRegistry::new(), tasks: Mutex::default() })
    }

    /// Accepts an event; returns its request id.
    pub(crate) fn submit_event(&self, function: &Arc<Function>, payload: Bytes) -> String {
        let request_id = new_request_id();
        self.accept(function, &request_id, AsyncWork::Event(payload), None, Duration::ZERO);
        request_id
    }

    /// Accepts an event received over HTTP, with the caller's control headers.
    pub(crate) fn submit_signed(
        &self,
        function: &Arc<Function>,
        request_id: &str,
        headers: &HeaderMap,
        payload: Bytes,
    ) -> Result<Response<Body>, FcError> {
        if payload.len() > ASYNC_BODY {
            return Err(FcError::too_large(ASYNC_BODY));
        }
        self.submit(function, request_id, headers, AsyncWork::Event(payload))
    }

    /// Accepts an HTTP trigger's request.
    pub(crate) async fn submit_request(
        &self,
        function: &Arc<Function>,
        request_id: &str,
        request: Request<Body>,
    ) -> Result<Response<Body>, FcError> {
        let (parts, body) = request.into_parts();
        let body =
            Limited::new(body, ASYNC_BODY).collect().await.map_err(|_| FcError::too_large(ASYNC_BODY))?;
        let headers = parts.headers.clone();
        let work = AsyncWork::Request(Box::new(Request::from_parts(parts, body.to_bytes())));
        self.submit(function, request_id, &headers, work)
    }

    fn submit(
        &self,
        function: &Arc<Function>,
        request_id: &str,
        headers: &HeaderMap,
        work: AsyncWork,
    ) -> Result<Response<Body>, FcError> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let task_id = text("x-fc-async-task-id").map(str::to_owned);
        if let Some(task_id) = &task_id {
            if !is_task_id(task_id) {
                return Err(FcError::invalid("x-fc-async-task-id does not fit"));
            }
            if !self.calls.reserve_task_id(&function.context.config.name, task_id) {
                let code = "StatefulAsyncInvocationAlreadyExists";
                return Err(FcError::new(
                    StatusCode::CONFLICT,
                    code,
                    "a task of this id was accepted before",
                ));
            }
        }
        let delay =
            text("x-fc-async-delay").and_then(|seconds| seconds.parse::<u64>().ok()).unwrap_or_default();
        self.accept(function, request_id, work, task_id, Duration::from_secs(delay.min(3600)));
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::ACCEPTED;
        insert_header(response.headers_mut(), "x-fc-request-id", request_id);
        Ok(response)
    }

    fn accept(
        &self,
        function: &Arc<Function>,
        request_id: &str,
        work: AsyncWork,
        task_id: Option<String>,
        delay: Duration,
    ) {
        let FunctionConfig { name, async_config, .. } = &function.context.config;
        self.calls.add(name, request_id, task_id);
        let mut place = async_config.out_of_order.then(|| self.calls.assign_place(name));
        let work = Arc::new(work);
        let mut tasks = lock(&self.tasks);
        while tasks.try_join_next().is_some() {}
        for _ in 0..if async_config.duplicate { 2 } else { 1 } {
            let delivery = Delivery {
                function: Arc::clone(function),
                request_id: request_id.to_owned(),
                work: Arc::clone(&work),
                delay,
                submitted: Instant::now(),
                place: place.take(),
                calls: Arc::clone(&self.calls),
                _active: self.calls.begin_delivery(),
            };
            tasks.spawn(delivery.run());
        }
    }

    pub(crate) fn records(&self) -> Vec<AsyncRecord> {
        self.calls.records()
    }

    pub(crate) fn outcomes(&self) -> broadcast::Receiver<AsyncOutcome> {
        self.calls.outcomes()
    }

    /// Waits until nothing is queued and nothing runs.
    pub(crate) async fn wait_settled(&self) {
        self.calls.wait_settled().await;
    }

    /// Drops all queued and running calls.
    pub(crate) fn abort(&self) {
        lock(&self.tasks).abort_all();
    }
}

fn is_task_id(id: &str) -> bool {
    let start = id.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    start && id.len() <= 128 && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}
