//! Whole objects in a bucket: head, read, put, delete.

use super::{headers, remote::Remote, store_request::Payload, write_options::header_value};
use crate::{
    body::resuming_body::ResumingBody,
    config::Provider,
    error::{Error, ErrorKind},
    types::{ObjectHead, ObjectVersion, PutBody, PutOptions, PutReceipt},
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::{Bytes, BytesMut};
use http::{HeaderName, HeaderValue, Method};
use http_body_util::BodyExt as _;
use std::{ops::Range, sync::Arc};

const CHECKSUM_MODE: HeaderName = HeaderName::from_static("x-amz-checksum-mode");
const CONTENT_MD5: HeaderName = HeaderName::from_static("content-md5");

impl Remote {
    pub(crate) async fn head(&self, key: &str) -> Result<ObjectHead, Error> {
        let operation = "HeadObject";
        let mut request = self.new_request(operation, Method::HEAD, Some(key));
        if self.provider == Provider::S3 {
            // Without it S3 keeps the checksums that it holds to itself.
            request.headers.insert(CHECKSUM_MODE, HeaderValue::from_static("ENABLED"));
        }
        let answer = self.send(request, Payload::NONE).await?;
        headers::object_head(self.provider, answer.headers())
            .ok_or_else(|| self.malformed(operation, "the answer lacks size or ETag"))
    }

    pub(crate) async fn read(
        self: &Arc<Self>,
        key: &str,
        range: Range<u64>,
        version: &ObjectVersion,
    ) -> Result<ResumingBody, Error> {
        let (body, etag) = self.open_range(key, &range, version).await?;
        // A read that names no version is held to what it found first.
        let version =
            ObjectVersion { etag: version.etag.clone().or(etag), version_id: version.version_id.clone() };
        Ok(ResumingBody::new(self.clone(), key.to_owned(), range, version, body))
    }

    pub(crate) async fn read_all(&self, key: &str, limit: usize) -> Result<(ObjectHead, Bytes), Error> {
        let operation = "GetObject";
        let answer = self.send(self.new_request(operation, Method::GET, Some(key)), Payload::NONE).await?;
        let head = headers::object_head(self.provider, answer.headers())
            .ok_or_else(|| self.malformed(operation, "the answer lacks size or ETag"))?;
        let size = usize::try_from(head.size).unwrap_or(usize::MAX);
        if size > limit {
            return Err(Error::new(ErrorKind::TooLarge, operation, "the object is larger than allowed here")
                .with_context("key", key)
                .with_context("size", size)
                .with_context("limit", limit));
        }
        let mut body = answer.into_body();
        let mut bytes = BytesMut::with_capacity(size);
        while bytes.len() < size {
            let frame = tokio::time::timeout(self.idle, body.frame()).await;
            match frame {
                Ok(Some(Ok(frame))) => bytes.extend_from_slice(frame.data_ref().map_or(&[], |data| data)),
                _ => {
                    return Err(Error::new(ErrorKind::Connection, operation, "the answer was cut")
                        .with_context("key", key));
                }
            }
        }
        if head.content_md5.is_some_and(|stated| stated != fast_md5::digest(&bytes)) {
            return Err(Error::new(ErrorKind::InvalidDigest, operation, "the bytes were damaged on the way")
                .with_context("key", key));
        }
        Ok((head, bytes.freeze()))
    }

    pub(crate) async fn put(
        &self,
        key: &str,
        body: PutBody,
        options: &PutOptions,
    ) -> Result<PutReceipt, Error> {
        let operation = "PutObject";
        let mut request = self.new_request(operation, Method::PUT, Some(key));
        self.describe_content(&mut request, options)?;
        if let Some(md5) = options.content_md5 {
            request.headers.insert(CONTENT_MD5, header_value(operation, &BASE64.encode(md5))?);
        }
        self.forbid_overwrite(&mut request, options.create_only);
        let payload = match body {
            PutBody::Bytes(bytes) => Payload::Bytes(bytes),
            PutBody::Stream(body, length) => Payload::Stream(body.0, length),
        };
        let answer = self.send(request, payload).await?;
        headers::put_receipt(answer.headers())
            .ok_or_else(|| self.malformed(operation, "the answer has no ETag"))
    }

    pub(crate) async fn delete(&self, key: &str) -> Result<(), Error> {
        match self.send(self.new_request("DeleteObject", Method::DELETE, Some(key)), Payload::NONE).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            outcome => outcome.map(drop),
        }
    }
}
