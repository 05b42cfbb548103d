//! Connections opened before a request needs them, while something else is under way.

use http::{Uri, uri::Authority};
use hyper_rustls::MaybeHttpsStream;
use hyper_util::rt::TokioIo;
use std::{
    collections::HashMap,
    fmt,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::{Duration, SystemTime},
};
use tokio::{io::Interest, net::TcpStream, sync::oneshot, time::Instant};

/// A connection to a server.
pub(super) type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

/// A connection that has been idle this long is not used again: a frozen function's connections are dead when it wakes.
pub(super) const IDLE: Duration = Duration::from_secs(20);
/// How long a connection waits for its first request. Servers wait longer; what waited longer here was opened in vain.
const LIFE: Duration = Duration::from_secs(10);

/// A server: scheme and authority.
type Origin = (bool, Authority);

/// Open connections that carried no request yet, by server. Clones share them.
#[derive(Clone, Default)]
pub(super) struct SpareConnections(Arc<Mutex<HashMap<Origin, Server>>>);

#[derive(Default)]
struct Server {
    /// When a request was last sent there: its connection waits in the client's own pool.
    used: Option<Instant>,
    /// The connections that wait, or are being opened, and since when.
    spares: Vec<(Age, oneshot::Receiver<Stream>)>,
}

impl Server {
    fn is_pooled(&self) -> bool {
        self.used.is_some_and(|used| used.elapsed() < IDLE)
    }
}

/// Since when something is there, by both clocks: the monotonic one stands still while a machine is frozen, and its servers' do not.
#[derive(Clone, Copy)]
struct Age(Instant, SystemTime);

impl Age {
    fn begin() -> Self {
        Self(Instant::now(), SystemTime::now())
    }

    /// Whether a connection of this age is used no more; also where the machine's clock went backwards.
    fn is_over(self) -> bool {
        self.0.elapsed() >= LIFE || self.1.elapsed().map_or(true, |age| age >= LIFE)
    }
}

impl fmt::Debug for SpareConnections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpareConnections").finish_non_exhaustive()
    }
}

impl SpareConnections {
    /// Opens connections with `connect`, in the background, until `count` of them wait; none where a request went to that server in the last
    /// while. A failure is left to the request to meet.
    pub(super) fn open<C>(&self, to: &Uri, count: usize, connect: impl Fn() -> C)
    where
        C: Future<Output = Option<Stream>> + Send + 'static,
    {
        let Some(origin) = origin(to) else { return };
        for opened in self.reserve(&origin, count) {
            let (connecting, spares, origin) = (connect(), self.clone(), origin.clone());
            tokio::spawn(async move {
                let since = Instant::now();
                if let Some(stream) = connecting.await {
                    // Nobody waits for it any more: it is dropped.
                    let _ = opened.send(stream);
                    tokio::time::sleep_until(since + LIFE).await;
                }
                spares.close_expired(&origin);
            });
        }
    }

    /// Makes room for the connections that are missing.
    fn reserve(&self, origin: &Origin, count: usize) -> Vec<oneshot::Sender<Stream>> {
        let mut servers = self.servers();
        let server = servers.entry(origin.clone()).or_default();
        server.spares.retain(|(age, _)| !age.is_over());
        let missing = if server.is_pooled() { 0 } else { count.saturating_sub(server.spares.len()) };
        let reserve = |_| {
            let (opened, spare) = oneshot::channel();
            server.spares.push((Age::begin(), spare));
            opened
        };
        (0..missing).map(reserve).collect()
    }

    /// Takes a connection that waits, or is being opened, for this server; `None` where there is none or it was closed.
    pub(super) async fn take(&self, to: &Uri) -> Option<Stream> {
        let (age, spare) = self.servers().get_mut(&origin(to)?)?.spares.pop()?;
        let stream = spare.await.ok()?;
        (!age.is_over() && is_open(&stream)).then_some(stream)
    }

    /// Notes that a request goes to this server.
    pub(super) fn note_use(&self, to: &Uri) {
        let Some(origin) = origin(to) else { return };
        let mut servers = self.servers();
        if !servers.contains_key(&origin) {
            // A process may meet any number of servers in its life.
            servers.retain(|_, server| server.is_pooled() || !server.spares.is_empty());
        }
        servers.entry(origin).or_default().used = Some(Instant::now());
    }

    fn close_expired(&self, origin: &Origin) {
        if let Some(server) = self.servers().get_mut(origin) {
            server.spares.retain(|(age, _)| !age.is_over());
        }
    }

    fn servers(&self) -> MutexGuard<'_, HashMap<Origin, Server>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn origin(uri: &Uri) -> Option<Origin> {
    Some((uri.scheme_str() == Some("https"), uri.authority()?.clone()))
}

/// Whether the server has not closed the connection, as far as the kernel has told. Whether bytes can be read says nothing: TLS sends tickets
/// unasked, and a close comes behind them.
fn is_open(stream: &Stream) -> bool {
    let tcp: &TcpStream = match stream {
        Stream::Http(tcp) => tcp.inner(),
        Stream::Https(tls) => tls.inner().get_ref().0.inner().inner(),
    };
    match pin!(tcp.ready(Interest::READABLE)).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(ready) => ready.is_ok_and(|ready| !ready.is_read_closed()),
        Poll::Pending => true,
    }
}
