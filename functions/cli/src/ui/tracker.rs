//! Reports on one upload: how far it is, how fast, and what it waits for.

use crate::ui::{
    i18n::{tr, tr_static},
    messages::{upload::describe_waiting, waiting::Wait},
    output::escape,
    progress_line::ProgressLine,
    reporter::Reporter,
    wait_line::{FRAME, WaitLine, retrying, terminal_width},
};
use app::core::{Progress, RetryWatch, Stage};
use indicatif::ProgressBar;
use serde_json::json;
use std::{
    future::Future,
    pin::pin,
    time::{Duration, Instant},
};
use tokio::time::timeout;

/// Shortest time between two progress events.
const EVENT_INTERVAL: Duration = Duration::from_secs(1);
/// How long bytes must move before their rate is shown: before that it says more about buffers than about the line.
const STEADY: Duration = Duration::from_secs(1);
/// How long nothing moves until that is said.
const STILL: Duration = Duration::from_secs(10);
/// Reading for checksums gets plain lines only where it takes longer than this.
const LONG_READING: Duration = Duration::from_secs(2);

/// How far one upload is; `read`, `accepted`, `in_flight` (sent, and not accepted yet) and `total` are bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Snapshot {
    pub(crate) stage: Stage,
    pub(crate) read: u64,
    pub(crate) accepted: u64,
    pub(crate) in_flight: u64,
    /// 0 until it is known.
    pub(crate) total: u64,
}

impl Snapshot {
    /// Before anything is known of the upload.
    pub(crate) const LOOKING: Self =
        Self { stage: Stage::Looking, read: 0, accepted: 0, in_flight: 0, total: 0 };
}

impl From<&Progress> for Snapshot {
    fn from(progress: &Progress) -> Self {
        Self {
            stage: progress.stage(),
            read: progress.bytes_read(),
            accepted: progress.bytes_accepted(),
            in_flight: progress.bytes_in_flight(),
            total: progress.bytes_total(),
        }
    }
}

/// Reports on one upload.
pub(crate) struct Tracker<'a> {
    reporter: &'a Reporter,
    source: String,
    bar: Option<ProgressBar>,
    wait_line: WaitLine,
    /// The last snapshot, and when anything in it changed.
    last: Option<(Snapshot, Instant)>,
    meter: Meter,
    /// The last progress event and its time.
    last_event: Option<(Snapshot, Instant)>,
    /// Percent of the last plain line of what is being done.
    percent: u64,
}

/// Measures the rate of a stage from its own bytes: what an earlier run had moved is no rate, and neither is a pass before this one.
struct Meter {
    stage: Stage,
    begun: Instant,
    /// Bytes that had been read when the stage began.
    read_before: u64,
    /// Bytes that had been read when the rate was measured first, a little later.
    measured_from: u64,
    /// Bytes that have been read.
    read: u64,
    /// Never drawn: its estimator smooths the rate.
    rate: ProgressBar,
}

impl Meter {
    fn new(stage: Stage, read_before: u64, read: u64) -> Self {
        let (begun, rate) = (Instant::now(), ProgressBar::hidden());
        Self { stage, begun, read_before, measured_from: read, read, rate }
    }

    fn update(&mut self, Snapshot { stage, read, .. }: Snapshot) {
        if self.stage != stage || read < self.read {
            *self = Self::new(stage, self.read.min(read), read);
        } else if self.read == self.measured_from {
            // Calls come before the first byte, and their time is no part of the rate.
            self.begun = Instant::now();
            self.rate.reset_eta();
        }
        self.read = read;
        self.rate.set_position(read - self.measured_from);
        self.rate.tick();
    }

    /// Bytes that the stage has read.
    fn stage_bytes(&self) -> u64 {
        self.read - self.read_before
    }

    /// Bytes per second.
    fn bytes_per_second(&self) -> Option<u64> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate is positive, and far below the limit"
        )]
        (self.begun.elapsed() >= STEADY).then(|| self.rate.per_sec() as u64)
    }
}

impl<'a> Tracker<'a> {
    /// Begins to report on the upload of `source`.
    pub(crate) fn new(reporter: &'a Reporter, source: String) -> Self {
        let (bar, wait_line) = (reporter.add_line(), reporter.add_wait_line());
        let meter = Meter::new(Stage::Looking, 0, 0);
        Self { reporter, source, bar, wait_line, last: None, meter, last_event: None, percent: 0 }
    }

