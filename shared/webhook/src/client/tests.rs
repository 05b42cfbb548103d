//! Deliveries over real sockets.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::{
    Verdict,
    testing::{HOST, NEW_SECRET, OLD_SECRET, Scripted, builder, callback, client, config},
};
use std::sync::atomic::Ordering::Relaxed;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

const BODY: &str = r#"{"code":"200"}"#;

async fn receiver(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

async fn seen(server: &MockServer) -> Vec<Request> {
    server.received_requests().await.unwrap()
}

/// One delivery to a receiver that gives this answer.
async fn delivered(answer: ResponseTemplate) -> (Vec<Request>, Result<Delivered, Error>) {
    let server = receiver(answer).await;
    let port = server.address().port();
    let client = client(config(port), Scripted::new(&[&["127.0.0.1"]]));
    let outcome = client.deliver(&callback(port), BODY).await;
    (seen(&server).await, outcome)
}

#[tokio::test]
async fn an_independent_verifier_accepts_the_request_under_either_secret_and_no_other() {
    let (requests, outcome) = delivered(ResponseTemplate::new(204)).await;
    assert_eq!(outcome.unwrap(), Delivered { status: 204 });
    let request = &requests[0];
    assert_eq!((request.method.as_str(), request.url.query()), ("POST", Some("token=s3cret")));
    assert_eq!(
        (&request.headers["content-type"], &*request.body),
        ("application/json".parse().as_ref().unwrap(), BODY.as_bytes())
    );
    assert_eq!(request.headers["webhook-id"], "upload-1.finished");
    let verify = |secret: &str, body: &[u8]| {
        standardwebhooks::Webhook::new(secret).unwrap().verify(body, &request.headers)
    };
    verify(NEW_SECRET, &request.body).unwrap();
    verify(OLD_SECRET, &request.body).unwrap();
    verify(NEW_SECRET, b"{}").unwrap_err();
    verify("whsec_ZZECAwQFBgcICQoLDA0ODxAREhMUFRYX", &request.body).unwrap_err();
}

#[tokio::test]
async fn without_a_secret_only_the_id_is_sent() {
    let server = receiver(ResponseTemplate::new(200)).await;
    let port = server.address().port();
    let client = client(Config { secrets: vec![], ..config(port) }, Scripted::new(&[&["127.0.0.1"]]));
    client.deliver(&callback(port), BODY).await.unwrap();
    let requests = seen(&server).await;
    assert_eq!(requests[0].headers["webhook-id"], "upload-1.finished");
    assert!(!requests[0].headers.contains_key("webhook-signature"));
}

#[tokio::test]
async fn only_2xx_is_a_success_410_ends_it_and_retry_after_is_kept() {
    let at = |seconds| Verdict::Retry { not_before: Some(Duration::from_secs(seconds)) };
    let retry = Verdict::Retry { not_before: None };
    let table = [
        (302, None, ErrorKind::Refused, retry),
        (304, None, ErrorKind::Refused, retry),
        (400, None, ErrorKind::Refused, retry),
        (404, None, ErrorKind::Refused, retry),
        (410, None, ErrorKind::Gone, Verdict::Permanent),
        (410, Some("5"), ErrorKind::Gone, Verdict::Permanent),
        (429, Some("120"), ErrorKind::Refused, at(120)),
        (500, Some("soon"), ErrorKind::Refused, retry),
        (503, Some("9999999"), ErrorKind::Refused, at(86_400)),
        (503, Some("Sun, 06 Nov 1994 08:49:37 GMT"), ErrorKind::Refused, at(0)),
    ];
    for (status, wait, kind, verdict) in table {
        let mut answer = ResponseTemplate::new(status).set_body_string("our words");
        if let Some(wait) = wait {
            answer = answer.insert_header("retry-after", wait);
        }
        let (requests, outcome) = delivered(answer.insert_header("location", "/elsewhere")).await;
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), error.verdict(), error.status()), (kind, verdict, Some(status)));
        assert_eq!(requests.len(), 1, "a redirect was followed, or an attempt repeated");
        assert!(!format!("{error} {error:?}").contains("our words"));
    }
}

