//! Outcomes as HTTP responses.

use app::core::{Error, ErrorKind, Outcome, OutcomeData, PublishedVideo, RetryAdvice};
use axum::{
    Json,
    http::{StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use std::time::Duration;

/// When to come again where nobody named a time: a lease that nobody renews any more is over by then.
const PAUSE: Duration = Duration::from_secs(30);

/// An outcome, and when to ask again.
#[derive(Debug)]
pub(crate) struct JsonResponse {
    pub(crate) outcome: Outcome,
    retry_after: Option<Duration>,
}

impl JsonResponse {
    /// The answer to a task about `key`.
    pub(crate) fn from_result(key: &str, result: &Result<PublishedVideo, Error>) -> Self {
        let retry_after = result.as_ref().err().and_then(retry_after);
        Self { outcome: Outcome::new(key, result), retry_after }
    }

    /// The answer to a request that has become no task.
    pub(crate) fn from_error(status: StatusCode, code: &'static str, text: impl Into<String>) -> Self {
        let text = text.into();
        let outcome = Outcome {
            code: status.as_str().into(),
            msg: text.clone(),
            info: text,
            error: Some(code.into()),
            data: OutcomeData::default(),
        };
        Self { outcome, retry_after: None }
    }
}

/// When the same request may go better: its upload is in other hands, waits for a time, or was handed over.
///
/// A failure of Youku's or of the source's that patience did not outlast names no time: nobody knows one.
fn retry_after(error: &Error) -> Option<Duration> {
    match (error.kind(), error.advice()) {
        (
            ErrorKind::InProgress | ErrorKind::RateLimited | ErrorKind::Deadline,
            RetryAdvice::Retry { retry_after: not_before },
        ) => Some(not_before.unwrap_or(PAUSE)),
        // Whoever took it over is at work; what gave up for the rate is open and waits.
        (ErrorKind::Superseded | ErrorKind::RateLimited, _) => Some(PAUSE),
        _ => None,
    }
}

impl IntoResponse for JsonResponse {
    /// The status is the outcome's code.
    fn into_response(self) -> Response {
        let code = self.outcome.code.parse().ok();
        let status = code
            .and_then(|code| StatusCode::from_u16(code).ok())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.outcome)).into_response();
        if let Some(wait) = self.retry_after {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}
