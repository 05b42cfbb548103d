//! A message as its chat shows it, for a page that draws one.

use crate::view::Tone;
use serde::Serialize;

/// A message: what is sent, and what the chat makes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// The JSON that is sent, without a signature.
    pub body: String,
    /// What a reader sees, from top to bottom.
    pub blocks: Vec<Block>,
}

/// A line of a message, or a button below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// The color of a [card's head](BlockKind::CardHead).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tone: Option<Tone>,
    /// What it says, one after the other.
    pub parts: Vec<Part>,
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// The head of a message.
    Heading,
    /// The head of a card, on a ground of its own color.
    CardHead,
    /// A line of its own.
    Paragraph,
    /// A line of a list.
    Item,
    /// A quoted line.
    Quote,
    /// A button, whose one part is a link.
    Button,
}

/// Some text of a block, which a reader sees as it is: nothing in it is markup any more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The text.
    pub text: String,
    /// Whether it is in bold.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub bold: bool,
    /// Its color, where it has one of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tone: Option<Tone>,
    /// The address that it opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl Part {
    /// Text without any marks.
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

impl Block {
    /// A block without a color.
    pub(crate) fn new(kind: BlockKind, parts: Vec<Part>) -> Self {
        Self { kind, tone: None, parts }
    }
}
