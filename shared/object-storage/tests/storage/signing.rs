//! The signatures are computed here a second time, from the vendor's description.

use reqsign_core::hash::{base64_hmac_sha1, hex_hmac_sha256, hex_sha256, hmac_sha256};

use crate::support::{Act, ID, RawServer, SECRET, chunks, failure, header, http, ok, oss_config, s3};
use object_storage::{
    Addressing, Credentials, ErrorKind, MultipartId, PutOptions, RetryAdvice, SignatureVersion, Store,
};

const REFUSAL: &str = "Authorization header is invalid.";

fn with_token() -> Credentials {
    Credentials::Static {
        access_key_id: ID.into(),
        access_key_secret: SECRET.into(),
        security_token: Some("tok/en+=".into()),
    }
}

fn v4_signature(request: &str, method: &str, resource: &str, query: &str) -> String {
    let date = header(request, "x-oss-date").unwrap();
    let mut headers: Vec<_> = request
        .split("\r\n\r\n")
        .next()
        .unwrap()
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .filter(|(name, _)| name.starts_with("x-oss-") || name == "content-type" || name == "content-md5")
        .map(|(name, value)| format!("{name}:{value}\n"))
        .collect();
    headers.sort();
    let canonical = format!("{method}\n{resource}\n{query}\n{}\n\nUNSIGNED-PAYLOAD", headers.concat());
    let scope = format!("{}/cn-hangzhou/oss/aliyun_v4_request", &date[..8]);
    let text = format!("OSS4-HMAC-SHA256\n{date}\n{scope}\n{}", hex_sha256(canonical.as_bytes()));
    let mut key = hmac_sha256(format!("aliyun_v4{SECRET}").as_bytes(), &date.as_bytes()[..8]);
    for step in ["cn-hangzhou", "oss", "aliyun_v4_request"] {
        key = hmac_sha256(&key, step.as_bytes());
    }
    format!("OSS4-HMAC-SHA256 Credential={ID}/{scope},Signature={}", hex_hmac_sha256(&key, text.as_bytes()))
}

#[tokio::test]
async fn v4_signs_the_bucket_and_key_whatever_the_addressing() {
    for addressing in [Addressing::Path, Addressing::CustomDomain] {
        let server = RawServer::start(vec![Act::Send(ok("ETag: \"E\"\r\n", ""))]).await;
        let config = oss_config(&server.url).addressing(addressing).credentials(with_token());
        let options =
            PutOptions { content_type: Some("video/mp4".into()), create_only: true, ..PutOptions::default() };
        Store::new(config, http()).unwrap().put("a b/片+.mp4", "x", &options).await.unwrap();
        let request = &server.requests()[0];
        assert_eq!(header(request, "x-oss-security-token").as_deref(), Some("tok/en+="));
        let expected = v4_signature(request, "PUT", "/films/a%20b/%E7%89%87%2B.mp4", "");
        assert_eq!(header(request, "authorization").unwrap(), expected, "{addressing:?}");
    }
}

#[tokio::test]
async fn v4_signs_every_query_parameter_in_order() {
    let server = RawServer::start(vec![Act::Send(ok("ETag: \"E\"\r\n", ""))]).await;
    let store = Store::new(oss_config(&server.url), http()).unwrap();
    store.upload_part("k", &MultipartId::from("U+ 1"), 2, chunks(vec![Ok("x")]), 1).await.unwrap();
    let request = &server.requests()[0];
    assert_eq!(
        header(request, "authorization").unwrap(),
        v4_signature(request, "PUT", "/films/k", "partNumber=2&uploadId=U%2B%201")
    );
    let server = RawServer::start(vec![Act::Send(ok("", "<VersioningConfiguration/>"))]).await;
    Store::new(oss_config(&server.url), http()).unwrap().versioning().await.unwrap();
    let request = &server.requests()[0];
    assert_eq!(
        header(request, "authorization").unwrap(),
        v4_signature(request, "GET", "/films/", "versioning")
    );
}

#[tokio::test]
async fn v1_signs_the_decoded_resource_and_needs_no_region() {
    let server = RawServer::start(vec![Act::Send(ok("ETag: \"E\"\r\n", ""))]).await;
    let config =
        oss_config(&server.url).region(None).signature(SignatureVersion::V1).credentials(with_token());
    let store = Store::new(config, http()).unwrap();
    store.upload_part("片 +", &MultipartId::from("U+1"), 2, chunks(vec![Ok("x")]), 1).await.unwrap();
    let request = &server.requests()[0];
    let date = header(request, "date").unwrap();
    let text =
        format!("PUT\n\n\n{date}\nx-oss-security-token:tok/en+=\n/films/片 +?partNumber=2&uploadId=U+1");
    let expected = format!("OSS {ID}:{}", base64_hmac_sha1(SECRET.as_bytes(), text.as_bytes()));
    assert_eq!(header(request, "authorization").unwrap(), expected);
}

