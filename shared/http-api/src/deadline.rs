//! The deadline of requests that are answered at once: by the ledger, or by one call to Youku or to a receiver.

use crate::request_context::RequestContext;
use app::core::{Error, ErrorKind};
use std::{future::Future, time::Duration};
use tokio::time::{Instant, timeout_at};
use tracing::{Instrument, field::display};

/// For a few requests to the ledger and one call.
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
    let late = || Error::new(ErrorKind::Deadline, "status", "the ledger did not answer in time").retryable();
    let reading = async {
        let result = timeout_at(latest, reading).await.unwrap_or_else(|_| Err(late()));
        result.inspect_err(log_failure)
    };
    // Not exported as the span of a run is.
    let trace_id = context.trace.map(|trace| display(trace.trace_id()));
    let span = tracing::info_span!("request", request_id = context.request_id, trace_id);
    reading.instrument(span).await
}

/// What the caller asks in vain is no failure of this process.
fn log_failure(error: &Error) {
    let code = error.kind().code();
    match error.kind() {
        ErrorKind::NoSuchUpload | ErrorKind::WrongState => tracing::info!(?error, code, "refused"),
        _ => tracing::error!(?error, code, "not answered"),
    }
}
