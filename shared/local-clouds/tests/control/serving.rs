//! The link, and the end of a server.

use std::num::NonZeroU64;
use std::time::{Duration, Instant};

use local_clouds::control::{Fault, LinkSettings, Rule};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use super::env::{EchoEnv, send};

#[tokio::test]
async fn the_link_is_paced_in_sum_and_delayed() {
    let env = EchoEnv::new().await;
    let rate = r#"{"latency_ms":20,"bytes_per_second":1000000}"#;
    let shown = env.post("/_sandbox/link", rate).await.unwrap().body;
    assert_eq!(
        shown,
        r#"{"latency_ms":20,"bytes_per_second":1000000,"bytes_per_second_per_connection":null}"#
    );
    let body = "x".repeat(100_000);
    let start = Instant::now();
    let (one, two) = tokio::join!(env.post("/up", &body), env.post("/up", &body));
    assert_eq!((one.unwrap().body.len(), two.unwrap().body.len()), (100_000, 100_000));
    // 200 KB go in and then out at 1 MB/s; the ways overlap in part.
    let took = start.elapsed();
    assert!(took > Duration::from_millis(240) && took < Duration::from_millis(900), "{took:?}");
}

#[tokio::test]
async fn each_connection_has_its_own_rate() {
    let env = EchoEnv::new().await;
    let per_connection = NonZeroU64::new(1_000_000);
    env.control
        .link
        .set(LinkSettings { bytes_per_second_per_connection: per_connection, ..LinkSettings::default() });
    let body = "x".repeat(100_000);
    let start = Instant::now();
    let posts = (0..8).map(|_| env.post("/up", &body));
    for answer in futures_util::future::join_all(posts).await {
        assert_eq!(answer.unwrap().body.len(), 100_000);
    }
    let took = start.elapsed();
    assert!(took > Duration::from_millis(120) && took < Duration::from_millis(700), "{took:?}");
}

#[tokio::test]
async fn after_shutdown_the_port_is_free_and_connections_are_closed() {
    let env = EchoEnv::new().await;
    env.control.faults.add(Rule::new("*", Fault::HoldBefore));
    let addr = env.server.addr();
    let mut open = send(addr, "POST", "/up", "x").await.unwrap();
    env.control.faults.wait_fired(1, 1).await;
    env.server.shutdown().await;
    TcpListener::bind(addr).await.unwrap();
    // Closed or reset, but over.
    assert!(!matches!(open.read(&mut [0; 16]).await, Ok(1..)));
}
