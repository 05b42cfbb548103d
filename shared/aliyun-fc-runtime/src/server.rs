//! The HTTP/1.1 server. The platform keeps its connections open and reuses them after hours; a connection that closes
//! under it turns the next POST into a 502. So there is no idle timeout, no timeout for headers and no request count.

use crate::{diagnostic::Diagnostic, dispatcher::Dispatcher, fc_event::FcEvent};
use bytes::Bytes;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use std::{convert::Infallible, pin::pin, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};
use tower::Service;

/// Callers may send 8 KB of headers, the platform adds its own, tokens among them. hyper would read up to 400 KB ahead.
const READ_BUFFER: usize = 64 * 1024;
/// 8 KB of headers can be more than the 100 headers that hyper takes by default.
const MAX_HEADERS: usize = 512;
/// Accepting fails while the process has no file descriptor left; calls that end free some.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `shutdown` resolves, then finishes the calls in flight.
pub(crate) async fn serve<S>(
    listener: TcpListener,
    dispatcher: Dispatcher<S>,
    shutdown: impl Future<Output = ()>,
) where
    S: Service<FcEvent<Bytes>, Response = Bytes, Error = Diagnostic> + Clone + Send + 'static,
    S::Future: Send,
{
    let (stop, stopping) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve_connection(stream, dispatcher.clone(), stopping.clone()));
                }
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    drop(stop);
    while connections.join_next().await.is_some() {}
}

/// Serves one connection. Drops its error: a connection that breaks concerns only its peer.
async fn serve_connection<S>(stream: TcpStream, dispatcher: Dispatcher<S>, mut stopping: watch::Receiver<()>)
where
    S: Service<FcEvent<Bytes>, Response = Bytes, Error = Diagnostic> + Clone + Send + 'static,
    S::Future: Send,
{
    // Without this the small chunks of a streamed response would wait for each other.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let dispatcher = dispatcher.clone();
        async move { Ok::<_, Infallible>(dispatcher.dispatch(request).await) }
    });
    let connection = http1::Builder::new()
        .header_read_timeout(None)
        .max_buf_size(READ_BUFFER)
        .max_headers(MAX_HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    tokio::select! {
        _ = &mut connection => return,
        _ = stopping.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
