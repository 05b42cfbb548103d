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

/// Why an encoded word cannot be decoded.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum WordError {
    /// Its character set is not known here. Holds its name, of letters, digits and `-_.:+` alone.
    Charset(String),
    /// Its bytes are neither base64 nor `Q`, or not of its character set.
    Malformed,
}

/// Longest name of a character set; the registered ones have at most 40 characters (RFC 2978).
const CHARSET_CHARACTERS: usize = 40;

/// Decodes every encoded word of a text; white space between two words is no part of it.
///
/// Words need no white space around them, and a character may begin in one word and end in the next: senders break these rules.
///
/// # Errors
/// Why the first word that cannot be decoded cannot.
pub(super) fn decode_encoded_words(text: &str) -> Result<String, WordError> {
    let mut decoded = Vec::new();
    let mut after_word = false;
    let mut rest = text;
    while let Some(word) = find_word(rest) {
        if !(after_word && word.before.trim().is_empty()) {
            decoded.extend_from_slice(word.before.as_bytes());
        }
        let (encoded, following) = word.rest.split_once("?=").ok_or(WordError::Malformed)?;
        let charset = Charset::find(word.charset)?;
        let bytes = match word.encoding {
            "B" | "b" => BASE64.decode(encoded).ok(),
            "Q" | "q" => decode_q(encoded),
            _ => None,
        };
        let bytes = bytes.and_then(|bytes| charset.to_utf8(bytes)).ok_or(WordError::Malformed)?;
        decoded.extend(bytes);
        (after_word, rest) = (true, following);
    }
    decoded.extend_from_slice(rest.as_bytes());
    String::from_utf8(decoded).map_err(|_| WordError::Malformed)
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

/// The character sets that are known here.
#[derive(Clone, Copy)]
enum Charset {
    Utf8,
    Ascii,
    Latin1,
}

impl Charset {
    /// Looks up the character set of this name, which may name a language after `*` (RFC 2231).
    fn find(name: &str) -> Result<Self, WordError> {
        let name = name.split_once('*').map_or(name, |(name, _)| name);
        match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Ok(Self::Utf8),
            "us-ascii" | "ascii" => Ok(Self::Ascii),
            "iso-8859-1" | "latin1" => Ok(Self::Latin1),
            _ => {
                let is_plain = |c: &char| c.is_ascii_alphanumeric() || "-_.:+".contains(*c);
                Err(WordError::Charset(name.chars().filter(is_plain).take(CHARSET_CHARACTERS).collect()))
            }
        }
    }

    /// The bytes as UTF-8, a piece of which they may be; `None` where they are not of this character set.
    fn to_utf8(self, bytes: Vec<u8>) -> Option<Vec<u8>> {
        match self {
            Self::Utf8 => Some(bytes),
            Self::Ascii => bytes.is_ascii().then_some(bytes),
            // Its 256 characters are Unicode's first.
            Self::Latin1 => Some(bytes.into_iter().map(char::from).collect::<String>().into_bytes()),
        }
    }
}
