//! Small encodings: hex, base64, percent.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const ALL_BUT_UNRESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

const PATH: AsciiSet = ALL_BUT_UNRESERVED.remove(b'/');

/// A random name of 32 lower-case hex digits.
pub(crate) fn new_random_id() -> String {
    format!("{:032x}", rand::random::<u128>())
}

pub(crate) fn encode_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub(crate) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Encodes a list position as an opaque token that survives any encoding.
pub(crate) fn encode_token(position: &str) -> String {
    URL_SAFE_NO_PAD.encode(position)
}

pub(crate) fn decode_token(token: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()
}

/// Percent-encodes all but the unreserved characters.
pub(crate) fn percent_encode(text: &str) -> String {
    utf8_percent_encode(text, &ALL_BUT_UNRESERVED).to_string()
}

/// Percent-encodes all but the unreserved characters and slashes.
pub(crate) fn percent_encode_path(text: &str) -> String {
    utf8_percent_encode(text, &PATH).to_string()
}
