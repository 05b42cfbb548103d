//! Patterns in which `*` stands for any text.

/// Whether a text matches a pattern in which `*` stands for any text.
pub(crate) fn matches_wildcard(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut rest = rest;
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text_and_everything_else_for_itself() {
        for (pattern, text) in [
            ("acs:oss:*:*:b/videos/*", "acs:oss:cn:0:b/videos/a/b.mp4"),
            ("acs:oss:*:*:b", "acs:oss:cn:0:b"),
            ("*", ""),
        ] {
            assert!(matches_wildcard(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("acs:oss:*:*:b", "acs:oss:cn:0:b/k"),
            ("acs:oss:*:*:b/videos/*", "acs:oss:cn:0:b/other"),
            ("oss:GetObject", "oss:GetObjectAcl"),
        ] {
            assert!(!matches_wildcard(pattern, text), "{pattern} {text}");
        }
    }
}
