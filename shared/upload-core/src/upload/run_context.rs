//! The context of one run: its progress, its deadline and its trace.

use crate::{Error, ErrorKind, Progress, RetryAdvice, TraceContext};
use std::{future::Future, sync::Arc};
use tokio::time::{Instant, timeout_at};

/// Progress, deadline and trace of one run.
#[derive(Debug, Clone, Default)]
pub struct RunContext {
    /// Receives the progress of the run.
    pub progress: Arc<Progress>,
    /// When the run must end.
    pub deadline: Option<Instant>,
    /// The trace that asked for the run, if one did. A claim of the run records it.
    pub trace: Option<TraceContext>,
}

/// Runs `work` until the deadline.
///
/// # Errors
/// [`Deadline`](ErrorKind::Deadline), retryable, if it is not done by then.
pub(crate) async fn with_deadline<T>(
    deadline: Option<Instant>,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    with_deadline_or(deadline, work, out_of_time).await
}

/// As [`with_deadline`], with the error that `late` makes.
pub(crate) async fn with_deadline_or<T>(
    deadline: Option<Instant>,
    work: impl Future<Output = Result<T, Error>>,
    late: impl FnOnce() -> Error,
) -> Result<T, Error> {
    let Some(deadline) = deadline else { return work.await };
    timeout_at(deadline, work).await.unwrap_or_else(|_| Err(late()))
}

/// The error of a run whose time is over before the upload is.
pub(crate) fn out_of_time() -> Error {
    let message = "the time allowed for this run was over before the upload was";
    Error::new(ErrorKind::Deadline, "upload", message).with_advice(RetryAdvice::RETRY)
}
