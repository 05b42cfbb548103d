//! The HTTP client beneath a bucket: hyper-util's, with bounded buffers.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use http::{Request, Response, Uri};
use hyper::body::Incoming;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tower_service::Service;

use super::spare_connections::{IDLE, SpareConnections, Stream};
use crate::body::upload_body::{Progress, UploadBody};
use ::error::BoxError;
use bytes::Bytes;

/// What came back: head, and a body still to be read.
pub type StoreResponse = Response<Incoming>;
/// Why nothing came back. It names neither URL nor query.
pub type SendError = Error;

/// How large the buffers of a connection grow. hyper's own limit is 400 KiB.
const BUFFER: usize = 64 << 10;
/// For the name, TCP and TLS together.
const CONNECT: Duration = Duration::from_secs(10);
/// A peer that vanished is noticed within a minute of silence, and within this of bytes that nobody acknowledges.
const UNACKNOWLEDGED: Duration = Duration::from_secs(30);
const PROBE_EVERY: Duration = Duration::from_secs(15);
const PROBES: u32 = 3;

/// Connections to any number of stores. Cheap to clone; clones share the connections.
///
/// It speaks HTTP/1.1, follows no redirect, uses no proxy, gives up connecting after 10 s, leaves a connection that was idle for 20 s,
/// and has no read time-out: each [`Store`](crate::Store) watches the progress of its exchanges itself.
#[derive(Clone)]
pub struct HttpClient {
    client: Client<Connector, UploadBody>,
    connector: Connector,
    tls: Arc<rustls::ClientConfig>,
}

impl HttpClient {
    /// Makes a client that trusts the roots of `tls` and resumes sessions from its store, which may be shared.
    #[must_use]
    pub fn new(mut tls: rustls::ClientConfig) -> Self {
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        // Also divided among the addresses of a name: one that is dead leaves time for the next.
        tcp.set_connect_timeout(Some(CONNECT));
        tcp.set_keepalive(Some(PROBE_EVERY));
        tcp.set_keepalive_interval(Some(PROBE_EVERY));
        tcp.set_keepalive_retries(Some(PROBES));
        #[cfg(target_os = "linux")]
        tcp.set_tcp_user_timeout(Some(UNACKNOWLEDGED));
        let tls = Arc::new(tls);
        let inner = HttpsConnector::from((tcp, tls.clone()));
        let connector = Connector { inner, spares: SpareConnections::default() };
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .http1_max_buf_size(BUFFER)
            .build(connector.clone());
        Self { client, connector, tls }
    }

    /// What every connection trusts, with the sessions that can be resumed.
    pub(super) fn tls(&self) -> Arc<rustls::ClientConfig> {
        self.tls.clone()
    }

    /// Opens `count` connections to the server of this URI in the background, for the next requests to it. Returns at once, and opens none
    /// where some are likely to be there. Call it right before sending that many: a connection that carries none is closed after 10 s.
    pub fn open_early(&self, to: &Uri, count: usize) {
        self.connector.spares.open(to, count, || {
            let (to, mut connector) = (to.clone(), self.connector.clone());
            async move { connector.connect(to).await.ok() }
        });
    }

    /// Sends a request that is no store's, to an absolute URI, with the bytes of its body at hand. It has no time-out.
    ///
    /// # Errors
    /// Where no answer came. The error names neither URL nor query.
    pub async fn call(&self, request: Request<Bytes>) -> Result<StoreResponse, SendError> {
        self.send(request.map(|bytes| UploadBody::from_bytes(bytes, Progress::new()))).await
    }

    /// Sends a request with an absolute URI. One that met a connection of the pool which its server had just closed is sent over another.
    pub(crate) fn send(&self, request: Request<UploadBody>) -> ResponseFuture {
        self.connector.spares.note_use(request.uri());
        self.client.request(request)
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient").finish_non_exhaustive()
    }
}

/// Connects within [`CONNECT`], or takes a connection that was opened early.
#[derive(Debug, Clone)]
struct Connector {
    inner: HttpsConnector<HttpConnector>,
    spares: SpareConnections,
}

impl Connector {
    fn connect(&mut self, to: Uri) -> impl Future<Output = Result<Stream, BoxError>> + Send + use<> {
        let connecting = tokio::time::timeout(CONNECT, self.inner.call(to));
        async { connecting.await? }
    }
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let mut connector = self.clone();
        let connecting = async move {
            match connector.spares.take(&to).await {
                Some(stream) => Ok(stream),
                None => connector.connect(to).await,
            }
        };
        let connecting = tokio::time::timeout(CONNECT, connecting);
        Box::pin(async { connecting.await? })
    }
}

/// Whether a request failed before a byte of it was sent: its server was not reached, or the connection was closed when it came.
#[must_use]
pub fn was_never_sent(error: &SendError) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<hyper::Error>());
    error.is_connect() || cause.is_some_and(hyper::Error::is_canceled)
}

/// Whether a connection failed because the server's certificate is not valid at this machine's time: its clock may be wrong. For errors of
/// any HTTP client over rustls.
#[must_use]
pub fn blames_clock(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        // An I/O error's source is that of what it wraps, and not what it wraps.
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let tls = match wrapped {
            Some(wrapped) if blames_clock(wrapped) => return true,
            _ => error.downcast_ref::<rustls::Error>(),
        };
        if let Some(rustls::Error::InvalidCertificate(why)) = tls {
            use rustls::CertificateError as Why;
            return matches!(
                why,
                Why::Expired | Why::ExpiredContext { .. } | Why::NotValidYet | Why::NotValidYetContext { .. }
            );
        }
        cause = error.source();
    }
    false
}
