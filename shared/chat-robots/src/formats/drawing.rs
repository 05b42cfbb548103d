//! What a chat makes of a body: its Markdown read, its lines and buttons in their order.

use super::body::{ActionCard, Card, CardText, DingTalk, Element, Feishu, Message, Piece, PostText, WeCom};
use crate::{
    preview::{Block, BlockKind, Part},
    vendor::Language,
    view::Tone,
};

impl Message {
    /// The blocks that a reader sees whose app speaks this language.
    pub(crate) fn draw(&self, language: Language) -> Vec<Block> {
        match self {
            Self::DingTalk(DingTalk::Markdown { markdown, .. }) => draw_markdown(&markdown.text),
            Self::DingTalk(DingTalk::ActionCard { action_card }) => draw_action_card(action_card),
            Self::Feishu(Feishu::Interactive { card }) => draw_card(card),
            Self::Feishu(Feishu::Post { content }) => draw_post(match language {
                Language::Chinese => &content.post.zh_cn,
                Language::English => &content.post.en_us,
            }),
            Self::WeCom(WeCom::Markdown { markdown: text } | WeCom::MarkdownV2 { markdown_v2: text }) => {
                draw_markdown(&text.content)
            }
        }
    }
}

/// The first sign of a line says what it is; an empty line only parts others.
fn draw_markdown(text: &str) -> Vec<Block> {
    const SIGNS: [(&str, BlockKind); 3] =
        [("### ", BlockKind::Heading), ("- ", BlockKind::Item), ("> ", BlockKind::Quote)];
    let draw = |line: &str| {
        let signed = SIGNS.iter().find_map(|(sign, kind)| Some((*kind, line.strip_prefix(sign)?)));
        let (kind, rest) = signed.unwrap_or((BlockKind::Paragraph, line));
        Block::new(kind, read_marks(rest))
    };
    text.lines().filter(|line| !line.is_empty()).map(draw).collect()
}

fn draw_action_card(card: &ActionCard) -> Vec<Block> {
    let buttons = card.btns.iter().map(|button| {
        let part = Part { link: Some(button.action_url.clone()), ..Part::plain(&button.title) };
        Block::new(BlockKind::Button, vec![part])
    });
    draw_markdown(&card.text).into_iter().chain(buttons).collect()
}

fn draw_card(card: &Card) -> Vec<Block> {
    let tone = match card.header.template {
        "green" => Tone::Good,
        "orange" => Tone::Warning,
        "red" => Tone::Bad,
        _ => Tone::Neutral,
    };
    let head = Block { tone: Some(tone), ..Block::new(BlockKind::CardHead, draw_text(&card.header.title)) };
    let lines = card.elements.iter().map(|Element::Div { text }| draw_text(text));
    let lines = lines.map(|parts| Block::new(BlockKind::Paragraph, parts));
    [head].into_iter().chain(lines).collect()
}

fn draw_text(text: &CardText) -> Vec<Part> {
    match text {
        CardText::PlainText { content } => vec![Part::plain(content)],
        CardText::LarkMd { content } => read_marks(content),
    }
}

fn draw_post(post: &PostText) -> Vec<Block> {
    let draw = |piece: &Piece| match piece {
        Piece::Text { text } => Part::plain(text),
        Piece::A { text, href } => Part { link: Some(href.clone()), ..Part::plain(text) },
    };
    let head = Block::new(BlockKind::Heading, vec![Part::plain(&post.title)]);
    let lines = post.content.iter().map(|pieces| pieces.iter().map(draw).collect());
    let lines = lines.map(|parts| Block::new(BlockKind::Paragraph, parts));
    [head].into_iter().chain(lines).collect()
}

/// The parts of a line: what is marked, and the plain text between.
fn read_marks(line: &str) -> Vec<Part> {
    let (mut parts, mut rest) = (Vec::new(), line);
    while let Some((before, part, after)) = find_mark(rest) {
        if !before.is_empty() {
            parts.push(Part::plain(before));
        }
        parts.push(part);
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::plain(rest));
    }
    parts
}

/// The first marked part, with what stands before and after it.
fn find_mark(text: &str) -> Option<(&str, Part, &str)> {
    text.char_indices().find_map(|(at, _)| {
        let (before, rest) = text.split_at(at);
        let (part, after) = read_mark(rest)?;
        Some((before, part, after))
    })
}

/// The marked part with which the text begins: bold, a link, or a color of WeCom's.
fn read_mark(text: &str) -> Option<(Part, &str)> {
    if let Some(rest) = text.strip_prefix("**") {
        let (bold, rest) = rest.split_once("**")?;
        return Some((Part { bold: true, ..Part::plain(bold) }, rest));
    }
    if let Some(rest) = text.strip_prefix('[') {
        let (title, rest) = rest.split_once("](")?;
        let (link, rest) = rest.split_once(')')?;
        return Some((Part { link: Some(link.to_owned()), ..Part::plain(title) }, rest));
    }
    let (color, rest) = text.strip_prefix("<font color=\"")?.split_once("\">")?;
    let tone = match color {
        "info" => Tone::Good,
        "comment" => Tone::Neutral,
        "warning" => Tone::Warning,
        _ => return None,
    };
    let (colored, rest) = rest.split_once("</font>")?;
    Some((Part { tone: Some(tone), ..Part::plain(colored) }, rest))
}
