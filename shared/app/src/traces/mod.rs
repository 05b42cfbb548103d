//! The trace that a run belongs to: from its entrypoint to its callbacks and, with the feature `otel`, to a collector.

#[cfg(feature = "otel")]
mod collector;
#[cfg(feature = "otel")]
mod context;
#[cfg(feature = "otel")]
pub(crate) mod export;
#[cfg(feature = "otel")]
mod finished_spans;
mod not_exported;

pub use not_exported::NotExported;

use tokio::time::Instant;
use tracing::{Span, field::display};
use upload_core::TraceContext;

/// Begins the work of `span`, which nothing has entered yet, in the trace that asked for it. The span's field `trace_id` names the trace, if
/// the span has that field. Returns the context by which a run continues the trace: where spans are exported and none asked, that of a new one.
pub fn begin_trace(span: &Span, trace: Option<TraceContext>) -> Option<TraceContext> {
    #[cfg(feature = "otel")]
    let trace = context::join(span, trace);
    if let Some(trace) = trace {
        span.record("trace_id", display(trace.trace_id()));
    }
    trace
}

/// The context to send along with a message of `trace`.
pub(crate) fn outgoing_trace(trace: Option<TraceContext>) -> Option<TraceContext> {
    #[cfg(feature = "otel")]
    let trace = context::outgoing(trace);
    trace
}

/// Sends the spans that have ended to the collector: before an answer, after which a platform may freeze the process. Takes a second at most, and
/// another where it waits for another call's export; after a failure nothing for a minute. Without the feature `otel`, or without a collector, it
/// does nothing.
///
/// `deadline` is the run's, which it does not exceed: the platform may end the process soon after. With less than half a second left it sends
/// nothing, and the spans are sent with a later call's.
pub async fn flush_traces(deadline: Option<Instant>) {
    #[cfg(feature = "otel")]
    export::flush(deadline).await;
    #[cfg(not(feature = "otel"))]
    let _ = deadline;
}
