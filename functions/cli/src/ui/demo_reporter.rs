//! What `demo` reports: a bar on a terminal, else plain lines; with `--json` events.

use crate::ui::{
    details::localize,
    i18n::{tr, tr_static},
    output::{escape, print_error, print_json, print_line},
    progress_line::ProgressLine,
    wait_line::{build_line, terminal_width},
};
use indicatif::{ProgressBar, ProgressDrawTarget};
use serde::Serialize;
use std::{
    io::{IsTerminal, stderr, stdout},
    time::Duration,
};

/// How long a file must move before its rate is shown.
const STEADY: Duration = Duration::from_secs(1);

/// Something to report. Its JSON form is stable.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum DemoEvent<'a> {
    /// The local clouds run.
    Clouds { oss: &'a str, youku: &'a str, function: &'a str },
    /// A file is read once for its MD5.
    Hashing { file: &'a str, size: u64 },
    /// A file is being put into the bucket.
    Putting { object: &'a str, size: u64 },
    /// A file is in the bucket.
    Put { object: &'a str, size: u64, md5: &'a str },
    /// Bytes that Youku has accepted.
    Progress { accepted: u64, total: u64 },
    /// Youku has the video, with exactly the file's bytes.
    Done { video_id: &'a str, link: &'a str, md5: &'a str, size: u64 },
    /// The file was not published.
    Failed {
        error: &'a str,
        message: &'a str,
        /// What a person can do, where there is something.
        #[serde(skip_serializing_if = "Option::is_none")]
        advice: Option<&'a str>,
    },
}

/// Reports events in the form that fits the reader.
pub(crate) struct DemoReporter {
    json: bool,
    bar: Option<ProgressBar>,
    /// Percent of the last plain line.
    percent: u64,
}

impl DemoReporter {
    pub(crate) fn new(json: bool) -> Self {
        let bar = (!json && stdout().is_terminal() && stderr().is_terminal()).then(build_line);
        Self { json, bar, percent: 0 }
    }

    /// Reports `event`. A closed stream does not fail the work.
    pub(crate) fn report(&mut self, event: &DemoEvent<'_>) {
        if self.json {
            if let Ok(line) = serde_json::to_string(event) {
                print_json(line);
            }
            return;
        }
        match event {
            DemoEvent::Clouds { oss, youku, function } => {
                self.print(&tr!("local OSS    {oss}", "本地 OSS   {oss}"));
                self.print(&tr!("local Youku  {youku}", "本地优酷   {youku}"));
                self.print(&tr!("FC host      {function}", "函数计算   {function}"));
            }
            DemoEvent::Hashing { file, size } => {
                self.print(&tr!("hashing      {file} ({size} bytes)", "计算校验   {file}（{size} 字节）"))
            }
            DemoEvent::Putting { object, size } => {
                self.print(&tr!(
                    "putting      {object} ({size} bytes)",
                    "写入中     {object}（{size} 字节）"
                ));
            }
            DemoEvent::Put { object, size, md5 } => {
                self.percent = 0;
                if let Some(bar) = &self.bar {
                    bar.reset();
                }
                self.print(&tr!(
                    "put          {object} ({size} bytes, MD5 {md5})",
                    "已写入     {object}（{size} 字节，MD5 {md5}）"
                ));
            }
            DemoEvent::Progress { accepted, total } => self.update_progress(*accepted, *total),
            DemoEvent::Done { video_id, link, md5, size } => {
                if let Some(bar) = &self.bar {
                    bar.finish_and_clear();
                }
                self.print(&tr!("published    {video_id}  {link}", "已发布     {video_id}  {link}"));
                self.print(&tr!(
                    "verified     Youku holds {size} bytes with MD5 {md5}, the file's own",
                    "已核对     优酷持有 {size} 字节，MD5 {md5}，与文件一致"
                ));
            }
            DemoEvent::Failed { error, message, advice } => {
                if let Some(bar) = &self.bar {
                    bar.finish_and_clear();
                }
                let label = tr_static!("failed       ", "失败       ");
                let message = localize(message);
                let advice = advice.map(|advice| format!("\n           {advice}")).unwrap_or_default();
                print_error(format_args!("{label}{} [{error}]{advice}", escape(&message)));
            }
        }
    }

    fn update_progress(&mut self, accepted: u64, total: u64) {
        if let Some(bar) = &self.bar {
            if bar.is_hidden() {
                bar.set_draw_target(ProgressDrawTarget::stderr());
                bar.reset();
            }
            let done = accepted.min(total);
            bar.set_length(total);
            bar.set_position(done);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a rate is positive, and far below the limit"
            )]
            let rate = (bar.elapsed() >= STEADY && done < total).then(|| bar.per_sec() as u64);
            let verb = tr_static!("uploading", "上传");
            bar.set_message(ProgressLine { verb, name: "", done, total, rate }.compose(terminal_width()));
            return;
        }
        let percent = accepted.min(total) * 100 / total.max(1);
        // Ten lines for each file, so that a log stays short.
        if percent >= self.percent + 10 || (percent == 100 && self.percent < 100) {
            self.percent = percent;
            self.print(&tr!(
                "uploading    {percent} % of {total} bytes",
                "上传中     {total} 字节的 {percent}%"
            ));
        }
    }

    fn print(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| print_line(text)),
            None => print_line(text),
        }
    }
}
