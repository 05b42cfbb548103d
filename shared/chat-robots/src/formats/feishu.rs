//! Feishu's card, in the schema that robots have always taken, and its text in both languages.

use super::body::{
    Card, CardConfig, CardHeader, CardText, Element, Feishu, Languages, Message, Piece, Post, PostText,
};
use crate::view::{LineView, Tone, View};

pub(crate) fn card(view: &View) -> Message {
    let lines = view.lines.iter();
    let lines = lines.map(|line| CardText::LarkMd {
        content: format!("**{}** {}{}", line.label, line.markdown_title(), line.advice),
    });
    let rest = view.more.iter().chain(&view.keyword);
    let rest = rest.map(|text| CardText::PlainText { content: text.clone() });
    let mut elements: Vec<_> = lines.chain(rest).map(|text| Element::Div { text }).collect();
    if elements.is_empty() {
        // A card without elements is no card.
        elements.push(Element::Div { text: CardText::PlainText { content: view.heading.clone() } });
    }
    let title = CardText::PlainText { content: view.heading.clone() };
    let header = CardHeader { template: template(view.tone), title };
    let card = Card { config: CardConfig { wide_screen_mode: true }, header, elements };
    Message::Feishu(Feishu::Interactive { card })
}

/// The color of the card's head.
fn template(tone: Tone) -> &'static str {
    match tone {
        Tone::Neutral => "blue",
        Tone::Good => "green",
        Tone::Warning => "orange",
        Tone::Bad => "red",
    }
}

pub(crate) fn post(chinese: &View, english: &View) -> Message {
    let post = Languages { zh_cn: post_text(chinese), en_us: post_text(english) };
    Message::Feishu(Feishu::Post { content: Post { post } })
}

fn post_text(view: &View) -> PostText {
    let mut content: Vec<_> = view.lines.iter().map(paragraph).collect();
    let rest = view.more.iter().chain(&view.keyword);
    content.extend(rest.map(|text| vec![Piece::Text { text: text.clone() }]));
    if content.is_empty() {
        content.push(vec![Piece::Text { text: view.heading.clone() }]);
    }
    PostText { title: view.heading.clone(), content }
}

fn paragraph(line: &LineView) -> Vec<Piece> {
    let Some(href) = line.link.clone() else {
        return vec![Piece::Text { text: format!("{} {}{}", line.label, line.title, line.advice) }];
    };
    let mut pieces =
        vec![Piece::Text { text: format!("{} ", line.label) }, Piece::A { text: line.title.clone(), href }];
    if !line.advice.is_empty() {
        pieces.push(Piece::Text { text: line.advice.clone() });
    }
    pieces
}
