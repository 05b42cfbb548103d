//! Request bodies: object content and XML.

use axum::body::Body;
use http::StatusCode;
use sha2::{Digest, Sha256};

use crate::oss::auth::sigv4::stated_payload;
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
    /// Receives content and checks it against Content-MD5, and against the hash that S3's clients sign.
    pub(crate) async fn ingest_body(&self, request: &Request, body: &mut Body) -> Result<IngestedContent> {
        if !has_length(&request.headers) {
            let message = "You must provide the Content-Length HTTP header.";
            return Err(OssError::new(StatusCode::LENGTH_REQUIRED, "MissingContentLength", message));
        }
        let counter = self.received_counter(request.bucket()?, request.key()?);
        let stated = stated_payload(request);
        let content = ingest(&self.0.store, body, &counter, self.is_discarding(), stated.is_some()).await?;
        check_payload(stated, content.sha256)?;
        check_md5(request, &content.md5)?;
        Ok(content)
    }
}

/// The whole body, which must be small, UTF-8, and what S3's clients signed.
pub(crate) async fn read_text(request: &Request, body: &mut Body) -> Result<String> {
    let malformed = || OssError::invalid("MalformedXML", "The XML you provided was not well-formed.");
    let body = std::mem::take(body);
    let bytes = axum::body::to_bytes(body, MAX_XML).await.map_err(|_| malformed())?;
    if let Some(stated) = stated_payload(request) {
        check_payload(Some(stated), Some(Sha256::digest(&bytes).into()))?;
    }
    String::from_utf8(bytes.into()).map_err(|_| malformed())
}

pub(crate) fn parse_xml<'a, T: serde::Deserialize<'a>>(text: &'a str) -> Result<T> {
    quick_xml::de::from_str(text).map_err(|error| {
        OssError::invalid("MalformedXML", "The XML you provided was not well-formed.")
            .with_detail("ErrorDetail", error.to_string())
    })
}

/// Compares a body with the hash that was signed, as S3 does.
fn check_payload(stated: Option<[u8; 32]>, actual: Option<[u8; 32]>) -> Result<()> {
    match (stated, actual) {
        (Some(stated), Some(actual)) if stated != actual => {
            let message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
            Err(OssError::invalid("XAmzContentSHA256Mismatch", message)
                .with_detail("ClientComputedContentSHA256", base16ct::lower::encode_string(&stated))
                .with_detail("S3ComputedContentSHA256", base16ct::lower::encode_string(&actual)))
        }
        _ => Ok(()),
    }
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
