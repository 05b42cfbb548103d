use std::time::{Duration, UNIX_EPOCH};

use futures_util::TryStreamExt as _;
use http::HeaderValue;
use http_body::Body as _;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{Act, RawServer, failure, oss, partial, s3};
use object_storage::{ErrorKind, ObjectBody, ObjectVersion, RetryAdvice};

async fn text(body: ObjectBody) -> Result<String, object_storage::Error> {
    let chunks: Vec<_> = body.try_collect().await?;
    Ok(String::from_utf8(chunks.concat()).unwrap())
}

fn version(etag: &str) -> ObjectVersion {
    ObjectVersion { etag: Some(etag.into()), version_id: None }
}

#[tokio::test]
async fn a_head_tells_all_that_oss_sends() {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200)
        .insert_header("ETag", "\"5D41402ABC4B2A76B9719D911017C592\"")
        .insert_header("Content-Length", "5")
        .insert_header("Content-MD5", "XUFAKrxLKna5cZ2REBfFkg==")
        .insert_header("Content-Type", "video/mp4")
        .insert_header("x-oss-hash-crc64ecma", "11051210869376104954")
        .insert_header("x-oss-object-type", "Normal")
        .insert_header("x-oss-version-id", "v7")
        .insert_header("x-oss-meta-youku-title", "%E7%89%87")
        .insert_header("x-oss-meta-author", HeaderValue::from_bytes(b"caf\xe9").unwrap())
        .insert_header("Last-Modified", "Fri, 24 Feb 2012 06:07:48 GMT")
        .insert_header("Date", "Fri, 24 Feb 2012 06:07:50 GMT");
    Mock::given(method("HEAD")).and(path("/films/a.mp4")).respond_with(answer).mount(&server).await;
    let head = oss(&server.uri()).head("a.mp4").await.unwrap();
    assert_eq!((head.size, head.etag.as_str()), (5, "5D41402ABC4B2A76B9719D911017C592"));
    assert_eq!(head.content_md5.unwrap()[..4], [0x5d, 0x41, 0x40, 0x2a]);
    assert_eq!(head.crc64, Some(11_051_210_869_376_104_954));
    assert_eq!(
        (head.object_type.as_deref(), head.content_type.as_deref()),
        (Some("Normal"), Some("video/mp4"))
    );
    assert_eq!(head.user_metadata["youku-title"], b"%E7%89%87");
    assert_eq!(head.user_metadata["author"], b"caf\xe9", "bytes are not replaced");
    assert_eq!(head.last_modified, Some(UNIX_EPOCH + Duration::from_secs(1_330_063_668)));
    assert_eq!(head.date.unwrap().duration_since(head.last_modified.unwrap()).unwrap().as_secs(), 2);
    assert_eq!(
        head.version(),
        ObjectVersion { etag: Some(head.etag.clone()), version_id: Some("v7".into()) }
    );
}

#[tokio::test]
async fn oss_states_the_md5_of_a_normal_object_alone() {
    for (kind, known) in
        [(Some("Normal"), true), (None, true), (Some("Multipart"), false), (Some("Appendable"), false)]
    {
        let server = MockServer::start().await;
        let answer = ResponseTemplate::new(200)
            .insert_header("ETag", "\"5D41402ABC4B2A76B9719D911017C592\"")
            .insert_header("Content-Length", "5")
            .insert_header("Content-MD5", "XUFAKrxLKna5cZ2REBfFkg==");
        let answer =
            kind.iter().fold(answer, |answer, kind| answer.insert_header("x-oss-object-type", *kind));
        Mock::given(method("HEAD")).respond_with(answer).mount(&server).await;
        let head = oss(&server.uri()).head("a").await.unwrap();
        assert_eq!(head.content_md5.is_some(), known, "{kind:?}");
    }
}

