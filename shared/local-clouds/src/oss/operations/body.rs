//! Request bodies: object content and XML.

use axum::body::Body;
use http::StatusCode;

use crate::oss::encode::decode_base64;
use crate::oss::error::{OssError, Result};
use crate::oss::headers::has_length;
use crate::oss::request::Request;
use crate::oss::server::Oss;
use crate::oss::store::ingest::IngestedContent;
use crate::oss::store::ingest::ingest;

/// The largest XML body that is read.
const MAX_XML: usize = 4 * 1024 * 1024;

impl Oss {
    /// Receives content and checks it against Content-MD5.
    pub(crate) async fn ingest_body(&self, request: &Request, body: &mut Body) -> Result<IngestedContent> {
        if !has_length(&request.headers) {
            let message = "You must provide the Content-Length HTTP header.";
            return Err(OssError::new(StatusCode::LENGTH_REQUIRED, "MissingContentLength", message));
        }
        let counter = self.received_counter(request.bucket()?, request.key()?);
        let content = ingest(&self.0.store, body, &counter, self.is_discarding()).await?;
        check_md5(request, &content.md5)?;
        Ok(content)
    }
}

/// The whole body, which must be small and UTF-8.
pub(crate) async fn read_text(body: &mut Body) -> Result<String> {
    let malformed = || OssError::invalid("MalformedXML", "The XML you provided was not well-formed.");
    let body = std::mem::take(body);
    let bytes = axum::body::to_bytes(body, MAX_XML).await.map_err(|_| malformed())?;
    String::from_utf8(bytes.into()).map_err(|_| malformed())
}

pub(crate) fn parse_xml<'a, T: serde::Deserialize<'a>>(text: &'a str) -> Result<T> {
    quick_xml::de::from_str(text).map_err(|error| {
        OssError::invalid("MalformedXML", "The XML you provided was not well-formed.")
            .with_detail("ErrorDetail", error.to_string())
    })
}

pub(crate) fn check_md5(request: &Request, actual: &[u8]) -> Result<()> {
    match request.header("content-md5") {
        Some(claimed) if decode_base64(claimed).as_deref() != Some(actual) => Err(OssError::invalid(
            "InvalidDigest",
            "The Content-MD5 you specified did not match what we received.",
        )
        .with_detail("Content-MD5", claimed)),
        _ => Ok(()),
    }
}
