//! What became of one call.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

use crate::fc::error::FcError;

/// What became of one call.
#[derive(Clone, Debug)]
pub struct InvokeResult {
    /// The call's id.
    pub request_id: String,
    /// What `InvokeFunction` answers: 200 also for function errors, else the platform's refusal.
    pub status: u16,
    /// `X-Fc-Error-Type` of a function error, or the code of a refusal; absent = success.
    pub error_type: Option<String>,
    /// The function's answer, or the error document.
    pub body: Bytes,
    /// The instance that worked.
    pub instance_id: Option<String>,
    /// How long the function worked.
    pub duration: Duration,
    /// Most memory the process held at a time, in MB.
    pub memory_mb: u64,
    /// The last 4 KB of the log, at concurrency 1.
    pub log_tail: Option<Bytes>,
}

impl InvokeResult {
    /// The result of a call that the platform refused or ended.
    pub(crate) fn from_error(request_id: &str, error: &FcError) -> Self {
        Self::new(request_id, error.status, Some(error.code.clone()), error.body(request_id))
    }

    /// The result of a call that the function answered; `failed` = reported by `x-fc-status`.
    pub(crate) fn from_answer(request_id: &str, failed: bool, body: Bytes) -> Self {
        let error_type = failed.then(|| "UnhandledInvocationError".to_owned());
        Self::new(request_id, StatusCode::OK, error_type, body)
    }

    fn new(request_id: &str, status: StatusCode, error_type: Option<String>, body: Bytes) -> Self {
        Self {
            request_id: request_id.to_owned(),
            status: status.as_u16(),
            error_type,
            body,
            instance_id: None,
            duration: Duration::ZERO,
            memory_mb: 0,
            log_tail: None,
        }
    }

    /// Whether the function itself failed: asynchronous calls are then retried a configured number of times.
    pub(crate) fn is_function_error(&self) -> bool {
        self.error_type.is_some() && matches!(self.status, 200 | 502)
    }
}
