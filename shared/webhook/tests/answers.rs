//! Requests whose answer's body counts.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use webhook::{Allowance, AnswerBody, BoxError, Client, Config, ErrorKind, GuardConfig, Transport};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

fn client() -> Client {
    let allowed =
        Allowance { host: "127.0.0.1".into(), network: "127.0.0.0/8".parse().unwrap(), any_port: true };
    let guard = GuardConfig { allow_http: true, allowed: vec![allowed], ..GuardConfig::default() };
    let config = Config { secrets: vec!["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into()], guard };
    Client::new(config, support::transport()).unwrap()
}

async fn exchange(answer: ResponseTemplate) -> (MockServer, webhook::Answer) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let url = format!("{}/robot?token=s3cret", server.uri());
    let answer = client().exchange(&url.into(), "{}").await.unwrap();
    (server, answer)
}

#[tokio::test]
async fn status_and_body_are_returned_and_the_request_is_unsigned() {
    let (server, answer) = exchange(ResponseTemplate::new(500).set_body_string("{\"errcode\":0}")).await;
    assert_eq!((answer.status, &answer.body[..]), (500, &b"{\"errcode\":0}"[..]));
    assert!(!format!("{answer:?}").contains("errcode"));
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests[0].headers["content-type"], "application/json");
    assert!(!requests[0].headers.contains_key("webhook-signature"));
}

#[tokio::test]
async fn a_redirect_is_returned_and_not_followed() {
    let (server, answer) = exchange(ResponseTemplate::new(302).insert_header("location", "/elsewhere")).await;
    assert_eq!((answer.status, server.received_requests().await.unwrap().len()), (302, 1));
}

/// Sixteen KiB are read, and of a longer body nothing.
#[tokio::test]
async fn a_long_body_is_dropped() {
    let (_server, answer) = exchange(ResponseTemplate::new(200).set_body_bytes(vec![b'x'; 16 << 10])).await;
    assert_eq!(answer.body.len(), 16 << 10);
    let (_server, answer) =
        exchange(ResponseTemplate::new(200).set_body_bytes(vec![b'x'; (16 << 10) + 1])).await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
}

#[tokio::test]
async fn the_guard_keeps_it_out_of_private_networks() {
    let error = client().exchange(&"http://10.0.0.1/robot?token=s3cret".into(), "{}").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert!(!format!("{error:?} {error}").contains("s3cret"));
}
