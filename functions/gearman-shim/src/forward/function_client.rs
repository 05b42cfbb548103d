//! The HTTP calls of the function: submit a task, query an upload, try a token.

use crate::forward::{
    call_result::{CallResult, RetryReason, from_function, from_gateway, retry_after},
    function_trial::FunctionTrial,
    progress::UploadProgress,
    reply::LegacyReply,
    trace_parent::TraceParent,
};
use bytes::{Bytes, BytesMut};
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE},
};
use reqwest::{Client, RequestBuilder, Response, Url};
use serde::Deserialize;
use std::{
    num::NonZeroU64,
    sync::{PoisonError, RwLock},
    time::Duration,
};
use tokio::{sync::watch, time::timeout};
use tokio_util::codec::{Decoder, LinesCodec};

const NDJSON: &str = "application/x-ndjson";
/// A response that sends nothing for this long is given up: the function sends a line every ten seconds.
const STALL_TIMEOUT: Duration = Duration::from_secs(60);
/// For the whole response about an upload's state.
const QUERY_TIMEOUT: Duration = Duration::from_secs(30);
/// For each response to a trial.
const TRIAL_TIMEOUT: Duration = Duration::from_secs(15);
/// No task, and no upload's id: the function refuses both with 400 after it has checked the token and its right, and does nothing.
const NO_TASK: &str = "{}";
const NO_UPLOAD: &str = "token-trial";
/// Bytes of a line, or of a response that is not in lines: far more than any, even one that repeats the task's longest field.
const MAX_BYTES: usize = 1 << 20;

/// Calls the function at one address.
pub(crate) struct FunctionClient {
    http: Client,
    uploads: Url,
    /// `Bearer` and the token in use; marked as sensitive.
    authorization: RwLock<HeaderValue>,
    /// The longest wait for the head of a response to a task.
    response_timeout: Duration,
}

/// What names a job in its calls.
pub(crate) struct JobNames {
    /// The same each time gearmand assigns the job.
    pub(crate) idempotency_key: String,
    /// The trace that it belongs to.
    pub(crate) trace: Option<TraceParent>,
}

/// One line of a response in lines.
#[derive(Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum ResponseLine {
    Progress {
        accepted: u64,
        total: u64,
    },
    Outcome(Box<LegacyReply>),
    /// A heartbeat, or an event of a newer function.
    #[serde(other)]
    Other,
}

/// What the function knows of an upload.
#[derive(Deserialize)]
struct UploadState {
    outcome: Option<LegacyReply>,
    holder: Option<Holder>,
}

#[derive(Deserialize)]
struct Holder {
    live: bool,
}

