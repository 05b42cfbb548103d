//! A store that refuses the time of a signature: the call is signed by the store's clock and sent again.

use std::time::{Duration, SystemTime};

use crate::support::{Act, RawServer, chunks, failure, header, oss, oss_config, s3};
use object_storage::{Error, ErrorKind, MultipartId, PutOptions, RetryAdvice, SignatureVersion, Store};

const SKEWED: &str = "RequestTimeTooSkewed";
const HOURS: u64 = 7200;

fn http_date(at: SystemTime) -> String {
    jiff::Timestamp::try_from(at).unwrap().strftime("%a, %d %b %Y %T GMT").to_string()
}

/// The answer with the clock of a store that is two hours ahead.
fn ahead(answer: String) -> Act {
    let date = http_date(SystemTime::now() + Duration::from_secs(HOURS));
    Act::Send(answer.replacen("\r\n", &format!("\r\nDate: {date}\r\n"), 1))
}

fn skewed() -> Act {
    ahead(failure("403 Forbidden", SKEWED, "x"))
}

fn good() -> Act {
    ahead(crate::support::ok("ETag: \"E\"\r\n", "<x/>"))
}

/// How far ahead of this machine each request was signed, in whole hours.
fn hours_ahead(server: &RawServer) -> Vec<i64> {
    let now = jiff::Timestamp::now().as_second();
    let hours = |request: &String| {
        let basic = header(request, "x-oss-date").or_else(|| header(request, "x-amz-date"));
        let at = match basic {
            Some(basic) => {
                let civil = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", basic).unwrap();
                civil.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_second()
            }
            None => {
                let date = header(request, "date").unwrap();
                jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).unwrap().as_second()
            }
        };
        (at - now + 1800).div_euclid(3600)
    };
    server.requests().iter().map(hours).collect()
}

/// The endpoint's time is kept for later calls.
#[tokio::test]
async fn a_refused_time_is_replaced_once_in_every_signature() {
    let v1 = |url: &str| {
        Store::new(oss_config(url).signature(SignatureVersion::V1), crate::support::http()).unwrap()
    };
    let stores: [fn(&str) -> Store; 3] = [oss, s3, v1];
    for store in stores {
        let server = RawServer::start(vec![skewed(), good(), good()]).await;
        store(&server.url).put("a", "body", &PutOptions::default()).await.unwrap();
        store(&server.url).put("b", "body", &PutOptions::default()).await.unwrap();
        assert_eq!(hours_ahead(&server), [0, 2, 2], "another store of the same endpoint knows it");
        assert!(server.requests()[1].ends_with("\r\n\r\nbody"));
    }
}

/// S3 answers a HEAD without a code; the `Date` of the refusal shows the clock.
#[tokio::test]
async fn a_head_refused_without_a_word_takes_the_servers_clock() {
    let refused = || ahead("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n".to_owned());
    let found =
        ahead("HTTP/1.1 200 OK\r\nETag: \"E\"\r\nContent-Length: 5\r\nConnection: close\r\n\r\n".to_owned());
    let server = RawServer::start(vec![refused(), found]).await;
    assert_eq!(s3(&server.url).head("a").await.unwrap().size, 5);
    assert_eq!(hours_ahead(&server), [0, 2]);
    let server = RawServer::start(vec![refused()]).await;
    let error = s3(&server.url).head("a").await.unwrap_err();
    assert_eq!((error.kind(), server.requests().len()), (ErrorKind::AccessDenied, 2), "it was no clock");
}

/// The next call begins afresh.
#[tokio::test]
async fn a_second_refusal_in_a_row_ends_the_call() {
    let server = RawServer::start(vec![skewed(), skewed(), good()]).await;
    let store = oss(&server.url);
    let error = store.put("a", "x", &PutOptions::default()).await.unwrap_err();
    assert_eq!((error.kind(), error.advice()), (ErrorKind::ClockSkewed, RetryAdvice::Exhausted));
    assert!(error.context_value("server time").is_some(), "{error}");
    store.put("a", "x", &PutOptions::default()).await.unwrap();
    assert_eq!(server.requests().len(), 3);
}

async fn part(store: &Store) -> Result<(), Error> {
    let body = chunks(vec![Ok("x")]);
    store.upload_part("a", &MultipartId::from("U"), 1, body, 1).await.map(drop)
}

/// It is sent with the store's time then.
#[tokio::test]
async fn a_streamed_body_is_left_to_the_caller_to_send_again() {
    let server = RawServer::start(vec![skewed(), good(), skewed(), skewed()]).await;
    let store = oss(&server.url);
    let retry = RetryAdvice::RETRY;
    let error = part(&store).await.unwrap_err();
    assert_eq!((error.kind(), error.advice()), (ErrorKind::ClockSkewed, retry));
    part(&store).await.unwrap();
    assert_eq!(hours_ahead(&server), [0, 2]);
    assert_eq!(part(&store).await.unwrap_err().advice(), retry, "the clock may have changed since");
    assert_eq!(part(&store).await.unwrap_err().advice(), RetryAdvice::Exhausted, "two in a row");
}
