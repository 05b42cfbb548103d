//! Header values.

use http::request::Parts;
use http::{HeaderMap, header};

/// Header values may hold UTF-8 beyond ASCII, which `HeaderValue::to_str` refuses.
pub(crate) fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
}

pub(crate) fn host(parts: &Parts) -> &str {
    parts
        .uri
        .authority()
        .map(|authority| authority.as_str())
        .or_else(|| header_text(&parts.headers, "host"))
        .unwrap_or_default()
}

/// Whether the request says how long its body is.
pub(crate) fn has_length(headers: &HeaderMap) -> bool {
    headers.contains_key(header::CONTENT_LENGTH) || headers.contains_key(header::TRANSFER_ENCODING)
}
