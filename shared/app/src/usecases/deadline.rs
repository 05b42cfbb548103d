//! The run's deadline, for what comes before an upload.

use std::future::Future;
use tokio::time::timeout_at;
use upload_core::{Error, ErrorKind, RunContext};

/// Applies the run's deadline to the lookup before the upload.
///
/// # Errors
/// Those of the call; [`Deadline`](ErrorKind::Deadline), retryable, where the run's time was over first.
pub(super) async fn with_run_deadline<T>(
    run: &RunContext,
    call: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let Some(deadline) = run.deadline else { return call.await };
    timeout_at(deadline, call).await.unwrap_or_else(|_| {
        let message = "the time allowed for this run was over before the object was found";
        Err(Error::new(ErrorKind::Deadline, "look", message).retryable())
    })
}
