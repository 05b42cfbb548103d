//! The shapes of the vendors' JSON, field by field in a fixed order.

use serde::Serialize;

/// Bytes of a body that DingTalk and Feishu accept (20,000 and 20 KB), less room for Feishu's signature and a margin.
const BODY_BYTES: usize = 19_500;
/// Bytes of the text that WeCom accepts (4,096), less a margin.
const WECOM_TEXT_BYTES: usize = 4_000;

/// A message of one of the vendors.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Message {
    DingTalk(DingTalk),
    Feishu(Feishu),
    WeCom(WeCom),
}

/// Feishu's signature, which is a part of the body. The timestamp is text.
#[derive(Debug, Serialize)]
pub(crate) struct Signature {
    pub(crate) timestamp: String,
    pub(crate) sign: String,
}

impl Message {
    pub(crate) fn fits(&self) -> bool {
        match self {
            Self::WeCom(WeCom::Markdown { markdown: text } | WeCom::MarkdownV2 { markdown_v2: text }) => {
                text.content.len() <= WECOM_TEXT_BYTES
            }
            Self::DingTalk(_) | Self::Feishu(_) => self.to_json(None).len() <= BODY_BYTES,
        }
    }

    /// As JSON. serde_json leaves Chinese as it is.
    pub(crate) fn to_json(&self, signature: Option<Signature>) -> String {
        #[derive(Serialize)]
        struct Signed<'a> {
            #[serde(flatten)]
            signature: Option<Signature>,
            #[serde(flatten)]
            message: &'a Message,
        }
        // Strings and fixed names alone: nothing here can fail to become JSON.
        serde_json::to_string(&Signed { signature, message: self }).unwrap_or_default()
    }
}

#[derive(Debug, Serialize)]
#[serde(tag = "msgtype", rename_all = "camelCase")]
pub(crate) enum DingTalk {
    Markdown {
        markdown: Titled,
        at: At,
    },
    ActionCard {
        #[serde(rename = "actionCard")]
        action_card: ActionCard,
    },
}

/// Nobody is called.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct At {
    pub(crate) is_at_all: bool,
}

/// The title is what the list of chats and a phone's notice show.
#[derive(Debug, Serialize)]
pub(crate) struct Titled {
    pub(crate) title: String,
    pub(crate) text: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ActionCard {
    pub(crate) title: String,
    pub(crate) text: String,
    /// `0`: one below the other.
    pub(crate) btn_orientation: &'static str,
    pub(crate) btns: Vec<Button>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Button {
    pub(crate) title: String,
    #[serde(rename = "actionURL")]
    pub(crate) action_url: String,
}

#[derive(Debug, Serialize)]
#[serde(tag = "msg_type", rename_all = "snake_case")]
pub(crate) enum Feishu {
    Interactive { card: Card },
    Post { content: Post },
}

#[derive(Debug, Serialize)]
pub(crate) struct Card {
    pub(crate) config: CardConfig,
    pub(crate) header: CardHeader,
    pub(crate) elements: Vec<Element>,
}

#[derive(Debug, Serialize)]
pub(crate) struct CardConfig {
    pub(crate) wide_screen_mode: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct CardHeader {
    pub(crate) template: &'static str,
    pub(crate) title: CardText,
}

#[derive(Debug, Serialize)]
#[serde(tag = "tag", rename_all = "snake_case")]
pub(crate) enum Element {
    Div { text: CardText },
}

#[derive(Debug, Serialize)]
#[serde(tag = "tag", rename_all = "snake_case")]
pub(crate) enum CardText {
    PlainText { content: String },
    LarkMd { content: String },
}

#[derive(Debug, Serialize)]
pub(crate) struct Post {
    pub(crate) post: Languages,
}

#[derive(Debug, Serialize)]
pub(crate) struct Languages {
    pub(crate) zh_cn: PostText,
    pub(crate) en_us: PostText,
}

#[derive(Debug, Serialize)]
pub(crate) struct PostText {
    pub(crate) title: String,
    /// Paragraphs of pieces.
    pub(crate) content: Vec<Vec<Piece>>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "tag", rename_all = "snake_case")]
pub(crate) enum Piece {
    Text { text: String },
    A { text: String, href: String },
}

#[derive(Debug, Serialize)]
#[serde(tag = "msgtype", rename_all = "snake_case")]
pub(crate) enum WeCom {
    Markdown { markdown: Content },
    MarkdownV2 { markdown_v2: Content },
}

#[derive(Debug, Serialize)]
pub(crate) struct Content {
    pub(crate) content: String,
}
