//! The spans of an upload, in the trace that the upload belongs to.

use crate::{Error, RunContext, TraceContext, UploadId, ledger::Record};
use std::sync::OnceLock;
use tracing::{
    Span,
    field::{Empty, display},
};

/// Makes a span, which has not begun, part of a trace, or the root of a new one. Returns its own context.
pub type JoinTrace = fn(&Span, Option<TraceContext>) -> Option<TraceContext>;

static JOIN: OnceLock<JoinTrace> = OnceLock::new();

/// Sets what puts spans into their traces, for the process, as its log is. Without it no span needs to be in one. Later calls change nothing.
pub fn join_traces_by(join: JoinTrace) {
    // Only a second call fails.
    let _ = JOIN.set(join);
}

fn join(span: &Span, trace: Option<TraceContext>) -> Option<TraceContext> {
    JOIN.get().and_then(|join| join(span, trace))
}

/// Begins a trace for a run that no trace asked for, if traces are exported: its claim records it, so that later runs continue it.
pub(super) fn begin_own_trace(run: &RunContext) -> (Span, RunContext) {
    if run.trace.is_some() || JOIN.get().is_none() {
        return (Span::none(), run.clone());
    }
    let span = tracing::debug_span!("publish");
    let trace = join(&span, None);
    (span, RunContext { trace, ..run.clone() })
}

/// The span around the run of a claimed upload. Where nobody asked for the run, it names the upload's own trace.
pub(super) fn upload_span(record: &Record, run: &RunContext) -> Span {
    let trace = record.trace().filter(|_| run.trace.is_none());
    let trace_id = trace.map(|trace| display(trace.trace_id()));
    let span = tracing::info_span!(
        "upload",
        upload_id = %record.id,
        trace_id,
        code = Empty,
        otel.status_code = Empty,
    );
    if run.trace.is_none() {
        join(&span, trace);
    }
    span
}

/// Records in the upload's span how its run ended.
pub(super) fn record_end<T>(span: &Span, ended: &Result<T, Error>) {
    if let Err(error) = ended {
        span.record("code", error.kind().code()).record("otel.status_code", "ERROR");
    }
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

/// The span around the attempts of one run to deliver a message, in the message's trace.
pub(crate) fn callback_span(trace: Option<TraceContext>) -> Span {
    let span = tracing::debug_span!("callback", code = Empty);
    if trace.is_some() {
        join(&span, trace);
    }
    span
}
