//! Encoded words (RFC 2047), the form in which S3 returns user metadata that is not ASCII: `=?UTF-8?B?5pil5pma?=`.
//!
//! The libraries that decode them (`rfc2047-decoder`, `mailparse`) read mail: they bring `encoding_rs` with its tables of mail's character
//! sets along, and the program of Function Compute has a limit of size. S3 writes UTF-8 alone, so this knows UTF-8 and the two sets that
//! are its beginning and Unicode's.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Some senders leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// An encoded word's beginning, found in a text.
struct Word<'t> {
    /// What stands before it.
    before: &'t str,
    charset: &'t str,
    /// One letter.
    encoding: &'t str,
    /// The encoded text and what follows, the end of the word included.
    rest: &'t str,
}

/// Whether the text has what looks like an encoded word: `=?charset?letter?`, decodable or not.
pub(super) fn has_encoded_word(text: &str) -> bool {
    find_word(text).is_some()
}

/// Decodes every encoded word of a text; white space between two words is no part of it. `None` where one cannot be decoded.
///
/// Words need no white space around them, and a character may begin in one word and end in the next: senders break these rules.
pub(super) fn decode_encoded_words(text: &str) -> Option<String> {
    let mut decoded = Vec::new();
    let mut after_word = false;
    let mut rest = text;
    while let Some(word) = find_word(rest) {
        if !(after_word && word.before.trim().is_empty()) {
            decoded.extend_from_slice(word.before.as_bytes());
        }
        let (encoded, following) = word.rest.split_once("?=")?;
        let bytes = match word.encoding {
            "B" | "b" => BASE64.decode(encoded).ok()?,
            "Q" | "q" => decode_q(encoded)?,
            _ => return None,
        };
        append_as_utf8(&mut decoded, word.charset, bytes)?;
        (after_word, rest) = (true, following);
    }
    decoded.extend_from_slice(rest.as_bytes());
    String::from_utf8(decoded).ok()
}

fn find_word(text: &str) -> Option<Word<'_>> {
    text.match_indices("=?").find_map(|(at, mark)| {
        let (before, word) = text.split_at(at);
        let (charset, rest) = word.get(mark.len()..)?.split_once('?')?;
        let (encoding, rest) = rest.split_once('?')?;
        let is_word = !charset.is_empty()
            && charset.bytes().all(|byte| byte.is_ascii_graphic())
            && encoding.len() == 1
            && encoding.bytes().all(|byte| byte.is_ascii_alphabetic());
        is_word.then_some(Word { before, charset, encoding, rest })
    })
}

/// Decodes `Q`: `_` is a blank, `=` and two hexadecimal digits are a byte, every other printable character is itself.
fn decode_q(encoded: &str) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut characters = encoded.chars();
    while let Some(character) = characters.next() {
        decoded.push(match character {
            '_' | ' ' => b' ',
            '=' => {
                let mut digit = || characters.next()?.to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            _ if character.is_ascii_graphic() => u8::try_from(character).ok()?,
            _ => return None,
        });
    }
    Some(decoded)
}

/// Appends a word's bytes as UTF-8. The character set may name a language after `*` (RFC 2231).
fn append_as_utf8(text: &mut Vec<u8>, charset: &str, bytes: Vec<u8>) -> Option<()> {
    let charset = charset.split_once('*').map_or(charset, |(charset, _)| charset);
    match charset.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" => text.extend(bytes),
        "us-ascii" | "ascii" if bytes.is_ascii() => text.extend(bytes),
        // Its 256 characters are Unicode's first.
        "iso-8859-1" | "latin1" => {
            text.extend(bytes.into_iter().map(char::from).collect::<String>().into_bytes());
        }
        _ => return None,
    }
    Some(())
}
