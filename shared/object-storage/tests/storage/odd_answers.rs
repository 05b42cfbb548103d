//! Answers that no store gives: whatever breaks the protocol, or comes from something in between, is asked for again.

use crate::support::{Act, RawServer, chunks, failure, ok, oss, s3};
use object_storage::{Error, ErrorKind, MultipartId, ObjectVersion, PutOptions, RetryAdvice, Store};

const RETRY: RetryAdvice = RetryAdvice::RETRY;

/// Every call, with what it came to.
async fn each_call(store: &Store) -> Vec<(&'static str, Result<(), Error>)> {
    let (id, options) = (MultipartId::from("U"), PutOptions::default());
    let part = store.upload_part("a", &id, 1, chunks(vec![Ok("x")]), 1).await;
    let parts = [(1, "E".to_owned())];
    vec![
        ("head", store.head("a").await.map(drop)),
        ("read", store.read("a", 0..5, &ObjectVersion::default()).await.map(drop)),
        ("read_all", store.read_all("a", 99).await.map(drop)),
        ("put", store.put("a", "x", &options).await.map(drop)),
        ("list", store.list("p", None, 9).await.map(drop)),
        ("initiate", store.initiate_multipart("a", &options).await.map(drop)),
        ("upload_part", part.map(drop)),
        ("list_parts", store.list_parts("a", &id).await.map(drop)),
        ("complete", store.complete_multipart("a", &id, &parts, false).await.map(drop)),
        ("versioning", store.versioning().await.map(drop)),
        ("lifecycle", store.lifecycle().await.map(drop)),
    ]
}

#[tokio::test]
async fn a_malformed_answer_is_retryable_at_every_call() {
    let page = "<html><body>welcome to the hotel</body></html>";
    for (headers, body) in [("", page), ("Content-Type: text/html\r\n", page), ("", "")] {
        let server = RawServer::start(vec![Act::Send(ok(headers, body))]).await;
        for store in [oss(&server.url), s3(&server.url)] {
            for (call, outcome) in each_call(&store).await {
                let error = outcome.expect_err(call);
                assert_eq!((error.kind(), error.advice()), (ErrorKind::Protocol, RETRY), "{call} {body}");
            }
        }
    }
}

fn page(status: &str) -> Act {
    let body = "<html>access to this site is blocked</html>";
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n");
    Act::Send(format!("{head}Connection: close\r\n\r\n{body}"))
}

const STATUSES: [&str; 6] =
    ["302 Found", "400 Bad Request", "403 Forbidden", "404 Not Found", "407 Proxy", "412 Failed"];

