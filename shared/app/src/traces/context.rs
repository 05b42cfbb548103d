//! Contexts of traces between our spans and OpenTelemetry's.

use opentelemetry::{
    Context,
    trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState},
};
use std::num::{NonZeroU64, NonZeroU128};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use upload_core::TraceContext;

/// Makes `span`, which has not begun, part of `trace`, or the root of a new one. A span that its surroundings put into that trace already stays
/// where it is. Returns its own context.
pub(super) fn join(span: &Span, trace: Option<TraceContext>) -> Option<TraceContext> {
    let around = find_context(&Span::current());
    let is_there = trace.zip(around).is_some_and(|(one, other)| one.trace_id() == other.trace_id());
    if !is_there {
        let parent = trace.map_or_else(Context::new, |trace| {
            Context::new().with_remote_span_context(into_span_context(trace))
        });
        // It fails only where no span is exported.
        let _ = span.set_parent(parent);
    }
    find_context(span).or(trace)
}

/// The context of the span that sends a message, if it belongs to the message's trace; else the trace's own.
pub(super) fn outgoing(trace: Option<TraceContext>) -> Option<TraceContext> {
    let around = find_context(&Span::current());
    around.filter(|around| trace.is_none_or(|trace| trace.trace_id() == around.trace_id())).or(trace)
}

/// The context of a span; `None` where it is not exported.
fn find_context(span: &Span) -> Option<TraceContext> {
    let context = span.context();
    let span = context.span();
    let found = span.span_context();
    let trace_id = NonZeroU128::new(u128::from_be_bytes(found.trace_id().to_bytes()))?;
    let span_id = NonZeroU64::new(u64::from_be_bytes(found.span_id().to_bytes()))?;
    Some(TraceContext::new(trace_id, span_id, found.is_sampled()))
}

fn into_span_context(trace: TraceContext) -> SpanContext {
    let flags = if trace.is_sampled() { TraceFlags::SAMPLED } else { TraceFlags::default() };
    let trace_id = TraceId::from_bytes(trace.trace_id().get().to_be_bytes());
    let span_id = SpanId::from_bytes(trace.parent_id().get().to_be_bytes());
    SpanContext::new(trace_id, span_id, flags, true, TraceState::default())
}

#[cfg(test)]
mod tests {
    use super::{super::finished_spans::FinishedSpans, *};
    use opentelemetry::trace::TracerProvider;
    use opentelemetry_sdk::trace::SdkTracerProvider;
    use tracing::{info_span, subscriber::with_default};
    use tracing_subscriber::layer::SubscriberExt;

    fn asked(flags: &str) -> TraceContext {
        let text = format!("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-{flags}");
        TraceContext::parse(&text).expect("a traceparent")
    }

    /// Runs a test whose spans are exported; returns those that ended.
    fn export(test: impl FnOnce()) -> Vec<opentelemetry_sdk::trace::SpanData> {
        let spans = FinishedSpans::default();
        let provider = SdkTracerProvider::builder().with_span_processor(spans.clone()).build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
        with_default(tracing_subscriber::registry().with(layer), test);
        spans.take().map(|batch| batch.spans()).unwrap_or_default()
    }

    #[test]
    fn a_span_continues_the_callers_and_passes_on_its_own() {
        let mut own = None;
        let spans = export(|| {
            let span = info_span!("request");
            own = join(&span, Some(asked("01")));
            span.in_scope(|| assert_eq!(outgoing(own), own));
        });
        let own = own.expect("a context");
        assert_eq!((own.trace_id(), own.is_sampled()), (asked("01").trace_id(), true));
        assert_eq!(spans[0].parent_span_id.to_bytes(), asked("01").parent_id().get().to_be_bytes());
        assert_eq!(spans[0].span_context.span_id().to_bytes(), own.parent_id().get().to_be_bytes());
    }

    /// In the order in which they end.
    #[test]
    fn a_span_stays_in_its_trace_and_leaves_another() {
        let spans = export(|| {
            let request = info_span!("request");
            let own = join(&request, Some(asked("01")));
            let _entered = request.enter();
            let same = info_span!("same");
            join(&same, own);
            drop(same);
            let other = info_span!("root");
            join(&other, None);
            other.in_scope(|| assert_eq!(outgoing(own), own));
        });
        let [same, other, request] = &spans[..] else { unreachable!("three spans: {spans:?}") };
        assert_eq!(same.parent_span_id, request.span_context.span_id());
        assert_ne!(other.span_context.trace_id(), request.span_context.trace_id());
        assert_eq!(other.parent_span_id, SpanId::INVALID);
    }

    /// It is continued all the same, for those who record it elsewhere.
    #[test]
    fn a_trace_that_its_caller_does_not_record_is_not_exported() {
        let mut own = None;
        let spans = export(|| {
            let span = info_span!("request");
            own = join(&span, Some(asked("00")));
            span.in_scope(|| ());
        });
        assert_eq!(spans.len(), 0, "{spans:?}");
        assert_eq!(own.map(|own| (own.trace_id(), own.is_sampled())), Some((asked("00").trace_id(), false)));
    }

    #[test]
    fn without_an_exporter_a_trace_is_passed_on_as_it_is() {
        assert_eq!(join(&info_span!("request"), Some(asked("01"))), Some(asked("01")));
        assert_eq!(join(&info_span!("request"), None), None);
        assert_eq!(outgoing(Some(asked("01"))), Some(asked("01")));
    }
}
