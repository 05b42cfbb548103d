//! Comparison with golden files: what a person reads, word by word.

use super::workspace;
use std::fs;

/// Separators between words, the Chinese ones included.
const SEPARATORS: [char; 7] = [' ', '：', '；', '，', '（', '）', '、'];

/// Asserts that a text equals the golden file of this name; `UPDATE_GOLDEN=1` rewrites the file.
pub(crate) fn assert_golden(name: &str, text: &str) {
    let path = workspace().join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, text).unwrap();
    }
    assert_eq!(text, fs::read_to_string(&path).unwrap(), "UPDATE_GOLDEN=1 rewrites {name}");
}

/// Replaces what differs from run to run (ids, times, links) by a word for it.
pub(crate) fn normalize(text: &str) -> String {
    let word = |word: &str| {
        let bare =
            word.trim_end_matches(|one| [':', ')', ';', ','].contains(&one) || SEPARATORS.contains(&one));
        let rest = &word[bare.len()..];
        let is_hex = |length| bare.len() == length && bare.bytes().all(|byte| byte.is_ascii_hexdigit());
        let name = if is_hex(24) {
            "REQUEST"
        } else if is_hex(32) {
            if bare.bytes().any(|byte| byte.is_ascii_uppercase()) { "ETAG" } else { "ID" }
        } else if has_form(bare, "0000-00-00") {
            "DATE"
        } else if has_form(bare, "00:00:00") {
            "CLOCK"
        } else if bare.len() > 18 && bare.ends_with('Z') && bare.as_bytes()[10] == b'T' {
            "TIME"
        } else if bare.starts_with("https://v.youku.com/v_show/id_") {
            "LINK"
        } else if bare.len() > 12 && bare.starts_with('X') {
            "VIDEO"
        } else {
            bare
        };
        format!("{name}{rest}")
    };
    let line = |line: &str| line.split_inclusive(SEPARATORS).map(word).collect::<String>();
    text.lines().map(line).map(|line| line + "\n").collect()
}

/// Whether a word has digits where `form` has zeros, and is `form` elsewhere.
fn has_form(word: &str, form: &str) -> bool {
    word.len() == form.len()
        && word
            .bytes()
            .zip(form.bytes())
            .all(|(one, form)| if form == b'0' { one.is_ascii_digit() } else { one == form })
}
