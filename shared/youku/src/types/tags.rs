//! Tags that are given as one text, or that nobody stated on purpose.

use super::visible_text::clean_title;

/// What parts tags: commas and semicolons, those of Chinese keyboards too. The enumeration comma (U+3001) is none: it stands within names.
pub const TAG_SEPARATORS: [char; 4] = [',', ';', '\u{FF0C}', '\u{FF1B}'];

/// Splits tags that are given as one text, without the white space around them, and without empty ones.
#[must_use]
pub fn split_tags(text: &str) -> Vec<String> {
    text.split(TAG_SEPARATORS).map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

/// Cleans tags that nobody stated on purpose, as a [title](clean_title): what then is empty is left out.
#[must_use]
pub fn clean_tags(tags: &[String]) -> Vec<String> {
    tags.iter().map(|tag| clean_title(tag).trim().to_owned()).filter(|tag| !tag.is_empty()).collect()
}
