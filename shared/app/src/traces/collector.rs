//! The collector, and when it is sent what.

use super::finished_spans::FinishedSpans;
use opentelemetry_sdk::trace::SpanExporter;
use std::time::Duration;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

/// The longest that a call waits for the collector. It waits as long at most for another call's export before its own.
pub(super) const EXPORT_TIME: Duration = Duration::from_secs(1);
/// With less time left, nothing is sent: a collector that is well could miss it, and be left alone for it.
const LEAST_TIME: Duration = Duration::from_millis(500);
/// How long a collector that did not take the spans is left alone. Those that end meanwhile are sent afterwards.
const PAUSE: Duration = Duration::from_secs(60);

/// The collector, and what it is still to be sent.
pub(super) struct Collector<E> {
    spans: FinishedSpans,
    exporter: Mutex<Exporter<E>>,
}

struct Exporter<E> {
    exporter: E,
    /// Until when it is left alone.
    paused: Option<Instant>,
}

impl<E: SpanExporter> Collector<E> {
    pub(super) fn new(spans: FinishedSpans, exporter: E) -> Self {
        Self { spans, exporter: Mutex::new(Exporter { exporter, paused: None }) }
    }

    /// Sends the spans that have ended, unless the collector is left alone or `deadline` is near.
    pub(super) async fn flush(&self, deadline: Option<Instant>) {
        if self.spans.is_empty() {
            return;
        }
        let Some(bound) = find_bound(deadline) else { return };
        // A call that gives up waiting says nothing of the collector: the one that it waits for does.
        let Ok(mut exporter) = timeout(bound, self.exporter.lock()).await else { return };
        if exporter.paused.is_some_and(|until| Instant::now() < until) {
            return;
        }
        let Some(bound) = find_bound(deadline) else { return };
        // The call before may have sent this one's as well. Where this future is dropped, they go back.
        let Some(batch) = self.spans.take() else { return };
        if batch.dropped() > 0 {
            tracing::warn!(
                dropped = batch.dropped(),
                "more spans ended than are kept: some are not exported"
            );
        }
        exporter.paused = match timeout(bound, exporter.exporter.export(batch.spans())).await {
            Ok(Ok(())) => {
                batch.discard();
                None
            }
            Ok(Err(_)) => {
                // It may refuse them for what they are, and would each time.
                batch.discard();
                tracing::warn!(pause_seconds = PAUSE.as_secs(), "the collector did not take the traces");
                Some(Instant::now() + PAUSE)
            }
            Err(_) => {
                tracing::warn!(
                    pause_seconds = PAUSE.as_secs(),
                    "the collector did not take the traces in time"
                );
                Some(Instant::now() + PAUSE)
            }
        };
    }
}

/// How long a call may wait; `None` where that is not worth it.
fn find_bound(deadline: Option<Instant>) -> Option<Duration> {
    let left = deadline.map_or(EXPORT_TIME, |deadline| deadline.saturating_duration_since(Instant::now()));
    Some(left.min(EXPORT_TIME)).filter(|bound| *bound >= LEAST_TIME)
}

#[cfg(test)]
mod tests;
