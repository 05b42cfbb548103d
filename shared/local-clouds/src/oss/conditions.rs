//! Conditional headers of reads and copies.

use http::{HeaderMap, StatusCode};

use super::error::{OssError, Result};
use super::request::header_text;
use super::store::ObjectRecord;
use super::times::{parse_http_date, whole_seconds};

/// Whether a read goes on or is answered 304.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Proceed,
    NotModified,
}

/// Judges the four headers; `prefix` is empty for reads and `x-oss-copy-source-` for copies.
pub(super) fn judge(headers: &HeaderMap, prefix: &str, record: &ObjectRecord) -> Result<Outcome> {
    let value = |name: &str| header_text(headers, &format!("{prefix}{name}"));
    let date = |name: &str| value(name).and_then(parse_http_date);
    let modified = whole_seconds(record.modified);
    let failed = |name: &'static str| {
        let message = "At least one of the pre-conditions you specified did not hold.";
        OssError::new(StatusCode::PRECONDITION_FAILED, "PreconditionFailed", message).with("Condition", name)
    };
    if value("if-match").is_some_and(|tags| !names(tags, &record.etag)) {
        return Err(failed("If-Match"));
    }
    if date("if-unmodified-since").is_some_and(|limit| modified > limit) {
        return Err(failed("If-Unmodified-Since"));
    }
    let unchanged = value("if-none-match").is_some_and(|tags| names(tags, &record.etag))
        || date("if-modified-since").is_some_and(|limit| modified <= limit);
    Ok(if unchanged { Outcome::NotModified } else { Outcome::Proceed })
}

fn names(tags: &str, etag: &str) -> bool {
    tags.split(',')
        .map(|tag| tag.trim().trim_matches('"'))
        .any(|tag| tag == "*" || tag.eq_ignore_ascii_case(etag))
}
