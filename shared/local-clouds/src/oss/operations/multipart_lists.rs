//! Lists of parts and of multipart uploads.

use axum::body::Body;
use http::Response;

use crate::oss::error::{OssError, Result};
use crate::oss::operations::parameters::{encode_name, upload_id, write_encoding_type};
use crate::oss::operations::replies::quote_etag;
use crate::oss::reply::Reply;
use crate::oss::request::Request;
use crate::oss::server::Oss;
use crate::oss::xml::XmlWriter;
use crate::time_format::format_iso8601;

impl Oss {
    pub(crate) fn list_parts(&self, request: &Request) -> Result<Response<Body>> {
        let (bucket, key, id) = (request.bucket()?, request.key()?, upload_id(request));
        let most = request.query.number("max-parts", 1000)?;
        let marker = request.query.number("part-number-marker", 0)?;
        if !(1..=1000).contains(&most) {
            return Err(OssError::invalid_argument("max-parts must be 1 to 1000."));
        }
        let (_, parts) = self.0.store.upload(bucket, key, id)?;
        let rest = parts.into_iter().filter(|part| part.number as usize > marker).collect::<Vec<_>>();
        let page = &rest[..most.min(rest.len())];
        let mut answer = XmlWriter::new("ListPartsResult");
        write_encoding_type(&mut answer, request);
        answer
            .text("Bucket", bucket)
            .text("Key", encode_name(request, key))
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
                .text("LastModified", format_iso8601(part.modified))
                .text("ETag", quote_etag(&part.etag))
                .text("HashCrc64ecma", part.crc64.to_string())
                .text("Size", part.size.to_string())
                .close();
        }
        Ok(Reply::ok().xml(answer.finish(), &request.identity))
    }

    pub(crate) fn list_multipart_uploads(&self, request: &Request) -> Result<Response<Body>> {
        let bucket = request.bucket()?;
        let parameter = |name| request.query.get(name).unwrap_or_default();
        let (prefix, key_marker, id_marker) =
            (parameter("prefix"), parameter("key-marker"), parameter("upload-id-marker"));
        let most = request.query.number("max-uploads", 1000)?;
        // Without an id marker the list continues after the key; with one, after that upload of the key.
        let is_behind = |key: &str, id: &str| {
            key < key_marker || (key == key_marker && (id_marker.is_empty() || id <= id_marker))
        };
        let mut uploads = self.0.store.uploads(bucket)?;
        uploads.retain(|upload| upload.key.starts_with(prefix) && !is_behind(&upload.key, &upload.id));
        let page = &uploads[..most.min(uploads.len())];
        let last = page.last();
        let mut answer = XmlWriter::new("ListMultipartUploadsResult");
        write_encoding_type(&mut answer, request);
        answer
            .text("Bucket", bucket)
            .text("KeyMarker", encode_name(request, key_marker))
            .text("UploadIdMarker", id_marker)
            .text("NextKeyMarker", last.map(|upload| encode_name(request, &upload.key)).unwrap_or_default())
            .text("NextUploadIdMarker", last.map(|upload| upload.id.as_str()).unwrap_or_default())
            .text("Delimiter", "")
            .text("Prefix", encode_name(request, prefix))
            .text("MaxUploads", most.to_string())
            .text("IsTruncated", (page.len() < uploads.len()).to_string());
        for upload in page {
            answer
                .open("Upload")
                .text("Key", encode_name(request, &upload.key))
                .text("UploadId", &upload.id)
                .text("Initiated", format_iso8601(upload.initiated))
                .close();
        }
        Ok(Reply::ok().xml(answer.finish(), &request.identity))
    }
}
