//! The title of a video for which nobody stated one.

use youku::{TITLE_CHARACTERS, clean_title};

/// The file's name without its extension, cleaned and whole, however long.
pub(super) fn derive_title(file_name: &str) -> String {
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
    let title = clean_title(stem).trim().to_owned();
    if title.is_empty() { clean_title(file_name) } else { title }
}

/// Nobody stated this title, so it may be cut to what Youku takes.
pub(super) fn cut_title(title: &str) -> String {
    title.chars().take(TITLE_CHARACTERS).collect()
}

/// Whether the title is longer than Youku takes.
pub(super) fn is_too_long(title: &str) -> bool {
    title.chars().nth(TITLE_CHARACTERS).is_some()
}
