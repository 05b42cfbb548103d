//! Progress of a command with uploads: bars on a terminal, else plain lines, both on standard error; with `--json` events on standard
//! output.

use crate::ui::{
    i18n::tr_static,
    output::{self, print_error, print_json, without_nulls},
    progress_line::compose_count,
    wait_line::{WaitLine, build_line, terminal_width},
};
use app::core::UploadId;
use indicatif::{MultiProgress, ProgressBar};
use serde_json::{Value, json};
use std::{
    fmt::Display,
    io::{IsTerminal, stderr},
};

/// Reports what a command with several uploads does.
pub(crate) struct Reporter {
    json: bool,
    bars: Option<Bars>,
    /// Gets the events, and nothing is printed.
    listener: Option<Box<dyn Fn(Value) + Send>>,
}

struct Bars {
    all: MultiProgress,
    /// Counts the uploads that have ended, where there are several.
    files: Option<ProgressBar>,
}

impl Bars {
    /// Adds a line above the one that counts.
    fn add(&self, line: ProgressBar) -> ProgressBar {
        match &self.files {
            Some(files) => self.all.insert_before(files, line),
            None => self.all.add(line),
        }
    }
}

impl Reporter {
    /// Reports on this number of uploads.
    pub(crate) fn new(json: bool, uploads: usize) -> Self {
        let bars = (!json && stderr().is_terminal()).then(|| {
            let all = MultiProgress::new();
            let files = (uploads > 1).then(|| all.add(build_line()));
            if let Some(files) = &files {
                files.set_length(uploads as u64);
            }
            Bars { all, files }
        });
        Self { json, bars, listener: None }
    }

    /// Prints nothing: `listener` gets the events, as a page that shows them elsewhere needs.
    pub(crate) fn with_listener(listener: Box<dyn Fn(Value) + Send>) -> Self {
        Self { json: true, bars: None, listener: Some(listener) }
    }

    /// Whether a program reads the output.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Prints a result for a person, on standard output.
    pub(crate) fn print_text(&self, text: impl Display) {
        if !self.json {
            self.suspend_bars(|| output::print_text(&text));
        }
    }

    /// Prints a result for a program, on standard output.
    pub(crate) fn print_event(&self, event: Value) {
        match &self.listener {
            Some(listener) => listener(event),
            None if self.json => print_json(without_nulls(event)),
            None => {}
        }
    }

    /// Tells a listener which upload it is. The output of a command says so at its end.
    pub(crate) fn note_prepared(&self, id: &UploadId) {
        if let Some(listener) = &self.listener {
            listener(json!({"event": "prepared", "upload_id": id.as_str()}));
        }
    }

    /// Prints something that a person should know meanwhile, on standard error.
    pub(crate) fn print_note(&self, text: impl Display) {
        if self.listener.is_none() {
            self.suspend_bars(|| print_error(&text));
        }
    }

    /// Counts an upload that has ended.
    pub(crate) fn count_ended(&self) {
        if let Some(files) = self.bars.as_ref().and_then(|bars| bars.files.as_ref()) {
            files.inc(1);
            self.draw_count();
        }
    }

    /// Draws how many uploads have ended, for a terminal that may have another width by now.
    pub(super) fn draw_count(&self) {
        let Some(files) = self.bars.as_ref().and_then(|bars| bars.files.as_ref()) else { return };
        let (label, ended, all) =
            (tr_static!("all files", "全部文件"), files.position(), files.length().unwrap_or_default());
        let text = compose_count(label, ended, all, terminal_width());
        if files.message() != text {
            files.set_message(text);
        }
    }

    fn suspend_bars(&self, print: impl FnOnce()) {
        match &self.bars {
            Some(bars) => bars.all.suspend(print),
            None => print(),
        }
    }

    /// Adds a line for one upload, where there are bars.
    pub(super) fn add_line(&self) -> Option<ProgressBar> {
        self.draw_count();
        self.bars.as_ref().map(|bars| bars.add(build_line()))
    }

    /// Adds a line about what is waited for.
    pub(crate) fn add_wait_line(&self) -> WaitLine {
        // What it says goes through `print_note`, which a listener silences.
        WaitLine::with_bar(self.add_line(), self.json && self.listener.is_none())
    }
}
