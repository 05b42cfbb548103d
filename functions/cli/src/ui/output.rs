//! Lines on standard output and standard error. Write errors are ignored: either may be closed.
//!
//! A person's terminal obeys control characters, and a key, a title or another server's text may hold some. Texts for a person are
//! therefore escaped here: [`escape`] where such a text enters a message, and once more whatever a line still holds. JSON keeps its value
//! ([`print_json`]).

use super::status_line;
use serde_json::Value;
use std::{
    borrow::Cow,
    fmt::{Display, Write as _},
    io::{Write, stderr, stdout},
};

/// Prints one line of results for a person on standard output. A newline in it comes from outside, and is escaped as well.
pub(crate) fn print_line(line: impl Display) {
    let line = line.to_string();
    let line = escape(&line);
    status_line::suspend(|| _ = writeln!(stdout(), "{line}"));
}

/// Prints a text of results for a person on standard output; a newline in it is this program's own.
pub(crate) fn print_text(text: impl Display) {
    let text = text.to_string();
    let text = escape_if(&text, |one| one != '\n' && is_active(one));
    status_line::suspend(|| _ = writeln!(stdout(), "{text}"));
}

/// Prints a text for a person on standard error; a newline in it is this program's own.
pub(crate) fn print_error(text: impl Display) {
    let text = text.to_string();
    let text = escape_if(&text, |one| one != '\n' && is_active(one));
    status_line::suspend(|| _ = writeln!(stderr(), "{text}"));
}

/// Prints one JSON value for a program on standard output. What a terminal would obey is escaped as JSON escapes it, so that the value is
/// the same.
pub(crate) fn print_json(value: impl Display) {
    let _ = writeln!(stdout(), "{}", escape_json(&value.to_string()));
}

/// Quotes a text as a string of TOML: JSON escapes as TOML does, but for the control character DEL.
pub(crate) fn quote_toml(text: &str) -> String {
    escape_json(&Value::from(text).to_string())
}

/// Escapes what a terminal obeys in a JSON text; its value stays.
fn escape_json(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for one in json.chars() {
        if one != '\n' && is_active(one) {
            // All of them fit into one unit of UTF-16.
            let _ = write!(escaped, "\\u{:04x}", u32::from(one));
        } else {
            escaped.push(one);
        }
    }
    escaped
}

/// Escapes what a terminal obeys instead of showing it, as `\u{1b}`: control characters with newline and tab, marks that change the
/// direction of writing, line separators, and the invisible byte order mark. `text` comes from outside: a key, a title, a message.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    escape_if(text, is_active)
}

fn escape_if(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for one in text.chars() {
        if is_escaped(one) {
            escaped.extend(one.escape_unicode());
        } else {
            escaped.push(one);
        }
    }
    Cow::Owned(escaped)
}

/// Whether a terminal obeys this character instead of showing it.
pub(super) fn is_active(one: char) -> bool {
    one.is_control()
        || matches!(one, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Removes the fields of a JSON object that are null.
pub(crate) fn without_nulls(mut value: Value) -> Value {
    if let Value::Object(fields) = &mut value {
        fields.retain(|_, value| !value.is_null());
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sequences that color, move, retitle or reverse are shown; letters of every script stay as they are.
    #[test]
    fn what_a_terminal_obeys_is_shown_escaped() {
        for (text, shown) in [
            ("a\u{1b}[31mb", r"a\u{1b}[31mb"),
            ("a\nb\tc\r\u{7}", r"a\u{a}b\u{9}c\u{d}\u{7}"),
            ("\u{9b}2J\u{7f}", r"\u{9b}2J\u{7f}"),
            ("gpj.\u{202e}4pm", r"gpj.\u{202e}4pm"),
            ("\u{2066}x\u{2069}\u{200f}\u{feff}", r"\u{2066}x\u{2069}\u{200f}\u{feff}"),
            ("片 é \u{1f468}\u{200d}\u{1f469} \\u{41}", "片 é \u{1f468}\u{200d}\u{1f469} \\u{41}"),
        ] {
            assert_eq!(escape(text), shown);
        }
    }
}
