//! Spans that have ended, until they are sent.

use opentelemetry::Context;
use opentelemetry_sdk::{
    error::OTelSdkResult,
    trace::{Span, SpanData, SpanProcessor},
};
use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// More are dropped: an upload has about ten.
pub(super) const CAPACITY: usize = 2048;

/// Keeps ended spans for the process's own runtime to send. The SDK's processors send on a thread without one, or block this one.
#[derive(Debug, Clone, Default)]
pub(super) struct FinishedSpans(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    spans: Vec<SpanData>,
    /// How many were dropped since the last batch.
    dropped: usize,
}

impl Kept {
    fn drop_excess(&mut self) {
        self.dropped += self.spans.len().saturating_sub(CAPACITY);
        self.spans.truncate(CAPACITY);
    }
}

impl FinishedSpans {
    /// Takes all of them; `None` where there are none.
    pub(super) fn take(&self) -> Option<SpanBatch<'_>> {
        let Kept { spans, dropped } = mem::take(&mut *self.lock());
        (!spans.is_empty()).then_some(SpanBatch { from: self, spans, dropped })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lock().spans.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Spans that are being sent: unless they are discarded, they go back before those that ended since.
#[derive(Debug)]
pub(super) struct SpanBatch<'a> {
    from: &'a FinishedSpans,
    spans: Vec<SpanData>,
    dropped: usize,
}

impl SpanBatch<'_> {
    /// A copy for the exporter, which consumes it.
    pub(super) fn spans(&self) -> Vec<SpanData> {
        self.spans.clone()
    }

    /// How many spans were dropped since the batch before, for lack of room.
    pub(super) fn dropped(&self) -> usize {
        self.dropped
    }

    /// Forgets the spans.
    pub(super) fn discard(mut self) {
        self.spans.clear();
    }
}

impl Drop for SpanBatch<'_> {
    fn drop(&mut self) {
        let mut kept = self.from.lock();
        let later = mem::replace(&mut kept.spans, mem::take(&mut self.spans));
        kept.spans.extend(later);
        kept.drop_excess();
    }
}

impl SpanProcessor for FinishedSpans {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        if span.span_context.is_sampled() {
            let mut kept = self.lock();
            kept.spans.push(span);
            kept.drop_excess();
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}
