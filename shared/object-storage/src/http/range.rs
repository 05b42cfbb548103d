//! A range of an object, over one connection.

use super::{headers, remote::Remote, store_request::Payload, write_options::header_value};
use crate::{
    config::Provider,
    error::{Error, ErrorKind},
    types::ObjectVersion,
};
use http::{
    HeaderName, HeaderValue, Method, StatusCode,
    header::{IF_MATCH, RANGE},
};
use hyper::body::Incoming;
use std::ops::Range;

const RANGE_BEHAVIOR: HeaderName = HeaderName::from_static("x-oss-range-behavior");

impl Remote {
    /// Opens exactly `range` of exactly this version.
    pub(crate) async fn open_range(
        &self,
        key: &str,
        range: &Range<u64>,
        version: &ObjectVersion,
    ) -> Result<(Incoming, Option<String>), Error> {
        let operation = "GetObject";
        let mut request = self.new_request(operation, Method::GET, Some(key));
        request.headers.insert(
            RANGE,
            header_value(operation, &format!("bytes={}-{}", range.start, range.end.saturating_sub(1)))?,
        );
        if self.provider == Provider::Oss {
            // Without it a range past the end is answered with the whole object.
            request.headers.insert(RANGE_BEHAVIOR, HeaderValue::from_static("standard"));
        }
        if let Some(etag) = &version.etag {
            request.headers.insert(IF_MATCH, header_value(operation, &format!("\"{etag}\""))?);
        }
        if let Some(id) = &version.version_id {
            request.query.push(("versionId", id.clone()));
        }
        let answer = self.send(request, Payload::NONE).await?;
        if answer.status() != StatusCode::PARTIAL_CONTENT {
            return Err(self
                .malformed(operation, "the answer to a range is not partial content")
                .with_context("key", key));
        }
        match headers::content_range(answer.headers()) {
            Some((first, last, _)) if first == range.start && last.checked_add(1) == Some(range.end) => {}
            Some((_, _, Some(size))) if size < range.end => {
                return Err(Error::new(
                    ErrorKind::InvalidRange,
                    operation,
                    "the object is shorter than the range",
                )
                .with_context("key", key)
                .with_context("size", size));
            }
            _ => {
                return Err(self
                    .malformed(operation, "the answer covers another range")
                    .with_context("key", key));
            }
        }
        let etag = headers::etag(answer.headers());
        if let (Some(wanted), Some(found)) = (&version.etag, &etag)
            && !wanted.eq_ignore_ascii_case(found)
        {
            return Err(Error::new(ErrorKind::PreconditionFailed, operation, "the object has changed")
                .with_context("key", key));
        }
        Ok((answer.into_body(), etag))
    }
}
