//! Text that no vendor reads as markup, cut on a character's border, and links that stay whole.
//!
//! The vendors document no escapes that all their clients keep. So a character that could begin markup is replaced by its full-width twin,
//! which looks the same and is read as text everywhere.

/// Stands where a text was cut.
const ELLIPSIS: char = '…';
/// Longer links are left out: cut, they would lead elsewhere.
const LINK_BYTES: usize = 300;

/// The text on one line, without anything that could call people, make or hide a link, or break a card: file names and titles are written
/// by strangers. Invisible characters that reorder or split words are removed.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text.chars().filter(|one| !is_invisible(*one)).peekable();
    while let Some(one) = rest.next() {
        let next = rest.peek().copied();
        let safe = match one {
            '<' => '＜',
            '>' => '＞',
            '@' => '＠',
            '[' => '［',
            ']' => '］',
            '*' => '＊',
            '`' => '｀',
            '~' => '～',
            '|' => '｜',
            '\\' => '＼',
            // Between letters it is part of a name, and begins no emphasis.
            '_' if before.is_alphanumeric() && next.is_some_and(char::is_alphanumeric) => '_',
            '_' => '＿',
            // The beginning of an HTML entity, which some clients decode.
            '&' if next.is_some_and(|next| next == '#' || next.is_ascii_alphabetic()) => '＆',
            // The beginning of a bare address, which clients make a link of.
            ':' if next == Some('/') => '：',
            '#' if escaped.is_empty() => '＃',
            one if one.is_control() || one.is_whitespace() || matches!(one, '\u{2028}' | '\u{2029}') => ' ',
            one => one,
        };
        if safe == ' ' && (escaped.is_empty() || escaped.ends_with(' ')) {
            continue;
        }
        escaped.push(safe);
        before = one;
    }
    escaped.truncate(escaped.trim_end().len());
    escaped
}

/// Marks of zero width and of direction. The joiners stay: emoji and some scripts need them.
fn is_invisible(one: char) -> bool {
    matches!(one, '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The text, cut on a character's border to at most `bytes` bytes with an ellipsis at its end.
pub(crate) fn cut(mut text: String, bytes: usize) -> String {
    if text.len() > bytes {
        let mut end = bytes.saturating_sub(ELLIPSIS.len_utf8());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.truncate(text.trim_end().len());
        text.push(ELLIPSIS);
    }
    text
}

/// Escaped and cut.
pub(crate) fn plain(text: &str, bytes: usize) -> String {
    cut(escape(text), bytes)
}

/// The address for use in a link of any format, or nothing if it is no web address, names a user, or is too long.
pub(crate) fn safe_link(link: &str) -> Option<String> {
    let link = link.trim();
    let rest = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_host = |one: u8| one.is_ascii_alphanumeric() || b".-:".contains(&one);
    if authority.is_empty() || !authority.bytes().all(is_host) {
        return None;
    }
    let mut safe = String::with_capacity(link.len());
    for byte in link.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => safe.push(char::from(byte)),
            _ if b"-._:/?#=&%+,;!$'".contains(&byte) => safe.push(char::from(byte)),
            _ => safe.push_str(&format!("%{byte:02X}")),
        }
    }
    (safe.len() <= LINK_BYTES).then_some(safe)
}

#[cfg(test)]
mod tests {
    use super::{cut, escape, safe_link};

    #[test]
    fn what_could_be_markup_becomes_its_full_width_twin() {
        for (text, escaped) in [
            ("@all @所有人", "＠all ＠所有人"),
            ("<at id=all></at>", "＜at id=all＞＜/at＞"),
            ("[a](https://b.c)", "［a］(https：//b.c)"),
            ("**a** `b` ~~c~~ | \\d", "＊＊a＊＊ ｀b｀ ～～c～～ ｜ ＼d"),
            ("&#60;at&lt; Tom & Jerry", "＆#60;at＆lt; Tom & Jerry"),
            ("my_clip_01.mp4 _x_", "my_clip_01.mp4 ＿x＿"),
            ("# a\r\n\r\n# b\u{2028}c\td ", "＃ a # b c d"),
            ("a\u{202e}4pm\u{200b}.exe\u{feff}", "a4pm.exe"),
            ("10:30 (1).mp4", "10:30 (1).mp4"),
        ] {
            assert_eq!(escape(text), escaped);
        }
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(cut("视频视频".to_owned(), 12), "视频视频");
        assert_eq!(cut("视频视频".to_owned(), 11), "视频…");
        assert_eq!(cut("a 视频".to_owned(), 5), "a…");
        assert_eq!(cut("😀😀".to_owned(), 7), "😀…");
    }

    #[test]
    fn a_link_leads_where_it_says_or_is_left_out() {
        let plain = "https://v.youku.com/v_show/id_XMQ==.html?a=1&b=%E4#c";
        assert_eq!(safe_link(plain).as_deref(), Some(plain));
        let odd = safe_link("https://a.b/x)](c) <at>@all 视");
        assert_eq!(odd.as_deref(), Some("https://a.b/x%29%5D%28c%29%20%3Cat%3E%40all%20%E8%A7%86"));
        for none in ["javascript:alert(1)", "https://youku.com@evil.example/", "https://", "ftp://a", "//a/b"]
        {
            assert_eq!(safe_link(none), None, "{none}");
        }
        assert_eq!(safe_link(&format!("https://a.b/{}", "x".repeat(300))), None);
    }
}
