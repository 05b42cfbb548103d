//! How far uploads are: bars on a terminal, else plain lines, both on standard error; with `--json` events on standard output.

use crate::{
    lang::{Lang, lang, say, word},
    operate::line,
};
use app::core::Stage;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::{
    fmt::Display,
    io::{IsTerminal, Write, stderr},
    time::{Duration, Instant},
};

/// Events of progress are at least so far apart.
const PACE: Duration = Duration::from_secs(1);
const BYTES: &str = "{msg}  {bar:24} {bytes}/{total_bytes}  {bytes_per_sec}  {eta}";
const FILES: &str = "{msg}  {bar:24} {pos}/{len}";

/// Tells what a command with several uploads does.
pub(crate) struct Show {
    json: bool,
    bars: Option<Bars>,
}

struct Bars {
    all: MultiProgress,
    files: Option<ProgressBar>,
}

/// How far one upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) stage: Stage,
    pub(crate) read: u64,
    pub(crate) accepted: u64,
    pub(crate) total: u64,
}

impl Show {
    /// For so many uploads.
    pub(crate) fn new(json: bool, uploads: usize) -> Self {
        let bars = (!json && stderr().is_terminal()).then(|| {
            let all = MultiProgress::new();
            let files = (uploads > 1).then(|| {
                let files = all.add(bar(FILES, word!("all files", "全部文件").into()));
                files.set_length(uploads as u64);
                files
            });
            Bars { all, files }
        });
        Self { json, bars }
    }

    /// A result for a person, on standard output.
    pub(crate) fn text(&self, text: impl Display) {
        if !self.json {
            self.beside(|| line(&text));
        }
    }

    /// A result for a program, on standard output.
    pub(crate) fn event(&self, event: Value) {
        if self.json {
            line(crate::operate::without_nulls(event));
        }
    }

    /// Something that a person should know meanwhile.
    pub(crate) fn note(&self, text: impl Display) {
        // Whom nobody hears has nobody to tell.
        self.beside(|| drop(writeln!(stderr(), "{text}")));
    }

    /// One upload has ended.
    pub(crate) fn ended(&self) {
        if let Some(files) = self.bars.as_ref().and_then(|bars| bars.files.as_ref()) {
            files.inc(1);
        }
    }

    fn beside(&self, print: impl FnOnce()) {
        match &self.bars {
            Some(bars) => bars.all.suspend(print),
            None => print(),
        }
    }

    /// Begins to tell of one upload.
    pub(crate) fn watch(&self, source: String) -> Watch<'_> {
        let bars = self.bars.as_ref().map(|bars| {
            let add = |verb: &str| {
                let new = bar(BYTES, format!("{verb} {source}"));
                match &bars.files {
                    Some(files) => bars.all.insert_before(files, new),
                    None => bars.all.add(new),
                }
            };
            (add(word!("read    ", "读取")), add(word!("accepted", "已接收")))
        });
        Watch { show: self, source, bars, told: None, percent: 0 }
    }
}

fn bar(template: &str, message: String) -> ProgressBar {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    // Hidden until it is added: nothing is drawn before it has its place.
    ProgressBar::hidden().with_style(style).with_message(message)
}

/// Tells of one upload.
pub(crate) struct Watch<'a> {
    show: &'a Show,
    source: String,
    bars: Option<(ProgressBar, ProgressBar)>,
    told: Option<(State, Instant)>,
    /// Percent last told as a plain line.
    percent: u64,
}

impl Watch<'_> {
    /// Tells how far it is, as often as that is of use.
    pub(crate) fn update(&mut self, state: State) {
        if let Some((read, accepted)) = &self.bars {
            for (bar, bytes) in [(read, state.read), (accepted, state.accepted)] {
                bar.set_length(state.total);
                bar.set_position(bytes.min(state.total));
            }
            return;
        }
        let fresh = self
            .told
            .is_none_or(|(told, at)| told.stage != state.stage || (told != state && at.elapsed() >= PACE));
        if self.show.json {
            if fresh && state.total > 0 {
                self.told = Some((state, Instant::now()));
                let State { stage, read, accepted, total } = state;
                let (source, stage) = (&self.source, stage.as_str());
                self.show.event(json!({"event": "progress", "source": source, "stage": stage,
                    "read": read, "accepted": accepted, "total": total}));
            }
            return;
        }
        let percent = state.accepted.min(state.total) * 100 / state.total.max(1);
        // A log need not hold a hundred lines of this.
        if percent >= self.percent + 10 || (percent == 100 && self.percent < 100) {
            self.percent = percent;
            let (source, total) = (&self.source, state.total);
            self.show.note(say!(
                "uploading  {source}  {percent} % of {total} bytes",
                "上传中  {source}  {total} 字节的 {percent}%"
            ));
        }
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if let Some((read, accepted)) = &self.bars {
            read.finish_and_clear();
            accepted.finish_and_clear();
        }
    }
}

/// Words in a column: a Chinese character is as wide as two others.
pub(crate) fn label(en: &str, zh: &str) -> String {
    match lang() {
        Lang::En => format!("{en:<13}"),
        Lang::Zh => {
            let width: usize = zh.chars().map(|one| if one.is_ascii() { 1 } else { 2 }).sum();
            format!("{zh}{}", " ".repeat(13_usize.saturating_sub(width)))
        }
    }
}
