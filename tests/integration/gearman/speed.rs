//! The speed of the worker loop compared with libgearman's, in one run.

use super::{
    Gearmand,
    limits::{Client, Echo},
    within,
};
use gearman_shim::{CancellationToken, WorkerConfig, metrics::Metrics, work};
use std::{
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::process::Command;

const SUBMIT_JOB: u32 = 7;
const WORK_COMPLETE: u32 = 13;
const JOBS: usize = 2000;
const ROUNDS: usize = 15;
const LIMIT: Duration = Duration::from_secs(60);

/// Jobs per second with eight outstanding, each answered with that text.
fn rate(port: u16, text: &[u8]) -> f64 {
    let mut client = Client::connect(port);
    // The first answer shows that the worker is ready.
    client.send(SUBMIT_JOB, b"upload\0\0payload", 0);
    client.wait_for(WORK_COMPLETE);
    let begun = Instant::now();
    for submitted in 0..JOBS + 8 {
        if submitted >= 8 {
            assert_eq!(client.wait_for(WORK_COMPLETE), text);
        }
        if submitted < JOBS {
            client.send(SUBMIT_JOB, b"upload\0\0payload", 0);
        }
    }
    JOBS as f64 / begun.elapsed().as_secs_f64()
}

/// The rate of libgearman's worker.
async fn theirs(gearmand: &Gearmand) -> f64 {
    let port = gearmand.port.to_string();
    // If this test is killed, the worker is too: without its gearmand it would spin forever.
    let _worker = Command::new("setpriv")
        .args(["--pdeathsig", "KILL", "gearman", "-h", "127.0.0.1", "-p", &port, "-f", "upload", "-w"])
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    // It writes the payload to its own output and answers with nothing.
    measured(gearmand.port, b"").await
}

async fn ours(gearmand: &Gearmand) -> f64 {
    let config = WorkerConfig {
        servers: vec![format!("127.0.0.1:{}", gearmand.port).parse().unwrap()],
        function: "upload".into(),
        jobs: 8,
        max_payload: 65536,
        client_id: "speed".into(),
        tls: None,
        once: false,
    };
    let drain = CancellationToken::new();
    let worker = tokio::spawn(work(config, Echo, Arc::new(Metrics::default()), drain.clone()));
    let rate = measured(gearmand.port, b"payload").await;
    drain.cancel();
    within("the end", worker).await.unwrap();
    rate
}

async fn measured(port: u16, text: &'static [u8]) -> f64 {
    tokio::task::spawn_blocking(move || rate(port, text)).await.unwrap()
}

#[tokio::test]
#[ignore = "wants the machine to itself"]
#[expect(clippy::print_stdout, reason = "the figures, for those who ask by --nocapture")]
async fn the_worker_loop_is_about_as_fast_as_libgearmans() {
    let gearmand = Gearmand::start().await;
    // The best of many short rounds is what each does while nothing else runs; a busy machine takes more of them.
    let (mut best_theirs, mut best_ours, mut rounds, begun) = (0.0_f64, 0.0_f64, 0, Instant::now());
    while (rounds < ROUNDS || best_ours < 0.8 * best_theirs) && begun.elapsed() < LIMIT {
        best_theirs = best_theirs.max(theirs(&gearmand).await);
        best_ours = best_ours.max(ours(&gearmand).await);
        rounds += 1;
    }
    println!("{best_ours:.0} against {best_theirs:.0} jobs a second in {rounds} rounds");
    assert!(best_ours >= 0.8 * best_theirs, "{best_ours:.0} of {best_theirs:.0} jobs a second");
}
