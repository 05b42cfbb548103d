//! Asynchronous calls: accepted at once, delivered at least once (fc.md §2.4).

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use tokio::sync::{broadcast, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::config::Destination;
use super::destination::{document, tell};
use super::error::{FcError, insert};
use super::function::Function;
use super::headers::ASYNC_BODY;
use super::invoke::InvokeResult;
use super::platform::{lock, new_request_id, unix_millis};
use super::records::{AsyncOutcome, AsyncRecord, AsyncState, Work};
use super::scripted::{Scripted, scripted};

/// Records kept.
const KEPT: usize = 10_000;
/// First wait after a refusal for want of an instance; it doubles.
const FIRST_BACKOFF: Duration = Duration::from_millis(500);
/// How long an out-of-order call waits to be overtaken.
const OVERTAKE: Duration = Duration::from_secs(1);

/// The queue of all functions of a host.
pub(super) struct Queue {
    book: Mutex<Book>,
    active: watch::Sender<usize>,
    outcomes: broadcast::Sender<AsyncOutcome>,
    tasks: Mutex<JoinSet<()>>,
}

#[derive(Default)]
struct Book {
    records: VecDeque<AsyncRecord>,
    task_ids: HashSet<(String, String)>,
    /// Out of order: the call of each function that waits to be overtaken.
    waiting: HashMap<String, oneshot::Sender<()>>,
}

struct Delivery {
    function: Arc<Function>,
    request_id: String,
    work: Arc<Work>,
    delay: Duration,
    submitted: Instant,
    /// Waits to be overtaken.
    overtaken: Option<oneshot::Receiver<()>>,
    /// Dropped when done: lets the overtaken one go.
    _overtakes: Option<oneshot::Sender<()>>,
    _active: Active,
}

/// Counts a delivery until it ends, however it ends.
struct Active(Arc<Queue>);

impl Active {
    fn new(queue: &Arc<Queue>) -> Self {
        queue.active.send_modify(|count| *count += 1);
        Self(Arc::clone(queue))
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        self.0.active.send_modify(|count| *count -= 1);
    }
}

impl Queue {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            book: Mutex::default(),
            active: watch::Sender::new(0),
            outcomes: broadcast::Sender::new(4096),
            tasks: Mutex::default(),
        })
    }

    /// Accepts an event; answers its request id.
    pub(super) fn submit_event(self: &Arc<Self>, function: &Arc<Function>, payload: Bytes) -> String {
        let request_id = new_request_id();
        self.accept(function, &request_id, Work::Event(payload), None, Duration::ZERO);
        request_id
    }

    /// Accepts an event that came over HTTP, with the caller's controls.
    pub(super) fn submit_signed(
        self: &Arc<Self>,
        function: &Arc<Function>,
        request_id: &str,
        headers: &HeaderMap,
        payload: Bytes,
    ) -> Result<Response<Body>, FcError> {
        if payload.len() > ASYNC_BODY {
            return Err(FcError::too_large(ASYNC_BODY));
        }
        self.submit(function, request_id, headers, Work::Event(payload))
    }

    /// Accepts an HTTP trigger's request.
    pub(super) async fn submit_request(
        self: &Arc<Self>,
        function: &Arc<Function>,
        request_id: &str,
        request: Request<Body>,
    ) -> Result<Response<Body>, FcError> {
        let (parts, body) = request.into_parts();
        let body =
            Limited::new(body, ASYNC_BODY).collect().await.map_err(|_| FcError::too_large(ASYNC_BODY))?;
        let headers = parts.headers.clone();
        let work = Work::Request(Box::new(Request::from_parts(parts, body.to_bytes())));
        self.submit(function, request_id, &headers, work)
    }

    fn submit(
        self: &Arc<Self>,
        function: &Arc<Function>,
        request_id: &str,
        headers: &HeaderMap,
        work: Work,
    ) -> Result<Response<Body>, FcError> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let task_id = text("x-fc-async-task-id").map(str::to_owned);
        if let Some(task_id) = &task_id {
            if !is_task_id(task_id) {
                return Err(FcError::invalid("x-fc-async-task-id does not fit"));
            }
            let entry = (function.config.name.clone(), task_id.clone());
            if !lock(&self.book).task_ids.insert(entry) {
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
        insert(response.headers_mut(), "x-fc-request-id", request_id);
        Ok(response)
    }

    fn accept(
        self: &Arc<Self>,
        function: &Arc<Function>,
        request_id: &str,
        work: Work,
        task_id: Option<String>,
        delay: Duration,
    ) {
        let config = &function.config.async_config;
        let work = Arc::new(work);
        let (mut overtaken, mut overtakes) = (None, None);
        {
            let mut book = lock(&self.book);
            if book.records.len() == KEPT {
                book.records.pop_front();
            }
            book.records.push_back(AsyncRecord {
                request_id: request_id.to_owned(),
                function: function.config.name.clone(),
                task_id,
                state: AsyncState::Queued,
                attempts: 0,
                error_type: None,
                submitted: unix_millis(),
            });
            if config.out_of_order {
                overtakes = book.waiting.remove(&function.config.name).filter(|waiting| !waiting.is_closed());
                if overtakes.is_none() {
                    let (sender, receiver) = oneshot::channel();
                    book.waiting.insert(function.config.name.clone(), sender);
                    overtaken = Some(receiver);
                }
            }
        }
        let mut tasks = lock(&self.tasks);
        while tasks.try_join_next().is_some() {}
        for _ in 0..if config.duplicate { 2 } else { 1 } {
            let delivery = Delivery {
                function: Arc::clone(function),
                request_id: request_id.to_owned(),
                work: Arc::clone(&work),
                delay,
                submitted: Instant::now(),
                overtaken: overtaken.take(),
                _overtakes: overtakes.take(),
                _active: Active::new(self),
            };
            tasks.spawn(Arc::clone(self).deliver(delivery));
        }
    }

    async fn deliver(self: Arc<Self>, mut delivery: Delivery) {
        sleep(delivery.delay).await;
        if let Some(overtaken) = delivery.overtaken.take() {
            // Nobody overtook it in time, or the overtaker is done: either way it goes now.
            let _ = timeout(OVERTAKE, overtaken).await;
        }
        let (state, attempts, result) = self.attempt(&delivery).await;
        let config = &delivery.function.config;
        let destination = match state {
            AsyncState::Succeeded => &config.async_config.on_success,
            _ => &config.async_config.on_failure,
        };
        if let Some(destination) = destination {
            self.report(destination, &delivery, attempts, &result).await;
        }
        self.note(&delivery.request_id, state, attempts, &result);
        // Nobody listening is no fault.
        let _ = self.outcomes.send(AsyncOutcome {
            request_id: delivery.request_id.clone(),
            function: config.name.clone(),
            attempts,
            state,
            result,
        });
    }

    async fn attempt(&self, delivery: &Delivery) -> (AsyncState, u32, InvokeResult) {
        let Delivery { function, request_id, work, .. } = delivery;
        let config = &function.config.async_config;
        let (mut attempts, mut errors) = (0, 0);
        let mut backoff = FIRST_BACKOFF;
        let expired =
            FcError::new(StatusCode::INTERNAL_SERVER_ERROR, "EventAgeExceeded", "the call is too old");
        let mut result = InvokeResult::failed(request_id, &expired);
        loop {
            if delivery.submitted.elapsed() > config.max_age {
                return (AsyncState::Expired, attempts, result);
            }
            self.note(request_id, AsyncState::Running, attempts, &result);
            let call = Box::pin(function.work(work, request_id, attempts));
            let outcome = scripted(&function.platform.faults, "deliver", work.path(), call).await;
            let reached = matches!(outcome, Ok(_) | Err(Scripted::Lost));
            result = outcome.unwrap_or_else(|scripted| InvokeResult::failed(request_id, &scripted.error()));
            let throttled = matches!(result.status, 429 | 503);
            attempts += u32::from(reached && !throttled);
            let wait = if result.error_type.is_none() {
                return (AsyncState::Succeeded, attempts, result);
            } else if result.is_function_error() {
                errors += 1;
                config.retry_backoff
            } else if throttled || result.status >= 500 {
                backoff = (backoff * 2).min(config.throttle_backoff_limit);
                backoff / 2
            } else {
                return (AsyncState::Failed, attempts, result);
            };
            if errors > config.retries {
                return (AsyncState::Failed, attempts, result);
            }
            self.note(request_id, AsyncState::Retrying, attempts, &result);
            sleep(wait).await;
        }
    }

    async fn report(
        &self,
        destination: &Destination,
        delivery: &Delivery,
        attempts: u32,
        result: &InvokeResult,
    ) {
        let platform = &delivery.function.platform;
        let name = &delivery.function.config.name;
        let arn = format!("acs:fc:{}:{}:functions/{name}", platform.region, platform.account_id);
        tell(destination, document(&arn, attempts, delivery.work.payload(), result)).await;
    }

    fn note(&self, request_id: &str, state: AsyncState, attempts: u32, result: &InvokeResult) {
        let mut book = lock(&self.book);
        if let Some(record) = book.records.iter_mut().rev().find(|record| record.request_id == request_id) {
            record.state = state;
            record.attempts = attempts;
            record.error_type =
                result.error_type.clone().filter(|_| attempts > 0 || state != AsyncState::Running);
        }
    }

    pub(super) fn records(&self) -> Vec<AsyncRecord> {
        lock(&self.book).records.iter().cloned().collect()
    }

    pub(super) fn outcomes(&self) -> broadcast::Receiver<AsyncOutcome> {
        self.outcomes.subscribe()
    }

    /// Waits until nothing is queued and nothing runs.
    pub(super) async fn settled(&self) {
        // Cannot fail: the sender lives in `self`.
        let _ = self.active.subscribe().wait_for(|count| *count == 0).await;
    }

    /// Gives up everything.
    pub(super) fn abort(&self) {
        lock(&self.tasks).abort_all();
    }
}

fn is_task_id(id: &str) -> bool {
    let start = id.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    start && id.len() <= 128 && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}
