//! Every call to a slice server, as it goes out and as its answer is read.

use crate::support::{UPLOAD_TOKEN, client, form_of, http, json, only_request, pairs, query_of};
use bytes::Bytes;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};
use youku::{Check, CheckStatus, Client, Config, ErrorKind, Md5, NextSlice, RetryAdvice, Slice, SliceServer};

const FIRST: &str = r#"{"slice_task_id":1,"offset":0,"length":2097152,"transferred":0,"finished":false}"#;
const NONE_LEFT: &str =
    r#"{"slice_task_id":0,"offset":"0","length":0,"transferred":"2097152","finished":true}"#;

async fn serving(verb: &str, call: &str, answer: ResponseTemplate) -> (MockServer, SliceServer) {
    let server = MockServer::start().await;
    let at = format!("/gupload/{call}");
    Mock::given(method(verb)).and(path(at)).respond_with(answer).mount(&server).await;
    let slices = client("http://unused").slice_server_at(&server.address().to_string()).unwrap();
    (server, slices)
}

#[tokio::test]
async fn a_file_is_announced_in_a_form() {
    let (server, slices) = serving("POST", "create_file", json(201, "{}")).await;
    slices.create_file(&UPLOAD_TOKEN.into(), 3_000_000, "mp4", 2048).await.unwrap();
    let request = only_request(&server).await;
    assert_eq!(request.url.query(), None);
    let form =
        [("upload_token", UPLOAD_TOKEN), ("file_size", "3000000"), ("ext", "mp4"), ("slice_length", "2048")];
    assert_eq!(form_of(&request), pairs(&form));
}

/// Before anything is sent.
#[tokio::test]
async fn a_slice_length_out_of_range_is_refused() {
    let (server, slices) = serving("POST", "create_file", json(201, "{}")).await;
    for length in [0, 10_241] {
        let error = slices.create_file(&UPLOAD_TOKEN.into(), 1, "mp4", length).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_server_hands_out_slices() {
    let (server, slices) = serving("GET", "new_slice", json(201, FIRST)).await;
    let slice = slices.new_slice(&UPLOAD_TOKEN.into()).await.unwrap();
    let first = Slice { id: 1, offset: 0, length: 2_097_152 };
    assert_eq!(slice, NextSlice { slice: Some(first), transferred: 0, finished: false });
    assert_eq!(query_of(&only_request(&server).await), pairs(&[("upload_token", UPLOAD_TOKEN)]));
}

#[tokio::test]
async fn a_sent_slice_carries_its_hash_and_is_answered_with_the_next() {
    let (server, slices) = serving("POST", "upload_slice", json(201, NONE_LEFT)).await;
    let slice = Slice { id: 7, offset: 10, length: 3 };
    let hash = "900150983cd24fb0d6963f7d28e17f72";
    let md5 = Md5::from_hex(hash).unwrap();
    let bytes = Bytes::from_static(b"abc");
    let next = slices.upload_slice(&UPLOAD_TOKEN.into(), &slice, bytes, md5).await.unwrap();
    assert_eq!(next, NextSlice { slice: None, transferred: 2_097_152, finished: true });
    let request = only_request(&server).await;
    assert_eq!(request.body, b"abc");
    let query = [
        ("upload_token", UPLOAD_TOKEN),
        ("slice_task_id", "7"),
        ("offset", "10"),
        ("length", "3"),
        ("hash", hash),
    ];
    assert_eq!(query_of(&request), pairs(&query));
}

#[tokio::test]
async fn a_slice_too_long_to_hold_in_memory_is_not_accepted() {
    for (offset, length) in [(0, 10_485_761), (u64::MAX, 2)] {
        let answer = format!(r#"{{"slice_task_id":1,"offset":{offset},"length":{length}}}"#);
        let (_server, slices) = serving("GET", "new_slice", json(201, &answer)).await;
        let error = slices.new_slice(&UPLOAD_TOKEN.into()).await.unwrap_err();
        assert_eq!(error.context(), [("field", "length".to_owned())]);
    }
}

#[tokio::test]
async fn a_damaged_slice_may_be_sent_again() {
    let body = r#"{"error":{"code":120010225,"type":"UploadsException","description":"Hash check error"}}"#;
    let (_server, slices) = serving("POST", "upload_slice", json(400, body)).await;
    let slice = Slice { id: 1, offset: 0, length: 1 };
    let bytes = Bytes::from_static(b"x");
    let error = slices.upload_slice(&UPLOAD_TOKEN.into(), &slice, bytes, Md5([0; 16])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SliceHashMismatch);
    assert_eq!(error.advice(), RetryAdvice::RETRY);
}

#[tokio::test]
async fn a_check_names_each_state() {
    let states = [
        (1, CheckStatus::Written),
        (2, CheckStatus::Transferring),
        (3, CheckStatus::Writing),
        (4, CheckStatus::SlicesLeft),
    ];
    for (number, status) in states {
        let body = format!(
            r#"{{"status":{number},"upload_server_ip":"10.30.88.156","transferred_percent":50.5,
            "confirmed_percent":"25","empty_tasks":2,"finished":false}}"#
        );
        let (_server, slices) = serving("GET", "check", json(200, &body)).await;
        let check = slices.check(&UPLOAD_TOKEN.into()).await.unwrap();
        let expected = Check {
            status,
            upload_server_ip: Some("10.30.88.156".to_owned()),
            transferred_percent: Some(50.5),
            confirmed_percent: Some(25.0),
            empty_tasks: Some(2),
            finished: false,
        };
        assert_eq!(check, expected);
    }
    let (_server, slices) = serving("GET", "check", json(200, r#"{"status":5}"#)).await;
    let error = slices.check(&UPLOAD_TOKEN.into()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
}

#[tokio::test]
async fn an_address_is_kept_and_a_name_becomes_one() {
    let resolved = [
        ("127.0.0.1:8080", "127.0.0.1:8080"),
        ("10.30.88.156", "10.30.88.156"),
        ("http://127.0.0.1:81/gupload", "127.0.0.1:81"),
        ("[::1]:82", "[::1]:82"),
        ("localhost:83", "127.0.0.1:83"),
        ("localhost", "127.0.0.1"),
    ];
    for (uri, address) in resolved {
        let server = client("http://unused").slice_server(uri).await.unwrap();
        assert_eq!(server.address(), address);
        let resumed = client("http://unused").slice_server_at(address).unwrap();
        assert_eq!(resumed.address(), address);
    }
}

#[tokio::test]
async fn the_settings_can_put_another_server_in_the_place_of_youkus() {
    let mut config = Config::new("client-id", "token".into());
    config.upload_server = Some("127.0.0.1:9000".to_owned());
    let client = Client::new(config, http());
    let server = client.slice_server("g01.upload.youku.com").await.unwrap();
    assert_eq!(server.address(), "127.0.0.1:9000");
}

#[test]
fn what_is_no_address_is_refused_on_resume() {
    for address in ["", "g01.upload.youku.com", "10.0.0.1@example.org", "10.0.0.1/x", "10.0.0.1:99999"] {
        let error = client("http://unused").slice_server_at(address).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
    }
}
