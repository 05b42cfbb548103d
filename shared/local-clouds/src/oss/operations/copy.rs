//! CopyObject.

use axum::body::Body;
use http::{Response, StatusCode};
use percent_encoding::percent_decode_str;

use crate::oss::conditions::{Precondition, evaluate};
use crate::oss::error::{OssError, Result};
use crate::oss::operations::attributes::read_attributes;
use crate::oss::operations::replies::{quote_etag, reply_to_write};
use crate::oss::reply::Reply;
use crate::oss::request::Request;
use crate::oss::server::Oss;
use crate::oss::store::stored_object::StoredObject;
use crate::oss::xml::XmlWriter;
use crate::time_format::format_iso8601;

impl Oss {
    pub(crate) fn copy_object(&self, request: &Request) -> Result<Response<Body>> {
        let (bucket, key) = (request.bucket()?, request.key()?);
        let invalid =
            || OssError::invalid_argument("x-oss-copy-source must be /bucket/key, percent-encoded.");
        let source = request.header("x-oss-copy-source").ok_or_else(invalid)?;
        let (source, version) = match source.split_once("?versionId=") {
            Some((source, version)) => (source, Some(version)),
            None => (source, None),
        };
        let source = percent_decode_str(source).decode_utf8().map_err(|_| invalid())?;
        let (from_bucket, from_key) = source.trim_start_matches('/').split_once('/').ok_or_else(invalid)?;
        let mut source = StoredObject::clone(&*self.0.store.object(from_bucket, from_key, version)?);
        if evaluate(&request.headers, "x-oss-copy-source-", &source.record)? == Precondition::NotModified {
            return Ok(Reply::new(StatusCode::NOT_MODIFIED).empty(&request.identity));
        }
        let switches = self.switches();
        source.record.without_crc64 |= !switches.copy_crc64;
        source.record.content_md5 = source.record.content_md5.filter(|_| switches.copy_content_md5);
        let replaces = request.header("x-oss-metadata-directive") == Some("REPLACE");
        let description = replaces.then(|| read_attributes(request));
        let placed = self.0.store.copy(&source, bucket, key, description, request.forbids_overwrite())?;
        self.announce(request, "ObjectCreated:CopyObject", &placed);
        let record = &placed.stored.record;
        let mut answer = XmlWriter::new("CopyObjectResult");
        answer.text("ETag", quote_etag(&record.etag)).text("LastModified", format_iso8601(record.modified));
        Ok(reply_to_write(record).xml(answer.finish(), &request.identity))
    }
}
