//! What the tests inside the crate share.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::sync::Arc;
use wiremock::{MockServer, Request};

/// An HTTP client that can only speak plain HTTP: the default one insists on a process-wide TLS provider.
pub(crate) fn http() -> reqwest::Client {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().build().unwrap()
}

/// The one request the server has seen.
pub(crate) async fn only_request(server: &MockServer) -> Request {
    let mut seen = server.received_requests().await.expect("recording is on");
    assert_eq!(seen.len(), 1);
    seen.remove(0)
}
