//! Outcomes as HTTP responses.

use app::core::{Error, Outcome, OutcomeData, Published, Verdict};
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
pub(crate) struct Answer {
    pub(crate) outcome: Outcome,
    retry_after: Option<Duration>,
}

impl Answer {
    /// The answer to a task about `key`.
    pub(crate) fn of(key: &str, result: &Result<Published, Error>) -> Self {
        let retry_after = match result {
            Err(error) => match error.verdict() {
                Verdict::Retry { not_before } => Some(not_before.unwrap_or(PAUSE)),
                Verdict::Permanent | Verdict::GaveUp => None,
            },
            Ok(_) => None,
        };
        Self { outcome: Outcome::of(key, result), retry_after }
    }

    /// The answer to a request that has become no task.
    pub(crate) fn refusal(status: StatusCode, code: &'static str, text: &'static str) -> Self {
        let outcome = Outcome {
            code: status.as_str().into(),
            msg: text.into(),
            info: text.into(),
            error: Some(code.into()),
            data: OutcomeData { key: String::new(), videoid: None, upload_id: None, link: None },
        };
        Self { outcome, retry_after: None }
    }
}

impl IntoResponse for Answer {
    /// The status is the outcome's code. A time to come again goes with the statuses for which HTTP defines it.
    fn into_response(self) -> Response {
        let code = self.outcome.code.parse().ok();
        let status = code
            .and_then(|code| StatusCode::from_u16(code).ok())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.outcome)).into_response();
        let waits = matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS);
        if let Some(wait) = self.retry_after.filter(|_| waits) {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}
