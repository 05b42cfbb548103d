//! The trace that a run belongs to: from its entrypoint to its callbacks and, with the feature `otel`, to a collector.

#[cfg(feature = "otel")]
mod context;
#[cfg(feature = "otel")]
pub(crate) mod export;
#[cfg(feature = "otel")]
mod finished_spans;

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

/// Sends the spans that have ended to the collector: before an answer, after which a platform may freeze the process. Takes a second at most,
/// and after a failure nothing for a minute. Without the feature `otel`, or without a collector, it does nothing.
pub async fn flush_traces() {
    #[cfg(feature = "otel")]
    export::flush().await;
}
