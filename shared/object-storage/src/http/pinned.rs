//! A request to addresses that were chosen before, over a connection of its own.
//!
//! hyper-util's pool resolves names by itself and keeps connections by name, so connections to checked addresses are made here. A second
//! HTTP client for them would add 190 KiB to the function.

use super::http_client::{HttpClient, StoreResponse};
use crate::body::upload_body::{Progress, UploadBody};
use ::error::BoxError;
use bytes::Bytes;
use http::{HeaderValue, Request, Uri, header::HOST, uri::PathAndQuery};
use hyper::client::conn::http1;
use hyper_rustls::HttpsConnector;
use hyper_util::rt::TokioIo;
use std::{
    io::{Error, ErrorKind, Result},
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    net::TcpStream,
    time::{Instant, timeout_at},
};
use tower_service::Service;

impl HttpClient {
    /// Sends a request with an absolute URI to the first of these addresses that accepts a connection, which ends with the answer. The URI's
    /// host is not resolved; it is what the certificate must name. No redirect is followed and no proxy used. `connect_time` is for TCP and
    /// TLS together, divided among the addresses so that a dead one leaves time for the next; the rest has no time-out.
    ///
    /// # Errors
    /// Where no answer came; an [`std::io::Error`] of kind [`TimedOut`](ErrorKind::TimedOut) is in its chain where connecting took too long.
    /// It names neither path nor query.
    pub async fn call_pinned(
        &self,
        addresses: Vec<SocketAddr>,
        connect_time: Duration,
        mut request: Request<Bytes>,
    ) -> std::result::Result<StoreResponse, BoxError> {
        let until = Instant::now() + connect_time;
        let mut connector = HttpsConnector::from((Pinned { addresses: addresses.into(), until }, self.tls()));
        let connecting = timeout_at(until, connector.call(request.uri().clone()));
        let stream = connecting.await.map_err(|_| Error::from(ErrorKind::TimedOut))??;
        let (mut sender, connection) = http1::handshake(stream).await?;
        // It ends with the answer's body, or when that is dropped.
        tokio::spawn(connection.with_upgrades());
        name_host(&mut request)?;
        let request = request.map(|bytes| UploadBody::from_bytes(bytes, Progress::new()));
        Ok(sender.send_request(request).await?)
    }
}

/// Splits an absolute URI into the `Host` field and what a request line holds.
fn name_host(request: &mut Request<Bytes>) -> std::result::Result<(), BoxError> {
    let uri = std::mem::take(request.uri_mut()).into_parts();
    let authority = uri.authority.ok_or(Error::from(ErrorKind::InvalidInput))?;
    let host = authority.as_str().rsplit('@').next().unwrap_or_default();
    request.headers_mut().insert(HOST, HeaderValue::from_str(host)?);
    *request.uri_mut() = Uri::from(uri.path_and_query.unwrap_or(PathAndQuery::from_static("/")));
    Ok(())
}

/// Connects to its addresses, whatever the URI says.
#[derive(Clone)]
struct Pinned {
    addresses: Arc<[SocketAddr]>,
    until: Instant,
}

impl Service<Uri> for Pinned {
    type Response = TokioIo<TcpStream>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        Box::pin(self.clone().connect())
    }
}

impl Pinned {
    async fn connect(self) -> Result<TokioIo<TcpStream>> {
        let mut failure = ErrorKind::AddrNotAvailable.into();
        for (address, left) in self.addresses.iter().zip((1..=self.addresses.len()).rev()) {
            let share = self.until.saturating_duration_since(Instant::now())
                / u32::try_from(left).unwrap_or(u32::MAX);
            match timeout_at(Instant::now() + share, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    stream.set_nodelay(true)?;
                    return Ok(TokioIo::new(stream));
                }
                Ok(Err(error)) => failure = error,
                Err(_) => failure = ErrorKind::TimedOut.into(),
            }
        }
        Err(failure)
    }
}

#[cfg(test)]
mod tests;
