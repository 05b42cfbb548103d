//! The line that says what is waited for: on a terminal in its place, else a plain line now and then; with `--json` an event.

use super::{
    messages::waiting::Wait,
    output::{print_error, print_json, without_nulls},
    status_line,
    terminal_signals::guard_bars,
    width::cut_end,
};
use app::core::RetryWatch;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use std::{
    future::Future,
    io::{IsTerminal, stderr},
    pin::pin,
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// How often lines on a terminal change.
pub(crate) const FRAME: Duration = Duration::from_millis(100);
/// A wait that is shorter is not worth a line.
const WORTH_A_LINE: Duration = Duration::from_secs(3);
/// Time between two plain lines of one wait.
const PLAIN_INTERVAL: Duration = Duration::from_secs(60);

/// A line about what is waited for.
pub(crate) struct WaitLine {
    bar: Option<ProgressBar>,
    /// Whether it is the command's one line: what is printed goes above it, and it is no event.
    is_status: bool,
    json: bool,
    /// When the last plain line or event was printed, in a wait that has not ended.
    printed: Option<Instant>,
}

impl WaitLine {
    /// A line of its own; silent where a program reads the output.
    pub(crate) fn new(json: bool) -> Self {
        let bar = (!json && stderr().is_terminal()).then(|| {
            let bar = build_line();
            bar.set_draw_target(ProgressDrawTarget::stderr());
            status_line::set(Some(bar.clone()));
            bar
        });
        let mut line = Self::with_bar(bar, json);
        line.is_status = true;
        line
    }

    /// A line that stands among other bars, where there are some.
    pub(crate) fn with_bar(bar: Option<ProgressBar>, json: bool) -> Self {
        Self { bar, is_status: false, json, printed: None }
    }

    /// Shows what is waited for now; `None`: nothing. `print` prints a plain line.
    pub(crate) fn show(&mut self, wait: Option<Wait>, print: impl FnOnce(&str)) {
        let Some(wait) = wait else {
            if let Some(bar) = self.bar.as_ref().filter(|bar| !bar.message().is_empty()) {
                bar.set_message("");
            }
            self.printed = None;
            return;
        };
        if let Some(bar) = &self.bar {
            let text = cut_end(&wait.describe(), terminal_width().saturating_sub(1));
            if bar.message() != text {
                bar.set_message(text);
            }
            return;
        }
        if self.printed.is_some_and(|at| at.elapsed() < PLAIN_INTERVAL) {
            return;
        }
        self.printed = Some(Instant::now());
        match (self.json, &wait) {
            (true, _) if self.is_status => {}
            (false, wait) => print(&wait.describe()),
            (true, Wait::Retrying { left, host, .. }) => {
                print_json(without_nulls(
                    json!({"event": "waiting", "for": wait.code(), "host": host, "seconds_left": left.as_secs()}),
                ));
            }
            (true, _) => {}
        }
    }
}

impl Drop for WaitLine {
    fn drop(&mut self) {
        if self.is_status {
            status_line::set(None);
        }
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A line whose text is its message. Hidden until it is added, so that nothing is drawn before it has its place.
pub(crate) fn build_line() -> ProgressBar {
    guard_bars();
    let style = ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::hidden().with_style(style)
}

/// The columns of the terminal that progress is drawn on.
pub(crate) fn terminal_width() -> usize {
    console::Term::stderr().size().1.into()
}

/// Does `work` and shows what it waits for; `what` is the word for a command whose work takes longer than a moment.
pub(crate) fn show_waits<T>(
    json: bool,
    what: Option<&'static str>,
    work: impl Future<Output = T>,
) -> impl Future<Output = T> {
    // Boxed before it is part of another future: it may be large.
    let work = Box::pin(work);
    async move {
        let (watch, mut line, begun) = (RetryWatch::default(), WaitLine::new(json), Instant::now());
        let mut work = pin!(watch.observe(work));
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = sleep(FRAME) => line.show(find_wait(&watch, what, begun), |text| print_error(text)),
            }
        }
    }
}

fn find_wait(watch: &RetryWatch, what: Option<&'static str>, begun: Instant) -> Option<Wait> {
    retrying(watch).or_else(|| {
        // Without a terminal the end alone is news.
        let what = what.filter(|_| begun.elapsed() >= WORTH_A_LINE && stderr().is_terminal())?;
        Some(Wait::Working { what, lasts: begun.elapsed() })
    })
}

/// The call that has been tried again for a while, if there is one.
pub(crate) fn retrying(watch: &RetryWatch) -> Option<Wait> {
    let retrying = watch.current().filter(|call| call.since.elapsed() >= WORTH_A_LINE)?;
    Some(Wait::from_retrying(retrying))
}
