use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http_body::Frame;
use http_body_util::StreamBody;
use wiremock::matchers::{method, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{Act, RawServer, chunks, failure, header, http, ok, oss, oss_config, s3};
use object_storage::{BoxError, ErrorKind, PutBody, PutOptions, RetryAdvice, Store, StoreConfig};

fn impatient(endpoint: &str, idle_ms: u64) -> Store {
    Store::new(oss_config(endpoint).idle(Duration::from_millis(idle_ms)), http()).unwrap()
}

fn create_only() -> PutOptions {
    PutOptions { create_only: true, ..PutOptions::default() }
}

#[tokio::test]
async fn a_put_sends_what_the_options_say() {
    let receipt = "ETag: \"E1\"\r\nx-oss-hash-crc64ecma: 7\r\nDate: Fri, 24 Feb 2012 06:07:48 GMT\r\n";
    let server = RawServer::start(vec![Act::Send(ok(receipt, ""))]).await;
    let options = PutOptions {
        create_only: true,
        content_type: Some("application/json".into()),
        content_md5: Some([0; 16]),
        user_metadata: [("Author".to_owned(), "me".to_owned())].into(),
    };
    let receipt = oss(&server.url).put("a/b", "{}", &options).await.unwrap();
    assert_eq!((receipt.etag.as_str(), receipt.crc64, receipt.date.is_some()), ("E1", Some(7), true));
    let request = &server.requests()[0];
    assert!(request.starts_with("PUT /films/a/b HTTP/1.1\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\n{}"));
    for (name, value) in [
        ("x-oss-forbid-overwrite", "true"),
        ("content-type", "application/json"),
        ("content-md5", "AAAAAAAAAAAAAAAAAAAAAA=="),
        ("x-oss-meta-author", "me"),
        ("content-length", "2"),
    ] {
        assert_eq!(header(request, name).as_deref(), Some(value), "{name}");
    }
}

#[tokio::test]
async fn create_only_finds_the_object_there_on_both_clouds() {
    let server = RawServer::start(vec![Act::Send(failure("409 Conflict", "FileAlreadyExists", ""))]).await;
    let error = oss(&server.url).put("a", "x", &create_only()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    let server =
        RawServer::start(vec![Act::Send(failure("412 Precondition Failed", "PreconditionFailed", ""))]).await;
    let error = s3(&server.url).put("a", "x", &create_only()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    assert_eq!(header(&server.requests()[0], "if-none-match").as_deref(), Some("*"));
}

#[tokio::test]
async fn a_streamed_put_has_an_exact_length_and_no_chunks() {
    let server = RawServer::start(vec![Act::Send(ok("ETag: \"E1\"\r\n", ""))]).await;
    let body = PutBody::stream(chunks(vec![Ok("hel"), Ok("lo")]), 5);
    oss(&server.url).put("a", body, &PutOptions::default()).await.unwrap();
    let request = &server.requests()[0];
    assert_eq!(header(request, "content-length").as_deref(), Some("5"));
    assert_eq!(header(request, "transfer-encoding"), None);
    assert!(request.ends_with("\r\n\r\nhello"));
}

#[tokio::test]
async fn the_callers_broken_body_is_told_from_a_broken_connection() {
    let server = RawServer::start(vec![Act::Send(ok("ETag: \"E1\"\r\n", ""))]).await;
    let store = oss(&server.url);
    let body = PutBody::stream(chunks(vec![Ok("hel"), Err("source gone")]), 5);
    let error = store.put("a", body, &PutOptions::default()).await.unwrap_err();
    assert_eq!((error.kind(), error.advice()), (ErrorKind::BodyFailed, RetryAdvice::RETRY));
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "source gone");
    for (parts, length) in [(vec![Ok("hel")], 5), (vec![Ok("hello!")], 5)] {
        let error =
            store.put("a", PutBody::stream(chunks(parts), length), &PutOptions::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BodyFailed);
    }
}

#[derive(Debug, thiserror::Error)]
#[error("wrapped")]
struct Wrapped(#[source] object_storage::Error);

#[tokio::test]
async fn the_advice_of_a_source_that_failed_for_good_comes_through() {
    let server = RawServer::start(vec![Act::Send(ok("", ""))]).await;
    let gone =
        object_storage::Error::new(ErrorKind::PreconditionFailed, "GetObject", "the object has changed");
    // However deep a caller has wrapped it.
    let body = StreamBody::new(stream::iter([Err::<Frame<Bytes>, _>(Wrapped(gone))]));
    let error =
        oss(&server.url).put("a", PutBody::stream(body, 5), &PutOptions::default()).await.unwrap_err();
    assert_eq!((error.kind(), error.advice()), (ErrorKind::BodyFailed, RetryAdvice::Permanent));
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let server = RawServer::start(vec![Act::SendAndHang(String::new())]).await;
    let error = impatient(&server.url, 100).put("a", "x", &PutOptions::default()).await.unwrap_err();
    assert_eq!((error.kind(), error.advice()), (ErrorKind::Connection, RetryAdvice::RETRY));
}

#[tokio::test]
async fn a_slow_source_is_not_held_against_the_connection() {
    let server = RawServer::start(vec![Act::Send(ok("ETag: \"E1\"\r\n", ""))]).await;
    let slow = stream::once(Box::pin(async {
        tokio::time::sleep(Duration::from_millis(800)).await;
        Ok::<_, BoxError>(Frame::data(Bytes::from_static(b"hello")))
    }));
    let body = PutBody::stream(StreamBody::new(slow), 5);
    impatient(&server.url, 500).put("a", body, &PutOptions::default()).await.unwrap();
}

#[tokio::test]
async fn a_key_reaches_the_server_as_it_is() {
    let server = RawServer::start(vec![Act::Send(ok("ETag: \"E1\"\r\n", ""))]).await;
    oss(&server.url).put("片 a+b%&=?#'.mp4", "", &PutOptions::default()).await.unwrap();
    let request = &server.requests()[0];
    assert!(
        request.starts_with("PUT /films/%E7%89%87%20a%2Bb%25%26%3D%3F%23%27.mp4 HTTP/1.1\r\n"),
        "{request}"
    );
    assert_eq!(header(request, "content-length").as_deref(), Some("0"));
}

#[tokio::test]
async fn what_no_header_can_carry_is_refused_before_sending() {
    let options = PutOptions {
        user_metadata: [("title".to_owned(), "片".to_owned())].into(),
        ..PutOptions::default()
    };
    let error = oss("http://127.0.0.1:1").put("a", "x", &options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    for key in ["a/../b", "/a"] {
        let error = oss("http://127.0.0.1:1").put(key, "x", &PutOptions::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidKey);
    }
}

/// S3 has keys that begin with a slash: it reaches the server, and is signed as it stands there.
#[tokio::test]
async fn a_slash_before_the_key_reaches_s3() {
    let server = RawServer::start(vec![Act::Send(ok("ETag: \"E1\"\r\n", ""))]).await;
    s3(&server.url).put("/lead.mp4", "", &PutOptions::default()).await.unwrap();
    let request = &server.requests()[0];
    assert!(request.starts_with("PUT /films//lead.mp4 HTTP/1.1\r\n"), "{request}");
}

#[tokio::test]
async fn lists_are_paged_by_key_and_decoded() {
    let page = |truncated: bool, key: &str| {
        format!(
            "<?xml version=\"1.0\"?><ListBucketResult><Name>films</Name><EncodingType>url</EncodingType><IsTruncated>{truncated}</IsTruncated>\
             <Contents><Key>{key}</Key><LastModified>2012-02-24T08:43:07.000Z</LastModified><ETag>\"E1\"</ETag><Size>9</Size></Contents>\
             </ListBucketResult>"
        )
    };
    let server = MockServer::start().await;
    let first = ResponseTemplate::new(200).set_body_string(page(true, "open/a%20%2B%E7%89%87"));
    let second = ResponseTemplate::new(200).set_body_string(page(false, "open/b"));
    Mock::given(method("GET"))
        .and(query_param("start-after", "open/a +片"))
        .respond_with(second)
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .and(query_param("prefix", "open/"))
        .and(query_param("max-keys", "1"))
        .and(query_param("list-type", "2"))
        .and(query_param("encoding-type", "url"))
        .respond_with(first)
        .mount(&server)
        .await;
    let store = oss(&server.uri());
    let page = store.list("open/", None, 1).await.unwrap();
    assert_eq!(
        (page.objects[0].key.as_str(), page.objects[0].size, page.objects[0].etag.as_str()),
        ("open/a +片", 9, "E1")
    );
    assert!(page.objects[0].last_modified.is_some());
    let page = store.list("open/", page.next.as_deref(), 1).await.unwrap();
    assert_eq!((page.objects[0].key.as_str(), page.next), ("open/b", None));
}

#[tokio::test]
async fn an_s3_list_is_taken_as_written() {
    let body = "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a%2B &amp; b</Key><Size>1</Size></Contents></ListBucketResult>";
    let server = RawServer::start(vec![Act::Send(ok("", body))]).await;
    let page = s3(&server.url).list("", None, 10).await.unwrap();
    assert_eq!(page.objects[0].key, "a%2B & b");
    assert!(!server.requests()[0].contains("encoding-type"));
}

#[tokio::test]
async fn deleting_what_is_not_there_succeeds() {
    let server = RawServer::start(vec![Act::Send(failure("404 Not Found", "NoSuchKey", ""))]).await;
    oss(&server.url).delete("a").await.unwrap();
    let server = RawServer::start(vec![Act::Send(failure("404 Not Found", "NoSuchBucket", ""))]).await;
    assert_eq!(oss(&server.url).delete("a").await.unwrap_err().kind(), ErrorKind::NoSuchBucket);
}

#[tokio::test]
async fn versioning_counts_when_enabled_or_suspended() {
    for (status, versioned) in
        [("<Status>Enabled</Status>", true), ("<Status>Suspended</Status>", true), ("", false)]
    {
        let body = format!("<VersioningConfiguration>{status}</VersioningConfiguration>");
        let server = RawServer::start(vec![Act::Send(ok("", &body))]).await;
        assert_eq!(oss(&server.url).versioning().await.unwrap(), versioned);
        assert!(server.requests()[0].starts_with("GET /films/?versioning HTTP/1.1\r\n"));
    }
}

#[tokio::test]
async fn a_receipt_shows_a_versioned_bucket_by_null_too() {
    for (header, versioned, id) in [
        ("", false, None),
        ("x-oss-version-id: null\r\n", true, None),
        ("x-oss-version-id: v7\r\n", true, Some("v7")),
        ("x-amz-version-id: null\r\n", true, None),
    ] {
        let server = RawServer::start(vec![Act::Send(ok(&format!("ETag: \"E\"\r\n{header}"), ""))]).await;
        let receipt = oss(&server.url).put("k", "x", &PutOptions::default()).await.unwrap();
        assert_eq!((receipt.versioned, receipt.version_id.as_deref()), (versioned, id), "{header}");
    }
}

/// A copy names its source percent-encoded, an append its position; another provider has neither call, and nothing is sent.
#[tokio::test]
async fn copies_and_appends_are_for_oss_alone() {
    let copied = ok("", "<CopyObjectResult><ETag>\"E\"</ETag></CopyObjectResult>");
    let appended = ok("ETag: \"E\"\r\nx-oss-hash-crc64ecma: 7\r\n", "");
    let server = RawServer::start(vec![Act::Send(copied), Act::Send(appended)]).await;
    let store = oss(&server.url);
    store.copy("a/片 +.mp4", "b").await.unwrap();
    assert_eq!(store.append("c", 12, Bytes::from_static(b"more")).await.unwrap(), Some(7));
    let requests = server.requests();
    assert!(requests[0].starts_with("PUT /films/b HTTP/1.1\r\n"), "{requests:?}");
    assert_eq!(header(&requests[0], "x-oss-copy-source").as_deref(), Some("/films/a/%E7%89%87%20%2B.mp4"));
    assert!(requests[1].starts_with("POST /films/c?append&position=12 HTTP/1.1\r\n"), "{requests:?}");
    assert!(requests[1].ends_with("\r\n\r\nmore"), "{requests:?}");

    let server = RawServer::start(vec![Act::Send(ok("ETag: \"E\"\r\n", ""))]).await;
    let folder = tempfile::tempdir().unwrap();
    let folder = Store::new(StoreConfig::folder(folder.path()), http()).unwrap();
    for store in [s3(&server.url), folder] {
        assert_eq!(store.copy("a", "b").await.unwrap_err().kind(), ErrorKind::Unsupported);
        let error = store.append("c", 0, Bytes::new()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
    }
    assert_eq!(server.requests(), Vec::<String>::new());
}
