//! All lines together: one limit over all servers, reconnecting, draining.

use crate::{
    connection::{self, Line, Server},
    job::Handler,
    metrics::Metrics,
    session,
};
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use futures_util::future::join_all;
use rustls::ClientConfig;
use std::{io, sync::Arc, time::Duration};
use tokio::{
    sync::{Semaphore, watch},
    time::{Instant, sleep},
};

/// A line that held this long was a good one: the next attempt after it is an early one again.
const STEADY: Duration = Duration::from_secs(5);

/// What a worker does where.
#[derive(Debug, Clone)]
pub struct WorkerConfig {
    /// The gearmands. One that is down hinders no other.
    pub servers: Vec<Server>,
    /// The function it offers.
    pub function: String,
    /// Jobs at once, over all servers. At least 1.
    pub jobs: u16,
    /// Bytes of a payload at most. A larger one is passed over unread and answered by [`Handler::too_large`].
    pub max_payload: usize,
    /// How gearmand's list of workers calls this one; gearmand keeps 127 bytes of it.
    pub client_id: String,
    /// TLS to the gearmands.
    pub tls: Option<Arc<ClientConfig>>,
    /// Take one job, then drain.
    pub once: bool,
}

/// Tells a worker to come to an end in order: no new job, the running ones finish and are answered.
#[derive(Debug, Clone)]
pub struct Drain(Arc<watch::Sender<bool>>);

impl Default for Drain {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Drain {
    /// From now on.
    pub fn begin(&self) {
        self.0.send_replace(true);
    }

    /// Whether it has begun.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        *self.0.borrow()
    }

    /// Resolves when it has begun.
    pub async fn begun(&self) {
        // The sender lives as long as this.
        let _ = self.0.subscribe().wait_for(|begun| *begun).await;
    }
}

/// What the lines of one worker share.
pub(crate) struct Shared<H> {
    pub(crate) handler: H,
    pub(crate) config: WorkerConfig,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) drain: Drain,
    /// One permit a job that runs or is being grabbed.
    pub(crate) slots: Arc<Semaphore>,
}

impl<H> Shared<H> {
    pub(crate) fn new(config: WorkerConfig, handler: H, metrics: Arc<Metrics>, drain: Drain) -> Arc<Self> {
        let slots = Arc::new(Semaphore::new(usize::from(config.jobs.max(1))));
        Arc::new(Self { handler, config, metrics, drain, slots })
    }
}

/// Takes jobs until `drain` begins, then finishes those that run. Dropped, it leaves at once: gearmand gives the jobs to others.
pub async fn work<H: Handler>(config: WorkerConfig, handler: H, metrics: Arc<Metrics>, drain: Drain) {
    let shared = Shared::new(config, handler, metrics, drain);
    join_all(shared.config.servers.iter().map(|server| {
        let connect = || connection::connect(server, shared.config.tls.as_ref());
        serve(&shared, server.to_string(), connect)
    }))
    .await;
    // Jobs whose line was lost run on.
    let all = u32::from(shared.config.jobs.max(1));
    let _ = shared.slots.acquire_many(all).await;
}

/// Keeps a line to one server until the drain.
pub(crate) async fn serve<H: Handler, F: Future<Output = io::Result<Line>>>(
    shared: &Arc<Shared<H>>,
    server: String,
    connect: impl Fn() -> F,
) {
    let mut pauses = pauses();
    loop {
        let line = tokio::select! {
            () = shared.drain.begun() => return,
            line = connect() => line,
        };
        let since = Instant::now();
        let ended = match line {
            Ok(line) => session::run(shared, &server, line).await,
            Err(error) => Err(error),
        };
        let Err(error) = ended else { return };
        if since.elapsed() >= STEADY {
            pauses = self::pauses();
        }
        let pause = pauses.next().unwrap_or_default();
        tracing::warn!(server, %error, pause_seconds = pause.as_secs_f64(), "no line to gearmand");
        shared.metrics.reconnect();
        tokio::select! {
            () = shared.drain.begun() => return,
            () = sleep(pause) => {}
        }
    }
}

fn pauses() -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(100))
        .with_max_delay(Duration::from_secs(30))
        .without_max_times()
        .with_jitter()
        .build()
}

#[cfg(test)]
mod tests;
