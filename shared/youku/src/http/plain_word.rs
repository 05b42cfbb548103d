//! Words of Youku's that may be shown.

/// A word of Youku's that is safe to show: an identifier of at most 64 characters, else nothing.
pub(super) fn keep_plain_word(text: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (!text.is_empty() && text.len() <= 64 && text.chars().all(is_plain)).then(|| text.to_owned())
}
