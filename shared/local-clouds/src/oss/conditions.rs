//! Conditional headers of reads and copies.

use http::{HeaderMap, StatusCode};

use crate::oss::error::{OssError, Result};
use crate::oss::headers::header_text;
use crate::oss::store::object_record::ObjectRecord;
use crate::time_format::{parse_http_date, truncate_to_seconds};

/// Whether a read proceeds or is answered 304.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Precondition {
    Proceed,
    NotModified,
}

/// Evaluates the four headers; `prefix` is empty for reads and `x-oss-copy-source-` for copies.
pub(crate) fn evaluate(headers: &HeaderMap, prefix: &str, record: &ObjectRecord) -> Result<Precondition> {
    let value = |name: &str| header_text(headers, &format!("{prefix}{name}"));
    let date = |name: &str| value(name).and_then(parse_http_date);
    let modified = truncate_to_seconds(record.modified);
    let failed = |name: &'static str| {
        let message = "At least one of the pre-conditions you specified did not hold.";
        OssError::new(StatusCode::PRECONDITION_FAILED, "PreconditionFailed", message)
            .with_detail("Condition", name)
    };
    if value("if-match").is_some_and(|tags| !matches_etag(tags, &record.etag)) {
        return Err(failed("If-Match"));
    }
    if date("if-unmodified-since").is_some_and(|limit| modified > limit) {
        return Err(failed("If-Unmodified-Since"));
    }
    let unchanged = value("if-none-match").is_some_and(|tags| matches_etag(tags, &record.etag))
        || date("if-modified-since").is_some_and(|limit| modified <= limit);
    Ok(if unchanged { Precondition::NotModified } else { Precondition::Proceed })
}

fn matches_etag(tags: &str, etag: &str) -> bool {
    tags.split(',')
        .map(|tag| tag.trim().trim_matches('"'))
        .any(|tag| tag == "*" || tag.eq_ignore_ascii_case(etag))
}
