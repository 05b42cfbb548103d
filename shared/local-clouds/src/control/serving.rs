//! One cloud on one listener.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use super::body::{Affected, Effect};
use super::faults::{Fault, RuleId};
use super::stream::{Connection, PacedStream};
use super::{Cloud, Control, admin};

/// A running server; it ends, with all its connections, when this is dropped.
#[derive(Debug)]
pub struct Server {
    addr: SocketAddr,
    task: JoinHandle<()>,
    stop: Option<oneshot::Sender<()>>,
}

impl Server {
    /// Where it listens.
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
    // A bound listener knows its address; the fallback only spares the caller an error nobody can meet.
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
                    connections.spawn(converse(stream, peer, cloud.clone(), control.clone()));
                }
                // Out of descriptors, most likely: give the open connections time to end.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
        }
    }
    drop(listener);
    connections.shutdown().await;
}

async fn converse(stream: TcpStream, peer: SocketAddr, cloud: impl Cloud, control: Control) {
    // Without it small answers wait for the peer's delayed acknowledgement.
    let _ = stream.set_nodelay(true);
    control.link.delay().await;
    let connection = Arc::new(Connection::default());
    let io = TokioIo::new(PacedStream::new(stream, control.link.clone(), Arc::clone(&connection)));
    let service = service_fn(|mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        answer(cloud.clone(), control.clone(), Arc::clone(&connection), request.map(Body::new))
    });
    // An error here is a broken connection, ours on purpose or theirs: there is nobody left to tell.
    let _ = http1::Builder::new().header_read_timeout(None).serve_connection(io, service).await;
}

/// An error makes hyper drop the connection without an answer.
async fn answer<C: Cloud>(
    cloud: C,
    control: Control,
    connection: Arc<Connection>,
    request: Request<Body>,
) -> io::Result<Response<Body>> {
    if admin::owns(request.uri().path()) {
        return Ok(admin::answer(&control, request).await);
    }
    control.link.delay().await;
    let (parts, body) = request.into_parts();
    let path_and_query = parts.uri.path_and_query().map_or("", |text| text.as_str());
    match control.faults.take(&cloud.operation(&parts), path_and_query) {
        None => Ok(cloud.handle(Request::from_parts(parts, body)).await),
        Some((id, fault)) => {
            act(&cloud, &control, connection, Request::from_parts(parts, body), id, fault).await
        }
    }
}

async fn act<C: Cloud>(
    cloud: &C,
    control: &Control,
    connection: Arc<Connection>,
    request: Request<Body>,
    id: RuleId,
    fault: Fault,
) -> io::Result<Response<Body>> {
    let faults = &control.faults;
    match fault {
        Fault::Status { status, code, headers, early } => {
            let (parts, body) = request.into_parts();
            if !early {
                let _ = take_in(body, u64::MAX).await;
            }
            let mut answer = cloud.refusal(&parts, status, code.as_deref());
            for (name, value) in &headers {
                if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
                    answer.headers_mut().insert(name, value);
                }
            }
            if early {
                answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            faults.count(id);
            Ok(answer)
        }
        Fault::Page { status } => {
            let _ = take_in(request.into_body(), u64::MAX).await;
            faults.count(id);
            Ok(page(status))
        }
        Fault::IgnoreRange => {
            faults.count(id);
            let (mut parts, body) = request.into_parts();
            parts.headers.remove(header::RANGE);
            Ok(cloud.handle(Request::from_parts(parts, body)).await)
        }
        Fault::Reset { after } => {
            // The body is kept until the reset is under way: dropping it would close in an orderly manner.
            let _body = take_in(request.into_body(), after.unwrap_or(u64::MAX)).await;
            connection.reset();
            faults.count(id);
            Err(io::ErrorKind::ConnectionReset.into())
        }
        Fault::FlipRequest { at } => {
            faults.count(id);
            Ok(cloud.handle(request.map(|body| Affected::body(body, Effect::Flip { at }))).await)
        }
        Fault::Expire => {
            let (parts, body) = request.into_parts();
            cloud.expire(&parts);
            faults.count(id);
            Ok(cloud.handle(Request::from_parts(parts, body)).await)
        }
        Fault::HoldBefore => {
            faults.clone().hold(id).await;
            Ok(cloud.handle(request).await)
        }
        Fault::Hold => {
            let answer = cloud.handle(request).await;
            faults.clone().hold(id).await;
            Ok(answer)
        }
        Fault::DropAnswer => {
            let _ = cloud.handle(request).await;
            faults.count(id);
            Err(io::ErrorKind::ConnectionAborted.into())
        }
        Fault::FlipResponse { at } => {
            faults.count(id);
            Ok(cloud.handle(request).await.map(|body| Affected::body(body, Effect::Flip { at })))
        }
        Fault::CutResponse { after } => {
            faults.count(id);
            Ok(cloud
                .handle(request)
                .await
                .map(|body| Affected::body(body, Effect::Cut { after, connection })))
        }
        Fault::Stall { after } => {
            let released = Box::pin(faults.clone().hold(id));
            Ok(cloud
                .handle(request)
                .await
                .map(|body| Affected::body(body, Effect::Stall { after, released })))
        }
    }
}

/// What a proxy or the portal of a hotel answers.
fn page(status: StatusCode) -> Response<Body> {
    let mut answer = Response::new(Body::from(
        "<!DOCTYPE html><html><body>Access to this site is not allowed.</body></html>",
    ));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    answer
}

/// Reads up to `most` bytes of the body and gives back what is left of it.
async fn take_in(mut body: Body, most: u64) -> Body {
    let mut taken = 0;
    while taken < most {
        match body.frame().await {
            Some(Ok(frame)) => taken += frame.data_ref().map_or(0, |data| data.len() as u64),
            _ => break,
        }
    }
    body
}
