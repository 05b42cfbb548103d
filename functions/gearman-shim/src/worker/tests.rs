#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
use super::*;
use crate::{
    codec::WORK_COMPLETE,
    testing::{GRAB, Gearmand, ended, worker},
};
use std::future::ready;
use tokio::sync::mpsc;

#[tokio::test(start_paused = true)]
async fn attempts_get_rarer_until_a_line_holds_and_each_line_registers_anew() {
    let worker = worker(1);
    let (attempts, mut made) = mpsc::unbounded_channel();
    let shared = worker.clone();
    let serving = tokio::spawn(async move {
        let connect = || {
            let (gearmand, line) = Gearmand::new();
            attempts.send((Instant::now(), gearmand)).unwrap();
            ready(Ok(line))
        };
        serve(&shared, "test".into(), connect).await;
    });
    // Registering and then losing the line is no good line.
    let mut times = Vec::new();
    for _ in 0..12 {
        let (time, mut gearmand) = made.recv().await.unwrap();
        gearmand.greet().await;
        times.push(time);
    }
    let pauses: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(pauses[0] >= Duration::from_millis(100) && pauses[0] <= Duration::from_millis(201), "{pauses:?}");
    let last = pauses[pauses.len() - 1];
    assert!(last >= Duration::from_secs(30) && last <= Duration::from_secs(61), "{pauses:?}");
    let sum: Duration = pauses[..5].iter().sum();
    assert!(sum >= Duration::from_millis(3100), "not a storm: {pauses:?}");

    let (_, mut gearmand) = made.recv().await.unwrap();
    gearmand.greet().await;
    gearmand.assign(1, "x").await;
    gearmand.expect(WORK_COMPLETE, "H:1\0x").await;
    gearmand.expect(GRAB, "").await;
    tokio::time::sleep(STEADY).await;
    let lost = Instant::now();
    drop(gearmand);
    let (time, gearmand) = made.recv().await.unwrap();
    assert!(time - lost <= Duration::from_millis(201), "an early one again: {:?}", time - lost);
    drop(gearmand);
    worker.drain.begin();
    ended(serving).await;
}

#[tokio::test(start_paused = true)]
async fn a_drain_ends_every_wait_for_a_server() {
    let worker = worker(1);
    let shared = worker.clone();
    let stuck = tokio::spawn(async move {
        serve(&shared, "stuck".into(), std::future::pending).await;
    });
    let shared = worker.clone();
    let down = tokio::spawn(async move {
        serve(&shared, "down".into(), || ready(Err(io::ErrorKind::ConnectionRefused.into()))).await;
    });
    tokio::time::sleep(Duration::from_secs(100)).await;
    let begun = Instant::now();
    worker.drain.begin();
    for server in [stuck, down] {
        ended(server).await;
    }
    assert_eq!(begun.elapsed(), Duration::ZERO);
}
