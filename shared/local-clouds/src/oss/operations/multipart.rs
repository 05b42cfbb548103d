//! Multipart uploads: initiate, upload a part, complete, abort.

use axum::body::Body;
use http::{Response, StatusCode};
use serde::Deserialize;

use crate::oss::encode::percent_encode_path;
use crate::oss::error::{OssError, Result};
use crate::oss::event::ObjectChange;
use crate::oss::operations::attributes::read_attributes;
use crate::oss::operations::body::parse_xml;
use crate::oss::operations::parameters::{encode_name, upload_id, write_encoding_type};
use crate::oss::operations::replies::{quote_etag, reply_to_write};
use crate::oss::reply::Reply;
use crate::oss::request::Request;
use crate::oss::server::Oss;
use crate::oss::store::objects::PlacedObject;
use crate::oss::store::part_selection::SelectedPart;
use crate::oss::xml::XmlWriter;

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
    pub(crate) fn initiate_multipart_upload(&self, request: &Request) -> Result<Response<Body>> {
        let (bucket, key) = (request.bucket()?, request.key()?);
        let sequential = request.query.has("sequential");
        let upload = self.0.store.initiate(
            bucket,
            key,
            read_attributes(request),
            sequential,
            request.forbids_overwrite(),
        )?;
        self.0.events.emit(
            request,
            bucket,
            &ObjectChange::without_object("ObjectCreated:InitiateMultipartUpload", key),
        );
        let mut answer = XmlWriter::new("InitiateMultipartUploadResult");
        write_encoding_type(&mut answer, request);
        answer.text("Bucket", bucket).text("Key", encode_name(request, key)).text("UploadId", upload.id);
        Ok(Reply::ok().xml(answer.finish(), &request.identity))
    }

    pub(crate) async fn upload_part(&self, request: &Request, body: &mut Body) -> Result<Response<Body>> {
        let (bucket, key, id) = (request.bucket()?, request.key()?, upload_id(request));
        let number = request.query.get("partNumber").and_then(|text| text.parse().ok());
        let number = number.filter(|number| (1..=10_000).contains(number));
        let number = number.ok_or_else(|| {
            OssError::invalid_argument("Part number must be an integer between 1 and 10000, inclusive.")
        })?;
        self.0.store.check_upload(bucket, key, id)?;
        let content = self.ingest_body(request, body).await?;
        let part = self.0.store.put_part(bucket, key, id, number, &content)?;
        if self.0.config.md5_ahead && !self.is_discarding() {
            self.0.store.hash_ahead(bucket, id);
        }
        let change = ObjectChange {
            etag: &part.etag,
            size: part.size,
            ..ObjectChange::without_object("ObjectCreated:UploadPart", key)
        };
        self.0.events.emit(request, bucket, &change);
        Ok(Reply::ok()
            .with_header("etag", quote_etag(&part.etag))
            .with_header("x-oss-hash-crc64ecma", part.crc64.to_string())
            .empty(&request.identity))
    }

    pub(crate) fn complete_multipart_upload(&self, request: &Request, body: &str) -> Result<Response<Body>> {
        let (bucket, key, id) = (request.bucket()?, request.key()?, upload_id(request));
        let selection = parse_selection(request, body)?;
        let completed =
            self.0.store.complete(bucket, key, id, selection.as_deref(), request.forbids_overwrite())?;
        self.announce(request, "ObjectCreated:CompleteMultipartUpload", &completed);
        Ok(completion_response(request, bucket, key, &completed))
    }

    pub(crate) fn abort_multipart_upload(&self, request: &Request) -> Result<Response<Body>> {
        let (bucket, key) = (request.bucket()?, request.key()?);
        self.0.store.abort(bucket, key, upload_id(request))?;
        self.0.events.emit(
            request,
            bucket,
            &ObjectChange::without_object("ObjectRemoved:AbortMultipartUpload", key),
        );
        Ok(Reply::new(StatusCode::NO_CONTENT).empty(&request.identity))
    }
}

/// Parses the list of parts in the body; `None` = all parts, by `x-oss-complete-all`.
fn parse_selection(request: &Request, body: &str) -> Result<Option<Vec<SelectedPart>>> {
    if request.header("x-oss-complete-all").is_some_and(|value| value.eq_ignore_ascii_case("yes")) {
        if !body.is_empty() {
            return Err(OssError::invalid_argument("x-oss-complete-all forbids a body."));
        }
        return Ok(None);
    }
    let parts = parse_xml::<CompleteMultipartUpload>(body)?.parts;
    Ok(Some(parts.into_iter().map(|part| (part.number, part.etag)).collect()))
}

fn completion_response(
    request: &Request,
    bucket: &str,
    key: &str,
    completed: &PlacedObject,
) -> Response<Body> {
    let record = &completed.stored.record;
    let mut answer = XmlWriter::new("CompleteMultipartUploadResult");
    write_encoding_type(&mut answer, request);
    answer
        .text("Location", format!("http://{}/{}", request.identity.host, percent_encode_path(key)))
        .text("Bucket", bucket)
        .text("Key", encode_name(request, key))
        .text("ETag", quote_etag(&record.etag));
    reply_to_write(record).xml(answer.finish(), &request.identity)
}
