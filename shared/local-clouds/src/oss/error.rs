//! Refusals in OSS's format.

use axum::body::Body;
use http::{Response, StatusCode};

use crate::oss::encode::encode_base64;
use crate::oss::identity::RequestIdentity;
use crate::oss::reply::Reply;
use crate::oss::xml::XmlWriter;

/// A refusal: status, code, a sentence for people, and further XML elements.
#[derive(Debug)]
pub(crate) struct OssError {
    status: StatusCode,
    code: String,
    message: String,
    details: Vec<(&'static str, String)>,
}

pub(crate) type Result<T, E = OssError> = std::result::Result<T, E>;

impl OssError {
    pub(crate) fn new(status: StatusCode, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into(), details: Vec::new() }
    }

    pub(crate) fn with_detail(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.details.push((name, value.into()));
        self
    }

    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    pub(crate) fn invalid(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(crate) fn invalid_argument(message: impl Into<String>) -> Self {
        Self::invalid("InvalidArgument", message)
    }

    pub(crate) fn forbidden(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, message)
    }

    pub(crate) fn conflict(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    pub(crate) fn not_found(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, message)
    }

    /// Derives the code from the status, for fault rules that name none.
    pub(crate) fn from_status(status: StatusCode) -> Self {
        let code = match status.as_u16() {
            403 => "AccessDenied",
            404 => "NoSuchKey",
            409 => "FileAlreadyExists",
            412 => "PreconditionFailed",
            416 => "InvalidRange",
            429 => "QpsLimitExceeded",
            503 => "ServiceUnavailable",
            501 => "NotImplemented",
            400..=499 => "InvalidArgument",
            _ => "InternalError",
        };
        Self::new(status, code, "As a fault rule says.")
    }

    /// The answer: XML, and for HEAD the same in `x-oss-err`.
    pub(crate) fn to_response(&self, identity: &RequestIdentity) -> Response<Body> {
        let mut xml = XmlWriter::new("Error");
        xml.text("Code", &self.code)
            .text("Message", &self.message)
            .text("RequestId", &identity.request_id)
            .text("HostId", &identity.host);
        for (name, value) in &self.details {
            xml.text(name, value);
        }
        let xml = xml.finish();
        let reply = Reply::new(self.status);
        let ec = self.details.iter().find(|(name, _)| *name == "EC").map(|(_, ec)| ec);
        let reply = reply.with_optional_header("x-oss-ec", ec);
        if identity.is_head {
            return reply.with_header("x-oss-err", encode_base64(xml.as_bytes())).empty(identity);
        }
        reply.xml(xml, identity)
    }
}

impl From<std::io::Error> for OssError {
    fn from(error: std::io::Error) -> Self {
        tracing::warn!(%error, "the local OSS could not use its data folder");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", "The data folder could not be used.")
    }
}
