//! One run: how far it is, and when it must have ended.

use crate::{Error, ErrorKind, Progress, RetryAdvice};
use std::{future::Future, sync::Arc};
use tokio::time::{Instant, timeout_at};

/// What a door brings to one run.
#[derive(Debug, Clone, Default)]
pub struct RunContext {
    /// Where the run reports how far it is.
    pub progress: Arc<Progress>,
    /// When the run must have ended.
    pub deadline: Option<Instant>,
}

/// Does `work` until the deadline.
///
/// # Errors
/// [`Deadline`](ErrorKind::Deadline), retryable, where it is not done by then.
pub(crate) async fn with_deadline<T>(
    deadline: Option<Instant>,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    with_deadline_or(deadline, work, out_of_time).await
}

/// The same with another error.
pub(crate) async fn with_deadline_or<T>(
    deadline: Option<Instant>,
    work: impl Future<Output = Result<T, Error>>,
    late: impl FnOnce() -> Error,
) -> Result<T, Error> {
    let Some(deadline) = deadline else { return work.await };
    timeout_at(deadline, work).await.unwrap_or_else(|_| Err(late()))
}

/// The run's time is over; the upload is not.
pub(crate) fn out_of_time() -> Error {
    let message = "the time allowed for this run was over before the upload was";
    Error::new(ErrorKind::Deadline, "upload", message).with_advice(RetryAdvice::RETRY)
}
