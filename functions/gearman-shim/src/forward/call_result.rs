//! What a response to a call of the function means for the job.

use crate::forward::reply::{ErrorCode, LegacyReply};
use http::{HeaderMap, StatusCode, header::RETRY_AFTER};
use std::time::Duration;
use thiserror::Error;

/// Longest `Retry-After` that is honored; a longer one is cut to it.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(300);
/// The header by which Function Compute marks a function that failed or did not start; the status is 200.
const FC_ERROR_TYPE: &str = "x-fc-error-type";

/// What a call means for the job.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum CallResult {
    /// The job's reply.
    Done(LegacyReply),
    /// Call again, `retry_after` from now at the earliest.
    Retry { reason: RetryReason, retry_after: Option<Duration> },
    /// Another caller's run works on the upload of this id: query it.
    InProgress(String),
    /// Another caller's run made the video. The answer to the job itself also says what of the job was not used.
    PublishedElsewhere(LegacyReply),
    /// Refused with 401 or 403, or not answered by the function at all. This is the job's reply only where the function accepts the shim
    /// without the job.
    Refused(LegacyReply),
}

/// Why a call must be made again.
#[derive(Debug, PartialEq, Eq, Error)]
pub(crate) enum RetryReason {
    #[error("the function cannot be reached")]
    Unreachable,
    #[error("the function did not begin to answer")]
    NoResponse,
    #[error("the function's answer broke off")]
    BrokenResponse,
    #[error("nobody works on the upload any more")]
    NoHolder,
    #[error("the upload is in progress elsewhere")]
    InProgress,
    /// Though the function accepts the shim.
    #[error("the call was refused")]
    Refused,
    #[error("what answers at the shim's --function-url is not the function")]
    NotTheFunction,
    #[error("the function does not accept the shim's token")]
    TokenRefused,
    #[error("the function failed")]
    FunctionFailed,
    #[error("the function's gateway answered {}", .0.as_u16())]
    Gateway(StatusCode),
    /// The function's own text.
    #[error("{0}")]
    Function(String),
}

impl From<RetryReason> for CallResult {
    /// A retry at any time.
    fn from(reason: RetryReason) -> Self {
        Self::Retry { reason, retry_after: None }
    }
}

impl CallResult {
    fn fail(error: ErrorCode, text: impl Into<String>) -> Self {
        Self::Done(LegacyReply::failure(error, text))
    }

    /// Fails the job: a retry would bring the same response.
    pub(crate) fn invalid_response() -> Self {
        Self::fail(ErrorCode::INVALID_RESPONSE, "the function's answer is not understood")
    }

    /// An answer that is not the function's. The text is the job's reply where the function answers when it is asked without the job.
    fn not_the_function(status: StatusCode) -> Self {
        let text = format!("the function's gateway answered {}", status.as_u16());
        Self::Refused(LegacyReply::failure(ErrorCode::FUNCTION_FAILED, text))
    }

    /// A refusal whose text does not blame the client's token, as the function's own would; only the shim has one.
    pub(crate) fn refused() -> Self {
        let text = "the function refuses this job, though it accepts the shim's token";
        Self::Refused(LegacyReply::failure(ErrorCode::UNAUTHORIZED, text))
    }
}

/// Reads a reply that comes from the function itself. Its 502 is final: Youku failed, and the function has retried already. A success names
/// its video: one that does not comes from elsewhere, and so does what names a wrong path or method or lacks a code.
pub(crate) fn from_function(reply: LegacyReply, headers: &HeaderMap) -> CallResult {
    let source_changed = reply.error == Some(ErrorCode::SOURCE_CHANGED);
    match (reply.code.as_u16(), &reply.data.upload_id) {
        (200, _) if reply.data.videoid.is_none() => CallResult::not_the_function(StatusCode::OK),
        (400 | 404 | 405, _) if !is_answer_to_task(&reply) => CallResult::not_the_function(reply.code),
        (401, _) => CallResult::refused(),
        (403, _) => CallResult::Refused(reply),
        (409, Some(id)) if !source_changed => CallResult::InProgress(id.clone()),
        (408 | 425 | 429 | 503 | 504, _) | (409, None) if !source_changed => {
            CallResult::Retry { reason: RetryReason::Function(reply.msg), retry_after: retry_after(headers) }
        }
        _ => CallResult::Done(reply),
    }
}

/// Reads a response that comes from a gateway, not from the function.
pub(crate) fn from_gateway(status: StatusCode, headers: &HeaderMap) -> CallResult {
    match status.as_u16() {
        408 | 425 | 429 | 502 | 503 | 504 => {
            CallResult::Retry { reason: RetryReason::Gateway(status), retry_after: retry_after(headers) }
        }
        401 | 403 => CallResult::refused(),
        413 => {
            CallResult::fail(ErrorCode::PAYLOAD_TOO_LARGE, "the job's payload is too large for the function")
        }
        200 if is_function_failure(headers) => RetryReason::FunctionFailed.into(),
        _ => CallResult::not_the_function(status),
    }
}

/// Whether the function itself says so of a task. A reply without a code is another program's; one about the path or the method comes
/// from the function at another address than the shim was given.
fn is_answer_to_task(reply: &LegacyReply) -> bool {
    let code = reply.error.as_ref().map(ErrorCode::as_str);
    code.is_some_and(|code| !["no_such_path", "method_not_allowed"].contains(&code))
}

/// Whether the platform says that the function failed or did not start.
pub(crate) fn is_function_failure(headers: &HeaderMap) -> bool {
    headers.contains_key(FC_ERROR_TYPE)
}

/// `Retry-After` where it is a number of seconds, at most five minutes. The function and its gateway send no dates.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests;
