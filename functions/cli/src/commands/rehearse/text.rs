//! Texts in both languages at once: the table is in the user's, the report in English.

use crate::ui::i18n::{Lang, current, with_language};

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) en: String,
    pub(super) zh: String,
}

impl Text {
    /// Makes the text in both languages.
    pub(super) fn make(make: impl Fn() -> String) -> Self {
        Self { en: with_language(Lang::En, &make), zh: with_language(Lang::Zh, &make) }
    }

    /// The text in the language in use.
    pub(super) fn as_str(&self) -> &str {
        match current() {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

/// Formats a text in both languages: the English format, then the Chinese one.
macro_rules! text {
    ($en:literal, $zh:literal $(,)?) => {
        $crate::commands::rehearse::text::Text { en: format!($en), zh: format!($zh) }
    };
}

pub(super) use text;
