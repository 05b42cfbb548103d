//! Requests of S3's clients in the words of OSS, and answers in theirs: the real service speaks both on one endpoint.

use axum::body::Body;
use http::{HeaderMap, HeaderName, Response, StatusCode};

use crate::oss::error::{OssError, Result};
use crate::oss::operation::Operation;

/// Headers that only the signature or the transport needs.
const OF_SIGNATURE: [&str; 3] = ["x-amz-date", "x-amz-content-sha256", "x-amz-security-token"];

/// Adds to the headers of S3 (`x-amz-meta-...`, `x-amz-copy-source`, ...) those of OSS that mean the same.
pub(crate) fn translate_headers(headers: &mut HeaderMap) {
    let renamed = headers.iter().filter_map(|(name, value)| {
        let short = name.as_str().strip_prefix("x-amz-")?;
        if OF_SIGNATURE.contains(&name.as_str()) {
            return None;
        }
        let name = HeaderName::from_bytes(format!("x-oss-{short}").as_bytes()).ok()?;
        Some((name, value.clone()))
    });
    let renamed = renamed.collect::<Vec<_>>();
    headers.extend(renamed);
    // S3 knows no other behaviour.
    headers.insert("x-oss-range-behavior", http::HeaderValue::from_static("standard"));
}

/// Refuses conditions on writes, which the real service does not have for S3's clients (protocol sheet `oss.md`, section 1.4).
pub(crate) fn check_conditions(operation: Operation, headers: &HeaderMap) -> Result<()> {
    let writes = matches!(operation, Operation::PutObject | Operation::CompleteMultipartUpload);
    let condition = ["if-match", "if-none-match"].into_iter().find(|name| headers.contains_key(*name));
    match condition.filter(|_| writes) {
        None => Ok(()),
        Some(name) => {
            let message = "A header you provided implies functionality that is not implemented.";
            let error = OssError::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message);
            Err(error.with_detail("Header", name))
        }
    }
}

/// Renames the headers of an answer that S3's clients read.
pub(crate) fn translate_answer(answer: &mut Response<Body>) {
    let headers = std::mem::take(answer.headers_mut());
    let (mut last, renamed) = (None, answer.headers_mut());
    for (name, value) in headers {
        // A map gives the name of repeated values once.
        let Some(name) = name.or_else(|| last.clone()) else { continue };
        let short = name.as_str().strip_prefix("x-oss-");
        let is_read = |short: &&str| {
            short.starts_with("meta-")
                || matches!(*short, "request-id" | "version-id" | "delete-marker" | "storage-class")
        };
        let short = short.filter(is_read).map(|short| format!("x-amz-{short}"));
        let renamed_to = short.and_then(|name| HeaderName::from_bytes(name.as_bytes()).ok());
        renamed.append(renamed_to.unwrap_or_else(|| name.clone()), value);
        last = Some(name);
    }
}
