//! Over real sockets: where the connection goes, and what the request says.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use rustls::{RootCertStore, crypto::ring::default_provider};
use std::{
    net::TcpListener,
    sync::atomic::{AtomicUsize, Ordering},
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

const NAME: &str = "hooks.example.com";

async fn call(addresses: Vec<SocketAddr>, uri: &str) -> std::result::Result<StoreResponse, BoxError> {
    call_trusting(RootCertStore::empty(), addresses, uri).await
}

async fn call_trusting(
    roots: RootCertStore,
    addresses: Vec<SocketAddr>,
    uri: &str,
) -> std::result::Result<StoreResponse, BoxError> {
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let request = Request::post(uri).body(Bytes::from_static(b"{}")).unwrap();
    HttpClient::new(tls).call_pinned(addresses, Duration::from_secs(5), request).await
}

/// A server over TLS that answers every request, its certificate for [`NAME`], the roots that vouch for it, and the requests it has read.
async fn tls_server() -> (SocketAddr, RootCertStore, Arc<AtomicUsize>) {
    let made = rcgen::generate_simple_self_signed([NAME.to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, seen) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let (acceptor, counted) = (tokio_rustls::TlsAcceptor::from(Arc::new(config)), seen.clone());
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            if stream.read(&mut [0; 4096]).await.is_ok_and(|read| read > 0) {
                counted.fetch_add(1, Ordering::Relaxed);
                stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
            }
        }
    });
    (address, roots, seen)
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

/// No byte of the request is sent unless the certificate names the URI's host and is trusted.
#[tokio::test]
async fn the_certificate_must_name_the_host() {
    let (address, roots, seen) = tls_server().await;
    let uri = format!("https://{NAME}/done?token=s3cret");
    let answer = call_trusting(roots.clone(), vec![address], &uri).await.unwrap();
    assert_eq!((answer.status().as_u16(), seen.load(Ordering::Relaxed)), (204, 1));
    for (roots, host) in [(roots, "other.example.com"), (RootCertStore::empty(), NAME)] {
        let uri = format!("https://{host}/done?token=s3cret");
        let error = call_trusting(roots, vec![address], &uri).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
    }
    assert_eq!(seen.load(Ordering::Relaxed), 1);
}
