//! The process: logs, signals, the health door, the worker.

use crate::{
    call::Function,
    config::Config,
    connection,
    forwarder::Forwarder,
    health,
    metrics::Metrics,
    worker::{Drain, WorkerConfig, work},
};
use clap::Parser;
use reqwest::{Client, redirect};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use std::{error::Error, io, process::ExitCode, sync::Arc, time::Duration};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    time::sleep,
};

/// A connection that has been idle this long is not used again: the other side may have closed it.
const IDLE: Duration = Duration::from_secs(20);
const CONNECT: Duration = Duration::from_secs(10);
/// Before the function is asked again for the first time.
const PAUSE: Duration = Duration::from_millis(500);

/// Runs the shim. 0 after an orderly end, 1 where jobs had to be left, 2 where it could not begin.
#[must_use]
pub fn main() -> ExitCode {
    let config = Config::parse();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_target(false)
        .with_writer(io::stderr)
        .finish();
    // Nobody has set another one.
    let _ = tracing::subscriber::set_global_default(subscriber);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let ended = runtime.map_err(Into::into).and_then(|runtime| {
        let ended = runtime.block_on(run(config));
        // A look-up of a name may still be under way on a thread of its own.
        runtime.shutdown_background();
        ended
    });
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            tracing::error!(error, "cannot start");
            ExitCode::from(2)
        }
    }
}

/// Whether every job was answered.
async fn run(config: Config) -> Result<bool, Box<dyn Error>> {
    let (metrics, drain) = (Arc::new(Metrics::default()), Drain::default());
    let max_payload = usize::from(config.max_payload_kib) << 10;
    let authorization = config.authorization()?;
    let forwarder = Forwarder {
        function: Function::new(client()?, config.function_url, authorization, config.patience),
        budget: config.budget,
        pause: PAUSE,
        fail_packets: config.fail_packets,
        max_payload,
        metrics: metrics.clone(),
    };
    let worker = WorkerConfig {
        servers: config.servers,
        function: config.function_name,
        jobs: if config.once { 1 } else { config.jobs },
        max_payload,
        client_id: format!("oss2youku-gearman-{}", std::process::id()),
        tls: config.tls_ca.as_deref().map(connection::trusting).transpose()?,
        once: config.once,
    };
    if let Some(address) = config.health {
        let listener =
            TcpListener::bind(address).await.map_err(|error| format!("--health {address}: {error}"))?;
        tracing::info!(address = %listener.local_addr()?, "health and metrics");
        tokio::spawn(axum::serve(listener, health::router(metrics.clone())).into_future());
    }
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let mut signalled = async || {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    let leave = async {
        signalled().await;
        tracing::info!(in_flight = metrics.in_flight(), "draining");
        drain.begin();
        tokio::select! {
            () = signalled() => "a second signal",
            () = sleep(config.drain) => "the time to drain is over",
        }
    };
    tokio::select! {
        () = work(worker, forwarder, metrics.clone(), drain.clone()) => {
            tracing::info!("no job runs any more");
            Ok(true)
        }
        why = leave => {
            tracing::warn!(why, left = metrics.in_flight(), "leaving at once; gearmand gives the jobs out again");
            Ok(metrics.in_flight() == 0)
        }
    }
}

/// TLS by rustls with ring and bundled roots. No redirect is followed, so that the token goes nowhere else; no time-out here, since an
/// upload takes its time: each call has its own.
fn client() -> Result<Client, Box<dyn Error>> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE);
    Ok(client.build()?)
}
