//! Deliveries over real sockets, as a user of the crate makes them.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use webhook::{
    Allowance, AnswerBody, BoxError, Callback, Client, Config, Delivered, Error, ErrorKind, GuardConfig,
    RetryAdvice, Transport,
};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

/// The address that the settings of these tests allow.
const HOST: &str = "127.0.0.1";
const NEW_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OLD_SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
const BODY: &str = r#"{"code":"200"}"#;

/// Settings under which [`HOST`] may be called at `port`, over http.
fn config(port: u16) -> Config {
    Config {
        secrets: vec![NEW_SECRET.into(), OLD_SECRET.into()],
        guard: GuardConfig {
            allow_http: true,
            ports: vec![port],
            allowed: vec![Allowance {
                host: HOST.into(),
                network: "127.0.0.1/32".parse().unwrap(),
                any_port: false,
            }],
            only_hosts: Vec::new(),
        },
    }
}

fn client(config: Config) -> Client {
    Client::new(config, support::transport()).unwrap()
}

fn callback(port: u16) -> Callback {
    Callback {
        url: format!("http://{HOST}:{port}/done?token=s3cret").into(),
        at: SystemTime::now(),
        id: "upload-1.finished".into(),
        traceparent: None,
    }
}

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
    let client = client(config(port));
    let outcome = client.deliver(&callback(port), BODY).await;
    (seen(&server).await, outcome)
}

#[tokio::test]
async fn an_independent_verifier_accepts_either_secret() {
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

/// This machine's clock has no say.
#[tokio::test]
async fn a_message_is_signed_with_the_time_that_it_brings() {
    let server = receiver(ResponseTemplate::new(200)).await;
    let port = server.address().port();
    for seconds in [7, 1_800_000_000] {
        let at = UNIX_EPOCH + Duration::from_secs(seconds);
        client(config(port)).deliver(&Callback { at, ..callback(port) }, BODY).await.unwrap();
        let request = seen(&server).await.pop().unwrap();
        assert_eq!(request.headers["webhook-timestamp"], seconds.to_string());
        let signature = request.headers["webhook-signature"].to_str().unwrap();
        let signer = standardwebhooks::Webhook::new(NEW_SECRET).unwrap();
        let expected = signer.sign("upload-1.finished", i64::try_from(seconds).unwrap(), BODY.as_bytes());
        assert_eq!(signature.split(' ').next(), Some(&*expected.unwrap()));
    }
}

#[tokio::test]
async fn without_a_secret_only_the_id_is_sent() {
    let server = receiver(ResponseTemplate::new(200)).await;
    let port = server.address().port();
    let client = client(Config { secrets: vec![], ..config(port) });
    client.deliver(&callback(port), BODY).await.unwrap();
    let requests = seen(&server).await;
    assert_eq!(requests[0].headers["webhook-id"], "upload-1.finished");
    assert!(!requests[0].headers.contains_key("webhook-signature"));
}

#[tokio::test]
async fn the_trace_of_a_message_is_sent_as_a_header() {
    let server = receiver(ResponseTemplate::new(200)).await;
    let port = server.address().port();
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let traced = Callback { traceparent: Some(trace.into()), ..callback(port) };
    client(config(port)).deliver(&traced, BODY).await.unwrap();
    client(config(port)).deliver(&callback(port), BODY).await.unwrap();
    let requests = seen(&server).await;
    assert_eq!(requests[0].headers["traceparent"], trace);
    assert!(!requests[1].headers.contains_key("traceparent"));
}

#[tokio::test]
async fn only_2xx_is_a_success_410_ends_it_and_retry_after_is_kept() {
    let at = |seconds| RetryAdvice::after(Duration::from_secs(seconds));
    let retry = RetryAdvice::RETRY;
    let table = [
        (302, None, ErrorKind::Refused, retry),
        (304, None, ErrorKind::Refused, retry),
        (400, None, ErrorKind::Refused, retry),
        (404, None, ErrorKind::Refused, retry),
        (410, None, ErrorKind::Gone, RetryAdvice::Permanent),
        (410, Some("5"), ErrorKind::Gone, RetryAdvice::Permanent),
        (429, Some("120"), ErrorKind::Refused, at(120)),
        (500, Some("soon"), ErrorKind::Refused, retry),
        (503, Some("9999999"), ErrorKind::Refused, at(86_400)),
        (503, Some("Sun, 06 Nov 1994 08:49:37 GMT"), ErrorKind::Refused, at(0)),
    ];
    for (status, wait, kind, advice) in table {
        let mut answer = ResponseTemplate::new(status).set_body_string("our words");
        if let Some(wait) = wait {
            answer = answer.insert_header("retry-after", wait);
        }
        let (requests, outcome) = delivered(answer.insert_header("location", "/elsewhere")).await;
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), error.advice(), error.details().status), (kind, advice, Some(status)));
        assert_eq!(requests.len(), 1, "a redirect was followed, or an attempt repeated");
        assert!(!format!("{error} {error:?}").contains("our words"));
    }
}

#[tokio::test]
async fn a_date_to_wait_for_is_judged_by_the_receivers_clock() {
    let busy = ResponseTemplate::new(503)
        .insert_header("date", "Sun, 06 Nov 1994 08:49:37 GMT")
        .insert_header("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT");
    let error = delivered(busy).await.1.unwrap_err();
    assert_eq!(error.advice(), RetryAdvice::after(Duration::from_secs(30)));
}

/// A refused connection may be tried again; a URL or an id that cannot be sent may not.
#[tokio::test]
async fn no_error_shows_the_url() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let client = client(config(port));
    let refused = client.deliver(&callback(port), BODY).await.unwrap_err();
    assert_eq!((refused.kind(), refused.advice()), (ErrorKind::Connection, RetryAdvice::RETRY));
    let elsewhere = Callback { url: format!("http://u:s3cret@{HOST}:{port}/").into(), ..callback(port) };
    let invalid = client.check(&elsewhere.url).unwrap_err();
    assert_eq!((invalid.kind(), invalid.advice()), (ErrorKind::Invalid, RetryAdvice::Permanent));
    let id = Callback { id: "a\nb".into(), ..callback(port) };
    let unsendable = client.deliver(&id, BODY).await.unwrap_err();
    assert_eq!((unsendable.kind(), unsendable.advice()), (ErrorKind::Invalid, RetryAdvice::Permanent));
    for error in [refused, invalid, unsendable] {
        let shown = format!("{error} {error:?} {id:?} {client:?}");
        assert!(!shown.contains("s3cret") && !shown.contains("whsec"), "{shown}");
    }
}

#[test]
fn a_malformed_secret_stops_the_client_from_being_made() {
    let config = Config { secrets: vec!["s3cret".into()], ..config(443) };
    let error = Client::new(config, support::transport()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("whsec_, followed by the base64") && !shown.contains("s3cret"), "{shown}");
}