/// Known where the store's own answers carry the id of their request.
#[tokio::test]
async fn a_page_of_something_between_is_no_answer_of_the_store() {
    for name in ["x-oss-request-id", "x-amz-request-id", "x-amz-id-2"] {
        for status in STATUSES {
            let named = Act::Send(ok(&format!("ETag: \"E\"\r\n{name}: R\r\n"), "<x/>"));
            let server = RawServer::start(vec![named, page(status)]).await;
            let store = oss(&server.url);
            store.put("a", "x", &PutOptions::default()).await.unwrap();
            for (call, outcome) in each_call(&store).await {
                let error = outcome.expect_err(call);
                assert_eq!(
                    (error.kind(), error.advice()),
                    (ErrorKind::Unavailable, RETRY),
                    "{call} {status}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_store_that_names_no_request_or_not_each_is_believed() {
    let good = |headers: &str| Act::Send(ok(&format!("ETag: \"E\"\r\n{headers}"), "<x/>"));
    let missing = || Act::Send(failure("404 Not Found", "NoSuchKey", "x"));
    let nothing = || Act::Send("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n".to_owned());
    let named = "x-amz-request-id: R\r\n";
    for acts in [
        vec![good(""), nothing()],
        vec![good(named), good(""), nothing()],
        vec![good(named), missing(), nothing()],
    ] {
        let (puts, last) = (acts.len() - 1, "the last answer is about a head");
        let server = RawServer::start(acts).await;
        let store = s3(&server.url);
        for _ in 0..puts {
            let _answered_somehow = store.put("a", "x", &PutOptions::default()).await;
        }
        let error = store.head("a").await.expect_err(last);
        assert_eq!((error.kind(), error.advice()), (ErrorKind::NotFound, RetryAdvice::Permanent));
    }
}

#[tokio::test]
async fn a_refusal_that_names_its_request_is_believed() {
    let named = "x-oss-request-id: R\r\n";
    for (status, kind) in [
        ("404 Not Found", ErrorKind::NotFound),
        ("412 Failed", ErrorKind::PreconditionFailed),
        ("403 Forbidden", ErrorKind::AccessDenied),
        ("400 Bad Request", ErrorKind::Rejected),
        ("416 Range", ErrorKind::InvalidRange),
    ] {
        let refused = format!("HTTP/1.1 {status}\r\n{named}Connection: close\r\n\r\n");
        let server = RawServer::start(vec![Act::Send(refused)]).await;
        for _ in 0..2 {
            let error = oss(&server.url).head("a").await.unwrap_err();
            assert_eq!((error.kind(), error.advice()), (kind, RetryAdvice::Permanent));
        }
    }
}

fn list(keys: &[&str], token: &str, truncated: bool) -> Act {
    let contents: String =
        keys.iter().map(|key| format!("<Contents><Key>{key}</Key><Size>1</Size></Contents>")).collect();
    let token = if token.is_empty() {
        String::new()
    } else {
        format!("<NextContinuationToken>{token}</NextContinuationToken>")
    };
    let body = format!(
        "<ListBucketResult><IsTruncated>{truncated}</IsTruncated>{token}{contents}</ListBucketResult>"
    );
    Act::Send(ok("", &body))
}

#[tokio::test]
async fn an_empty_page_of_a_list_that_goes_on_is_not_its_end() {
    let acts = vec![list(&[], "T+1", true), list(&[], "T2", true), list(&["p/a"], "T3", true)];
    let server = RawServer::start(acts).await;
    let found = oss(&server.url).list("p/", Some("p/0"), 9).await.unwrap();
    assert_eq!((found.objects.len(), found.next.as_deref()), (1, Some("p/a")));
    let requests = server.requests();
    assert!(requests[0].contains("start-after=p%2F0") && !requests[0].contains("token"), "{}", requests[0]);
    assert!(requests[1].contains("continuation-token=T%2B1") && requests[2].contains("token=T2"));

    let encoded = "<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>a%2Fb</NextContinuationToken></ListBucketResult>";
    let server = RawServer::start(vec![Act::Send(ok("", encoded)), list(&[], "", false)]).await;
    oss(&server.url).list("p/", None, 9).await.unwrap();
    assert!(server.requests()[1].contains("continuation-token=a%2Fb "), "{}", server.requests()[1]);

    let server = RawServer::start(vec![list(&[], "T1", true), list(&[], "", false)]).await;
    let found = s3(&server.url).list("p/", None, 9).await.unwrap();
    assert_eq!((found.objects.len(), found.next, server.requests().len()), (0, None, 2));

    for stuck in [list(&[], "", true), list(&[], "T1", true)] {
        let server = RawServer::start(vec![list(&[], "T1", true), stuck]).await;
        let error = oss(&server.url).list("p/", None, 9).await.unwrap_err();
        assert_eq!((error.kind(), error.advice()), (ErrorKind::Protocol, RETRY), "no endless loop");
    }
}

#[tokio::test]
async fn an_empty_page_of_parts_that_goes_on_is_not_their_end() {
    let parts = |inner: &str, more: bool| {
        let body = format!("<ListPartsResult><IsTruncated>{more}</IsTruncated>{inner}</ListPartsResult>");
        Act::Send(ok("", &body))
    };
    let part = "<Part><PartNumber>8</PartNumber><Size>1</Size><ETag>\"E\"</ETag></Part>";
    let marker = "<NextPartNumberMarker>7</NextPartNumberMarker>";
    let server = RawServer::start(vec![parts(marker, true), parts(part, false)]).await;
    let found = oss(&server.url).list_parts("a", &MultipartId::from("U")).await.unwrap();
    assert_eq!(found.iter().map(|part| part.number).collect::<Vec<_>>(), [8]);
    assert!(server.requests()[1].contains("part-number-marker=7"));
    let server = RawServer::start(vec![parts(marker, true)]).await;
    let error = oss(&server.url).list_parts("a", &MultipartId::from("U")).await.unwrap_err();
    assert_eq!((error.kind(), server.requests().len()), (ErrorKind::Protocol, 2));
}
