//! Tags that are given as one text.

/// What parts tags: commas and semicolons, those of Chinese keyboards too. The enumeration comma (U+3001) is none: it stands within names.
const SEPARATORS: [char; 4] = [',', ';', '\u{FF0C}', '\u{FF1B}'];

/// Splits tags that are given as one text, without the white space around them, and without empty ones.
#[must_use]
pub fn split_tags(text: &str) -> Vec<String> {
    text.split(SEPARATORS).map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}
