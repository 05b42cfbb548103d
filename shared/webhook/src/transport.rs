//! What sends a request: the HTTP client of the process, which trusts the same roots for all its servers.

use ::error::BoxError;
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use std::{fmt, net::SocketAddr, time::Duration};

/// The body of an answer, still to be read.
pub type AnswerBody = UnsyncBoxBody<Bytes, BoxError>;

/// An HTTP client that connects where it is told. It follows no redirect, uses no proxy, resolves no name and keeps no connection: each of
/// them would lead past the guard, which has checked these very addresses.
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync {
    /// Sends a request with an absolute URI over a connection of its own to one of `addresses`, and waits for the head of the answer. Over
    /// TLS the certificate must name the URI's host. `connect_time` is for TCP and TLS; the rest has no time-out.
    ///
    /// # Errors
    /// Where no answer came. Its text and those of its causes name neither path nor query, which may hold a token; where connecting took
    /// too long, an [`std::io::Error`] of kind [`TimedOut`](std::io::ErrorKind::TimedOut) is among them.
    async fn send(
        &self,
        addresses: Vec<SocketAddr>,
        connect_time: Duration,
        request: Request<Bytes>,
    ) -> Result<Response<AnswerBody>, BoxError>;
}
