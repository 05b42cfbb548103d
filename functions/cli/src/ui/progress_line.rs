//! One line of progress for a terminal, never wider than the terminal: a wider one would wrap, and each redraw would leave a copy.
//!
//! Bars are ASCII, since terminals for Chinese may draw block characters two columns wide.

use super::width::{cut_start, measure, pad};
use indicatif::HumanBytes;
use std::time::Duration;

/// Columns that a name keeps before anything but the percentage is shown next to it.
const NAME: usize = 10;
/// The narrowest and the widest bar.
const BAR: (usize, usize) = (10, 24);

/// How far one upload is, in bytes.
pub(crate) struct ProgressLine<'a> {
    /// What is being done, such as "uploading".
    pub(crate) verb: &'a str,
    pub(crate) name: &'a str,
    pub(crate) done: u64,
    pub(crate) total: u64,
    /// Bytes per second, once they are known.
    pub(crate) rate: Option<u64>,
}

impl ProgressLine<'_> {
    /// Composes the line for a terminal of `width` columns; what does not fit is left out, the bar and the sizes first.
    pub(crate) fn compose(&self, width: usize) -> String {
        let Self { verb, name, done, total, rate } = *self;
        let percent = done.min(total) * 100 / total.max(1);
        let known = rate.filter(|rate| *rate > 0);
        let left = known.map(|rate| format_clock(Duration::from_secs(total.saturating_sub(done) / rate)));
        let optional = [
            known.map(|rate| format!("{:>12}", format!("{}/s", HumanBytes(rate)))),
            left.map(|left| format!("{left:>6}")),
            Some(format!("{:>22}", format!("{}/{}", HumanBytes(done), HumanBytes(total)))),
        ];
        // The last column stays free: some terminals wrap as soon as it is written.
        let mut free = width.saturating_sub(1 + measure(verb) + 1 + 5);
        let name_width = measure(name).min(NAME.max(free / 3));
        let mut shown = [const { None }; 3];
        for (shown, part) in shown.iter_mut().zip(optional) {
            let Some(part) = part else { continue };
            if name_width + 1 + part.len() <= free {
                free -= 1 + part.len();
                *shown = Some(part);
            }
        }
        let [rate, left, sizes] = shown;
        let bar_width = free.saturating_sub(name_width + 3).min(BAR.1);
        let bar = if bar_width >= BAR.0 {
            free -= bar_width + 3;
            format!(" [{}]", draw_bar(percent, bar_width))
        } else {
            String::new()
        };
        let name = cut_start(name, free);
        let after: String =
            [sizes, rate, left].into_iter().flatten().map(|part| format!(" {part}")).collect();
        format!("{verb} {name}{bar} {percent:>3}%{after}")
    }
}

/// Composes the line that counts the uploads of a command.
pub(crate) fn compose_count(label: &str, ended: u64, all: u64, width: usize) -> String {
    let count = format!("{ended}/{all}");
    let free = width.saturating_sub(1 + measure(label) + 4 + count.len());
    let bar = match free.min(BAR.1) {
        bar if bar >= BAR.0 => format!(" [{}]", draw_bar(ended.min(all) * 100 / all.max(1), bar)),
        _ => String::new(),
    };
    format!("{label}{bar} {count}")
}

fn draw_bar(percent: u64, width: usize) -> String {
    let filled = usize::try_from(percent).unwrap_or_default().min(100) * width / 100;
    let head = if filled < width { ">" } else { "" };
    pad(&format!("{}{head}", "=".repeat(filled)), width)
}

/// Formats a time as `1:48` or `1:02:03`.
pub(crate) fn format_clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line<'a>(verb: &'a str, name: &'a str) -> ProgressLine<'a> {
        ProgressLine { verb, name, done: 5 << 30, total: 123 << 30, rate: Some(1023 << 20) }
    }

    /// A line never reaches the last column, however long or wide its name is.
    #[test]
    fn a_line_stays_within_the_terminal() {
        let names = ["a.mp4", "片.mp4", &"很长的文件名".repeat(20), &"x".repeat(300), "🎬👨\u{200d}👩 é.mp4"];
        for width in 20..200 {
            for name in names {
                for verb in ["uploading", "计算校验和"] {
                    let text = line(verb, name).compose(width);
                    assert!(measure(&text) < width, "{width}: {text}");
                    assert!(text.starts_with(verb) && text.contains("4%"), "{width}: {text}");
                }
                assert!(measure(&compose_count("全部文件", 3, 120, width)) < width);
            }
        }
    }

    /// The wider the terminal, the more is shown; what matters most comes first.
    #[test]
    fn a_wider_terminal_shows_more() {
        let name = "a long name of a file.mp4";
        for (width, text) in [
            (40, "uploading ...ile.mp4   4% 1023.00 MiB/s"),
            (80, "uploading ...name of a file.mp4 [>                  ]   4% 1023.00 MiB/s   1:58"),
            (
                120,
                "uploading a long name of a file.mp4 [>                       ]   4%    5.00 GiB/123.00 GiB 1023.00 MiB/s   1:58",
            ),
        ] {
            assert_eq!(line("uploading", name).compose(width), text);
        }
        let first = ProgressLine { rate: None, ..line("上传", "片.mp4") };
        assert_eq!(first.compose(60), "上传 片.mp4 [>                ]   4%    5.00 GiB/123.00 GiB");
    }

    #[test]
    fn times_are_read_as_clocks_show_them() {
        let clocks = [0, 59, 108, 3723].map(|seconds| format_clock(Duration::from_secs(seconds)));
        assert_eq!(clocks, ["0:00", "0:59", "1:48", "1:02:03"]);
    }
}
