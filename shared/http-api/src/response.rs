//! Outcomes as HTTP responses.

use app::core::{Error, ErrorKind, Outcome, OutcomeData, PublishedVideo, RetryAdvice, UploadId};
use axum::{
    Json,
    http::{StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use std::time::Duration;

/// When to come again where no time is known: a lease that nobody renews has run out by then.
const PAUSE: Duration = Duration::from_secs(30);

/// The outcome's key where the request names no object: the field is always there.
const UNNAMED: &str = "";

/// An outcome, and when to ask again.
#[derive(Debug)]
pub(crate) struct JsonResponse {
    pub(crate) outcome: Outcome,
    retry_after: Option<Duration>,
}

impl JsonResponse {
    /// The response to a task about `key`.
    pub(crate) fn from_result(key: &str, result: &Result<PublishedVideo, Error>) -> Self {
        let retry_after = result.as_ref().err().and_then(retry_after);
        Self { outcome: Outcome::new(key, result), retry_after }
    }

    /// The response to a request that names no object.
    pub(crate) fn from_unnamed(error: Error) -> Self {
        Self::from_result(UNNAMED, &Err(error))
    }

    /// The response to a task that was carried out before.
    pub(crate) fn from_outcome(outcome: Outcome) -> Self {
        Self { outcome, retry_after: None }
    }

    /// The response to a request that was carried out and made no video.
    pub(crate) fn done(text: &str) -> Self {
        let (code, data) = (StatusCode::OK.as_str().into(), OutcomeData::default());
        Self::from_outcome(Outcome { code, msg: text.into(), info: text.into(), error: None, data })
    }

    /// Names the upload that the request is about.
    pub(crate) fn about(mut self, id: &UploadId) -> Self {
        self.outcome.data.upload_id = Some(id.to_string());
        self
    }

    /// The response to a request that became no task, or that is about no object.
    pub(crate) fn from_error(status: StatusCode, code: &'static str, text: impl Into<String>) -> Self {
        let text = text.into();
        let outcome = Outcome {
            code: status.as_str().into(),
            msg: text.clone(),
            info: text,
            error: Some(code.into()),
            data: OutcomeData::default(),
        };
        Self::from_outcome(outcome)
    }
}

/// When the same request may succeed: somebody else holds its upload, it waits for a time, it was handed over, or the ledger does not answer.
///
/// A failure of Youku's or of the source's that outlasted the retries has no such time: nobody knows one.
fn retry_after(error: &Error) -> Option<Duration> {
    match (error.kind(), error.advice()) {
        (
            ErrorKind::InProgress | ErrorKind::RateLimited | ErrorKind::Deadline,
            RetryAdvice::Retry { retry_after },
        ) => Some(retry_after.unwrap_or(PAUSE)),
        // Another holder works on the one; the other gave up for the rate, is open and waits.
        (ErrorKind::Superseded | ErrorKind::RateLimited, _) => Some(PAUSE),
        // Nothing may be on record of the job: only its caller can ask for it again.
        (ErrorKind::Ledger, RetryAdvice::Retry { retry_after }) => Some(retry_after.unwrap_or(PAUSE)),
        (ErrorKind::Ledger, RetryAdvice::Exhausted) => Some(PAUSE),
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