#[tokio::test]
async fn an_s3_etag_is_an_md5_only_where_it_can_be_one() {
    let md5 = "5d41402abc4b2a76b9719d911017c592";
    for (etag, encryption, known) in
        [(md5, "AES256", true), (md5, "aws:kms", false), ("5d41-2", "AES256", false)]
    {
        let server = MockServer::start().await;
        let answer = ResponseTemplate::new(200)
            .insert_header("ETag", format!("\"{etag}\""))
            .insert_header("Content-Length", "5")
            .insert_header("x-amz-server-side-encryption", encryption);
        Mock::given(method("HEAD")).respond_with(answer).mount(&server).await;
        let head = s3(&server.uri()).head("a").await.unwrap();
        assert_eq!(head.content_md5.is_some(), known, "{etag} {encryption}");
    }
}

/// S3 is asked for it; a digest of parts' digests is none of the object.
#[tokio::test]
async fn s3s_checksum_counts_where_it_is_of_the_full_object() {
    let (hello, of_parts) = ("XUFAKrxLKna5cZ2REBfFkg==", "XUFAKrxLKna5cZ2REBfFkg==-2");
    for (checksum, of, known) in [
        (hello, "FULL_OBJECT", true),
        (hello, "COMPOSITE", false),
        (hello, "", false),
        (of_parts, "FULL_OBJECT", false),
        ("XUFAKrxLKna5cZ2REBfF", "FULL_OBJECT", false),
        ("XUFAKrxLKna5cZ2REBfFkg", "FULL_OBJECT", false),
    ] {
        let server = MockServer::start().await;
        let answer = ResponseTemplate::new(200)
            .insert_header("ETag", "\"5d41-2\"")
            .insert_header("Content-Length", "5")
            .insert_header("x-amz-checksum-md5", checksum)
            .insert_header("x-amz-checksum-type", of);
        let asked = header("x-amz-checksum-mode", "ENABLED");
        Mock::given(method("HEAD")).and(asked).respond_with(answer).mount(&server).await;
        let head = s3(&server.uri()).head("a").await.unwrap();
        assert_eq!(head.content_md5.is_some_and(|md5| md5[0] == 0x5d), known, "{checksum} {of}");
        let request = &server.received_requests().await.unwrap()[0];
        let signed = request.headers["authorization"].to_str().unwrap();
        assert!(signed.contains("x-amz-checksum-mode"), "{signed}");
    }
    let server = RawServer::start(vec![Act::Send(crate::support::ok("ETag: \"E\"\r\n", ""))]).await;
    oss(&server.url).head("a").await.unwrap();
    assert_eq!(
        crate::support::header(&server.requests()[0], "x-amz-checksum-mode"),
        None,
        "OSS knows no such thing"
    );
}

#[tokio::test]
async fn s3_says_how_many_entries_of_metadata_it_could_not_return() {
    for (header, missing) in [("", 0), ("x-amz-missing-meta: 2\r\n", 2), ("x-amz-missing-meta: some\r\n", 1)]
    {
        let answer = || vec![Act::Send(crate::support::ok(&format!("ETag: \"E\"\r\n{header}"), ""))];
        let (aws, aliyun) = (RawServer::start(answer()).await, RawServer::start(answer()).await);
        assert_eq!(s3(&aws.url).head("a").await.unwrap().missing_metadata, missing, "{header}");
        assert_eq!(oss(&aliyun.url).head("a").await.unwrap().missing_metadata, 0, "{header}");
    }
}

#[tokio::test]
async fn the_failure_of_a_head_is_read_from_its_header() {
    let server = MockServer::start().await;
    // <Error><Code>InvalidObjectState</Code></Error>
    let encoded = "PEVycm9yPjxDb2RlPkludmFsaWRPYmplY3RTdGF0ZTwvQ29kZT48L0Vycm9yPg==";
    let answer = ResponseTemplate::new(403)
        .insert_header("x-oss-err", encoded)
        .insert_header("x-oss-request-id", "R9");
    Mock::given(method("HEAD")).respond_with(answer).mount(&server).await;
    let error = oss(&server.uri()).head("a").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.details().server_code.as_deref(), error.details().request_id.as_deref()),
        (ErrorKind::Archived, Some("InvalidObjectState"), Some("R9"))
    );
}

