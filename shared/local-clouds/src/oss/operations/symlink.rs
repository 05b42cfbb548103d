//! Symlinks: PutSymlink and GetSymlink. A read through a symlink is GetObject.

use axum::body::Body;
use http::Response;
use percent_encoding::percent_decode_str;

use crate::oss::encode::percent_encode;
use crate::oss::error::{OssError, Result};
use crate::oss::operations::attributes::read_attributes;
use crate::oss::operations::replies::{quote_etag, reply_to_write};
use crate::oss::reply::Reply;
use crate::oss::request::Request;
use crate::oss::server::Oss;
use crate::time_format::format_http_date;

const TARGET: &str = "x-oss-symlink-target";

impl Oss {
    pub(crate) fn put_symlink(&self, request: &Request) -> Result<Response<Body>> {
        let (bucket, key) = (request.bucket()?, request.key()?);
        let invalid = || OssError::invalid_argument("x-oss-symlink-target must be a key, percent-encoded.");
        let target = request.header(TARGET).filter(|target| !target.is_empty()).ok_or_else(invalid)?;
        let target = percent_decode_str(target).decode_utf8().map_err(|_| invalid())?;
        let forbids = request.forbids_overwrite();
        let placed = self.0.store.put_symlink(bucket, key, read_attributes(request), &target, forbids)?;
        self.announce(request, "ObjectCreated:PutSymlink", &placed);
        Ok(reply_to_write(&placed.stored.record).empty(&request.identity))
    }

    pub(crate) fn get_symlink(&self, request: &Request) -> Result<Response<Body>> {
        let version = request.query.get("versionId");
        let stored = self.0.store.object(request.bucket()?, request.key()?, version)?;
        let record = &stored.record;
        let target = record.symlink_target.as_ref().ok_or_else(|| {
            OssError::invalid("NotSymlink", "The object is not a symlink.").with_detail("Key", &record.key)
        })?;
        Ok(Reply::ok()
            .with_header("etag", quote_etag(&record.etag))
            .with_header("last-modified", format_http_date(record.modified))
            .with_header(TARGET, percent_encode(target))
            .with_optional_header("x-oss-version-id", record.version_id.as_ref())
            .empty(&request.identity))
    }
}