#[tokio::test]
async fn s3_signs_host_date_and_payload_word() {
    let server = RawServer::start(vec![Act::Send(ok("ETag: \"E\"\r\n", ""))]).await;
    s3(&server.url).put("a b", "x", &PutOptions::default()).await.unwrap();
    let request = &server.requests()[0];
    let authorization = header(request, "authorization").unwrap();
    assert!(authorization.contains("SignedHeaders=host;x-amz-content-sha256;x-amz-date,"), "{authorization}");
    let date = header(request, "x-amz-date").unwrap();
    let host = header(request, "host").unwrap();
    let canonical = format!(
        "PUT\n/films/a%20b\n\nhost:{host}\nx-amz-content-sha256:UNSIGNED-PAYLOAD\nx-amz-date:{date}\n\nhost;x-amz-content-sha256;x-amz-date\nUNSIGNED-PAYLOAD"
    );
    let scope = format!("{}/eu-west-1/s3/aws4_request", &date[..8]);
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hex_sha256(canonical.as_bytes()));
    let mut key = hmac_sha256(format!("AWS4{SECRET}").as_bytes(), &date.as_bytes()[..8]);
    for step in ["eu-west-1", "s3", "aws4_request"] {
        key = hmac_sha256(&key, step.as_bytes());
    }
    assert!(authorization.ends_with(&format!("Signature={}", hex_hmac_sha256(&key, text.as_bytes()))));
}

#[tokio::test]
async fn anonymous_requests_are_not_signed() {
    let server = RawServer::start(vec![Act::Send(ok("ETag: \"E\"\r\n", "x"))]).await;
    let config = oss_config(&server.url).credentials(Credentials::Anonymous);
    Store::new(config, http()).unwrap().read_all("a", 9).await.unwrap();
    assert_eq!(header(&server.requests()[0], "authorization"), None);
}

/// Once, and remembered for later calls.
#[tokio::test]
async fn a_bucket_that_refuses_v4_is_asked_with_v1() {
    let refusal = failure("400 Bad Request", "InvalidArgument", REFUSAL);
    let server = RawServer::start(vec![Act::Send(refusal), Act::Send(ok("ETag: \"E\"\r\n", ""))]).await;
    let config = oss_config(&server.url).signature(SignatureVersion::Auto);
    Store::new(config.clone(), http()).unwrap().put("a", "x", &PutOptions::default()).await.unwrap();
    // Another store of the same process starts with V1.
    Store::new(config, http()).unwrap().put("b", "x", &PutOptions::default()).await.unwrap();
    let used: Vec<_> = server
        .requests()
        .iter()
        .map(|request| header(request, "authorization").unwrap()[..5].to_owned())
        .collect();
    assert_eq!(used, ["OSS4-", "OSS A", "OSS A"]);
    assert!(server.requests()[1].ends_with("\r\n\r\nx"));
}

#[tokio::test]
async fn a_streamed_body_cannot_be_sent_under_v1_but_may_be_retried() {
    let refusal = failure("403 Forbidden", "InvalidArgument", REFUSAL);
    let server = RawServer::start(vec![Act::Send(refusal), Act::Send(ok("ETag: \"E\"\r\n", ""))]).await;
    let store = Store::new(oss_config(&server.url).signature(SignatureVersion::Auto), http()).unwrap();
    let id = MultipartId::from("U");
    let error = store.upload_part("a", &id, 1, chunks(vec![Ok("x")]), 1).await.unwrap_err();
    assert_eq!((error.kind(), error.advice()), (ErrorKind::SignatureVersionRefused, RetryAdvice::RETRY));
    store.upload_part("a", &id, 1, chunks(vec![Ok("x")]), 1).await.unwrap();
    assert!(header(&server.requests()[1], "authorization").unwrap().starts_with("OSS A"));
}

#[tokio::test]
async fn a_forced_version_is_not_changed() {
    let server =
        RawServer::start(vec![Act::Send(failure("400 Bad Request", "InvalidArgument", REFUSAL))]).await;
    let error = Store::new(oss_config(&server.url), http())
        .unwrap()
        .put("a", "x", &PutOptions::default())
        .await
        .unwrap_err();
    assert_eq!((error.kind(), error.advice()), (ErrorKind::SignatureVersionRefused, RetryAdvice::Permanent));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_wrong_secret_is_no_reason_to_try_v1() {
    let server = RawServer::start(vec![Act::Send(failure(
        "403 Forbidden",
        "SignatureDoesNotMatch",
        "your signing method",
    ))])
    .await;
    let config = oss_config(&server.url).signature(SignatureVersion::Auto);
    let error = Store::new(config, http()).unwrap().put("a", "x", &PutOptions::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_region_that_cannot_be_known_must_be_set() {
    let error =
        Store::new(object_storage::StoreConfig::oss("films").endpoint("oss-accelerate.aliyuncs.com"), http())
            .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("region"), "{error}");
}
