//! Reading objects: get, head, and the short head.

use std::sync::Arc;

use axum::body::Body;
use http::{Response, StatusCode};

use super::super::Oss;
use super::super::conditions::{Outcome, judge};
use super::super::error::{OssError, Result};
use super::super::range::{Range, choose};
use super::super::reply::Reply;
use super::super::request::Request;
use super::super::store::{ObjectRecord, Stored};
use super::super::times::http_date;

impl Oss {
    pub(super) fn get_object(&self, request: &Request) -> Result<Response<Body>> {
        let stored = self.found(request)?;
        let record = &stored.record;
        if record.archived {
            return Err(OssError::forbidden(
                "InvalidObjectState",
                "The operation is not valid for the object's state.",
            ));
        }
        if stored.discarded() {
            return Err(OssError::forbidden("InvalidObjectState", "The object's bytes were discarded."));
        }
        if judge(&request.headers, "", record)? == Outcome::NotModified {
            return Ok(not_modified(request, record));
        }
        let standard = request.header("x-oss-range-behavior") == Some("standard");
        let (status, start, length, content_range) =
            match choose(request.header("range"), standard, record.size) {
                Range::Whole => (StatusCode::OK, 0, record.size, None),
                Range::Part(first, last) => {
                    let content_range = format!("bytes {first}-{last}/{}", record.size);
                    (StatusCode::PARTIAL_CONTENT, first, last - first + 1, Some(content_range))
                }
                Range::Unsatisfiable => {
                    let message = "The requested range cannot be satisfied.";
                    return Err(OssError::new(StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange", message)
                        .with("ActualObjectSize", record.size.to_string()));
                }
            };
        let reply = full(Reply::new(status), record)
            .header("content-length", length.to_string())
            .header("accept-ranges", "bytes")
            .optional("content-range", content_range);
        Ok(overridden(reply, request).stream(stored.stream(start, length), &request.identity))
    }

    pub(super) fn head_object(&self, request: &Request) -> Result<Response<Body>> {
        let stored = self.found(request)?;
        let record = &stored.record;
        if judge(&request.headers, "", record)? == Outcome::NotModified {
            return Ok(not_modified(request, record));
        }
        let reply = full(Reply::ok(), record)
            .header("content-length", record.size.to_string())
            .header("accept-ranges", "bytes");
        Ok(reply.empty(&request.identity))
    }

    pub(super) fn get_object_meta(&self, request: &Request) -> Result<Response<Body>> {
        // Of a symlink this is its own, not its target's.
        let version = request.query.get("versionId");
        let stored = self.0.store.object(request.bucket()?, request.key()?, version)?;
        let reply =
            core(Reply::ok(), &stored.record).header("content-length", stored.record.size.to_string());
        Ok(reply.empty(&request.identity))
    }

    fn found(&self, request: &Request) -> Result<Arc<Stored>> {
        self.0.store.readable(request.bucket()?, request.key()?, request.query.get("versionId"))
    }
}

fn not_modified(request: &Request, record: &ObjectRecord) -> Response<Body> {
    core(Reply::new(StatusCode::NOT_MODIFIED), record).empty(&request.identity)
}

/// What identifies a version.
fn core(reply: Reply, record: &ObjectRecord) -> Reply {
    reply
        .header("etag", format!("\"{}\"", record.etag))
        .header("last-modified", http_date(record.modified))
        .optional("x-oss-hash-crc64ecma", (!record.without_crc64).then(|| record.crc64.to_string()))
        .optional("x-oss-version-id", record.version_id.as_ref())
}

fn full(reply: Reply, record: &ObjectRecord) -> Reply {
    let mut reply = core(reply, record)
        .header("content-type", &record.content_type)
        .header("x-oss-object-type", format!("{:?}", record.kind))
        .header("x-oss-storage-class", if record.archived { "Archive" } else { "Standard" })
        .header("x-oss-server-time", "1")
        .optional("content-md5", record.content_md5.as_ref());
    if record.kind == super::super::ObjectKind::Appendable {
        reply = reply.header("x-oss-next-append-position", record.size.to_string());
    }
    for (name, value) in &record.headers {
        reply = reply.header(name, value);
    }
    for (name, value) in &record.metadata {
        reply = reply.header(&format!("x-oss-meta-{name}"), value);
    }
    reply
}

/// `response-content-type` and its like replace headers of the answer.
fn overridden(mut reply: Reply, request: &Request) -> Reply {
    for (name, value) in request.query.iter() {
        if let Some(name) = name.strip_prefix("response-") {
            reply = reply.header(name, value);
        }
    }
    reply
}