#[test]
fn a_date_to_wait_for_is_judged_by_the_receivers_clock() {
    let headers = HeaderMap::from_iter([
        (DATE, HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT")),
        (RETRY_AFTER, HeaderValue::from_static("Sun, 06 Nov 1994 08:50:07 GMT")),
    ]);
    assert_eq!(retry_after(&headers), Some(Duration::from_secs(30)));
}

#[tokio::test]
async fn a_name_is_resolved_once_and_the_connection_goes_to_the_address_that_was_checked() {
    let server = receiver(ResponseTemplate::new(200)).await;
    let port = server.address().port();
    let resolver = Scripted::new(&[&["127.0.0.1"], &["127.0.0.2"]]);
    let client = client(config(port), resolver.clone());
    client.deliver(&callback(port), BODY).await.unwrap();
    assert_eq!(resolver.asked.load(Relaxed), 1);

    let error = client.deliver(&callback(port), BODY).await.unwrap_err();
    assert_eq!((error.kind(), seen(&server).await.len()), (ErrorKind::Forbidden, 1));
    assert!(matches!(error.verdict(), Verdict::Retry { not_before: Some(_) }));
    assert_eq!(error.to_string(), "callback: callbacks may not go there: the host's address is loopback");
}

#[tokio::test]
async fn one_forbidden_address_among_the_answers_prevents_the_connection() {
    let server = receiver(ResponseTemplate::new(200)).await;
    let port = server.address().port();
    let client = client(config(port), Scripted::new(&[&["127.0.0.1", "10.0.0.1"]]));
    let error = client.deliver(&callback(port), BODY).await.unwrap_err();
    assert_eq!((error.kind(), seen(&server).await.len()), (ErrorKind::Forbidden, 0));
}

#[tokio::test]
async fn a_proxy_is_not_used() {
    let (receiver, proxy) =
        (receiver(ResponseTemplate::new(200)).await, receiver(ResponseTemplate::new(500)).await);
    let port = receiver.address().port();
    let proxied = builder().proxy(reqwest::Proxy::all(proxy.uri()).unwrap());
    let client = Client::resolving_by(config(port), proxied, Scripted::new(&[&["127.0.0.1"]])).unwrap();
    client.deliver(&callback(port), BODY).await.unwrap();
    assert_eq!((seen(&receiver).await.len(), seen(&proxy).await.len()), (1, 0));
}

#[tokio::test]
async fn a_receiver_that_never_answers_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut client = client(config(port), Scripted::new(&[&["127.0.0.1"]]));
    client.attempt_time = Duration::from_millis(50);
    let error = client.deliver(&callback(port), BODY).await.unwrap_err();
    assert_eq!((error.kind(), error.verdict()), (ErrorKind::TimedOut, Verdict::Retry { not_before: None }));
}

#[tokio::test]
async fn an_answer_without_end_is_read_for_16_kib_and_counts_by_its_status() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let endless = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n").await.unwrap();
        // Ends when the other side has hung up.
        while stream.write_all(&[b' '; 4096]).await.is_ok() {}
    });
    let mut client = client(config(port), Scripted::new(&[&["127.0.0.1"]]));
    // Not the time ends the reading.
    client.attempt_time = Duration::from_secs(3600);
    assert_eq!(client.deliver(&callback(port), BODY).await.unwrap().status, 200);
    endless.await.unwrap();
}

#[tokio::test]
async fn a_refused_connection_may_be_tried_again_and_no_error_shows_the_url() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let client = client(config(port), Scripted::new(&[&["127.0.0.1"]]));
    let refused = client.deliver(&callback(port), BODY).await.unwrap_err();
    assert_eq!(
        (refused.kind(), refused.verdict()),
        (ErrorKind::Connection, Verdict::Retry { not_before: None })
    );
    let elsewhere = Callback { url: format!("http://u:s3cret@{HOST}:{port}/").into(), id: "1".into() };
    let invalid = client.check(&elsewhere.url).unwrap_err();
    assert_eq!((invalid.kind(), invalid.verdict()), (ErrorKind::Invalid, Verdict::Permanent));
    let id = Callback { id: "a\nb".into(), ..callback(port) };
    let unsendable = client.deliver(&id, BODY).await.unwrap_err();
    assert_eq!((unsendable.kind(), unsendable.verdict()), (ErrorKind::Invalid, Verdict::Permanent));
    for error in [refused, invalid, unsendable] {
        let shown = format!("{error} {error:?} {id:?} {client:?}");
        assert!(!shown.contains("s3cret") && !shown.contains("whsec"), "{shown}");
    }
}

#[test]
fn a_malformed_secret_stops_the_client_from_being_made() {
    let config = Config { secrets: vec!["s3cret".into()], ..config(443) };
    let error = Client::new(config, builder()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("whsec_ and the base64") && !shown.contains("s3cret"), "{shown}");
}
