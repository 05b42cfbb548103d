//! DingTalk's Markdown and action card. Known to work there: headings, bold, links, lists; tables and HTML are avoided.

use super::body::{ActionCard, At, Button, DingTalk, Message, Titled};
use crate::{text::cut, view::View};

const BUTTONS: usize = 3;
const BUTTON_BYTES: usize = 60;

pub(crate) fn markdown(view: &View) -> Message {
    let markdown = Titled { title: view.heading.clone(), text: text(view) };
    Message::DingTalk(DingTalk::Markdown { markdown, at: At { is_at_all: false } })
}

pub(crate) fn action_card(view: &View) -> Message {
    let linked = view.lines.iter().filter_map(|line| Some((line, line.link.clone()?)));
    let buttons = linked.take(BUTTONS).map(|(line, action_url)| Button {
        title: cut(format!("{} {}", line.label, line.title), BUTTON_BYTES),
        action_url,
    });
    let btns: Vec<_> = buttons.collect();
    if btns.is_empty() {
        return markdown(view);
    }
    let action_card =
        ActionCard { title: view.heading.clone(), text: text(view), btn_orientation: "0", btns };
    Message::DingTalk(DingTalk::ActionCard { action_card })
}

fn text(view: &View) -> String {
    let mut blocks = vec![format!("### {}", view.heading)];
    let lines = view.lines.iter();
    let lines: Vec<_> =
        lines.map(|line| format!("- **{}** {}{}", line.label, line.markdown_title(), line.advice)).collect();
    if !lines.is_empty() {
        blocks.push(lines.join("\n"));
    }
    blocks.extend(view.more.clone());
    blocks.extend(view.keyword.clone());
    blocks.join("\n\n")
}
