//! The process: logging, signals, the health server, the worker, the exit code.

use crate::{
    config::Config,
    forward::{function_client::FunctionClient, function_gate::FunctionGate, handler::Forwarder},
    health,
    metrics::Metrics,
    protocol::{context::WorkerConfig, worker::work},
    start_error::StartError,
    ui::{
        help, language,
        report::{report_failure, report_mistake},
    },
};
use clap::FromArgMatches;
use reqwest::{Client, redirect};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use std::{
    io,
    net::SocketAddr,
    process::{self, ExitCode},
    sync::Arc,
    time::Duration,
};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// A connection to the function that has been idle this long is not used again: the other side may have closed it.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(20);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Before a job's second call of the function.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// Before the second trial of a function that does not answer or refuses the shim.
const FIRST_TRIAL_PAUSE: Duration = Duration::from_secs(1);
/// For the first trial of the function, before jobs are taken without knowing what it says.
const START_PATIENCE: Duration = Duration::from_secs(3);
/// How often a drain looks whether only jobs are left that wait until the function accepts the shim.
const DRAIN_CHECK: Duration = Duration::from_millis(200);

/// How the shim ended.
enum Ending {
    /// Every job was answered.
    Drained,
    /// Jobs were left to gearmand, which requeues them.
    JobsLeft,
}

/// Runs the shim. Exit code 0 after every job was answered, 1 where jobs had to be left, 2 where the shim could not start.
#[must_use]
pub fn main() -> ExitCode {
    let lang = language::find();
    let matches = help::build_command(lang).try_get_matches();
    let config = match matches.and_then(|matches| Config::from_arg_matches(&matches)) {
        Ok(config) => config,
        Err(error) => return report_mistake(&error, lang),
    };
    init_logging();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let ended = runtime.map_err(StartError::from).and_then(|runtime| {
        let ended = runtime.block_on(run(config));
        // A DNS lookup may still run on a thread of its own.
        runtime.shutdown_background();
        ended
    });
    match ended {
        Ok(Ending::Drained) => ExitCode::SUCCESS,
        Ok(Ending::JobsLeft) => ExitCode::FAILURE,
        Err(error) => report_failure(&error, lang),
    }
}

fn init_logging() {
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_target(false)
        .with_writer(io::stderr)
        // It would be told by a macro that panics where nobody reads the log.
        .log_internal_errors(false)
        .finish();
    // Fails only where another subscriber is set; the process sets no other.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

async fn run(config: Config) -> Result<Ending, StartError> {
    let (metrics, drain) = (Arc::new(Metrics::default()), CancellationToken::new());
    let max_payload = usize::from(config.max_payload_kib) << 10;
    let (authorization, tls) = (config.authorization()?, config.tls()?);
    let function = Arc::new(FunctionClient::new(
        build_http_client()?,
        config.function_url,
        authorization,
        config.response_timeout,
    ));
    let gate =
        Arc::new(FunctionGate::new(function.clone(), config.token_file, metrics.clone(), FIRST_TRIAL_PAUSE));
    let forwarder = Forwarder {
        function,
        gate: gate.clone(),
        budget: config.budget,
        first_pause: FIRST_PAUSE,
        fail_packets: config.fail_packets,
        max_payload,
        metrics: metrics.clone(),
    };
    let worker = WorkerConfig {
        servers: config.servers,
        function: config.function_name,
        jobs: if config.once { 1 } else { config.jobs },
        max_payload,
        client_id: format!("oss2youku-gearman-{}", process::id()),
        tls,
        once: config.once,
    };
    if let Some(address) = config.health {
        serve_health(address, metrics.clone())
            .await
            .map_err(|source| StartError::Health { address, source })?;
    }
    let mut signals = StopSignals::listen()?;
    let stop = async {
        signals.wait().await;
        tracing::info!(in_flight = metrics.in_flight(), "draining");
        drain.cancel();
        tokio::select! {
            () = signals.wait() => "a second signal",
            () = sleep(config.drain) => "the time to drain is over",
            () = wait_until_only_refused_jobs_are_left(&metrics) => "the function does not accept the shim",
        }
    };
    let working = async {
        tokio::select! {
            () = wait_for_first_trial(&gate) => {}
            () = drain.cancelled() => {}
        }
        work(worker, forwarder, metrics.clone(), drain.clone()).await;
    };
    tokio::select! {
        never = gate.keep_trying() => match never {},
        () = working => {
            tracing::info!("every job is answered");
            Ok(Ending::Drained)
        }
        reason = stop => {
            let left = metrics.in_flight();
            tracing::warn!(reason, left, "leaving at once; gearmand requeues the jobs");
            Ok(if left == 0 { Ending::Drained } else { Ending::JobsLeft })
        }
    }
}

/// Resolves when the first trial of the function has ended, or has taken too long to hold up the jobs of a function that is only slow.
async fn wait_for_first_trial(gate: &FunctionGate) {
    if timeout(START_PATIENCE, gate.wait_until_tried()).await.is_err() {
        tracing::warn!("the function has not answered yet: jobs are taken meanwhile");
    }
}

/// Resolves when every running job waits until the function accepts the shim. A drain need not wait for that: gearmand requeues the jobs.
async fn wait_until_only_refused_jobs_are_left(metrics: &Metrics) {
    loop {
        let waiting = metrics.jobs_waiting();
        if waiting > 0 && waiting == metrics.in_flight() {
            return;
        }
        sleep(DRAIN_CHECK).await;
    }
}

async fn serve_health(address: SocketAddr, metrics: Arc<Metrics>) -> io::Result<()> {
    let listener = TcpListener::bind(address).await?;
    tracing::info!(address = %listener.local_addr()?, "health and metrics");
    tokio::spawn(axum::serve(listener, health::build_router(metrics)).into_future());
    Ok(())
}

/// SIGTERM and SIGINT.
struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Resolves at the next of either.
    async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Builds the client for the function: TLS by rustls with ring and bundled roots. It follows no redirect, so that the token goes nowhere
/// else. It has no timeout of its own, because an upload takes its time: each call sets one.
fn build_http_client() -> Result<Client, StartError> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(POOL_IDLE_TIMEOUT);
    Ok(client.build()?)
}
