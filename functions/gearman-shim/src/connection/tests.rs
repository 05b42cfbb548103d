#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
use super::*;
use tokio::net::TcpListener;

#[test]
fn servers_are_read_as_people_write_them() {
    for (text, expected) in [
        ("queue", Some("queue:4730")),
        ("queue:1", Some("queue:1")),
        ("127.0.0.1", Some("127.0.0.1:4730")),
        ("[::1]", Some("[::1]:4730")),
        ("[::1]:9", Some("[::1]:9")),
        ("::1", None),
        ("queue:", None),
        ("queue:65536", None),
        (":4730", None),
        ("[]:1", None),
        ("http://queue", None),
        ("", None),
    ] {
        let found = text.parse::<Server>().ok().map(|server| server.to_string());
        assert_eq!(found.as_deref(), expected, "{text:?}");
    }
}

#[tokio::test]
async fn a_connection_sends_at_once_and_finds_out_that_its_host_is_gone() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap().to_string().parse().unwrap();
    let stream = tcp(&server).await.unwrap();
    assert!(stream.nodelay().unwrap() && SockRef::from(&stream).keepalive().unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_does_not_end_is_given_up() {
    // It accepts, by its backlog, and says nothing.
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

#[test]
fn a_file_without_certificates_is_refused_by_its_flag() {
    let file = tempfile::NamedTempFile::new().unwrap();
    for (path, word) in [(file.path(), "no certificate"), (Path::new("/nowhere/ca.pem"), "/nowhere/ca.pem")] {
        let error = trusting(path).unwrap_err();
        assert!(error.contains("--tls-ca") && error.contains(word), "{error}");
    }
}
