//! The settings of a worker, and what its connections share.

use crate::{metrics::Metrics, protocol::server::Server};
use rustls::ClientConfig;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// What a worker offers, and to which gearmands.
#[derive(Debug, Clone)]
pub struct WorkerConfig {
    /// The gearmands. One that is down does not affect the others.
    pub servers: Vec<Server>,
    /// The function to offer.
    pub function: String,
    /// Jobs at once, over all servers. At least 1.
    pub jobs: u16,
    /// Bytes of a payload at most. A larger one is skipped unread and answered by [`Handler::too_large`](crate::Handler::too_large).
    pub max_payload: usize,
    /// This worker's name in gearmand's list of workers; gearmand keeps 127 bytes of it.
    pub client_id: String,
    /// TLS to the gearmands; `None` for plain TCP.
    pub tls: Option<Arc<ClientConfig>>,
    /// Take one job, then drain.
    pub once: bool,
}

/// What all connections of one worker share.
pub(crate) struct WorkerContext<H> {
    pub(crate) handler: H,
    pub(crate) config: WorkerConfig,
    pub(crate) metrics: Arc<Metrics>,
    /// Cancelled when the worker drains.
    pub(crate) drain: CancellationToken,
    /// One permit for each job that runs or is being grabbed.
    pub(crate) slots: Arc<Semaphore>,
}

impl<H> WorkerContext<H> {
    pub(crate) fn new(
        config: WorkerConfig,
        handler: H,
        metrics: Arc<Metrics>,
        drain: CancellationToken,
    ) -> Arc<Self> {
        let slots = Arc::new(Semaphore::new(usize::from(config.jobs.max(1))));
        Arc::new(Self { handler, config, metrics, drain, slots })
    }
}
