//! Reading objects: get, head, and the short head.

use std::sync::Arc;

use axum::body::Body;
use http::{Response, StatusCode};

use crate::oss::conditions::{Precondition, evaluate};
use crate::oss::error::{OssError, Result};
use crate::oss::range::{RequestedRange, resolve};
use crate::oss::reply::Reply;
use crate::oss::request::Request;
use crate::oss::server::Oss;
use crate::oss::store::object_record::{ObjectKind, ObjectRecord};
use crate::oss::store::stored_object::StoredObject;
use crate::time_format::format_http_date;

impl Oss {
    pub(crate) fn get_object(&self, request: &Request) -> Result<Response<Body>> {
        let stored = self.find_object(request)?;
        let record = &stored.record;
        if record.archived {
            return Err(OssError::forbidden(
                "InvalidObjectState",
                "The operation is not valid for the object's state.",
            ));
        }
        if stored.is_discarded() {
            return Err(OssError::forbidden("InvalidObjectState", "The object's bytes were discarded."));
        }
        if evaluate(&request.headers, "", record)? == Precondition::NotModified {
            return Ok(not_modified_response(request, record));
        }
        let standard = request.header("x-oss-range-behavior") == Some("standard");
        let (status, start, length, content_range) =
            match resolve(request.header("range"), standard, record.size) {
                RequestedRange::Whole => (StatusCode::OK, 0, record.size, None),
                RequestedRange::Part(first, last) => {
                    let content_range = format!("bytes {first}-{last}/{}", record.size);
                    (StatusCode::PARTIAL_CONTENT, first, last - first + 1, Some(content_range))
                }
                RequestedRange::Unsatisfiable => {
                    let message = "The requested range cannot be satisfied.";
                    return Err(OssError::new(StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange", message)
                        .with_detail("ActualObjectSize", record.size.to_string()));
                }
            };
        let reply = with_object_headers(Reply::new(status), record)
            .with_header("content-length", length.to_string())
            .with_header("accept-ranges", "bytes")
            .with_optional_header("content-range", content_range);
        Ok(with_overrides(reply, request).stream(stored.stream_range(start, length), &request.identity))
    }

    pub(crate) fn head_object(&self, request: &Request) -> Result<Response<Body>> {
        let stored = self.find_object(request)?;
        let record = &stored.record;
        if evaluate(&request.headers, "", record)? == Precondition::NotModified {
            return Ok(not_modified_response(request, record));
        }
        let reply = with_object_headers(Reply::ok(), record)
            .with_header("content-length", record.size.to_string())
            .with_header("accept-ranges", "bytes");
        Ok(reply.empty(&request.identity))
    }

    pub(crate) fn get_object_meta(&self, request: &Request) -> Result<Response<Body>> {
        // For a symlink this is its own record, not its target's.
        let version = request.query.get("versionId");
        let stored = self.0.store.object(request.bucket()?, request.key()?, version)?;
        let reply = with_version_headers(Reply::ok(), &stored.record)
            .with_header("content-length", stored.record.size.to_string());
        Ok(reply.empty(&request.identity))
    }

    fn find_object(&self, request: &Request) -> Result<Arc<StoredObject>> {
        self.0.store.resolve_symlink(request.bucket()?, request.key()?, request.query.get("versionId"))
    }
}

fn not_modified_response(request: &Request, record: &ObjectRecord) -> Response<Body> {
    with_version_headers(Reply::new(StatusCode::NOT_MODIFIED), record).empty(&request.identity)
}

/// Adds the headers that identify a version.
fn with_version_headers(reply: Reply, record: &ObjectRecord) -> Reply {
    reply
        .with_header("etag", format!("\"{}\"", record.etag))
        .with_header("last-modified", format_http_date(record.modified))
        .with_optional_header(
            "x-oss-hash-crc64ecma",
            (!record.without_crc64).then(|| record.crc64.to_string()),
        )
        .with_optional_header("x-oss-version-id", record.version_id.as_ref())
}

fn with_object_headers(reply: Reply, record: &ObjectRecord) -> Reply {
    let mut reply = with_version_headers(reply, record)
        .with_header("content-type", &record.content_type)
        .with_header("x-oss-object-type", format!("{:?}", record.kind))
        .with_header("x-oss-storage-class", if record.archived { "Archive" } else { "Standard" })
        .with_header("x-oss-server-time", "1")
        .with_optional_header("content-md5", record.content_md5.as_ref());
    if record.kind == ObjectKind::Appendable {
        reply = reply.with_header("x-oss-next-append-position", record.size.to_string());
    }
    for (name, value) in &record.headers {
        reply = reply.with_header(name, value);
    }
    for (name, value) in &record.metadata {
        reply = reply.with_header(&format!("x-oss-meta-{name}"), value.as_bytes());
    }
    reply
}

/// Lets `response-content-type` and similar parameters replace headers of the answer.
fn with_overrides(mut reply: Reply, request: &Request) -> Reply {
    for (name, value) in request.query.iter() {
        if let Some(name) = name.strip_prefix("response-") {
            reply = reply.with_header(name, value);
        }
    }
    reply
}
