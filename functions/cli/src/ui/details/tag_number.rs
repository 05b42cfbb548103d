//! Tags as a person counts them. The libraries name them as JSON does, `tags[0]`, and so do the answers of the HTTP API.

use crate::ui::i18n::tr;
use std::borrow::Cow;

/// Replaces the `tags[0]` that a text about a video begins with by the first tag; texts about a document keep its paths.
pub(super) fn count_from_one(text: &str) -> Cow<'_, str> {
    let named = text.strip_prefix("tags[").and_then(|rest| rest.split_once("] "));
    match named.and_then(|(index, rest)| Some((index.parse::<usize>().ok()?.checked_add(1)?, rest))) {
        Some((number, rest)) => Cow::Owned(tr!("tag {number} {rest}", "第{number}个标签 {rest}")),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::count_from_one;

    #[test]
    fn tags_are_counted_from_one() {
        for (text, counted) in [
            ("tags[1] has 1 character, 2 to 20 are allowed", "tag 2 has 1 character, 2 to 20 are allowed"),
            ("sidecar tags[0] has the wrong type", "sidecar tags[0] has the wrong type"),
            ("tags[x] is odd", "tags[x] is odd"),
        ] {
            assert_eq!(count_from_one(text), counted);
        }
    }
}
