//! The sentences that people read, in English and Chinese.

mod digest;
mod refusal;
mod settings;

pub(crate) use digest::{label, more, summary};

use crate::{digest::Phrase, vendor::Language};

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
}

impl Phrase {
    pub(crate) fn in_language(&self, language: Language) -> &str {
        language.choose(&self.english, &self.chinese)
    }
}
