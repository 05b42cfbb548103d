//! The sentences that people read, in English and Chinese.

mod digest;
mod refusal;
mod settings;

pub(crate) use digest::{label, more, summary};

use crate::{
    digest::Phrase,
    vendor::{Language, Vendor},
};

impl Language {
    pub(crate) fn choose<'a>(self, english: &'a str, chinese: &'a str) -> &'a str {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }

    /// Stands between a thing and what is said of it.
    pub(crate) fn colon(self) -> &'static str {
        self.choose(": ", "：")
    }

    /// The language's name, to a reader of `reader`.
    #[must_use]
    pub fn name(self, reader: Self) -> &'static str {
        match self {
            Self::English => reader.choose("English", "英文"),
            Self::Chinese => reader.choose("Chinese", "中文"),
        }
    }
}

impl Vendor {
    /// The vendor's name, to a reader of `reader`.
    #[must_use]
    pub fn name(self, reader: Language) -> &'static str {
        match self {
            Self::DingTalk => reader.choose("DingTalk", "钉钉"),
            Self::Feishu => reader.choose("Feishu", "飞书"),
            Self::WeCom => reader.choose("WeCom", "企业微信"),
        }
    }
}

impl Phrase {
    pub(crate) fn in_language(&self, language: Language) -> &str {
        language.choose(&self.english, &self.chinese)
    }
}
