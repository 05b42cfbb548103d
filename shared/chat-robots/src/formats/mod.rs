//! The vendors' bodies, and their fitting into the vendors' limits.

pub(crate) mod body;
mod dingtalk;
mod drawing;
mod feishu;
mod wecom;

use crate::{
    digest::Digest,
    vendor::{Language, Vendor},
    view::View,
};
use body::Message;

/// The kind of message that a digest becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// DingTalk: Markdown.
    DingTalkMarkdown,
    /// DingTalk: Markdown with buttons for the first links. A digest without links becomes [`DingTalkMarkdown`](Self::DingTalkMarkdown): the vendor demands a button.
    DingTalkActionCard,
    /// Feishu: a card.
    FeishuCard,
    /// Feishu: a text in both languages at once; each reader sees that of the app.
    FeishuPost,
    /// WeCom: Markdown with colors.
    WeComMarkdown,
    /// WeCom: the newer Markdown with lists and without colors. Apps before 4.1.36 (4.1.38 on Android) show its source.
    WeComMarkdownV2,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 6] = [
        Self::DingTalkMarkdown,
        Self::DingTalkActionCard,
        Self::FeishuCard,
        Self::FeishuPost,
        Self::WeComMarkdown,
        Self::WeComMarkdownV2,
    ];

    /// The one for robots whose settings name none.
    #[must_use]
    pub fn default_of(vendor: Vendor) -> Self {
        match vendor {
            Vendor::DingTalk => Self::DingTalkMarkdown,
            Vendor::Feishu => Self::FeishuCard,
            Vendor::WeCom => Self::WeComMarkdown,
        }
    }

    /// Whose robots accept it.
    #[must_use]
    pub fn vendor(self) -> Vendor {
        match self {
            Self::DingTalkMarkdown | Self::DingTalkActionCard => Vendor::DingTalk,
            Self::FeishuCard | Self::FeishuPost => Vendor::Feishu,
            Self::WeComMarkdown | Self::WeComMarkdownV2 => Vendor::WeCom,
        }
    }

    /// A stable word, as `action_card`; unique within a vendor.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DingTalkMarkdown | Self::WeComMarkdown => "markdown",
            Self::DingTalkActionCard => "action_card",
            Self::FeishuCard => "card",
            Self::FeishuPost => "post",
            Self::WeComMarkdownV2 => "markdown_v2",
        }
    }

    /// The digest as this format's JSON, in UTF-8 without escapes (which double Chinese against the limits), always below the vendor's
    /// limit: lines that do not fit are counted instead. A Feishu robot that signs adds its signature to it, for which there is room.
    #[must_use]
    pub fn body(self, digest: &Digest, language: Language, keyword: Option<&str>) -> String {
        self.message(digest, language, keyword).to_json(None)
    }

    pub(crate) fn message(self, digest: &Digest, language: Language, keyword: Option<&str>) -> Message {
        let lines = digest.lines().len();
        let mut message = self.message_with(digest, language, keyword, lines);
        for shown in (0..lines).rev() {
            if message.fits() {
                break;
            }
            message = self.message_with(digest, language, keyword, shown);
        }
        message
    }

    fn message_with(
        self,
        digest: &Digest,
        language: Language,
        keyword: Option<&str>,
        shown: usize,
    ) -> Message {
        let view = |language| View::new(digest, language, keyword, shown);
        match self {
            Self::DingTalkMarkdown => dingtalk::markdown(&view(language)),
            Self::DingTalkActionCard => dingtalk::action_card(&view(language)),
            Self::FeishuCard => feishu::card(&view(language)),
            Self::FeishuPost => feishu::post(&view(Language::Chinese), &view(Language::English)),
            Self::WeComMarkdown => wecom::markdown(&view(language)),
            Self::WeComMarkdownV2 => wecom::markdown_v2(&view(language)),
        }
    }
}
