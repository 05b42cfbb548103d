//! Writing and deleting objects.

use std::time::Duration;

use axum::body::Body;
use http::{Response, StatusCode};
use md5::{Digest, Md5};
use percent_encoding::percent_decode_str;
use serde::Deserialize;

use super::super::Oss;
use super::super::conditions::{Outcome, judge};
use super::super::error::{OssError, Result};
use super::super::events::Change;
use super::super::reply::Reply;
use super::super::request::Request;
use super::super::store::{Deleted, Ingested, ObjectKind, ObjectRecord, Placed, Versioning};
use super::super::times::iso;
use super::super::xml::Xml;
use super::{check_md5, described, named, xml};

#[derive(Deserialize)]
struct Delete {
    #[serde(rename = "Quiet", default)]
    quiet: bool,
    #[serde(rename = "Object", default)]
    objects: Vec<DeleteEntry>,
}

#[derive(Deserialize)]
struct DeleteEntry {
    #[serde(rename = "Key")]
    key: String,
    #[serde(rename = "VersionId")]
    version_id: Option<String>,
}

impl Oss {
    pub(super) async fn put_object(&self, request: &Request, body: &mut Body) -> Result<Response<Body>> {
        let bucket = request.bucket()?;
        self.0.store.bucket(bucket)?;
        let content = self.take(request, body).await?;
        let window = self.switches().create_only_window();
        let looks = self.0.store.bucket(bucket)?.versioning == Versioning::Never;
        let placed = match request.forbids_overwrite() {
            true if looks && !window.is_zero() => self.put_unlocked(request, content, window).await?,
            forbids => self.place(request, &content, forbids)?,
        };
        let record = &placed.stored.record;
        Ok(written(record).optional("content-md5", record.content_md5.as_ref()).empty(&request.identity))
    }

    fn place(&self, request: &Request, content: &Ingested, forbids: bool) -> Result<Placed> {
        let (bucket, key) = (request.bucket()?, request.key()?);
        let placed = self.0.store.put(bucket, key, described(request), content, forbids)?;
        self.announce(request, "ObjectCreated:PutObject", &placed);
        Ok(placed)
    }

    /// Looks whether the object exists, and writes a window later without looking again. Writes even if the caller leaves.
    async fn put_unlocked(&self, request: &Request, content: Ingested, window: Duration) -> Result<Placed> {
        self.0.store.check_overwrite(request.bucket()?, request.key()?, true)?;
        let (oss, request) = (self.clone(), request.clone());
        let write = tokio::spawn(async move {
            tokio::time::sleep(window).await;
            oss.place(&request, &content, false)
        });
        write.await.unwrap_or_else(|error| Err(std::io::Error::other(error).into()))
    }

    pub(super) async fn append_object(&self, request: &Request, body: &mut Body) -> Result<Response<Body>> {
        let (bucket, key) = (request.bucket()?, request.key()?);
        let position = request.query.number("position", 0)? as u64;
        self.0.store.bucket(bucket)?;
        let content = self.take(request, body).await?;
        let placed = self.0.store.append(bucket, key, described(request), &content, position)?;
        let record = &placed.stored.record;
        let change = Change {
            position: Some(position),
            ..Change::created("ObjectCreated:AppendObject", record, placed.old_size)
        };
        self.0.events.emit(request, bucket, &change);
        Ok(written(record)
            .header("x-oss-next-append-position", record.size.to_string())
            .empty(&request.identity))
    }

    pub(super) fn copy_object(&self, request: &Request) -> Result<Response<Body>> {
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
        let source = self.0.store.object(from_bucket, from_key, version)?;
        if judge(&request.headers, "x-oss-copy-source-", &source.record)? == Outcome::NotModified {
            return Ok(Reply::new(StatusCode::NOT_MODIFIED).empty(&request.identity));
        }
        let replaces = request.header("x-oss-metadata-directive") == Some("REPLACE");
        let description = replaces.then(|| described(request));
        let placed = self.0.store.copy(&source, bucket, key, description, request.forbids_overwrite())?;
        self.announce(request, "ObjectCreated:CopyObject", &placed);
        let record = &placed.stored.record;
        let mut answer = Xml::new("CopyObjectResult");
        answer.text("ETag", quoted(&record.etag)).text("LastModified", iso(record.modified));
        Ok(written(record).xml(answer.finish(), &request.identity))
    }

    pub(super) fn delete_object(&self, request: &Request) -> Result<Response<Body>> {
        let (bucket, key) = (request.bucket()?, request.key()?);
        let deleted = self.0.store.delete(bucket, key, request.query.get("versionId"))?;
        self.announce_removal(request, "ObjectRemoved:DeleteObject", key, &deleted);
        Ok(Reply::new(StatusCode::NO_CONTENT)
            .optional("x-oss-version-id", deleted.version_id)
            .optional("x-oss-delete-marker", deleted.delete_marker.then_some("true"))
            .empty(&request.identity))
    }

    pub(super) fn delete_multiple_objects(&self, request: &Request, body: &str) -> Result<Response<Body>> {
        if request.header("content-md5").is_none() {
            return Err(OssError::invalid(
                "MissingArgument",
                "Missing some required arguments: Content-MD5.",
            ));
        }
        check_md5(request, &Md5::digest(body))?;
        let delete = xml::<Delete>(body)?;
        if delete.objects.is_empty() || delete.objects.len() > 1000 {
            return Err(OssError::invalid("MalformedXML", "1 to 1000 objects can be deleted at once."));
        }
        let mut answer = Xml::new("DeleteResult");
        if request.query.get("encoding-type") == Some("url") {
            answer.text("EncodingType", "url");
        }
        for entry in &delete.objects {
            let deleted = self.0.store.delete(request.bucket()?, &entry.key, entry.version_id.as_deref())?;
            self.announce_removal(request, "ObjectRemoved:DeleteObjects", &entry.key, &deleted);
            if !delete.quiet {
                answer.open("Deleted").text("Key", named(request, &entry.key)).close();
            }
        }
        Ok(Reply::ok().xml(answer.finish(), &request.identity))
    }

    pub(super) fn announce(&self, request: &Request, name: &'static str, placed: &Placed) {
        if let Some(bucket) = &request.target.bucket {
            self.0.events.emit(
                request,
                bucket,
                &Change::created(name, &placed.stored.record, placed.old_size),
            );
        }
    }

    fn announce_removal(&self, request: &Request, name: &'static str, key: &str, deleted: &Deleted) {
        if let (Some(bucket), Some(old_size)) = (&request.target.bucket, deleted.old_size) {
            self.0.events.emit(request, bucket, &Change { old_size, ..Change::other(name, key) });
        }
    }
}

/// What every answer to a write says about the new version.
pub(super) fn written(record: &ObjectRecord) -> Reply {
    let crc64 = (record.kind != ObjectKind::Symlink).then(|| record.crc64.to_string());
    Reply::ok()
        .header("etag", quoted(&record.etag))
        .optional("x-oss-hash-crc64ecma", crc64)
        .optional("x-oss-version-id", record.version_id.as_ref())
}

pub(super) fn quoted(etag: &str) -> String {
    format!("\"{etag}\"")
}
