//! Kept-alive HTTP/1.1 connections to one instance.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use http::{Method, Request, Response};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::fc::lock::lock;

/// The connection broke before an answer arrived.
#[derive(Debug)]
pub(crate) struct ConnectionLost;

/// A connection whose answer is still being read.
pub(crate) struct BusyConnection {
    sender: SendRequest<Body>,
    pool: Arc<ConnectionPool>,
}

impl BusyConnection {
    /// Keeps the connection for the next request, once the answer has been read.
    pub(crate) async fn release(mut self) {
        if self.sender.ready().await.is_ok() {
            lock(&self.pool.idle).push(self.sender);
        }
    }
}

/// The connections to one port.
pub(crate) struct ConnectionPool {
    addr: SocketAddr,
    idle: Mutex<Vec<SendRequest<Body>>>,
}

impl ConnectionPool {
    pub(crate) fn new(port: u16) -> Arc<Self> {
        Arc::new(Self { addr: SocketAddr::from((Ipv4Addr::LOCALHOST, port)), idle: Mutex::default() })
    }

    /// Whether the port accepts connections: the platform's start probe.
    pub(crate) async fn is_accepting(&self) -> bool {
        TcpStream::connect(self.addr).await.is_ok()
    }

    /// Sends a request on an idle connection or a new one. When the connection breaks, only GET, HEAD,
    /// OPTIONS and TRACE are sent again (fc.md, section 1.1).
    pub(crate) async fn send(
        self: &Arc<Self>,
        request: Request<Body>,
    ) -> Result<(Response<Incoming>, BusyConnection), ConnectionLost> {
        let copy = clone_if_repeatable(&request);
        match (self.send_once(request).await, copy) {
            (Err(ConnectionLost), Some(copy)) => self.send_new(copy).await,
            (result, _) => result,
        }
    }

    async fn send_once(
        self: &Arc<Self>,
        mut request: Request<Body>,
    ) -> Result<(Response<Incoming>, BusyConnection), ConnectionLost> {
        while let Some(mut sender) = self.take_idle() {
            match sender.try_send_request(request).await {
                Ok(response) => return Ok((response, BusyConnection { sender, pool: Arc::clone(self) })),
                // The request never left this host: another connection may carry it.
                Err(mut error) => request = error.take_message().ok_or(ConnectionLost)?,
            }
        }
        self.send_new(request).await
    }

    async fn send_new(
        self: &Arc<Self>,
        request: Request<Body>,
    ) -> Result<(Response<Incoming>, BusyConnection), ConnectionLost> {
        let stream = TcpStream::connect(self.addr).await.map_err(|_| ConnectionLost)?;
        // Without it small requests wait for the peer's delayed acknowledgement.
        let _ = stream.set_nodelay(true);
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|_| ConnectionLost)?;
        tokio::spawn(connection);
        let response = sender.send_request(request).await.map_err(|_| ConnectionLost)?;
        Ok((response, BusyConnection { sender, pool: Arc::clone(self) }))
    }

    fn take_idle(&self) -> Option<SendRequest<Body>> {
        let mut idle = lock(&self.idle);
        idle.retain(|sender| !sender.is_closed());
        idle.pop()
    }
}

fn clone_if_repeatable(request: &Request<Body>) -> Option<Request<Body>> {
    let safe = [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE].contains(request.method());
    if !safe || !request.body().is_end_stream() {
        return None;
    }
    let mut copy = Request::new(Body::empty());
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    Some(copy)
}
