//! The ways to write an object of OSS that no upload takes: a copy of another object, and one that grows.

use super::{
    address::encode_path, headers, remote::Remote, store_request::Payload, write_options::header_value,
};
use crate::error::Error;
use bytes::Bytes;
use http::{HeaderName, Method};

const COPY_SOURCE: HeaderName = HeaderName::from_static("x-oss-copy-source");

impl Remote {
    pub(crate) async fn copy(&self, from: &str, to: &str) -> Result<(), Error> {
        let operation = "CopyObject";
        let mut request = self.new_request(operation, Method::PUT, Some(to));
        let source = format!("/{}/{}", self.bucket, encode_path(from));
        request.headers.insert(COPY_SOURCE, header_value(operation, &source)?);
        self.fetch_document(request, Payload::NONE).await.map(drop)
    }

    pub(crate) async fn append(&self, key: &str, position: u64, bytes: Bytes) -> Result<Option<u64>, Error> {
        let mut request = self.new_request("AppendObject", Method::POST, Some(key));
        request.query = vec![("append", String::new()), ("position", position.to_string())];
        let answer = self.send(request, Payload::Bytes(bytes)).await?;
        Ok(headers::crc64(answer.headers()))
    }
}
