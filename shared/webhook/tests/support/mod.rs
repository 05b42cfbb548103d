//! Shared by the crate's unit tests and its integration tests: reqwest as the HTTP client of the process.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;
// Unit tests and integration tests import these by different paths.
use super::{AnswerBody, BoxError, Transport};
use std::{net::SocketAddr, sync::Arc, time::Duration};

/// A client for each request, since only a builder can be told addresses. It trusts no certificate.
#[derive(Debug)]
struct Reqwest;

#[async_trait]
impl Transport for Reqwest {
    async fn send(
        &self,
        addresses: Vec<SocketAddr>,
        connect_time: Duration,
        request: Request<Bytes>,
    ) -> Result<Response<AnswerBody>, BoxError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(connect_time)
            .resolve_to_addrs(request.uri().host().unwrap(), &addresses)
            .build()?;
        let answer = client.execute(request.try_into()?).await.map_err(reqwest::Error::without_url)?;
        let answer: Response<reqwest::Body> = answer.into();
        Ok(answer.map(|body| body.map_err(Into::into).boxed_unsync()))
    }
}

pub(crate) fn transport() -> Arc<dyn Transport> {
    Arc::new(Reqwest)
}