#[tokio::test]
async fn a_range_is_asked_for_exactly_and_pinned() {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(206)
        .insert_header("ETag", "\"E1\"")
        .insert_header("Content-Range", "bytes 2-4/10")
        .set_body_string("cde");
    Mock::given(method("GET"))
        .and(header("Range", "bytes=2-4"))
        .and(header("If-Match", "\"E1\""))
        .and(header("x-oss-range-behavior", "standard"))
        .and(wiremock::matchers::query_param("versionId", "v1"))
        .respond_with(answer)
        .mount(&server)
        .await;
    let pin = ObjectVersion { etag: Some("E1".into()), version_id: Some("v1".into()) };
    let body = oss(&server.uri()).read("a", 2..5, &pin).await.unwrap();
    assert_eq!(body.size_hint().exact(), Some(3));
    assert_eq!(text(body).await.unwrap(), "cde");
    let request = &server.received_requests().await.unwrap()[0];
    assert!(!request.headers.contains_key("accept-encoding"));
    assert!(request.headers["user-agent"].to_str().unwrap().starts_with("oss2youku/"));
}

#[tokio::test]
async fn an_answer_that_is_not_the_range_is_refused() {
    let whole = crate::support::ok("ETag: \"E1\"\r\n", "abcdefghij");
    let retry = RetryAdvice::RETRY;
    for (answer, kind, advice) in [
        (whole, ErrorKind::Protocol, retry),
        (partial(0, 2, 10, "E1", "abc"), ErrorKind::Protocol, retry),
        (partial(2, 3, 4, "E1", "cd"), ErrorKind::InvalidRange, RetryAdvice::Permanent),
        (partial(2, 4, 10, "E2", "cde"), ErrorKind::PreconditionFailed, RetryAdvice::Permanent),
    ] {
        let server = RawServer::start(vec![Act::Send(answer)]).await;
        let error = oss(&server.url).read("a", 2..5, &version("E1")).await.unwrap_err();
        assert_eq!((error.kind(), error.advice()), (kind, advice));
    }
}

#[tokio::test]
async fn a_cut_body_resumes_at_the_exact_byte_of_its_version() {
    let server = RawServer::start(vec![
        Act::Send(partial(2, 9, 20, "E1", "cde")),
        Act::Send(failure("503 Service Unavailable", "ServiceUnavailable", "busy")),
        Act::Send(partial(5, 9, 20, "E1", "f")),
        Act::Send(partial(6, 9, 20, "E1", "ghij")),
    ])
    .await;
    // No pin: the continuation is held to the ETag of the first answer.
    let body = oss(&server.url).read("a", 2..10, &ObjectVersion::default()).await.unwrap();
    assert_eq!(text(body).await.unwrap(), "cdefghij");
    let requests = server.requests();
    let asked: Vec<_> =
        requests.iter().map(|request| crate::support::header(request, "range").unwrap()).collect();
    assert_eq!(asked, ["bytes=2-9", "bytes=5-9", "bytes=5-9", "bytes=6-9"]);
    let pinned: Vec<_> = requests.iter().map(|request| crate::support::header(request, "if-match")).collect();
    assert_eq!(pinned[0], None);
    assert!(pinned[1..].iter().all(|pin| pin.as_deref() == Some("\"E1\"")));
}

