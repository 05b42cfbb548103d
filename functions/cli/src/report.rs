//! What a person, a pipe or a program is told.

use crate::lang::{say, word};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::io::{IsTerminal, Write, stderr, stdout};

/// Something worth telling. Its JSON form is stable.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event<'a> {
    /// The local clouds are up.
    Clouds { oss: &'a str, youku: &'a str, function: &'a str },
    /// A file is read once for its MD5.
    Hashing { file: &'a str, size: u64 },
    /// A file goes into the bucket.
    Putting { object: &'a str, size: u64 },
    /// A file lies in the bucket.
    Put { object: &'a str, size: u64, md5: &'a str },
    /// Youku has taken in this much.
    Progress { accepted: u64, total: u64 },
    /// The video is there, and its bytes are the file's.
    Done { video_id: &'a str, link: &'a str, md5: &'a str, size: u64 },
    /// It is not.
    Failed { error: &'a str, message: &'a str },
}

/// Tells what ended a command before its outcome was known: on standard error, and as the last event where a program listens.
pub(crate) fn stopped(json: bool, error: &dyn std::error::Error) {
    // Whom nobody hears has nobody to tell.
    let _ = writeln!(stderr(), "oss2youku: {error}");
    if json {
        Report::new(true).tell(&Event::Failed { error: "stopped", message: &error.to_string() });
    }
}

/// Tells events in the form that fits who listens.
pub(crate) struct Report {
    json: bool,
    bar: Option<ProgressBar>,
    /// Percent last told as a plain line.
    told: u64,
}

impl Report {
    pub(crate) fn new(json: bool) -> Self {
        let bar = (!json && stdout().is_terminal()).then(|| {
            let style = ProgressStyle::with_template(word!(
                "uploading  {bar:30} {bytes}/{total_bytes}  {bytes_per_sec}  {eta}",
                "上传中  {bar:30} {bytes}/{total_bytes}  {bytes_per_sec}  {eta}",
            ));
            ProgressBar::hidden().with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self { json, bar, told: 0 }
    }

    /// Tells it. A listener that has gone away is no failure of the work.
    pub(crate) fn tell(&mut self, event: &Event<'_>) {
        if self.json {
            if let Ok(line) = serde_json::to_string(event) {
                let _ = writeln!(stdout(), "{line}");
            }
            return;
        }
        match event {
            Event::Clouds { oss, youku, function } => {
                self.line(&say!("local OSS    {oss}", "本地 OSS   {oss}"));
                self.line(&say!("local Youku  {youku}", "本地优酷   {youku}"));
                self.line(&say!("FC host      {function}", "函数计算   {function}"));
            }
            Event::Hashing { file, size } => {
                self.line(&say!("hashing      {file} ({size} bytes)", "计算校验   {file}（{size} 字节）"))
            }
            Event::Putting { object, size } => {
                self.line(&say!(
                    "putting      {object} ({size} bytes)",
                    "写入中     {object}（{size} 字节）"
                ));
            }
            Event::Put { object, size, md5 } => {
                self.told = 0;
                self.line(&say!(
                    "put          {object} ({size} bytes, MD5 {md5})",
                    "已写入     {object}（{size} 字节，MD5 {md5}）"
                ));
            }
            Event::Progress { accepted, total } => self.progress(*accepted, *total),
            Event::Done { video_id, link, md5, size } => {
                if let Some(bar) = &self.bar {
                    bar.finish_and_clear();
                }
                self.line(&say!("published    {video_id}  {link}", "已发布     {video_id}  {link}"));
                self.line(&say!(
                    "verified     Youku holds {size} bytes with MD5 {md5}, the file's own",
                    "已核对     优酷持有 {size} 字节，MD5 {md5}，与文件一致"
                ));
            }
            Event::Failed { error, message } => {
                if let Some(bar) = &self.bar {
                    bar.finish_and_clear();
                }
                let verb = word!("failed       ", "失败       ");
                let _ = writeln!(stderr(), "{verb}{message} [{error}]");
            }
        }
    }

    fn progress(&mut self, accepted: u64, total: u64) {
        if let Some(bar) = &self.bar {
            if bar.is_hidden() {
                bar.set_draw_target(indicatif::ProgressDrawTarget::stderr());
            }
            bar.set_length(total);
            bar.set_position(accepted.min(total));
            return;
        }
        let percent = accepted.min(total) * 100 / total.max(1);
        // A log need not hold a hundred lines of this.
        if percent >= self.told + 10 || (percent == 100 && self.told < 100) {
            self.told = percent;
            self.line(&say!(
                "uploading    {percent} % of {total} bytes",
                "上传中     {total} 字节的 {percent}%"
            ));
        }
    }

    fn line(&self, text: &str) {
        let print = || writeln!(stdout(), "{text}");
        let _ = match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        };
    }
}