impl FunctionClient {
    /// Calls the function at `url`, below whose path the function's own paths begin.
    pub(crate) fn new(
        http: Client,
        mut url: Url,
        authorization: HeaderValue,
        response_timeout: Duration,
    ) -> Self {
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("uploads");
        }
        Self { http, uploads: url, authorization: RwLock::new(authorization), response_timeout }
    }

    /// The token in use, as the value of the `Authorization` header.
    pub(crate) fn authorization(&self) -> HeaderValue {
        self.authorization.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Uses another token from now on.
    pub(crate) fn set_authorization(&self, authorization: HeaderValue) {
        *self.authorization.write().unwrap_or_else(PoisonError::into_inner) = authorization;
    }

    /// Tries a token without a job: one request for each right that the shim needs.
    pub(crate) async fn try_token(&self, token: &HeaderValue) -> FunctionTrial {
        let submit =
            self.http.post(self.uploads.clone()).header(CONTENT_TYPE, "application/json").body(NO_TASK);
        let read = self.http.get(self.upload_url(NO_UPLOAD));
        for (request, right) in [(submit, "submit"), (read, "read")] {
            let trial = timeout(TRIAL_TIMEOUT, self.send_trial(request, token.clone(), right)).await;
            let trial = trial.unwrap_or(FunctionTrial::Unknown(RetryReason::NoResponse));
            if trial != FunctionTrial::Accepted {
                return trial;
            }
        }
        FunctionTrial::Accepted
    }

    async fn send_trial(
        &self,
        request: RequestBuilder,
        token: HeaderValue,
        right: &'static str,
    ) -> FunctionTrial {
        let response = match self.send(request, token, TRIAL_TIMEOUT).await {
            Ok(response) => response,
            Err(reason) => return FunctionTrial::Unknown(reason),
        };
        let (status, headers) = (response.status(), response.headers().clone());
        match read_body(response).await {
            Ok(body) => FunctionTrial::from_response(status, &headers, &body, right),
            Err(CallResult::Retry { reason, .. }) => FunctionTrial::Unknown(reason),
            // It is longer than anything that the function answers.
            Err(_) => FunctionTrial::from_response(status, &headers, b"", right),
        }
    }

    fn upload_url(&self, id: &str) -> Url {
        let mut url = self.uploads.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(id);
        }
        url
    }

    /// Submits a task and waits for its reply: a caller that hangs up ends the upload. `progress` receives how far it is.
    pub(crate) async fn submit_task(
        &self,
        task: Bytes,
        names: &JobNames,
        progress: &watch::Sender<Option<UploadProgress>>,
    ) -> CallResult {
        let trace = names.trace.as_ref().and_then(TraceParent::header);
        let trace = trace.map(|header| (HeaderName::from_static("traceparent"), header));
        let request = self
            .http
            .post(self.uploads.clone())
            .headers(trace.into_iter().collect())
            .header(ACCEPT, NDJSON)
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", &names.idempotency_key)
            .body(task);
        match self.send(request, self.authorization(), self.response_timeout).await {
            Ok(response) => read_reply(response, progress).await,
            Err(reason) => reason.into(),
        }
    }

    /// Queries an upload that another caller's run works on. Where no run does any more, the task must be submitted again.
    pub(crate) async fn query_upload(&self, id: String) -> CallResult {
        let query = async {
            let request = self.http.get(self.upload_url(&id));
            let response = match self.send(request, self.authorization(), QUERY_TIMEOUT).await {
                Ok(response) if is_refusal(response.status()) => return CallResult::refused(),
                Ok(response) => response,
                Err(reason) => return reason.into(),
            };
            let retry_after = retry_after(response.headers());
            let body = match read_body(response).await {
                Ok(body) => body,
                Err(result) => return result,
            };
            match serde_json::from_slice(&body) {
                Ok(UploadState { outcome: Some(outcome), .. }) if outcome.code == StatusCode::OK => {
                    CallResult::PublishedElsewhere(outcome)
                }
                Ok(UploadState { outcome: Some(outcome), .. }) => CallResult::Done(outcome),
                Ok(UploadState { holder: Some(Holder { live: true }), .. }) => CallResult::InProgress(id),
                _ => CallResult::Retry { reason: RetryReason::NoHolder, retry_after },
            }
        };
        timeout(QUERY_TIMEOUT, query).await.unwrap_or_else(|_| RetryReason::BrokenResponse.into())
    }

    async fn send(
        &self,
        request: RequestBuilder,
        authorization: HeaderValue,
        response_timeout: Duration,
    ) -> Result<Response, RetryReason> {
        let request = request.header(AUTHORIZATION, authorization);
        match timeout(response_timeout, request.send()).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => {
                tracing::debug!(error = %error.without_url(), "no response");
                Err(RetryReason::Unreachable)
            }
            Err(_) => Err(RetryReason::NoResponse),
        }
    }
}

fn is_refusal(status: StatusCode) -> bool {
    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
}

/// Reads a response to a task: in lines, progress comes before the outcome; any other response is one JSON document.
pub(crate) async fn read_reply(
    mut response: Response,
    progress: &watch::Sender<Option<UploadProgress>>,
) -> CallResult {
    let (status, headers) = (response.status(), response.headers().clone());
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !content_type.is_some_and(|value| value.starts_with(NDJSON)) {
        let body = match read_body(response).await {
            Ok(body) => body,
            Err(result) => return result,
        };
        return match serde_json::from_slice(&body) {
            Ok(reply) => from_function(reply, &headers),
            Err(_) => from_gateway(status, &headers),
        };
    }
    let (mut lines, mut text) = (LinesCodec::new_with_max_length(MAX_BYTES), BytesMut::new());
    while let Ok(Ok(Some(chunk))) = timeout(STALL_TIMEOUT, response.chunk()).await {
        text.extend_from_slice(&chunk);
        loop {
            let line = match lines.decode(&mut text) {
                Ok(Some(line)) => line,
                Ok(None) => break,
                Err(_) => return CallResult::invalid_response(),
            };
            match serde_json::from_str(&line) {
                Ok(ResponseLine::Outcome(reply)) => return from_function(*reply, &headers),
                Ok(ResponseLine::Progress { accepted, total }) => {
                    let latest = NonZeroU64::new(total).map(|total| UploadProgress { accepted, total });
                    progress.send_replace(latest);
                }
                Ok(ResponseLine::Other) => {}
                Err(_) => return CallResult::invalid_response(),
            }
        }
    }
    RetryReason::BrokenResponse.into()
}

/// Reads a whole body, unless it breaks off, stalls, or is too long.
async fn read_body(mut response: Response) -> Result<BytesMut, CallResult> {
    let mut body = BytesMut::new();
    loop {
        match timeout(STALL_TIMEOUT, response.chunk()).await {
            Ok(Ok(Some(chunk))) => body.extend_from_slice(&chunk),
            Ok(Ok(None)) => return Ok(body),
            _ => return Err(RetryReason::BrokenResponse.into()),
        }
        if body.len() > MAX_BYTES {
            return Err(CallResult::invalid_response());
        }
    }
}
