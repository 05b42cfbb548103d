//! Progress of uploads: bars on a terminal, else plain lines, both on standard error; with `--json` events on standard output.

use crate::ui::{
    i18n::{tr, tr_static},
    output::{print_error, print_line, without_nulls},
};
use app::core::Stage;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::{
    fmt::Display,
    io::{IsTerminal, stderr},
    time::{Duration, Instant},
};

/// Shortest time between two progress events.
const EVENT_INTERVAL: Duration = Duration::from_secs(1);
const BYTES: &str = "{msg}  {bar:24} {bytes}/{total_bytes}  {bytes_per_sec}  {eta}";
const FILES: &str = "{msg}  {bar:24} {pos}/{len}";

/// Reports what a command with several uploads does.
pub(crate) struct Reporter {
    json: bool,
    bars: Option<Bars>,
}

struct Bars {
    all: MultiProgress,
    files: Option<ProgressBar>,
}

/// How far one upload is; `read`, `accepted` and `total` are bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Snapshot {
    pub(crate) stage: Stage,
    pub(crate) read: u64,
    pub(crate) accepted: u64,
    pub(crate) total: u64,
}

impl Reporter {
    /// Reports on this number of uploads.
    pub(crate) fn new(json: bool, uploads: usize) -> Self {
        let bars = (!json && stderr().is_terminal()).then(|| {
            let all = MultiProgress::new();
            let files = (uploads > 1).then(|| {
                let files = all.add(build_bar(FILES, tr_static!("all files", "全部文件").into()));
                files.set_length(uploads as u64);
                files
            });
            Bars { all, files }
        });
        Self { json, bars }
    }

    /// Prints a result for a person, on standard output.
    pub(crate) fn print_text(&self, text: impl Display) {
        if !self.json {
            self.suspend_bars(|| print_line(&text));
        }
    }

    /// Prints a result for a program, on standard output.
    pub(crate) fn print_event(&self, event: Value) {
        if self.json {
            print_line(without_nulls(event));
        }
    }

    /// Prints something that a person should know meanwhile, on standard error.
    pub(crate) fn print_note(&self, text: impl Display) {
        self.suspend_bars(|| print_error(&text));
    }

    /// Counts an upload that has ended.
    pub(crate) fn count_ended(&self) {
        if let Some(files) = self.bars.as_ref().and_then(|bars| bars.files.as_ref()) {
            files.inc(1);
        }
    }

    fn suspend_bars(&self, print: impl FnOnce()) {
        match &self.bars {
            Some(bars) => bars.all.suspend(print),
            None => print(),
        }
    }

    /// Starts to report on one upload.
    pub(crate) fn track(&self, source: String) -> Tracker<'_> {
        let bars = self.bars.as_ref().map(|bars| {
            let add = |verb: &str| {
                let new = build_bar(BYTES, format!("{verb} {source}"));
                match &bars.files {
                    Some(files) => bars.all.insert_before(files, new),
                    None => bars.all.add(new),
                }
            };
            (add(tr_static!("read    ", "读取")), add(tr_static!("accepted", "已接收")))
        });
        Tracker { reporter: self, source, bars, last_event: None, percent: 0 }
    }
}

fn build_bar(template: &str, message: String) -> ProgressBar {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    // Hidden until it is added, so that nothing is drawn before it has its place.
    ProgressBar::hidden().with_style(style).with_message(message)
}

/// Reports on one upload.
pub(crate) struct Tracker<'a> {
    reporter: &'a Reporter,
    source: String,
    bars: Option<(ProgressBar, ProgressBar)>,
    /// The last progress event and its time.
    last_event: Option<(Snapshot, Instant)>,
    /// Percent of the last plain line.
    percent: u64,
}

impl Tracker<'_> {
    /// Reports how far the upload is, no more often than useful.
    pub(crate) fn update(&mut self, snapshot: Snapshot) {
        if let Some((read, accepted)) = &self.bars {
            for (bar, bytes) in [(read, snapshot.read), (accepted, snapshot.accepted)] {
                bar.set_length(snapshot.total);
                bar.set_position(bytes.min(snapshot.total));
            }
            return;
        }
        if self.reporter.json {
            let is_due = self.last_event.is_none_or(|(last, at)| {
                last.stage != snapshot.stage || (last != snapshot && at.elapsed() >= EVENT_INTERVAL)
            });
            if is_due && snapshot.total > 0 {
                self.last_event = Some((snapshot, Instant::now()));
                let Snapshot { stage, read, accepted, total } = snapshot;
                let (source, stage) = (&self.source, stage.as_str());
                self.reporter.print_event(json!({"event": "progress", "source": source, "stage": stage,
                    "read": read, "accepted": accepted, "total": total}));
            }
            return;
        }
        let percent = snapshot.accepted.min(snapshot.total) * 100 / snapshot.total.max(1);
        // Ten lines for each upload, so that a log stays short.
        if percent >= self.percent + 10 || (percent == 100 && self.percent < 100) {
            self.percent = percent;
            let (source, total) = (&self.source, snapshot.total);
            self.reporter.print_note(tr!(
                "uploading  {source}  {percent} % of {total} bytes",
                "上传中  {source}  {total} 字节的 {percent}%"
            ));
        }
    }
}

impl Drop for Tracker<'_> {
    fn drop(&mut self) {
        if let Some((read, accepted)) = &self.bars {
            read.finish_and_clear();
            accepted.finish_and_clear();
        }
    }
}