#[tokio::test]
async fn an_object_replaced_between_connections_ends_the_read() {
    let changed = failure("412 Precondition Failed", "PreconditionFailed", "");
    let server = RawServer::start(vec![Act::Send(partial(0, 9, 10, "E1", "abc")), Act::Send(changed)]).await;
    let body = oss(&server.url).read("a", 0..10, &version("E1")).await.unwrap();
    let error = text(body).await.unwrap_err();
    assert_eq!((error.kind(), error.advice()), (ErrorKind::PreconditionFailed, RetryAdvice::Permanent));
    assert!(error.context_value("at byte") == Some("3"));
}

#[tokio::test]
async fn a_silent_connection_is_replaced() {
    let server = RawServer::start(vec![
        Act::SendAndHang(partial(0, 9, 10, "E1", "abc")),
        Act::SendAndHang(partial(3, 9, 10, "E1", "defghij")),
    ])
    .await;
    let config = crate::support::oss_config(&server.url).idle(Duration::from_millis(100));
    let store = object_storage::Store::new(config, crate::support::http()).unwrap();
    let body = store.read("a", 0..10, &version("E1")).await.unwrap();
    assert_eq!(text(body).await.unwrap(), "abcdefghij");
}

#[tokio::test]
async fn a_read_without_new_bytes_gives_up_and_says_why() {
    let server = RawServer::start(vec![
        Act::Send(partial(0, 9, 10, "E1", "abc")),
        Act::Send(failure("503 Service Unavailable", "ServiceUnavailable", "busy")),
    ])
    .await;
    let config = crate::support::oss_config(&server.url).stall(Duration::from_millis(300));
    let body = object_storage::Store::new(config, crate::support::http())
        .unwrap()
        .read("a", 0..10, &version("E1"))
        .await
        .unwrap();
    let error = text(body).await.unwrap_err();
    assert_eq!(error.advice(), RetryAdvice::Exhausted);
    let source = std::error::Error::source(&error).unwrap().downcast_ref::<object_storage::Error>().unwrap();
    assert_eq!(source.kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn an_empty_range_needs_no_server() {
    let body = oss("http://127.0.0.1:1").read("a", 4..4, &ObjectVersion::default()).await.unwrap();
    assert!(body.is_end_stream());
    assert_eq!(text(body).await.unwrap(), "");
}

#[tokio::test]
async fn a_small_object_is_read_whole_up_to_the_limit() {
    let server = RawServer::start(vec![Act::Send(crate::support::ok("ETag: \"E1\"\r\n", "hello"))]).await;
    let (head, bytes) = oss(&server.url).read_all("a", 5).await.unwrap();
    assert_eq!((head.size, &bytes[..]), (5, &b"hello"[..]));
    let error = oss(&server.url).read_all("a", 4).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn a_small_object_that_arrived_damaged_is_to_be_read_again() {
    let md5 = "ETag: \"E1\"\r\nContent-MD5: XUFAKrxLKna5cZ2REBfFkg==\r\n";
    let answers = ["iello", "hello"].map(|body| Act::Send(crate::support::ok(md5, body)));
    let server = RawServer::start(answers.into()).await;
    let error = oss(&server.url).read_all("a", 5).await.unwrap_err();
    assert_eq!((error.kind(), error.advice()), (ErrorKind::InvalidDigest, RetryAdvice::RETRY));
    assert!(oss(&server.url).read_all("a", 5).await.is_ok());
}

#[tokio::test]
async fn a_missing_object_is_not_found_and_named() {
    let server = RawServer::start(vec![Act::Send(failure("404 Not Found", "NoSuchKey", "x"))]).await;
    let error = oss(&server.url).read("片.mp4", 0..1, &ObjectVersion::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(
        error.to_string(),
        "GetObject: not found (bucket films, key 片.mp4, code NoSuchKey, request R1)"
    );
}

#[tokio::test]
async fn no_server_is_a_connection_error_to_retry() {
    let error = oss("http://127.0.0.1:1").head("a").await.unwrap_err();
    assert_eq!((error.kind(), error.advice()), (ErrorKind::Connection, RetryAdvice::RETRY));
}
