//! The spans of an upload, in the trace that the upload belongs to.

use crate::{RunContext, UploadId, ledger::Record};
use tracing::{
    Span,
    field::{Empty, display},
};

/// The span around the run of a claimed upload. Where nobody asked for the run, it names the upload's own trace.
pub(super) fn upload_span(record: &Record, run: &RunContext) -> Span {
    let trace = record.trace().filter(|_| run.trace.is_none());
    let trace_id = trace.map(|trace| display(trace.trace_id()));
    tracing::info_span!("upload", upload_id = %record.id, trace_id)
}

/// The span around what is left of an upload that has ended; [`record_trace`] says later which trace it belongs to.
pub(super) fn follow_up_span(id: &UploadId) -> Span {
    tracing::info_span!("follow_up", upload_id = %id, trace_id = Empty)
}

/// Names the upload's trace in the span around this call.
pub(super) fn record_trace(record: &Record) {
    if let Some(trace) = record.trace() {
        Span::current().record("trace_id", display(trace.trace_id()));
    }
}
