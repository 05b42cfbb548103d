//! The canonical request that ACS3-HMAC-SHA256 signs.

use http::HeaderMap;
use http::request::Parts;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

pub(crate) fn canonical_request(parts: &Parts, signed_headers: &[&str], payload: &str) -> String {
    let path = parts.uri.path().replace('$', "%24");
    let mut query: Vec<(String, String)> =
        serde_urlencoded::from_str(parts.uri.query().unwrap_or_default()).unwrap_or_default();
    query.sort();
    let encode = |text: &str| utf8_percent_encode(text, UNRESERVED).to_string();
    let query: Vec<_> =
        query.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    let headers: String = signed_headers
        .iter()
        .map(|name| format!("{name}:{}\n", canonical_value(&parts.headers, name)))
        .collect();
    let method = &parts.method;
    format!("{method}\n{path}\n{}\n{headers}\n{}\n{payload}", query.join("&"), signed_headers.join(";"))
}

fn canonical_value(headers: &HeaderMap, name: &str) -> String {
    let mut values: Vec<_> = headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).trim().to_owned())
        .collect();
    values.sort();
    values.join(",")
}
