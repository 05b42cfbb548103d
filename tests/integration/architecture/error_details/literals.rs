//! The texts of source code: string literals, in macros and in the attributes that word an error, too.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// What is written for logs and for programmers: no person at a terminal reads it.
const OTHERS_READERS: [&str; 6] =
    ["tracing", "debug_assert", "unreachable", "assert", "assert_eq", "matches"];

/// Every string literal of a file's product code, with `{}` for each value that a text is formatted with.
pub(super) fn texts(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    collect(source.parse().expect("Rust"), &mut found);
    found
}

fn collect(tokens: TokenStream, found: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '#' => {
                // `#![...]` belongs to the file.
                at += usize::from(
                    matches!(tokens.get(at), Some(TokenTree::Punct(mark)) if mark.as_char() == '!'),
                );
                if let Some(TokenTree::Group(attribute)) = tokens.get(at) {
                    at = skip_attribute(&tokens, at, attribute.stream(), found);
                }
            }
            TokenTree::Ident(name) if OTHERS_READERS.contains(&name.to_string().as_str()) => {
                at = skip_macro(&tokens, at);
            }
            TokenTree::Ident(name) if name == "expect" => at += usize::from(is_arguments(tokens.get(at))),
            TokenTree::Group(group) => collect(group.stream(), found),
            TokenTree::Literal(literal) => {
                found.extend(
                    syn::parse_str::<syn::LitStr>(&literal.to_string())
                        .ok()
                        .map(|text| normalize(&text.value())),
                );
            }
            _ => {}
        }
    }
}

/// Passes an attribute, but reads the words of an error in it; passes the item after `#[cfg(test)]`.
fn skip_attribute(tokens: &[TokenTree], at: usize, attribute: TokenStream, found: &mut Vec<String>) -> usize {
    let text = attribute.to_string();
    if text.starts_with("error") {
        collect(attribute, found);
    }
    let is_test = text.starts_with("cfg") && text.contains("test");
    if !is_test {
        return at + 1;
    }
    // The item ends with its braces or its semicolon.
    let is_end = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(mark) => mark.as_char() == ';',
        _ => false,
    };
    let length = tokens[at..].iter().position(is_end);
    length.map_or(tokens.len(), |length| at + length + 1)
}

/// Passes `::warn!(...)`, `!(...)`; a name that is no macro's is passed alone.
fn skip_macro(tokens: &[TokenTree], at: usize) -> usize {
    let is_path = |token: &TokenTree| match token {
        TokenTree::Punct(mark) => mark.as_char() == ':' || mark.as_char() == '!',
        TokenTree::Ident(_) => true,
        _ => false,
    };
    let length = tokens[at..].iter().take_while(|token| is_path(token)).count();
    let is_called = length > 0 && is_arguments(tokens.get(at + length));
    if is_called { at + length + 1 } else { at }
}

fn is_arguments(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis)
}

/// Replaces each value of a format, such as `{error}` or `{0:?}`, by `{}`.
pub(super) fn normalize(format: &str) -> String {
    let mut text = String::new();
    let mut rest = format;
    while let Some((before, inside)) = rest.split_once('{') {
        text += before;
        let Some((value, after)) = inside.split_once('}').filter(|_| !inside.starts_with('{')) else {
            return text + rest.strip_prefix(before).unwrap_or_default();
        };
        text += if is_value(value) { "{}" } else { return format.to_owned() };
        rest = after;
    }
    text + rest
}

/// Whether this stands between the braces of a format.
fn is_value(text: &str) -> bool {
    let name = text.split(':').next().unwrap_or_default();
    name == "~" || name == "!" || name.chars().all(|one| one.is_alphanumeric() || one == '_')
}

/// Whether a text has words: two or more, in lower case.
pub(super) fn is_prose(text: &str) -> bool {
    let is_word = |word: &str| word.chars().filter(char::is_ascii_lowercase).count() > 1;
    text.split(' ').filter(|word| is_word(word)).count() > 1
}

#[test]
fn texts_of_errors_are_found_wherever_they_stand() {
    let source = r#"
        //! A comment with words.
        #[derive(thiserror::Error)]
        #[error("port {0:?} is closed")]
        struct Closed(u16);
        #[doc = "words of a comment"]
        fn f() -> Error {
            tracing::warn!(?error, "words for the log");
            let port = find().expect("words for a panic");
            Error::new(Kind::A, "op", format!("the key {key} has {} bytes", n))
        }
        #[cfg(test)]
        mod tests { const A: &str = "words of a test"; }
        const B: &str = "words after it";
    "#;
    assert_eq!(texts(source), ["port {} is closed", "op", "the key {} has {} bytes", "words after it"]);
    assert!(is_prose("no answer") && is_prose("{} characters here"));
    for other in ["op", "youku-title", "Content-Type x", "{} {}", "A B C"] {
        assert!(!is_prose(other), "{other}");
    }
}
