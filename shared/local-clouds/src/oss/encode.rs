//! Small encodings: hex, base64, percent.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const ALL_BUT_UNRESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const PATH: AsciiSet = ALL_BUT_UNRESERVED.remove(b'/');

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Upper-case hex, as ETags are shown.
pub(super) fn upper_hex(bytes: &[u8]) -> String {
    hex(bytes).to_ascii_uppercase()
}

/// A random name of 32 lower-case hex digits.
pub(super) fn random_name() -> String {
    format!("{:032x}", rand::random::<u128>())
}

pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// A list position as an opaque token that survives any encoding.
pub(super) fn token(position: &str) -> String {
    URL_SAFE_NO_PAD.encode(position)
}

pub(super) fn from_token(token: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()
}

/// Percent-encodes all but the unreserved characters.
pub(super) fn percent(text: &str) -> String {
    utf8_percent_encode(text, &ALL_BUT_UNRESERVED).to_string()
}

/// The same, slashes kept.
pub(super) fn percent_path(text: &str) -> String {
    utf8_percent_encode(text, &PATH).to_string()
}
