//! Serves one cloud on one listener.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use crate::control::apply_fault::apply_fault;
use crate::control::cloud::Cloud;
use crate::control::endpoints::{answer_control_request, is_control_path};
use crate::control::handle::Control;
use crate::control::stream::PacedStream;
use crate::faults::connection::ConnectionHandle;

/// A running server; it ends, with all its connections, when this is dropped.
#[derive(Debug)]
pub struct Server {
    addr: SocketAddr,
    task: JoinHandle<()>,
    stop: Option<oneshot::Sender<()>>,
}

impl Server {
    /// The address it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Ends it; when this returns, the port is free and no connection is open.
    pub async fn shutdown(mut self) {
        drop(self.stop.take());
        // A server that panicked is down as well.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves the cloud over HTTP/1.1 until the [`Server`] is dropped or shut down. Connections have no idle limit.
/// Must be called within a tokio runtime.
pub fn serve(listener: TcpListener, cloud: impl Cloud, control: Control) -> Server {
    // A bound listener knows its address; the fallback spares the caller an error that cannot occur.
    let addr = listener.local_addr().unwrap_or_else(|_| SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(accept(listener, cloud, control, stopped));
    Server { addr, task, stop: Some(stop) }
}

async fn accept(
    listener: TcpListener,
    cloud: impl Cloud,
    control: Control,
    mut stopped: oneshot::Receiver<()>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(serve_connection(stream, peer, cloud.clone(), control.clone()));
                }
                // Out of descriptors, most likely: give the open connections time to end.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
        }
    }
    drop(listener);
    connections.shutdown().await;
}

async fn serve_connection(stream: TcpStream, peer: SocketAddr, cloud: impl Cloud, control: Control) {
    // Without this option small answers wait for the peer's delayed acknowledgement.
    let _ = stream.set_nodelay(true);
    control.link.delay().await;
    let connection = Arc::new(ConnectionHandle::default());
    let io = TokioIo::new(PacedStream::new(stream, control.link.clone(), Arc::clone(&connection)));
    let service = service_fn(|mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        respond(cloud.clone(), control.clone(), Arc::clone(&connection), request.map(Body::new))
    });
    // Ignore the error: the connection is broken, by a fault or by the caller, and nobody is left to receive
    // it.
    let _ = http1::Builder::new().header_read_timeout(None).serve_connection(io, service).await;
}

/// An error makes hyper drop the connection without an answer.
async fn respond<C: Cloud>(
    cloud: C,
    control: Control,
    connection: Arc<ConnectionHandle>,
    request: Request<Body>,
) -> io::Result<Response<Body>> {
    if is_control_path(request.uri().path()) {
        return Ok(answer_control_request(&control, request).await);
    }
    control.link.delay().await;
    let (parts, body) = request.into_parts();
    let path_and_query = parts.uri.path_and_query().map_or("", |text| text.as_str());
    match control.faults.match_request(&cloud.operation(&parts), path_and_query) {
        None => Ok(cloud.handle(Request::from_parts(parts, body)).await),
        Some((id, fault)) => {
            apply_fault(&cloud, &control, connection, Request::from_parts(parts, body), id, fault).await
        }
    }
}
