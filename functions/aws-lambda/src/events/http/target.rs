//! Paths and queries, and the stage's name in them.

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

/// The characters that must be encoded in a query. A percent sign is not among them, since the query may already be encoded.
const QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');
/// The same in a path.
const PATH: &AsciiSet = &QUERY.add(b'?').add(b'`');
/// All but the characters that never need encoding (RFC 3986, unreserved).
const DECODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Whether the sender of a query has removed its encoding.
#[derive(Debug, Clone, Copy)]
pub(super) enum Encoding {
    /// It stands as the caller wrote it.
    Kept,
    /// It must be encoded again.
    Removed,
}

/// The path without the name of the stage, which API Gateway puts before it, except the default one's.
///
/// On its own domain it does so `always`. Behind a custom domain it does not: there a path may begin like the stage, and stays as it is
/// where it is one of the HTTP API's own.
pub(super) fn strip_stage<'a>(path: &'a str, stage: Option<&str>, always: bool) -> &'a str {
    let stage = stage.filter(|stage| *stage != "$default" && (always || !http_api::has_route(path)));
    let rest = stage.and_then(|stage| path.strip_prefix('/')?.strip_prefix(stage));
    rest.filter(|rest| rest.is_empty() || rest.starts_with('/')).unwrap_or(path)
}

/// A path and a query as one text.
pub(super) fn build_target(path: &str, query: &str) -> String {
    let slash = if path.starts_with('/') { "" } else { "/" };
    let mark = if query.is_empty() { "" } else { "?" };
    let (path, query) = (utf8_percent_encode(path, PATH), utf8_percent_encode(query, QUERY));
    format!("{slash}{path}{mark}{query}")
}

/// The query that these parameters came from.
pub(super) fn build_query(parameters: &[(String, String)], encoding: Encoding) -> String {
    let set = match encoding {
        Encoding::Kept => QUERY,
        Encoding::Removed => DECODED,
    };
    let encode = |text| utf8_percent_encode(text, set);
    let pairs = parameters.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}
