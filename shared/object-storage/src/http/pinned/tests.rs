//! Over real sockets: where the connection goes, and what the request says.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use std::net::TcpListener;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

const NAME: &str = "hooks.example.com";

fn client() -> HttpClient {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    HttpClient::new(tls)
}

async fn call(addresses: Vec<SocketAddr>, uri: &str) -> std::result::Result<StoreResponse, BoxError> {
    let request = Request::post(uri).body(Bytes::from_static(b"{}")).unwrap();
    client().call_pinned(addresses, Duration::from_secs(5), request).await
}

async fn server(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

/// An address at which nothing listens.
fn dead() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// The name of the URI is not resolved: it has no address.
#[tokio::test]
async fn the_request_goes_to_the_address_and_names_the_host() {
    let server = server(ResponseTemplate::new(200).set_body_string("taken")).await;
    let answer =
        call(vec![*server.address()], &format!("http://{NAME}:8080/done?token=s3cret")).await.unwrap();
    assert_eq!(::error::read_body(answer.into_body(), 100).await.unwrap(), "taken");
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests[0].headers["host"], "hooks.example.com:8080");
    assert_eq!((requests[0].url.path(), requests[0].url.query()), ("/done", Some("token=s3cret")));
    assert_eq!((requests[0].method.as_str(), &*requests[0].body), ("POST", &b"{}"[..]));
}

#[tokio::test]
async fn a_uri_without_a_path_asks_for_the_root() {
    let server = server(ResponseTemplate::new(204)).await;
    call(vec![*server.address()], &format!("http://u:p@{NAME}")).await.unwrap();
    let requests = server.received_requests().await.unwrap();
    assert_eq!((requests[0].url.path(), &requests[0].headers["host"]), ("/", &NAME.parse().unwrap()));
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let elsewhere = server(ResponseTemplate::new(200)).await;
    let server = server(ResponseTemplate::new(307).insert_header("location", elsewhere.uri())).await;
    let answer = call(vec![*server.address()], "http://127.0.0.1/").await.unwrap();
    assert_eq!((answer.status().as_u16(), elsewhere.received_requests().await.unwrap().len()), (307, 0));
}

#[tokio::test]
async fn the_next_address_is_tried_where_one_is_dead() {
    let server = server(ResponseTemplate::new(200)).await;
    call(vec![dead(), *server.address()], &format!("http://{NAME}/")).await.unwrap();
    let error = call(vec![dead(), dead()], &format!("http://{NAME}/done?token=s3cret")).await.unwrap_err();
    assert_eq!(error.downcast_ref::<Error>().unwrap().kind(), ErrorKind::ConnectionRefused);
    call(Vec::new(), &format!("http://{NAME}/")).await.unwrap_err();
}

/// A listener whose queue is full answers no connection, and none that accepts begins TLS by itself.
#[tokio::test(start_paused = true)]
async fn connecting_ends_in_time() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let addresses = vec![silent.local_addr().unwrap()];
    let begun = Instant::now();
    let error = call(addresses, &format!("https://{NAME}/done?token=s3cret")).await.unwrap_err();
    assert_eq!(error.downcast_ref::<Error>().unwrap().kind(), ErrorKind::TimedOut);
    assert_eq!(begun.elapsed().as_secs(), 5);
    assert!(!format!("{error} {error:?}").contains("s3cret"));
}

/// Over TLS the certificate must name the URI's host: one that nobody vouches for is refused before the request is sent.
#[tokio::test]
async fn https_is_spoken_with_the_name() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let hello = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut hello = vec![0; 4096];
        let length = tokio::io::AsyncReadExt::read(&mut stream, &mut hello).await.unwrap();
        hello.truncate(length);
        hello
    });
    call(vec![address], &format!("https://{NAME}/done?token=s3cret")).await.unwrap_err();
    let hello = hello.await.unwrap();
    let holds = |text: &str| hello.windows(text.len()).any(|window| window == text.as_bytes());
    assert_eq!(hello[0], 22, "a TLS handshake record");
    assert!(holds(NAME) && !holds("s3cret"));
}
