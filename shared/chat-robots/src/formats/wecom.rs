//! WeCom's two kinds of Markdown.

use super::body::{Content, Message, WeCom};
use crate::view::{LineView, Tone, View};

/// Has colors and quotes, but no lists.
pub(crate) fn markdown(view: &View) -> Message {
    let line = |line: &LineView| {
        let label = format!("<font color=\"{}\">{}</font>", color(line.tone), line.label);
        format!("> {label} {}{}", line.markdown_title(), line.advice)
    };
    Message::WeCom(WeCom::Markdown { markdown: Content { content: text(view, line) } })
}

/// The three colors that there are: green, grey, orange.
fn color(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "info",
        Tone::Neutral => "comment",
        Tone::Warning | Tone::Bad => "warning",
    }
}

/// Has lists, but no colors.
pub(crate) fn markdown_v2(view: &View) -> Message {
    let line = |line: &LineView| format!("- **{}** {}{}", line.label, line.markdown_title(), line.advice);
    Message::WeCom(WeCom::MarkdownV2 { markdown_v2: Content { content: text(view, line) } })
}

fn text(view: &View, line: impl Fn(&LineView) -> String) -> String {
    let mut blocks = vec![format!("### {}", view.heading)];
    if !view.lines.is_empty() {
        blocks.push(view.lines.iter().map(line).collect::<Vec<_>>().join("\n"));
    }
    blocks.extend(view.more.clone());
    blocks.extend(view.keyword.clone());
    blocks.join("\n\n")
}
