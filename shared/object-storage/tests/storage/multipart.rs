use wiremock::matchers::{method, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{Act, RawServer, chunks, failure, header, ok, oss, s3};
use object_storage::{ErrorKind, MultipartId, PutOptions, RetryAdvice};

fn id() -> MultipartId {
    MultipartId::from("U+1/=")
}

#[tokio::test]
async fn an_upload_begins_with_an_empty_post() {
    let body = "<InitiateMultipartUploadResult><Bucket>films</Bucket><Key>a</Key><UploadId>U+1/=</UploadId></InitiateMultipartUploadResult>";
    let server = RawServer::start(vec![Act::Send(ok("", body))]).await;
    let options =
        PutOptions { create_only: true, content_type: Some("video/mp4".into()), ..PutOptions::default() };
    assert_eq!(oss(&server.url).initiate_multipart("a", &options).await.unwrap(), id());
    let request = &server.requests()[0];
    assert!(request.starts_with("POST /films/a?uploads HTTP/1.1\r\n"), "{request}");
    assert_eq!(header(request, "content-length").as_deref(), Some("0"));
    assert_eq!(header(request, "x-oss-forbid-overwrite").as_deref(), Some("true"));
    assert_eq!(header(request, "content-type").as_deref(), Some("video/mp4"));
}

#[tokio::test]
async fn a_part_is_streamed_with_its_exact_length() {
    let server = RawServer::start(vec![Act::Send(ok(
        "ETag: \"P1\"\r\nx-oss-hash-crc64ecma: 18446744073709551615\r\n",
        "",
    ))])
    .await;
    let part =
        oss(&server.url).upload_part("a", &id(), 3, chunks(vec![Ok("hel"), Ok("lo")]), 5).await.unwrap();
    assert_eq!((part.etag.as_str(), part.crc64), ("P1", Some(u64::MAX)));
    let request = &server.requests()[0];
    assert!(request.starts_with("PUT /films/a?partNumber=3&uploadId=U%2B1%2F%3D HTTP/1.1\r\n"), "{request}");
    assert_eq!(header(request, "content-length").as_deref(), Some("5"));
    assert_eq!(header(request, "transfer-encoding"), None);
    assert_eq!(
        header(request, "authorization").map(|value| value.starts_with("OSS4-HMAC-SHA256 ")),
        Some(true)
    );
    assert!(request.ends_with("hello"));
}

#[tokio::test]
async fn a_part_refused_before_its_body_was_read_reports_the_refusal() {
    let server = MockServer::start().await;
    let body = "<Error><Code>NoSuchUpload</Code></Error>";
    Mock::given(method("PUT"))
        .respond_with(ResponseTemplate::new(404).set_body_string(body))
        .mount(&server)
        .await;
    let error = oss(&server.uri()).upload_part("a", &id(), 1, chunks(vec![Ok("x")]), 1).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchUpload);
    assert!(error.context_value("part") == Some("1"));
}

#[tokio::test]
async fn all_pages_of_the_list_of_parts_are_read() {
    let page = |truncated: bool, parts: &str| {
        format!("<ListPartsResult><IsTruncated>{truncated}</IsTruncated>{parts}</ListPartsResult>")
    };
    let part = |number: u32| {
        format!(
            "<Part><PartNumber>{number}</PartNumber><ETag>\"P{number}\"</ETag><Size>9</Size><HashCrc64ecma>{number}</HashCrc64ecma></Part>"
        )
    };
    let server = MockServer::start().await;
    let first = page(true, &format!("{}{}", part(1), part(4)));
    let second = page(false, "<Part><PartNumber>5</PartNumber><ETag>P5</ETag><Size>1</Size></Part>");
    Mock::given(query_param("part-number-marker", "4"))
        .respond_with(ResponseTemplate::new(200).set_body_string(second))
        .mount(&server)
        .await;
    Mock::given(query_param_is_missing("part-number-marker"))
        .and(query_param("uploadId", "U+1/="))
        .respond_with(ResponseTemplate::new(200).set_body_string(first))
        .mount(&server)
        .await;
    let parts = oss(&server.uri()).list_parts("a", &id()).await.unwrap();
    let seen: Vec<_> =
        parts.iter().map(|part| (part.number, part.etag.as_str(), part.size, part.crc64)).collect();
    assert_eq!(seen, [(1, "P1", 9, Some(1)), (4, "P4", 9, Some(4)), (5, "P5", 1, None)]);
}

