//! The messages of one upload, by its counters and a clock.

use super::message::{ProgressMessage, ProgressReport};
use app::core::Outcome;
use futures_util::{FutureExt, Stream, stream::unfold};
use std::{panic::AssertUnwindSafe, pin::Pin, thread::Result as Unwound, time::Duration};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

/// Progress is reported at most four times a second.
const INTERVAL: Duration = Duration::from_millis(250);

/// Messages with what `report` says until `work` is done, then its outcome. After `heartbeat` without a message one is sent, where it is
/// set. The work lives in the stream: dropping the stream ends it. A panic of the work is logged, and ends the stream without an outcome, which
/// callers know as one that broke off: hosts that drive a body on their own would take it for whole in silence.
pub(super) fn watch<R, W>(
    report: R,
    work: W,
    heartbeat: Option<Duration>,
) -> impl Stream<Item = ProgressMessage> + Send
where
    R: Fn() -> ProgressReport + Send + 'static,
    W: Future<Output = Outcome> + Send + 'static,
{
    let now = Instant::now();
    let mut ticks = interval_at(now + INTERVAL, INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let watched = WatchedUpload {
        report,
        work: Some(Box::pin(AssertUnwindSafe(work).catch_unwind())),
        ticks,
        heartbeat,
        last_report: None,
        last_sent: now,
    };
    unfold(watched, |mut watched| async { Some((watched.next_message().await?, watched)) })
}

struct WatchedUpload<R> {
    report: R,
    /// `None` once the outcome is out.
    work: Option<Pin<Box<dyn Future<Output = Unwound<Outcome>> + Send>>>,
    ticks: Interval,
    heartbeat: Option<Duration>,
    last_report: Option<ProgressReport>,
    last_sent: Instant,
}

impl<R: Fn() -> ProgressReport> WatchedUpload<R> {
    async fn next_message(&mut self) -> Option<ProgressMessage> {
        let work = self.work.as_mut()?;
        // The first report goes out at once: the caller sees that its task was accepted.
        let Some(last_report) = &mut self.last_report else {
            return Some(ProgressMessage::Progress(self.last_report.insert((self.report)()).clone()));
        };
        loop {
            tokio::select! {
                outcome = &mut *work => {
                    self.work = None;
                    let Ok(outcome) = outcome else {
                        tracing::error!("the request panicked: its progress ends without an outcome");
                        return None;
                    };
                    return Some(ProgressMessage::Outcome(Box::new(outcome)));
                }
                now = self.ticks.tick() => {
                    let report = (self.report)();
                    if *last_report != report {
                        self.last_sent = now;
                        *last_report = report.clone();
                        return Some(ProgressMessage::Progress(report));
                    }
                    if self.heartbeat.is_some_and(|heartbeat| now - self.last_sent >= heartbeat) {
                        self.last_sent = now;
                        return Some(ProgressMessage::Heartbeat);
                    }
                }
            }
        }
    }
}
