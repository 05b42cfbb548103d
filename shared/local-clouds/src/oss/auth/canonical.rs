//! Headers as both signature versions put them into what is signed.

use http::HeaderMap;

use crate::oss::headers::header_text;

/// Reads the token from either of its header names; the Python clients differ.
pub(crate) fn read_token_header(headers: &HeaderMap) -> Option<String> {
    ["x-oss-security-token", "security-token"]
        .iter()
        .find_map(|name| header_text(headers, name))
        .map(str::to_owned)
}

/// Joins all values of a header with commas, each trimmed, as raw bytes.
pub(crate) fn join_header_values(headers: &HeaderMap, name: &str) -> Vec<u8> {
    let values = headers.get_all(name).iter().map(|value| value.as_bytes().trim_ascii());
    values.collect::<Vec<_>>().join(&b","[..])
}

/// Appends `name:value\n` for each of the names.
pub(crate) fn append_headers(text: &mut Vec<u8>, headers: &HeaderMap, names: &[&str]) {
    for name in names {
        text.extend_from_slice(name.as_bytes());
        text.push(b':');
        text.extend(join_header_values(headers, name));
        text.push(b'\n');
    }
}
