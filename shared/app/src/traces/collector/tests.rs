//! Calls that end while a scripted collector takes its time, refuses or hangs. The clock is paused: it moves on when all wait.

use super::{super::finished_spans::CAPACITY, *};
use opentelemetry::trace::{Tracer, TracerProvider};
use opentelemetry_sdk::{
    error::{OTelSdkError, OTelSdkResult},
    trace::{SdkTracer, SdkTracerProvider, SpanData},
};
use std::{
    fmt,
    future::pending,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::{
    join,
    time::{advance, sleep},
};
use tracing::{
    Event, Level,
    field::{Field, Visit},
    subscriber::{DefaultGuard, set_default},
};
use tracing_subscriber::{Layer, layer, layer::SubscriberExt};

/// Of a collector.
#[derive(Debug, Clone, Copy)]
enum Behavior {
    TakesAfter(Duration),
    Refuses,
    Hangs,
}

/// What a collector does, and the names of the spans in each batch that it took.
#[derive(Debug, Clone)]
struct Scripted(Arc<Mutex<(Behavior, Vec<Vec<String>>)>>);

impl Scripted {
    fn state(&self) -> MutexGuard<'_, (Behavior, Vec<Vec<String>>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SpanExporter for Scripted {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let behavior = self.state().0;
        match behavior {
            Behavior::TakesAfter(time) => sleep(time).await,
            Behavior::Refuses => return Err(OTelSdkError::InternalFailure("400".into())),
            Behavior::Hangs => pending().await,
        }
        self.state().1.push(batch.into_iter().map(|span| span.name.into_owned()).collect());
        Ok(())
    }
}

/// Keeps the text of warnings, for the thread of one test.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<Vec<String>>>);

impl<S: tracing::Subscriber> Layer<S> for Warnings {
    fn on_event(&self, event: &Event<'_>, _: layer::Context<'_, S>) {
        struct Text(String);
        impl Visit for Text {
            fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
                self.0 += &format!("{field}={value:?};");
            }
        }
        if *event.metadata().level() == Level::WARN {
            let mut text = Text(String::new());
            event.record(&mut text);
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(text.0);
        }
    }
}

/// A process whose spans end here.
struct Process {
    collector: Collector<Scripted>,
    script: Scripted,
    tracer: SdkTracer,
    warnings: Warnings,
    _log: DefaultGuard,
}

impl Process {
    fn with(behavior: Behavior) -> Self {
        let (spans, warnings) = (FinishedSpans::default(), Warnings::default());
        let provider = SdkTracerProvider::builder().with_span_processor(spans.clone()).build();
        let script = Scripted(Arc::new(Mutex::new((behavior, Vec::new()))));
        Self {
            collector: Collector::new(spans, script.clone()),
            script,
            tracer: provider.tracer("test"),
            _log: set_default(tracing_subscriber::registry().with(warnings.clone())),
            warnings,
        }
    }

    fn end_span(&self, name: &'static str) {
        drop(self.tracer.start(name));
    }

    /// Flushes; returns how long that took.
    async fn flush(&self) -> Duration {
        let begun = Instant::now();
        self.collector.flush(None).await;
        begun.elapsed()
    }

    fn behave(&self, behavior: Behavior) {
        self.script.state().0 = behavior;
    }

    /// The batches that were taken since the last call.
    fn take_batches(&self) -> Vec<Vec<String>> {
        mem::take(&mut self.script.state().1)
    }

