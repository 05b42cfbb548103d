//! Answers: every one carries the request id.

use axum::body::Body;
use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderName, HeaderValue, Response, StatusCode};

use super::request::Identity;

pub(super) struct Reply(Response<Body>);

impl Reply {
    pub(super) fn new(status: StatusCode) -> Self {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        Self(response)
    }

    pub(super) fn ok() -> Self {
        Self::new(StatusCode::OK)
    }

    /// Sets a header. Names and values come from us or from request headers; others are left out.
    pub(super) fn header(mut self, name: &str, value: impl AsRef<str>) -> Self {
        let pair =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value.as_ref().as_bytes()));
        if let (Ok(name), Ok(value)) = pair {
            self.0.headers_mut().insert(name, value);
        }
        self
    }

    pub(super) fn optional(self, name: &str, value: Option<impl AsRef<str>>) -> Self {
        match value {
            Some(value) => self.header(name, value),
            None => self,
        }
    }

    pub(super) fn xml(self, xml: String, identity: &Identity) -> Response<Body> {
        let mut reply = self.header("content-type", "application/xml");
        *reply.0.body_mut() = Body::from(xml);
        reply.finish(identity)
    }

    pub(super) fn json(self, text: String, identity: &Identity) -> Response<Body> {
        let mut reply = self.header("content-type", "application/json");
        *reply.0.body_mut() = Body::from(text);
        reply.finish(identity)
    }

    /// A body whose length the caller has put into Content-Length.
    pub(super) fn stream<S>(mut self, content: S, identity: &Identity) -> Response<Body>
    where
        S: Stream<Item = std::io::Result<Bytes>> + Send + 'static,
    {
        *self.0.body_mut() = Body::from_stream(content);
        self.finish(identity)
    }

    pub(super) fn empty(self, identity: &Identity) -> Response<Body> {
        self.finish(identity)
    }

    fn finish(self, identity: &Identity) -> Response<Body> {
        self.header("x-oss-request-id", &identity.request_id).header("server", "AliyunOSS").0
    }
}
