//! Multipart uploads: initiate, send a part, list, complete, abort.

use super::{
    error_response::{self, Sent},
    headers,
    remote::Remote,
    store_request::Payload,
    xml,
};
use crate::{
    config::Provider,
    error::Error,
    types::{Completed, MultipartId, PartReceipt, PartRecord, PutOptions},
};
use ::error::BoxError;
use http::{Method, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;

/// Assembling a large object may take the server a while; other answers come at once.
const COMPLETION_PATIENCE: u32 = 4;

impl Remote {
    pub(crate) async fn initiate_multipart(
        &self,
        key: &str,
        options: &PutOptions,
    ) -> Result<MultipartId, Error> {
        let operation = "InitiateMultipartUpload";
        let mut request = self.new_request(operation, Method::POST, Some(key));
        request.query.push(("uploads", String::new()));
        self.describe_content(&mut request, options)?;
        // S3 takes the condition at completion alone.
        self.forbid_overwrite(&mut request, options.create_only && self.provider == Provider::Oss);
        let (_, _, text) = self.fetch_document(request, Payload::NONE).await?;
        let answer: Option<xml::Initiated> = xml::parse(&text);
        let id = answer.map(|answer| answer.upload_id).filter(|id| !id.trim().is_empty());
        id.map(Into::into).ok_or_else(|| self.malformed(operation, "the answer has no upload id"))
    }

    pub(crate) async fn upload_part(
        &self,
        key: &str,
        id: &MultipartId,
        number: u32,
        body: UnsyncBoxBody<bytes::Bytes, BoxError>,
        length: u64,
    ) -> Result<PartReceipt, Error> {
        let operation = "UploadPart";
        let mut request = self.new_request(operation, Method::PUT, Some(key));
        request.query = vec![("partNumber", number.to_string()), ("uploadId", id.as_str().to_owned())];
        let answer = self
            .send(request, Payload::Stream(body, length))
            .await
            .map_err(|error| error.with_context("part", number))?;
        let etag = headers::etag(answer.headers())
            .ok_or_else(|| self.malformed(operation, "the answer has no ETag"))?;
        Ok(PartReceipt { etag, crc64: headers::crc64(answer.headers()) })
    }

    pub(crate) async fn list_parts(&self, key: &str, id: &MultipartId) -> Result<Vec<PartRecord>, Error> {
        let operation = "ListParts";
        let mut parts: Vec<PartRecord> = Vec::new();
        let mut marker = 0;
        loop {
            let mut request = self.new_request(operation, Method::GET, Some(key));
            request.query = vec![("uploadId", id.as_str().to_owned()), ("max-parts", "1000".to_owned())];
            if marker > 0 {
                request.query.push(("part-number-marker", marker.to_string()));
            }
            let (_, _, text) = self.fetch_document(request, Payload::NONE).await?;
            let page: xml::PartList = xml::parse(&text)
                .ok_or_else(|| self.malformed(operation, "the answer is not a list of parts"))?;
            // A page without a part may be followed by one with some.
            let last = page.part.last().map(|part| part.number).or(page.next_part_number_marker);
            parts.extend(page.part.into_iter().map(|part| PartRecord {
                number: part.number,
                size: part.size,
                etag: headers::without_quotes(&part.etag),
                crc64: part.crc64,
            }));
            if !page.is_truncated {
                return Ok(parts);
            }
            match last {
                Some(last) if last > marker => marker = last,
                _ => return Err(self.malformed(operation, "the list of parts does not advance")),
            }
        }
    }

    pub(crate) async fn complete_multipart(
        &self,
        key: &str,
        id: &MultipartId,
        parts: &[(u32, String)],
        create_only: bool,
    ) -> Result<Completed, Error> {
        let operation = "CompleteMultipartUpload";
        let mut request = self.new_request(operation, Method::POST, Some(key));
        request.query.push(("uploadId", id.as_str().to_owned()));
        request.patience *= COMPLETION_PATIENCE;
        self.forbid_overwrite(&mut request, create_only);
        let (status, head, text) =
            self.fetch_document(request, Payload::Bytes(xml::write_completion(parts).into())).await?;
        if xml::is_failure(&text) {
            // S3 begins its answer before it knows the outcome: 200, then blanks, then perhaps an error.
            let status = if status.is_success() { StatusCode::INTERNAL_SERVER_ERROR } else { status };
            let sent = Sent { operation, create_only, with_token: true, at: self.endpoint.now() };
            return Err(error_response::from_parts(&sent, status, &head, &text).with_context("key", key));
        }
        let written =
            xml::parse::<xml::CompletedUpload>(&text).map(|answer| headers::without_quotes(&answer.etag));
        let etag = written
            .or_else(|| headers::etag(&head))
            .ok_or_else(|| self.malformed(operation, "the answer has no ETag"))?;
        Ok(Completed { etag, crc64: headers::crc64(&head), version_id: headers::version_id(&head) })
    }

    pub(crate) async fn abort_multipart(&self, key: &str, id: &MultipartId) -> Result<(), Error> {
        let mut request = self.new_request("AbortMultipartUpload", Method::DELETE, Some(key));
        request.query.push(("uploadId", id.as_str().to_owned()));
        self.send(request, Payload::NONE).await.map(drop)
    }
}
