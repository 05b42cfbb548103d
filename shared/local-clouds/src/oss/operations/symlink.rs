//! Symlinks: put one, and see where it points. Reading through one is reading an object.

use axum::body::Body;
use http::Response;
use percent_encoding::percent_decode_str;

use super::super::Oss;
use super::super::encode::percent;
use super::super::error::{OssError, Result};
use super::super::reply::Reply;
use super::super::request::Request;
use super::super::times::http_date;
use super::described;
use super::object::{quoted, written};

const TARGET: &str = "x-oss-symlink-target";

impl Oss {
    pub(super) fn put_symlink(&self, request: &Request) -> Result<Response<Body>> {
        let (bucket, key) = (request.bucket()?, request.key()?);
        let invalid = || OssError::invalid_argument("x-oss-symlink-target must be a key, percent-encoded.");
        let target = request.header(TARGET).filter(|target| !target.is_empty()).ok_or_else(invalid)?;
        let target = percent_decode_str(target).decode_utf8().map_err(|_| invalid())?;
        let forbids = request.forbids_overwrite();
        let placed = self.0.store.put_symlink(bucket, key, described(request), &target, forbids)?;
        self.announce(request, "ObjectCreated:PutSymlink", &placed);
        Ok(written(&placed.stored.record).empty(&request.identity))
    }

    pub(super) fn get_symlink(&self, request: &Request) -> Result<Response<Body>> {
        let version = request.query.get("versionId");
        let stored = self.0.store.object(request.bucket()?, request.key()?, version)?;
        let record = &stored.record;
        let target = record.symlink_target.as_ref().ok_or_else(|| {
            OssError::invalid("NotSymlink", "The object is not a symlink.").with("Key", &record.key)
        })?;
        Ok(Reply::ok()
            .header("etag", quoted(&record.etag))
            .header("last-modified", http_date(record.modified))
            .header(TARGET, percent(target))
            .optional("x-oss-version-id", record.version_id.as_ref())
            .empty(&request.identity))
    }
}