#[tokio::test]
async fn a_list_of_parts_that_does_not_advance_ends() {
    let body = "<ListPartsResult><IsTruncated>true</IsTruncated></ListPartsResult>";
    let server = RawServer::start(vec![Act::Send(ok("", body))]).await;
    assert_eq!(oss(&server.url).list_parts("a", &id()).await.unwrap_err().kind(), ErrorKind::Protocol);
}

#[tokio::test]
async fn a_completion_lists_its_parts_and_answers_the_crc() {
    let body =
        "<CompleteMultipartUploadResult><Key>a</Key><ETag>\"D41D-2\"</ETag></CompleteMultipartUploadResult>";
    let server =
        RawServer::start(vec![Act::Send(ok("x-oss-hash-crc64ecma: 5\r\nx-oss-version-id: v2\r\n", body))])
            .await;
    let parts = [(1, "P1".to_owned()), (2, "P<2>".to_owned())];
    let done = oss(&server.url).complete_multipart("a", &id(), &parts, true).await.unwrap();
    assert_eq!((done.etag.as_str(), done.crc64, done.version_id.as_deref()), ("D41D-2", Some(5), Some("v2")));
    let request = &server.requests()[0];
    assert_eq!(header(request, "x-oss-forbid-overwrite").as_deref(), Some("true"));
    assert!(request.ends_with(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\"P1\"</ETag></Part>\
         <Part><PartNumber>2</PartNumber><ETag>\"P&lt;2&gt;\"</ETag></Part></CompleteMultipartUpload>"
    ));
}

#[tokio::test]
async fn a_completion_can_fail_with_status_200() {
    let body = "  <?xml version=\"1.0\"?><Error><Code>InternalError</Code><Message>m</Message></Error>";
    let server = RawServer::start(vec![Act::Send(ok("", body))]).await;
    let error = s3(&server.url).complete_multipart("a", &id(), &[], true).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.details().server_code.as_deref()),
        (ErrorKind::Unavailable, Some("InternalError"))
    );
    assert_eq!(header(&server.requests()[0], "if-none-match").as_deref(), Some("*"));
}

#[tokio::test]
async fn a_document_that_arrived_damaged_is_to_be_asked_for_again() {
    let body = "=?xml version=\"1.0\"?><Result><UploadId>U</UploadId></Result>";
    let server = RawServer::start(vec![Act::Send(ok("", body))]).await;
    let store = oss(&server.url);
    let again = RetryAdvice::RETRY;
    let begun = store.initiate_multipart("a", &PutOptions::default()).await.unwrap_err();
    let parts = store.list_parts("a", &id()).await.unwrap_err();
    let completed = store.complete_multipart("a", &id(), &[], false).await.unwrap_err();
    let listed = store.list("", None, 1).await.unwrap_err();
    for error in [begun, parts, completed, listed] {
        assert_eq!((error.kind(), error.advice()), (ErrorKind::Protocol, again), "{error}");
    }
}

#[tokio::test]
async fn a_refusal_that_was_cut_is_not_final() {
    let whole = failure("404 Not Found", "NoSuchUpload", "");
    let cut = whole.split("Upload").next().unwrap().to_owned();
    let server = RawServer::start(vec![Act::Send(cut), Act::Send(whole)]).await;
    let error = oss(&server.url).list_parts("a", &id()).await.unwrap_err();
    assert_eq!(error.advice(), RetryAdvice::RETRY);
    let error = oss(&server.url).list_parts("a", &id()).await.unwrap_err();
    assert_eq!((error.kind(), error.advice()), (ErrorKind::NoSuchUpload, RetryAdvice::Permanent));
}

#[tokio::test]
async fn an_upload_that_is_gone_is_told_from_a_missing_object() {
    let server = RawServer::start(vec![Act::Send(failure("404 Not Found", "NoSuchUpload", ""))]).await;
    assert_eq!(
        oss(&server.url).abort_multipart("a", &id()).await.unwrap_err().kind(),
        ErrorKind::NoSuchUpload
    );
    assert!(server.requests()[0].starts_with("DELETE /films/a?uploadId=U%2B1%2F%3D HTTP/1.1"));
}
