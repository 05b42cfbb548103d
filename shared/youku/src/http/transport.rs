//! What sends a call: the HTTP client of the process, so that all its servers share one pool of connections and one way to trust them.

use ::error::BoxError;
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use std::fmt;

/// The body of an answer, still to be read.
pub type AnswerBody = UnsyncBoxBody<Bytes, BoxError>;

/// An HTTP client. It follows no redirect, because a form with tokens would be sent along, and sends a request at most once where it may
/// have reached the server. Time-outs are the caller's.
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync {
    /// Sends a request to an absolute URI and waits for the head of the answer.
    ///
    /// # Errors
    /// Where no answer came.
    async fn send(&self, request: Request<Bytes>) -> Result<Response<AnswerBody>, SendError>;
}

/// Why no answer came. It names neither URL nor query, which may hold a token.
#[derive(Debug, thiserror::Error)]
#[error("no answer")]
pub struct SendError {
    source: BoxError,
    never_sent: bool,
}

impl SendError {
    /// `never_sent` where the server has seen nothing of the request.
    pub fn new(source: impl Into<BoxError>, never_sent: bool) -> Self {
        Self { source: source.into(), never_sent }
    }

    /// Whether the server has seen nothing of the request: it was not reached, or its connection was closed before.
    #[must_use]
    pub fn never_sent(&self) -> bool {
        self.never_sent
    }
}
