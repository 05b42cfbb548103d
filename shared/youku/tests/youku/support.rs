//! What the tests of several files share.
#![expect(clippy::expect_used, reason = "tests fail by panicking")]

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use std::sync::Arc;
use youku::{AnswerBody, SendError, Transport};

use wiremock::{MockServer, Request, ResponseTemplate};

use youku::{Client, Config, Md5, NewVideo, VideoMetadata};

pub(crate) const ACCESS_TOKEN: &str = "access-token-of-the-test";
pub(crate) const UPLOAD_TOKEN: &str = "upload-token-of-the-test";

/// MD5 of the file of [`a_video`].
pub(crate) fn an_md5() -> Md5 {
    Md5::from_hex("9e107d9d372bb6826bd81d3542a419d6").unwrap()
}

pub(crate) fn a_video() -> NewVideo {
    a_video_with(|_| ())
}

/// A video with its metadata changed in a way that keeps to Youku's limits.
pub(crate) fn a_video_with(change: impl FnOnce(&mut VideoMetadata)) -> NewVideo {
    let mut metadata = VideoMetadata {
        title: Some("A holiday".to_owned()),
        tags: Some(vec!["travel".to_owned(), "海边".to_owned()]),
        ..VideoMetadata::default()
    };
    change(&mut metadata);
    NewVideo::new("holiday.mp4".to_owned(), 1_048_576, metadata).unwrap()
}

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

pub(crate) fn client(api: &str) -> Client {
    let mut config = Config::new("client-id", ACCESS_TOKEN.into());
    config.api = api.to_owned();
    config.old_api = format!("{}/v2/", api.trim_end_matches('/'));
    Client::new(config, http())
}

pub(crate) fn json(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.to_owned(), "application/json")
}

/// The one request the server has seen.
pub(crate) async fn only_request(server: &MockServer) -> Request {
    let mut seen = server.received_requests().await.expect("recording is on");
    assert_eq!(seen.len(), 1);
    seen.remove(0)
}

pub(crate) fn form_of(request: &Request) -> Vec<(String, String)> {
    serde_urlencoded::from_bytes(&request.body).unwrap()
}

pub(crate) fn query_of(request: &Request) -> Vec<(String, String)> {
    serde_urlencoded::from_str(request.url.query().unwrap_or_default()).unwrap()
}

pub(crate) fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = expected.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    owned.collect()
}
