//! What the tests inside the crate share.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use crate::http::transport::{AnswerBody, SendError, Transport};
use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use std::sync::Arc;
use wiremock::{MockServer, Request};

/// reqwest as the client of the process. It can only speak plain HTTP: the default one insists on a process-wide TLS provider.
#[derive(Debug)]
struct Reqwest(reqwest::Client);

#[async_trait]
impl Transport for Reqwest {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<AnswerBody>, SendError> {
        let answer = self.0.execute(request.try_into().unwrap()).await;
        let answer = answer.map_err(|why| {
            let is_connect = why.is_connect();
            SendError::new(why.without_url(), is_connect)
        })?;
        let answer: http::Response<reqwest::Body> = answer.into();
        Ok(answer.map(|body| body.map_err(Into::into).boxed_unsync()))
    }
}

pub(crate) fn http() -> Arc<dyn Transport> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let client = reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().build().unwrap();
    Arc::new(Reqwest(client))
}

/// The one request the server has seen.
pub(crate) async fn only_request(server: &MockServer) -> Request {
    let mut seen = server.received_requests().await.expect("recording is on");
    assert_eq!(seen.len(), 1);
    seen.remove(0)
}
