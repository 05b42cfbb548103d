#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
use super::*;
use rustls::{RootCertStore, crypto::ring};
use tokio::net::TcpListener;

/// `TCP_NODELAY` and keepalive.
#[tokio::test]
async fn a_connection_sends_at_once_and_notices_a_lost_host() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap().to_string().parse().unwrap();
    let stream = open_tcp(&server).await.unwrap();
    assert!(stream.nodelay().unwrap() && SockRef::from(&stream).keepalive().unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_does_not_end_times_out() {
    // It accepts, by its backlog, and sends nothing.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let server = listener.local_addr().unwrap().to_string().parse().unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let error = connect(&server, Some(&Arc::new(config))).await.err().unwrap();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
}