    /// Does `work` and reports its `progress` meanwhile. Once it `is_stopped`, no failing call is tried again.
    pub(crate) fn follow<T>(
        &mut self,
        progress: impl Fn() -> Snapshot,
        is_stopped: impl Fn() -> bool,
        work: impl Future<Output = T>,
    ) -> impl Future<Output = T> {
        // Boxed before it is part of another future: it may be large.
        let work = Box::pin(work);
        async move {
            let watch = RetryWatch::default();
            let mut work = pin!(watch.observe(work));
            loop {
                let ended = timeout(FRAME, &mut work).await;
                if is_stopped() {
                    watch.stop();
                }
                let snapshot = progress();
                // What is over before it was looked at is no news, unless it is the last of the bytes.
                if ended.is_err() || !matches!(snapshot.stage, Stage::Looking | Stage::Reading) {
                    self.update(snapshot, &watch);
                }
                if let Ok(ended) = ended {
                    return ended;
                }
            }
        }
    }

    /// Reports how far the upload is, no more often than useful, and what it waits for.
    fn update(&mut self, snapshot: Snapshot, watch: &RetryWatch) {
        if self.last.is_none_or(|(last, _)| last != snapshot) {
            if self.last.is_none_or(|(last, _)| describe_stage(last.stage) != describe_stage(snapshot.stage))
            {
                self.percent = 0;
            }
            self.last = Some((snapshot, Instant::now()));
        }
        self.meter.update(snapshot);
        if self.bar.is_some() {
            self.draw(snapshot);
        } else if self.reporter.is_json() {
            self.print_event(snapshot);
        } else {
            self.print_plain(snapshot);
        }
        let wait = self.find_wait(snapshot, watch);
        let (reporter, source) = (self.reporter, &self.source);
        self.wait_line.show(wait, |text| {
            reporter.print_note(describe_waiting(source, text));
        });
    }

    /// Takes the bar away until something is known again: another process does the work meanwhile.
    pub(crate) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.set_message("");
        }
    }

    fn draw(&self, snapshot: Snapshot) {
        let Some(bar) = self.bar.as_ref().filter(|_| snapshot.total > 0) else { return };
        self.reporter.draw_count();
        let Snapshot { stage, accepted, total, .. } = snapshot;
        let line = ProgressLine {
            verb: describe_stage(stage),
            name: &escape(&self.source),
            done: self.count_done(snapshot).min(total),
            total,
            rate: self.meter.bytes_per_second().filter(|_| accepted < total),
        };
        let text = line.compose(terminal_width());
        if bar.message() != text {
            bar.set_message(text);
        }
    }

    /// Bytes of the stage that are done: while it is read for checksums what has been read, then what Youku has accepted, with what is on
    /// its way: at a low rate a part takes long.
    fn count_done(&self, snapshot: Snapshot) -> u64 {
        match snapshot.stage {
            Stage::Reading => self.meter.stage_bytes(),
            _ => snapshot.accepted.saturating_add(snapshot.in_flight),
        }
    }

    fn print_event(&mut self, snapshot: Snapshot) {
        let is_due = self.last_event.is_none_or(|(last, at)| {
            last.stage != snapshot.stage || (last != snapshot && at.elapsed() >= EVENT_INTERVAL)
        });
        if is_due && snapshot.total > 0 {
            self.last_event = Some((snapshot, Instant::now()));
            let Snapshot { stage, read, accepted, total, .. } = snapshot;
            let (source, stage) = (&self.source, stage.as_str());
            self.reporter.print_event(json!({"event": "progress", "source": source, "stage": stage,
                "read": read, "accepted": accepted, "total": total}));
        }
    }

    fn print_plain(&mut self, snapshot: Snapshot) {
        let Snapshot { stage, total, .. } = snapshot;
        let is_reading = stage == Stage::Reading;
        if total == 0 || (is_reading && self.meter.begun.elapsed() < LONG_READING) {
            return;
        }
        let percent = self.count_done(snapshot).min(total) * 100 / total;
        // Ten lines for each stage, so that a log stays short.
        if percent >= self.percent + 10 || (percent == 100 && self.percent < 100) {
            self.percent = percent;
            let (verb, source) = (describe_stage(stage), escape(&self.source));
            self.reporter.print_note(tr!(
                "{verb}  {source}  {percent} % of {total} bytes",
                "{verb}  {source}  {total} 字节的 {percent}%"
            ));
        }
    }

    fn find_wait(&self, snapshot: Snapshot, watch: &RetryWatch) -> Option<Wait> {
        let lasts = self.last.map(|(_, at)| at.elapsed()).unwrap_or_default();
        // Where other parts move, one that is tried again is no news.
        let moves = snapshot.stage == Stage::Moving && lasts < STEADY;
        retrying(watch).filter(|_| !moves).or_else(|| {
            (lasts >= STILL && snapshot.stage != Stage::Done)
                .then_some(Wait::Still { stage: snapshot.stage, lasts })
        })
    }
}

impl Drop for Tracker<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// What is being done, in words of one width.
fn describe_stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Looking => tr_static!("preparing", "准备"),
        Stage::Reading => tr_static!("hashing  ", "计算校验和"),
        Stage::Moving => tr_static!("uploading", "上传"),
        Stage::Committing | Stage::Done => tr_static!("finishing", "提交"),
    }
}
