//! Multipart uploads.

use axum::body::Body;
use http::{Response, StatusCode};
use serde::Deserialize;

use super::super::Oss;
use super::super::error::{OssError, Result};
use super::super::events::Change;
use super::super::reply::Reply;
use super::super::request::Request;
use super::super::store::{Completed, Selected};
use super::super::times::iso;
use super::super::xml::Xml;
use super::object::{quoted, written};
use super::{described, named, xml};

#[derive(Deserialize)]
struct CompleteMultipartUpload {
    #[serde(rename = "Part", default)]
    parts: Vec<CompletePart>,
}

#[derive(Deserialize)]
struct CompletePart {
    #[serde(rename = "PartNumber")]
    number: u32,
    #[serde(rename = "ETag")]
    etag: String,
}

impl Oss {
    pub(super) fn initiate_multipart_upload(&self, request: &Request) -> Result<Response<Body>> {
        let (bucket, key) = (request.bucket()?, request.key()?);
        let sequential = request.query.has("sequential");
        let upload = self.0.store.initiate(
            bucket,
            key,
            described(request),
            sequential,
            request.forbids_overwrite(),
        )?;
        self.0.events.emit(request, bucket, &Change::other("ObjectCreated:InitiateMultipartUpload", key));
        let mut answer = Xml::new("InitiateMultipartUploadResult");
        encoding(&mut answer, request);
        answer.text("Bucket", bucket).text("Key", named(request, key)).text("UploadId", upload.id);
        Ok(Reply::ok().xml(answer.finish(), &request.identity))
    }

    pub(super) async fn upload_part(&self, request: &Request, body: &mut Body) -> Result<Response<Body>> {
        let (bucket, key, id) = (request.bucket()?, request.key()?, upload_id(request));
        let number = request.query.get("partNumber").and_then(|text| text.parse().ok());
        let number = number.filter(|number| (1..=10_000).contains(number));
        let number = number.ok_or_else(|| {
            OssError::invalid_argument("Part number must be an integer between 1 and 10000, inclusive.")
        })?;
        self.0.store.check_upload(bucket, key, id)?;
        let content = self.take(request, body).await?;
        let part = self.0.store.put_part(bucket, key, id, number, &content)?;
        if self.0.config.md5_ahead && !self.discards() {
            self.0.store.hash_ahead(bucket, id);
        }
        let change =
            Change { etag: &part.etag, size: part.size, ..Change::other("ObjectCreated:UploadPart", key) };
        self.0.events.emit(request, bucket, &change);
        Ok(Reply::ok()
            .header("etag", quoted(&part.etag))
            .header("x-oss-hash-crc64ecma", part.crc64.to_string())
            .empty(&request.identity))
    }

    pub(super) fn list_parts(&self, request: &Request) -> Result<Response<Body>> {
        let (bucket, key, id) = (request.bucket()?, request.key()?, upload_id(request));
        let most = request.query.number("max-parts", 1000)?;
        let marker = request.query.number("part-number-marker", 0)?;
        if !(1..=1000).contains(&most) {
            return Err(OssError::invalid_argument("max-parts must be 1 to 1000."));
        }
        let (_, parts) = self.0.store.upload(bucket, key, id)?;
        let rest = parts.into_iter().filter(|part| part.number as usize > marker).collect::<Vec<_>>();
        let page = &rest[..most.min(rest.len())];
        let mut answer = Xml::new("ListPartsResult");
        encoding(&mut answer, request);
        answer
            .text("Bucket", bucket)
            .text("Key", named(request, key))
            .text("UploadId", id)
            .text("StorageClass", "Standard")
            .text("PartNumberMarker", marker.to_string())
            .text("NextPartNumberMarker", page.last().map_or(0, |part| part.number).to_string())
            .text("MaxParts", most.to_string())
            .text("IsTruncated", (page.len() < rest.len()).to_string());
        for part in page {
            answer
                .open("Part")
                .text("PartNumber", part.number.to_string())
                .text("LastModified", iso(part.modified))
                .text("ETag", quoted(&part.etag))
                .text("HashCrc64ecma", part.crc64.to_string())
                .text("Size", part.size.to_string())
                .close();
        }
        Ok(Reply::ok().xml(answer.finish(), &request.identity))
    }

