//! Certificates that are not valid at this machine's time: the error says whose fault that may be.

use std::net::TcpListener;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig, ServerConnection};

use crate::support::oss_config;
use object_storage::{ErrorKind, HttpClient, RetryAdvice, Store, blames_clock};

/// An authority, and certificates of `localhost` by it with one key: of 2020, of 2090, and of all years between. They open nothing.
const AUTHORITY: &str = "MIIBezCCASGgAwIBAgIUOUa+VB+azuut1sbFkArdw7YjuHcwCgYIKoZIzj0EAwIwEjEQMA4GA1UEAwwHdGVzdCBjYTAgFw0yNjExMjgxMzM2MTZaGA8yMTI2MTEwNDEzMzYxNlowEjEQMA4GA1UEAwwHdGVzdCBjYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKk3dIhYTt++AaU7SGSRWO0l/6moU+ahy91WBz1YxhSP9jQ7FvU+tWXtbxaTgATtuYpEpKTn4OSICZ5x8EYuikGjUzBRMB0GA1UdDgQWBBR6EoWdtAiVOMD0ftDBO2ZDLoSweTAfBgNVHSMEGDAWgBR6EoWdtAiVOMD0ftDBO2ZDLoSweTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQDNQ7LyrL1Kmsae3GNxKS3wIbqYBR3yJT1DrvpDvQ0/HwIgISclUf2xgr2wgEK5LKGyra/SgPjmiMYuNr3gTLXK5eY=";
const OF_2020: &str = "MIIBeDCCAR6gAwIBAgIBATAKBggqhkjOPQQDAjASMRAwDgYDVQQDDAd0ZXN0IGNhMB4XDTIwMDEwMTAwMDAwMFoXDTIxMDEwMTAwMDAwMFowFDESMBAGA1UEAwwJbG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8LycSEXD6fA7v9HT7Cxjq5CElAARwSqvgXOvb2oW0KJjcsH56GM/5vUvoWay81pxUt+Uew7MvYLKBOy1qreIXqNjMGEwFAYDVR0RBA0wC4IJbG9jYWxob3N0MAkGA1UdEwQCMAAwHQYDVR0OBBYEFGwgJ0oDHwSqtVQeA0I7bZuFTXnMMB8GA1UdIwQYMBaAFHoShZ20CJU4wPR+0ME7ZkMuhLB5MAoGCCqGSM49BAMCA0gAMEUCIFXqyXZ+qTwHClk+DRUcdOyx+KtKEuq9ix9bGu7UQDHhAiEA3IZVAR3wEpk141akxunwkCDTNlUSK/jJsPWKFZ5Tg3U=";
const OF_2090: &str = "MIIBezCCASKgAwIBAgIBAjAKBggqhkjOPQQDAjASMRAwDgYDVQQDDAd0ZXN0IGNhMCIYDzIwOTAwMTAxMDAwMDAwWhgPMjA5MTAxMDEwMDAwMDBaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPC8nEhFw+nwO7/R0+wsY6uQhJQAEcEqr4Fzr29qFtCiY3LB+ehjP+b1L6FmsvNacVLflHsOzL2CygTstaq3iF6jYzBhMBQGA1UdEQQNMAuCCWxvY2FsaG9zdDAJBgNVHRMEAjAAMB0GA1UdDgQWBBRsICdKAx8EqrVUHgNCO22bhU15zDAfBgNVHSMEGDAWgBR6EoWdtAiVOMD0ftDBO2ZDLoSweTAKBggqhkjOPQQDAgNHADBEAiBP1n9vXcj/+JyPXoIgdb9jy2PAMMiqxYHQpQj10i2DsAIgHtKiR9g4NDGZMl/QeRLy44EhK1tHvr542Jh14pjdxdY=";
const GOOD: &str = "MIIBezCCASCgAwIBAgIBAzAKBggqhkjOPQQDAjASMRAwDgYDVQQDDAd0ZXN0IGNhMCAXDTIwMDEwMTAwMDAwMFoYDzIwOTAxMjMxMDAwMDAwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATwvJxIRcPp8Du/0dPsLGOrkISUABHBKq+Bc69vahbQomNywfnoYz/m9S+hZrLzWnFS35R7Dsy9gsoE7LWqt4heo2MwYTAUBgNVHREEDTALgglsb2NhbGhvc3QwCQYDVR0TBAIwADAdBgNVHQ4EFgQUbCAnSgMfBKq1VB4DQjttm4VNecwwHwYDVR0jBBgwFoAUehKFnbQIlTjA9H7QwTtmQy6EsHkwCgYIKoZIzj0EAwIDSQAwRgIhAPGx5is4LLqnyDXRRnEiDGlJkA5sVITiVMJvpL/w/Z28AiEAkQFtElxvjqicNC67qFkLlplEQ6gscSZOyySC2vVe608=";
const KEY: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgVFHM6cUfbFhxCjo6TrcVXVADYDkKxSDfyEN0G4i/XZChRANCAATwvJxIRcPp8Du/0dPsLGOrkISUABHBKq+Bc69vahbQomNywfnoYz/m9S+hZrLzWnFS35R7Dsy9gsoE7LWqt4he";

fn certificate(text: &str) -> CertificateDer<'static> {
    BASE64.decode(text).unwrap().into()
}

/// A server that shows this certificate; its port.
fn server(shown: &str) -> u16 {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(BASE64.decode(KEY).unwrap()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![certificate(shown)], key).unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let mut tls = ServerConnection::new(config.clone()).unwrap();
            let _refused_by_the_client = tls.complete_io(&mut stream);
        }
    });
    port
}

fn client(trusts: &[&str]) -> HttpClient {
    let mut roots = RootCertStore::empty();
    trusts.iter().for_each(|root| roots.add(certificate(root)).unwrap());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    HttpClient::new(tls.with_root_certificates(roots).with_no_client_auth())
}

/// One of an unknown issuer does not.
#[tokio::test]
async fn only_a_certificate_of_another_time_blames_the_clock() {
    for (shown, trusts, suspected) in
        [(OF_2020, &[AUTHORITY][..], true), (OF_2090, &[AUTHORITY], true), (GOOD, &[], false)]
    {
        let endpoint = format!("https://localhost:{}", server(shown));
        let store = Store::new(oss_config(&endpoint), client(trusts)).unwrap();
        let error = store.head("a").await.unwrap_err();
        assert_eq!((error.kind(), error.advice()), (ErrorKind::Connection, RetryAdvice::RETRY));
        assert_eq!(error.to_string().contains("clock may be wrong"), suspected, "{error:?}");
        assert_eq!(blames_clock(&error), suspected);
    }
}
