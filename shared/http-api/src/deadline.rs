//! The deadline of answers that only read the ledger.

use crate::request_context::RequestContext;
use app::core::{Error, ErrorKind};
use std::{future::Future, time::Duration};
use tokio::time::{Instant, timeout_at};
use tracing::Instrument;

/// For a few reads of the ledger.
const TIME: Duration = Duration::from_secs(20);

/// Waits for the ledger's answer as long as the caller may be kept waiting, and logs an error.
///
/// # Errors
/// Those of `reading`; [`Deadline`](ErrorKind::Deadline), retryable, where it takes too long.
pub(crate) async fn with_deadline<T>(
    context: &RequestContext,
    reading: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let latest = Instant::now() + TIME;
    let latest = context.deadline.map_or(latest, |deadline| deadline.min(latest));
    let span = tracing::info_span!("request", request_id = context.request_id);
    let late = || Error::new(ErrorKind::Deadline, "status", "the ledger did not answer in time").retryable();
    let reading = async {
        let result = timeout_at(latest, reading).await.unwrap_or_else(|_| Err(late()));
        result.inspect_err(|error| tracing::error!(?error, code = error.kind().code(), "could not tell"))
    };
    reading.instrument(span).await
}
