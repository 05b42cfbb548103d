#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
use super::*;
use crate::protocol::{
    packet::packet_type::{GRAB_JOB_UNIQ, WORK_COMPLETE},
    testing::{Gearmand, join, worker},
};
use std::future::ready;
use tokio::sync::mpsc;

/// The pauses between attempts grow to half a minute, until a connection held for five seconds. Each connection registers.
#[tokio::test(start_paused = true)]
async fn attempts_get_rarer_until_a_connection_holds() {
    let worker = worker(1);
    let (attempts, mut made) = mpsc::unbounded_channel();
    let context = worker.clone();
    let serving = tokio::spawn(async move {
        let connect = || {
            let (gearmand, connection) = Gearmand::new();
            attempts.send((Instant::now(), gearmand)).unwrap();
            ready(Ok(connection))
        };
        serve(&context, "test".into(), connect).await;
    });
    // A connection that registers and is then lost was no good one.
    let mut times = Vec::new();
    for _ in 0..12 {
        let (time, mut gearmand) = made.recv().await.unwrap();
        gearmand.accept_registration().await;
        times.push(time);
    }
    let pauses: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(pauses[0] >= Duration::from_millis(100) && pauses[0] <= Duration::from_millis(201), "{pauses:?}");
    let last = pauses[pauses.len() - 1];
    assert!(last >= Duration::from_secs(30) && last <= Duration::from_secs(61), "{pauses:?}");
    let sum: Duration = pauses[..5].iter().sum();
    assert!(sum >= Duration::from_millis(3100), "not a storm: {pauses:?}");

    let (_, mut gearmand) = made.recv().await.unwrap();
    gearmand.accept_registration().await;
    gearmand.assign(1, "x").await;
    gearmand.expect(WORK_COMPLETE, "H:1\0x").await;
    gearmand.expect(GRAB_JOB_UNIQ, "").await;
    sleep(STABLE_AFTER).await;
    let lost = Instant::now();
    drop(gearmand);
    let (time, gearmand) = made.recv().await.unwrap();
    assert!(time - lost <= Duration::from_millis(201), "an early one again: {:?}", time - lost);
    drop(gearmand);
    worker.drain.cancel();
    join(serving).await;
}

/// Both the wait for a connection and the pause before the next attempt.
#[tokio::test(start_paused = true)]
async fn a_drain_ends_every_wait_for_a_server() {
    let worker = worker(1);
    let context = worker.clone();
    let stuck = tokio::spawn(async move {
        serve(&context, "stuck".into(), std::future::pending).await;
    });
    let context = worker.clone();
    let down = tokio::spawn(async move {
        serve(&context, "down".into(), || ready(Err(io::ErrorKind::ConnectionRefused.into()))).await;
    });
    sleep(Duration::from_secs(100)).await;
    let started = Instant::now();
    worker.drain.cancel();
    for server in [stuck, down] {
        join(server).await;
    }
    assert_eq!(started.elapsed(), Duration::ZERO);
}
