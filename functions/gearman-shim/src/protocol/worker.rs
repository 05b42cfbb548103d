//! All connections together: one limit over all servers, reconnecting, draining.

use crate::{
    metrics::Metrics,
    protocol::{
        connection::{self, Connection},
        context::{WorkerConfig, WorkerContext},
        handler::Handler,
        session,
    },
};
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use futures_util::future::join_all;
use std::{io, sync::Arc, time::Duration};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// A connection that held this long was a good one: the backoff starts again after it.
const STABLE_AFTER: Duration = Duration::from_secs(5);

/// Takes jobs until `drain` is cancelled, then finishes those that run. Dropped, it leaves at once: gearmand requeues its jobs.
pub async fn work<H: Handler>(
    config: WorkerConfig,
    handler: H,
    metrics: Arc<Metrics>,
    drain: CancellationToken,
) {
    let context = WorkerContext::new(config, handler, metrics, drain);
    join_all(context.config.servers.iter().map(|server| {
        let connect = || connection::connect(server, context.config.tls.as_ref());
        serve(&context, server.to_string(), connect)
    }))
    .await;
    // Jobs whose connection was lost still run.
    let all = u32::from(context.config.jobs.max(1));
    let _ = context.slots.acquire_many(all).await;
}

/// Keeps a connection to one server until the worker is drained.
async fn serve<H: Handler, F: Future<Output = io::Result<Connection>>>(
    context: &Arc<WorkerContext<H>>,
    server: String,
    connect: impl Fn() -> F,
) {
    let mut backoff = build_backoff();
    loop {
        let connection = tokio::select! {
            () = context.drain.cancelled() => return,
            connection = connect() => connection,
        };
        let since = Instant::now();
        let ended = match connection {
            Ok(connection) => session::run(context, &server, connection).await,
            Err(error) => Err(error.into()),
        };
        let Err(error) = ended else { return };
        if since.elapsed() >= STABLE_AFTER {
            backoff = build_backoff();
        }
        let pause = backoff.next().unwrap_or_default();
        tracing::warn!(server, %error, pause_seconds = pause.as_secs_f64(), "no line to gearmand");
        context.metrics.count_reconnect();
        tokio::select! {
            () = context.drain.cancelled() => return,
            () = sleep(pause) => {}
        }
    }
}

fn build_backoff() -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(100))
        .with_max_delay(Duration::from_secs(30))
        .without_max_times()
        .with_jitter()
        .build()
}

#[cfg(test)]
mod tests;
