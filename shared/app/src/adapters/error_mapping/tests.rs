//! Each kind of a store's error.

use super::*;
use object_storage::{Credentials, PutOptions, Store, StoreConfig};
use std::io::{Read, Write};

/// The error of a put to a store that answers so.
async fn fail_put(status: &str, code: &str, token: Option<&str>) -> StorageError {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("bound"));
    let body = if code.is_empty() { String::new() } else { format!("<Error><Code>{code}</Code></Error>") };
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close", body.len());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let _head_is_small = stream.read(&mut [0; 4096]);
            let _the_caller_may_be_gone = stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes());
        }
    });
    let credentials = Credentials::Static {
        access_key_id: "id".into(),
        access_key_secret: "secret".into(),
        security_token: token.map(Into::into),
    };
    let config = StoreConfig::oss("b").endpoint(&endpoint).region(Some("r".into())).credentials(credentials);
    let store = Store::new(config, crate::adapters::http_clients::store_client().expect("a client"))
        .expect("a store");
    store.put("k", "", &PutOptions::default()).await.expect_err("refused")
}

#[tokio::test]
async fn each_refusal_of_a_store_has_its_kind_for_source_and_target() {
    use ErrorKind::{CredentialExpired, NoSuchMultipart, SourceChanged, SourceDenied, SourceMissing};
    let table = [
        ("404 Not Found", "NoSuchKey", SourceMissing, ErrorKind::Target, RetryAdvice::Permanent),
        ("404 Not Found", "", SourceMissing, ErrorKind::Target, RetryAdvice::Permanent),
        ("404 Not Found", "NoSuchBucket", ErrorKind::Config, ErrorKind::Target, RetryAdvice::Permanent),
        ("404 Not Found", "NoSuchUpload", ErrorKind::Source, NoSuchMultipart, RetryAdvice::Permanent),
        ("412 Failed", "PreconditionFailed", SourceChanged, ErrorKind::Target, RetryAdvice::Permanent),
        ("416 Range", "InvalidRange", SourceChanged, ErrorKind::Target, RetryAdvice::Permanent),
        ("403 Forbidden", "AccessDenied", SourceDenied, ErrorKind::Target, RetryAdvice::Permanent),
        ("403 Forbidden", "", SourceDenied, ErrorKind::Target, RetryAdvice::Permanent),
        ("403 Forbidden", "InvalidObjectState", SourceDenied, ErrorKind::Target, RetryAdvice::Permanent),
        (
            "400 Bad Request",
            "InvalidObjectName",
            ErrorKind::InvalidJob,
            ErrorKind::Target,
            RetryAdvice::Permanent,
        ),
        ("400 Bad Request", "InvalidArgument", ErrorKind::Source, ErrorKind::Target, RetryAdvice::Permanent),
        ("400 Bad Request", "", ErrorKind::Source, ErrorKind::Target, RetryAdvice::Permanent),
        ("405 Not Allowed", "", ErrorKind::Source, ErrorKind::Target, RetryAdvice::Permanent),
        ("200 OK", "", ErrorKind::Source, ErrorKind::Target, RetryAdvice::RETRY),
        ("503 Busy", "", ErrorKind::Source, ErrorKind::Target, RetryAdvice::RETRY),
        ("403 Forbidden", "RequestTimeTooSkewed", ErrorKind::Source, ErrorKind::Target, RetryAdvice::RETRY),
        (
            "403 Forbidden",
            "SecurityTokenExpired",
            ErrorKind::Config,
            CredentialExpired,
            RetryAdvice::Permanent,
        ),
        ("403 Forbidden", "InvalidAccessKeyId", ErrorKind::Config, CredentialExpired, RetryAdvice::Permanent),
    ];
    for (status, code, as_source, as_target, advice) in table {
        let found = source_error(fail_put(status, code, Some("token")).await);
        assert_eq!((found.kind(), found.advice()), (as_source, advice), "{status} {code}");
        let found = bucket_error(fail_put(status, code, Some("token")).await);
        assert_eq!((found.kind(), found.advice()), (as_target, advice), "{status} {code}");
    }
}

/// A bucket that is missing is known beneath the error of the source, and no other failure is taken for it.
#[tokio::test]
async fn a_missing_bucket_is_recognized_beneath_the_error() {
    for (code, is_missing) in [("NoSuchBucket", true), ("NoSuchKey", false)] {
        let error = source_error(fail_put("404 Not Found", code, None).await);
        assert_eq!(is_missing_bucket(&error), is_missing, "{code}");
    }
}

/// A worker without a good key of its own says so by name, and nothing about the object.
#[tokio::test]
async fn a_worker_without_a_good_key_blames_the_settings() {
    let over = source_error(fail_put("403 Forbidden", "SecurityTokenExpired", Some("token")).await);
    assert!(over.to_string().contains("settings") && !over.is_retryable(), "{over}");
    let blank =
        Credentials::Static { access_key_id: " ".into(), access_key_secret: "".into(), security_token: None };
    let config = StoreConfig::s3("b").region(Some("r".into())).credentials(blank);
    let store = Store::new(config, crate::adapters::http_clients::store_client().expect("a client"))
        .expect("a store");
    let none = store.head("k").await.expect_err("there is no key");
    assert!(lacks_key(&none), "{none:?}");
    assert_eq!(source_error(none).kind(), ErrorKind::Config);
}