    pub(super) fn complete_multipart_upload(&self, request: &Request, body: &str) -> Result<Response<Body>> {
        let (bucket, key, id) = (request.bucket()?, request.key()?, upload_id(request));
        let selection = selection(request, body)?;
        let completed =
            self.0.store.complete(bucket, key, id, selection.as_deref(), request.forbids_overwrite())?;
        self.announce(request, "ObjectCreated:CompleteMultipartUpload", &completed);
        Ok(completion(request, bucket, key, &completed))
    }

    pub(super) fn abort_multipart_upload(&self, request: &Request) -> Result<Response<Body>> {
        let (bucket, key) = (request.bucket()?, request.key()?);
        self.0.store.abort(bucket, key, upload_id(request))?;
        self.0.events.emit(request, bucket, &Change::other("ObjectRemoved:AbortMultipartUpload", key));
        Ok(Reply::new(StatusCode::NO_CONTENT).empty(&request.identity))
    }

    pub(super) fn list_multipart_uploads(&self, request: &Request) -> Result<Response<Body>> {
        let bucket = request.bucket()?;
        let parameter = |name| request.query.get(name).unwrap_or_default();
        let (prefix, key_marker, id_marker) =
            (parameter("prefix"), parameter("key-marker"), parameter("upload-id-marker"));
        let most = request.query.number("max-uploads", 1000)?;
        // Without an id marker the whole key is behind us; with one, only its earlier uploads.
        let is_behind = |key: &str, id: &str| {
            key < key_marker || (key == key_marker && (id_marker.is_empty() || id <= id_marker))
        };
        let mut uploads = self.0.store.uploads(bucket)?;
        uploads.retain(|upload| upload.key.starts_with(prefix) && !is_behind(&upload.key, &upload.id));
        let page = &uploads[..most.min(uploads.len())];
        let last = page.last();
        let mut answer = Xml::new("ListMultipartUploadsResult");
        encoding(&mut answer, request);
        answer
            .text("Bucket", bucket)
            .text("KeyMarker", named(request, key_marker))
            .text("UploadIdMarker", id_marker)
            .text("NextKeyMarker", last.map(|upload| named(request, &upload.key)).unwrap_or_default())
            .text("NextUploadIdMarker", last.map(|upload| upload.id.as_str()).unwrap_or_default())
            .text("Delimiter", "")
            .text("Prefix", named(request, prefix))
            .text("MaxUploads", most.to_string())
            .text("IsTruncated", (page.len() < uploads.len()).to_string());
        for upload in page {
            answer
                .open("Upload")
                .text("Key", named(request, &upload.key))
                .text("UploadId", &upload.id)
                .text("Initiated", iso(upload.initiated))
                .close();
        }
        Ok(Reply::ok().xml(answer.finish(), &request.identity))
    }
}

fn upload_id(request: &Request) -> &str {
    request.query.get("uploadId").unwrap_or_default()
}

/// The parts named in the body; `None` = all, by `x-oss-complete-all`.
fn selection(request: &Request, body: &str) -> Result<Option<Vec<Selected>>> {
    if request.header("x-oss-complete-all").is_some_and(|value| value.eq_ignore_ascii_case("yes")) {
        if !body.is_empty() {
            return Err(OssError::invalid_argument("x-oss-complete-all forbids a body."));
        }
        return Ok(None);
    }
    let parts = xml::<CompleteMultipartUpload>(body)?.parts;
    Ok(Some(parts.into_iter().map(|part| (part.number, part.etag)).collect()))
}

fn completion(request: &Request, bucket: &str, key: &str, completed: &Completed) -> Response<Body> {
    let record = &completed.stored.record;
    let mut answer = Xml::new("CompleteMultipartUploadResult");
    encoding(&mut answer, request);
    answer
        .text(
            "Location",
            format!("http://{}/{}", request.identity.host, super::super::encode::percent_path(key)),
        )
        .text("Bucket", bucket)
        .text("Key", named(request, key))
        .text("ETag", quoted(&record.etag));
    written(record).xml(answer.finish(), &request.identity)
}

fn encoding(answer: &mut Xml, request: &Request) {
    if request.query.get("encoding-type") == Some("url") {
        answer.text("EncodingType", "url");
    }
}
