//! Answers: every one carries the request id.

use axum::body::Body;
use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderName, HeaderValue, Response, StatusCode};

use crate::oss::identity::RequestIdentity;

pub(crate) struct Reply(Response<Body>);

impl Reply {
    pub(crate) fn new(status: StatusCode) -> Self {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        Self(response)
    }

    pub(crate) fn ok() -> Self {
        Self::new(StatusCode::OK)
    }

    /// Sets a header. Names and values come from this server or from request headers; invalid ones are left
    /// out.
    pub(crate) fn with_header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let pair = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value.as_ref()));
        if let (Ok(name), Ok(value)) = pair {
            self.0.headers_mut().insert(name, value);
        }
        self
    }

    pub(crate) fn with_optional_header(self, name: &str, value: Option<impl AsRef<[u8]>>) -> Self {
        match value {
            Some(value) => self.with_header(name, value),
            None => self,
        }
    }

    pub(crate) fn xml(self, xml: String, identity: &RequestIdentity) -> Response<Body> {
        let mut reply = self.with_header("content-type", "application/xml");
        *reply.0.body_mut() = Body::from(xml);
        reply.finish(identity)
    }

    pub(crate) fn json(self, text: String, identity: &RequestIdentity) -> Response<Body> {
        let mut reply = self.with_header("content-type", "application/json");
        *reply.0.body_mut() = Body::from(text);
        reply.finish(identity)
    }

    /// Streams a body whose length the caller has put into Content-Length.
    pub(crate) fn stream<S>(mut self, content: S, identity: &RequestIdentity) -> Response<Body>
    where
        S: Stream<Item = std::io::Result<Bytes>> + Send + 'static,
    {
        *self.0.body_mut() = Body::from_stream(content);
        self.finish(identity)
    }

    pub(crate) fn empty(self, identity: &RequestIdentity) -> Response<Body> {
        self.finish(identity)
    }

    fn finish(self, identity: &RequestIdentity) -> Response<Body> {
        self.with_header("x-oss-request-id", &identity.request_id).with_header("server", "AliyunOSS").0
    }
}