    fn take_warnings(&self) -> Vec<String> {
        mem::take(&mut *self.warnings.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

const SOON: Behavior = Behavior::TakesAfter(Duration::ZERO);
const SLOW: Duration = Duration::from_millis(900);
/// The clock of timers rounds up to one.
const ROUNDED: Duration = Duration::from_millis(2);

/// The second one waits for the first, and has a time of its own then; the third has nothing left to send.
#[tokio::test(start_paused = true)]
async fn a_slow_collector_is_not_paused_where_calls_end_together() {
    let process = Process::with(Behavior::TakesAfter(SLOW));
    process.end_span("first");
    let second = async {
        process.end_span("second");
        process.flush().await
    };
    let (first, second, third) = join!(process.flush(), second, process.flush());
    assert!(first < SLOW + ROUNDED && second < 2 * SLOW + ROUNDED, "{first:?} {second:?}");
    assert!(third < EXPORT_TIME + ROUNDED, "{third:?}");
    assert_eq!(process.take_batches(), [["first"], ["second"]]);
    process.end_span("next");
    process.flush().await;
    assert_eq!((process.take_batches(), process.take_warnings()), (vec![vec!["next".to_owned()]], vec![]));
}

#[tokio::test(start_paused = true)]
async fn what_another_call_has_sent_is_not_sent_again() {
    let process = Process::with(Behavior::TakesAfter(SLOW / 3));
    process.end_span("first");
    let sending = async {
        process.end_span("second");
        join!(process.flush(), process.flush(), process.flush())
    };
    join!(process.flush(), sending);
    assert_eq!(process.take_batches(), [["first"], ["second"]]);
}

#[tokio::test(start_paused = true)]
async fn a_hanging_collector_costs_a_second_and_then_a_minute_nothing() {
    let process = Process::with(Behavior::Hangs);
    process.end_span("first");
    let (one, other) = join!(process.flush(), process.flush());
    assert!(one >= EXPORT_TIME && one.max(other) < EXPORT_TIME + ROUNDED, "{one:?} {other:?}");
    let warnings = process.take_warnings();
    assert!(warnings.len() == 1 && warnings[0].contains("in time"), "{warnings:?}");
    process.behave(SOON);
    process.end_span("second");
    advance(PAUSE - 2 * ROUNDED).await;
    assert_eq!((process.flush().await, process.take_batches().len()), (Duration::ZERO, 0));
    advance(2 * ROUNDED).await;
    process.flush().await;
    assert_eq!(
        (process.take_batches(), process.take_warnings().len()),
        (vec![vec!["first".into(), "second".into()]], 0)
    );
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_loses_no_span_and_pauses_nothing() {
    let process = Process::with(Behavior::Hangs);
    process.end_span("first");
    assert!(timeout(SLOW, process.flush()).await.is_err());
    process.behave(SOON);
    process.end_span("second");
    process.flush().await;
    assert_eq!(
        (process.take_batches(), process.take_warnings().len()),
        (vec![vec!["first".into(), "second".into()]], 0)
    );
}

/// They may be what it cannot take.
#[tokio::test(start_paused = true)]
async fn what_a_collector_refuses_is_not_sent_again() {
    let process = Process::with(Behavior::Refuses);
    process.end_span("refused");
    process.flush().await;
    assert_eq!(process.take_warnings().len(), 1);
    process.behave(SOON);
    process.end_span("next");
    advance(PAUSE).await;
    process.flush().await;
    assert_eq!(process.take_batches(), [["next"]]);
}

#[tokio::test(start_paused = true)]
async fn a_run_near_its_deadline_leaves_its_spans_to_a_later_one() {
    let process = Process::with(Behavior::Hangs);
    process.end_span("first");
    let flush_until = async |left: Duration| {
        let begun = Instant::now();
        process.collector.flush(Some(begun + left)).await;
        begun.elapsed()
    };
    for left in [Duration::ZERO, LEAST_TIME - ROUNDED] {
        assert_eq!(flush_until(left).await, Duration::ZERO, "{left:?}");
    }
    let took = flush_until(SLOW).await;
    assert!(took >= SLOW && took < SLOW + ROUNDED, "{took:?}");
    advance(PAUSE).await;
    process.behave(Behavior::TakesAfter(SLOW));
    let (_, near) = join!(process.flush(), flush_until(EXPORT_TIME));
    assert!(near < EXPORT_TIME + ROUNDED, "{near:?}");
    assert_eq!(process.take_batches(), [["first"]]);
}

#[tokio::test(start_paused = true)]
async fn one_warning_counts_the_spans_without_room() {
    let process = Process::with(SOON);
    for _ in 0..CAPACITY {
        process.end_span("kept");
    }
    for _ in 0..3 {
        process.end_span("dropped");
    }
    process.flush().await;
    process.end_span("next");
    process.flush().await;
    let sizes: Vec<_> = process.take_batches().iter().map(Vec::len).collect();
    let warnings = process.take_warnings();
    assert_eq!(sizes, [CAPACITY, 1]);
    assert!(warnings.len() == 1 && warnings[0].contains("dropped=3;"), "{warnings:?}");
}
