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
const CAPACITY: usize = 2048;

/// Keeps ended spans for the process's own runtime to send. The SDK's processors send on a thread without one, or block this one.
#[derive(Debug, Clone, Default)]
pub(super) struct FinishedSpans(Arc<Mutex<Vec<SpanData>>>);

impl FinishedSpans {
    /// Takes all of them.
    pub(super) fn take(&self) -> Vec<SpanData> {
        mem::take(&mut *self.lock())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<SpanData>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SpanProcessor for FinishedSpans {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        let mut spans = self.lock();
        if span.span_context.is_sampled() && spans.len() < CAPACITY {
            spans.push(span);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}
